"""A changed school break reaches the rounds that are not yet published, and no others."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from placements.models import Period, Round
from schools.models import SchoolBreak
from tests import factories as f
from tests.admin.pages import url

MONDAY = dt.date(2027, 2, 1)
WEEK = dt.timedelta(days=7)


@pytest.fixture
def later(everything):
    """A round in draft, with one period of two weeks."""
    round = f.RoundFactory(county=everything.county)
    return f.PeriodFactory(
        round=round, start=MONDAY, end=MONDAY + 2 * WEEK, weekdays=[1, 2, 3, 4, 5]
    )


def sent(county, start=MONDAY, end=MONDAY + WEEK):
    return {"county": str(county.pk), "name": "Vinterferie", "start": start, "end": end}


def days(period):
    return len(Period.objects.get(pk=period.pk).days)


def add(client, county, **dates):
    return client.post(url(SchoolBreak, "add"), sent(county, **dates), follow=True)


class TestABreakThatChanges:
    def test_the_days_follow_when_it_comes_moves_and_goes(self, as_admin, everything, later):
        version = Round.objects.get(pk=later.round_id).version
        add(as_admin, everything.county)
        assert days(later) == 5
        assert Round.objects.get(pk=later.round_id).version > version
        event = AuditEvent.objects.filter(verb="round.days", target_id=later.round_id).get()
        assert (event.actor, event.detail) == (everything.administrator, {"periods": 1})

        new = SchoolBreak.objects.get(name="Vinterferie")
        shorter = sent(everything.county, end=MONDAY + dt.timedelta(days=2))
        as_admin.post(url(SchoolBreak, "change", new.pk), shorter)
        assert days(later) == 8
        as_admin.post(url(SchoolBreak, "delete", new.pk), {"post": "yes"})
        assert days(later) == 10

    def test_both_counties_follow_when_it_moves_between_them(self, as_admin, everything, later):
        add(as_admin, everything.county)
        new = SchoolBreak.objects.get(name="Vinterferie")
        as_admin.post(url(SchoolBreak, "change", new.pk), sent(f.CountyFactory()))
        assert days(later) == 10

    def test_what_is_published_stays_as_it_was_told(self, as_admin, everything, later):
        Round.objects.filter(pk=later.round_id).update(
            state="published", published_at=everything.round.created_at
        )
        add(as_admin, everything.county)
        assert days(later) == 10

    def test_a_period_with_placements_stays_as_it_was_told(self, as_admin, everything):
        """Also in a round that is not published: somebody has been placed by hand."""
        Round.objects.filter(pk=everything.round.pk).update(state="matching", published_at=None)
        period = everything.placement.period
        before = days(period)
        first = period.days[0]
        add(as_admin, everything.county, start=first, end=first + dt.timedelta(days=1))
        assert SchoolBreak.objects.filter(name="Vinterferie").exists()
        assert days(period) == before

    def test_another_countys_rounds_are_left_alone(self, as_admin, everything, later):
        add(as_admin, f.CountyFactory())
        assert days(later) == 10

    def test_a_period_is_never_left_without_days(self, as_admin, everything, later):
        response = add(as_admin, everything.county, end=MONDAY + 2 * WEEK)
        assert response.status_code == 200
        assert [m.level_tag for m in response.context["messages"]] == ["error"]
        assert days(later) == 10
        assert not SchoolBreak.objects.filter(name="Vinterferie").exists()
