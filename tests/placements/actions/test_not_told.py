"""While students wait to be told: what could give it away by another road, and who comes in between."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.policy import Role
from placements import own_data
from placements.actions import (
    agreements,
    answers,
    pins,
    placements,
    priority,
    publication,
    runs,
    supervision,
    telling,
)
from placements.models import Candidate, Placement, Round, SupervisorLink
from placements.wishlist import Wishlist
from tests import factories as f
from tests.placements.actions.test_telling import as_student, computed, kinds, later
from tests.placements.county import small_county
from tests.race import errors, race


@pytest.fixture
def county(db):
    return small_county()


def tell_later(county, **fields):
    made = publication.publish(computed(county), by=county.by, students_wait_until=later())
    Round.objects.filter(pk=county.round.pk).update(**fields)
    county.round.refresh_from_db()
    return made


def place_of(county, name="Dina"):
    return Placement.objects.get(candidate=county.candidates[name])


def next_round(county, *, start):
    """Open for wishes while the first waits: the same students and workplaces."""
    round = f.RoundFactory(
        county=county.school.county,
        state="open",
        schools=[county.school],
        wishes_deadline=county.round.wishes_deadline + dt.timedelta(days=300),
    )
    period = f.PeriodFactory(round=round, start=start)
    for slot in county.slots.values():
        f.SlotFactory(period=period, workplace=slot.workplace)
    for candidate in county.candidates.values():
        f.CandidateFactory(round=round, student=candidate.student)
    return round


def possible(round, candidate):
    again = Candidate.objects.get(round=round, student=candidate.student)
    return sorted(option.place.name for option in Wishlist(again).possible)


@pytest.mark.parametrize("days", [0, 364], ids=["same days", "a year later"])
def test_what_she_may_wish_for_in_another_round_does_not_give_it_away(county, days):
    other = next_round(county, start=county.period.start + dt.timedelta(days=days))
    dina = county.candidates["Dina"]
    assert possible(other, dina) == ["Lade", "Torget"]
    tell_later(county)
    assert possible(other, dina) == ["Lade", "Torget"]
    telling.tell(county.round, by=county.by)
    assert possible(other, dina) == (["Torget"] if days else [])


def test_nor_does_the_same_round_when_it_is_taken_back_and_opened_again(county):
    tell_later(county)
    dina = place_of(county)
    answers.decline(dina, reason="other", version=dina.version, by=county.by)
    telling.recall(county.round, by=county.by)
    assert possible(county.round, county.candidates["Anna"]) == []  # she has wished for both
    county.candidates["Dina"].preferences.all().delete()
    assert possible(county.round, county.candidates["Dina"]) == ["Lade", "Torget"]


def test_nobody_comes_first_for_having_lost_what_she_has_not_been_told_of(county, client):
    other = next_round(county, start=county.period.start + dt.timedelta(days=364))
    tell_later(county)
    assert priority.carry_over(other, by=county.by) == 0
    telling.tell(county.round, by=county.by)
    assert priority.carry_over(other, by=county.by) == 1


def test_where_she_is_pinned_is_no_data_of_hers_before_it_is_a_placement(county):
    dina = county.candidates["Dina"]
    pins.pin(dina, slot=county.slots["Torget"], version=dina.version, by=county.by)
    tell_later(county)
    assert place_of(county).slot == county.slots["Torget"]
    candidate = own_data._row(Candidate.objects.get(pk=dina.pk))
    assert not [value for value in candidate.values() if "Torget" in value]


def test_the_sweeper_that_waited_its_turn_asks_again_whether_it_is_time(county):
    tell_later(county, students_wait_until=timezone.now())
    telling.postpone(county.round, later(), by=county.by)
    assert telling.tell(county.round, by=None) == 0
    assert not [kind for kind in kinds() if kind.startswith("student")]
    assert telling.tell(county.round, by=county.by) == 4, "a coordinator does not wait"


def test_taken_back_and_told_at_once_one_of_them_happens(transactional_db):
    county = small_county()
    tell_later(county)
    outcomes = race(
        lambda: telling.tell(county.round, by=county.by),
        lambda: telling.recall(county.round, by=county.by),
    )
    county.round.refresh_from_db()
    told = county.round.state == "published"
    assert [type(error) for error in errors(outcomes)] == [telling.CannotTell] * told
    assert (outcomes[0] > 0) == told == ("student_placed" in kinds())
    assert Placement.objects.occupying().exists() == told


def test_a_round_published_before_there_were_two_steps_keeps_what_its_students_knew(county, client):
    publication.publish(computed(county), by=county.by)
    dina = place_of(county)
    before = timezone.now() - dt.timedelta(days=10)
    Round.objects.filter(pk=county.round.pk).update(students_told_at=None, published_at=before)
    county.place("Byåsen", 1)
    placements.withdraw(dina, reason="other", leaves=False, version=dina.version, by=county.by)
    county.round.refresh_from_db()
    repair = runs.start(county.round, by=county.by, repairs=True)
    runs.execute(repair.pk)
    repair.refresh_from_db()
    publication.publish(repair, by=county.by)
    county.round.refresh_from_db()
    assert county.round.students_told_at == before
    assert dina in own_data._of(Placement, own_data.STUDENT, dina.student)
    address = reverse("placement", args=[dina.pk])
    assert as_student(county, client).get(address).status_code == 200


def test_nobody_is_reminded_of_an_agreement_the_moment_she_is_told(county):
    tell_later(county)
    telling.tell(county.round, by=county.by)
    at = timezone.now() + (county.period.start - timezone.localdate()) - dt.timedelta(days=10)
    Round.objects.filter(pk=county.round.pk).update(students_told_at=at)
    assert agreements.remind_unstarted(at + dt.timedelta(days=1)) == 0
    assert agreements.remind_unstarted(at + dt.timedelta(days=4)) == 3


def test_a_repair_published_meanwhile_names_no_mail_to_students(county, client):
    tell_later(county)
    dina = place_of(county)
    placements.withdraw(dina, reason="other", leaves=False, version=dina.version, by=county.by)
    county.place("Byåsen", 1)
    county.round.refresh_from_db()
    repair = runs.start(county.round, by=county.by, repairs=True)
    runs.execute(repair.pk)
    client.force_login(county.by)
    page = client.get(reverse("run_publish", args=[repair.pk]))
    assert not [pile for pile in page.context["piles"] if "lever" in pile.title]
    assert page.context["mails"] > 0
    publication.publish(repair, by=county.by)
    assert not [kind for kind in kinds() if kind.startswith("student")]


def test_taken_back_whatever_workplaces_have_said_and_done(county):
    """Confirmed, declined, withdrawn by hand, and with a supervisor let in."""
    county.student("Eva", "Lade")
    county.place("Byåsen", 3)
    tell_later(county)
    held = list(Placement.objects.occupying().order_by("pk"))
    answers.accept(held[0], version=held[0].version, by=county.by)
    answers.decline(held[1], reason="other", version=held[1].version, by=county.by)
    placements.withdraw(held[2], reason="other", leaves=True, version=1, by=county.by)
    link = supervision.share(
        held[3],
        supervisor=f.SupervisorFactory(
            workplace=held[3].slot.workplace, email="vei@sted.example.no"
        ),
        may_agree=True,
        by=county.by,
    )
    assert SupervisorLink.objects.open().filter(pk=link.pk).exists()
    telling.recall(county.round, by=county.by)
    assert not Placement.objects.occupying().exists()
    assert not SupervisorLink.objects.open().filter(pk=link.pk).exists()
    call_command("check_invariants", stdout=StringIO())
    tell_later(county)
    telling.tell(county.round, by=county.by)
    call_command("check_invariants", stdout=StringIO())


@pytest.mark.parametrize("name", ["telling", "telling_now", "telling_postpone", "telling_recall"])
def test_the_steps_are_those_of_whoever_decides_on_the_round(county, client, name):
    tell_later(county)
    address = reverse(name, args=[county.round.pk])
    elsewhere = f.SchoolFactory()
    other = f.UserFactory(role=Role.COUNTY_COORDINATOR)
    elsewhere.county.coordinators.add(other)
    of_school = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    county.school.coordinators.add(of_school)  # sees the county's round, and does not decide on it
    for user, status in ((other, 404), (of_school, 403), (f.UserFactory(role="student"), 403)):
        client.force_login(user)
        answer = client.get(address) if name == "telling" else client.post(address, {"day": "x"})
        assert answer.status_code == status, user
    county.round.refresh_from_db()
    assert county.round.students_wait_until


@pytest.mark.parametrize("day", ["", "x", "\x00", "0001-01-01", "9999-12-31", "31.02.2027", "1e9"])
def test_no_day_that_is_written_is_a_fault(county, client, day):
    tell_later(county)
    client.force_login(county.by)
    answer = client.post(reverse("telling_postpone", args=[county.round.pk]), {"day": day})
    assert answer.status_code == 422
