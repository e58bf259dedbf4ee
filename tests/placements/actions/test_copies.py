"""An earlier round as a new draft: the same weeks a school year on, looked over before it opens."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxMessage
from placements.actions import copies
from placements.models import Quota, Round
from tests import factories as f


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        ("2026-01-12", 1, "2027-01-18"),  # the Monday of week 3, not the date
        ("2026-12-31", 1, "2027-12-30"),  # week 53 is followed by a year that has none
        ("2027-01-04", 1, "2028-01-03"),
        ("2026-03-06", 2, "2028-03-10"),
    ],
)
def test_a_day_keeps_its_week_and_weekday(day, years, then):
    assert copies.moved(dt.date.fromisoformat(day), years) == dt.date.fromisoformat(then)


@pytest.mark.parametrize(
    ("name", "later"),
    [
        ("Vår 2027 · Vg2 helseservicefag, uke 17", "Vår 2028 · Vg2 helseservicefag, uke 17"),
        ("Skoleåret 2026/27", "Skoleåret 2027/28"),
        ("2026–2027, Vg3", "2027–2028, Vg3"),
        ("Høstrunden", "Høstrunden"),
    ],
)
def test_years_in_a_name_move_on(name, later):
    assert copies.renamed(name, 1) == later


class TestTheCopy:
    @pytest.fixture
    def new(self, world):
        Round.objects.filter(pk=world.round.pk).update(
            max_wishes=7, policy=["placed", "wishes:squared", "lottery"]
        )
        Quota.objects.create(
            round=world.round, school=world.school, period=world.period, at_least=1
        )
        gone = f.WorkplaceFactory(municipality=world.workplace.municipality, active=False)
        f.CapacityRequestFactory(round=world.round, workplace=gone, state="asked")
        world.round.refresh_from_db()
        return copies.copy(world.round, by=world.county_coordinator)

    def test_is_a_draft_with_the_same_set_up(self, new, world):
        assert new.state == "draft"
        assert (new.county, new.school) == (world.round.county, world.round.school)
        assert (new.max_wishes, new.policy) == (7, ["placed", "wishes:squared", "lottery"])
        assert set(new.schools.all()) == set(world.round.schools.all())
        assert set(new.programmes.all()) == set(world.round.programmes.all())

    def test_its_weeks_are_those_of_a_later_year(self, new, world):
        (period,) = new.periods.all()
        was, now = world.period.start.isocalendar(), period.start.isocalendar()
        assert now.year > was.year
        assert (now.week, now.weekday) == (was.week, was.weekday)
        assert period.start > timezone.localdate()
        assert period.days
        deadline = timezone.localtime(new.wishes_deadline)
        before = timezone.localtime(world.round.wishes_deadline)
        assert deadline.isocalendar()[1:] == before.isocalendar()[1:]
        assert deadline.time() == before.time()

    def test_the_workplaces_stand_ready_and_nobody_has_been_asked(self, new, world):
        (request,) = new.capacity_requests.all()
        assert (request.workplace, request.state) == (world.workplace, "not_asked")
        assert not new.candidates.exists()
        assert not new.slots.exists()
        assert not OutboxMessage.objects.exists()

    def test_a_quota_follows_with_its_period(self, new, world):
        (quota,) = Quota.objects.filter(round=new)
        assert (quota.school, quota.at_least) == (world.school, 1)
        assert quota.period == new.periods.get()


class TestThePage:
    def test_copied_in_one_click_and_looked_over(self, client, world):
        client.force_login(world.county_coordinator)
        copy = reverse("round_copy", args=[world.round.pk])
        for page in (reverse("round", args=[world.round.pk]), reverse("round_new")):
            assert f'action="{copy}"' in client.get(page).content.decode()
        before = Round.objects.count()
        answer = client.post(copy)
        new = Round.objects.exclude(pk=world.round.pk).get(state="draft")
        assert Round.objects.count() == before + 1
        assert answer["Location"] == reverse("round_edit", args=[new.pk])
        assert "Se over og lagre" in client.get(answer["Location"]).content.decode()

    def test_looking_copies_nothing(self, client, world):
        client.force_login(world.county_coordinator)
        assert client.get(reverse("round_copy", args=[world.round.pk])).status_code == 405
        assert Round.objects.filter(state="draft").count() == 0
