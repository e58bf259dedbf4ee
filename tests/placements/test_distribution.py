"""So many places over so many units."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placements.distribution import TooFewToShare, Unit, distribute

UNITS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=12).map(
    lambda pairs: [Unit(n, before, least) for n, (before, least) in enumerate(pairs)]
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(UNITS, st.integers(0, 80))
def test_all_are_given_out_and_nobody_gets_fewer_than_she_has(units, places):
    least = sum(unit.least for unit in units)
    if places < least:
        with pytest.raises(TooFewToShare):
            distribute(places, units)
        return
    given_out = distribute(places, units)
    assert sum(given_out.values()) == places
    assert all(given_out[unit.key] >= unit.least for unit in units)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any))
def test_last_years_sum_gives_last_years_numbers(numbers):
    units = [Unit(n, before) for n, before in enumerate(numbers)]
    assert list(distribute(sum(numbers), units).values()) == numbers


@given(st.integers(1, 9), st.integers(0, 60))
def test_without_last_year_it_is_even(how_many, places):
    given_out = distribute(places, [Unit(n) for n in range(how_many)]).values()
    assert max(given_out) - min(given_out) <= 1
