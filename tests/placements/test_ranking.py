"""Whatever is done to a list of wishes, it stays a list of wishes."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from placements import ranking

ITEMS = [UUID(int=n) for n in range(1, 7)]
A, B, C, D, *_ = ITEMS
STEPS = [ranking.add, ranking.remove, ranking.up, ranking.down, ranking.equal]

one_step = st.one_of(
    st.tuples(st.sampled_from(STEPS), st.sampled_from(ITEMS)),
    st.tuples(st.just(ranking.before), st.sampled_from(ITEMS), st.sampled_from(ITEMS)),
)


@given(st.lists(one_step, max_size=40))
def test_any_steps_leave_ranks_without_gaps_and_nothing_twice(steps):
    now: ranking.Ranking = ()
    for step, *items in steps:
        was = {item for group in now for item in group}
        now = step(now, *items)
        flat = [item for group in now for item in group]
        assert len(flat) == len(set(flat))
        assert all(now)
        assert sorted(set(ranking.ranks(now).values())) == list(range(1, len(now) + 1))
        expected = {ranking.add: was | {items[0]}, ranking.remove: was - {items[0]}}
        assert set(flat) == expected.get(step, was)
        assert ranking.of(ranking.ranks(now).items()) == now


def test_up_passes_the_group_above_and_leaves_its_equals():
    assert ranking.up(((A,), (B,)), B) == ((B,), (A,))
    assert ranking.up(((A, B), (C,)), C) == ((C,), (A, B))
    assert ranking.up(((A, B), (C,)), B) == ((B,), (A,), (C,))
    assert ranking.up(((A,), (B,)), A) == ((A,), (B,))


def test_down_is_the_mirror():
    assert ranking.down(((A,), (B,)), A) == ((B,), (A,))
    assert ranking.down(((A, B), (C,)), A) == ((B,), (A,), (C,))
    assert ranking.down(((A,), (B,)), B) == ((A,), (B,))


def test_equal_joins_the_group_above():
    assert ranking.equal(((A,), (B,), (C,)), C) == ((A,), (B, C))
    assert ranking.equal(((A,), (B, C)), C) == ((A, C), (B,))
    assert ranking.equal(((A,), (B,)), A) == ((A,), (B,))


def test_dropping_puts_it_just_above():
    assert ranking.before(((A,), (B,), (C,)), C, A) == ((C,), (A,), (B,))
    assert ranking.before(((A,), (B,), (C,)), A, C) == ((B,), (A,), (C,))
    assert ranking.before(((A,), (B, C)), C, B) == ((A,), (C,), (B,))
    assert ranking.before(((A,),), A, D) == ((A,),)


def test_gaps_between_ranks_mean_nothing():
    assert ranking.of([(A, 7), (B, 2), (C, 7)]) == ((B,), (A, C))
