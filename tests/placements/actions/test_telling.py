"""Workplaces are told first and students later: until then no student sees anything, and it can be undone."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEvent, OutboxMessage
from placements import own_data
from placements.actions import agreements, answers, placements, publication, rounds, runs, telling
from placements.models import Agreement, Placement, Round
from placements.models.agreements import Party
from placements.templatetags.weeks import week
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


def computed(county):
    county.round.refresh_from_db()
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "computed", run.error
    return run


def later(days=7):
    return timezone.now() + dt.timedelta(days=days)


@pytest.fixture
def run(county):
    """Published, and known to workplaces alone."""
    made = publication.publish(computed(county), by=county.by, students_wait_until=later())
    county.round.refresh_from_db()
    return made


def kinds():
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def as_student(county, client, name="Dina"):
    student = county.candidates[name].student
    if student.user is None:
        student.user = f.UserFactory(role="student", email=student.email)
        student.save()
    client.force_login(student.user)
    return client


def sees(browser, placement):
    """By any way a student has to a place of hers."""
    here = str(placement.pk) in browser.get(reverse("my_practice")).content.decode()
    opened = {
        browser.get(reverse(name, args=[placement.pk])).status_code
        for name in ("placement", "placement_calendar", "agreement", "swap")
    }
    listed = placement in own_data._of(Placement, own_data.STUDENT, placement.student)
    done = placement.pk in own_data._ids(placement.student)
    assert opened in ({404}, {200})
    return [here, opened == {200}, listed, done]


def test_no_student_sees_it_before_and_each_does_after(county, run, client):
    dina = Placement.objects.get(candidate=county.candidates["Dina"])
    answers.accept(dina, version=dina.version, by=county.by)
    browser = as_student(county, client)
    assert sees(browser, dina) == [False] * 4
    county.round.refresh_from_db()
    page = browser.get(reverse("my_practice")).content.decode()
    with translation.override("nb"):
        assert f"Du får vite det {week(county.round.students_wait_until)}" in page
    assert kinds() == ["workplace_students"] * 2
    assert telling.tell(county.round, by=county.by) == 4
    assert sees(browser, dina) == [True] * 4
    assert kinds() == ["student_placed"] * 3 + ["student_waiting"] + ["workplace_students"] * 2
    assert telling.tell(county.round, by=county.by) == 0, "told once"
    call_command("check_invariants", stdout=StringIO())


def test_workplaces_and_coordinators_see_it_meanwhile(county, run, client):
    client.force_login(county.by)
    page = client.get(reverse("telling", args=[county.round.pk])).content.decode()
    assert "Elevene vet det ikke ennå" in page
    assert "av 3 plasser" in page
    listed = client.get(reverse("placements", args=[county.round.pk])).content.decode()
    assert "Dina Elev" in listed
    assert reverse("telling", args=[county.round.pk]) in listed
    contact = f.UserFactory(role="workplace_contact")
    place = county.slots["Lade"].workplace
    place.contacts.update(user=contact, email=contact.email)
    client.force_login(contact)
    page = client.get(reverse("my_students")).content.decode()
    assert "Dina Elev" in page or "Dina" in page
    assert "Elevene får ikke vite det før" in page


def test_the_sweeper_tells_when_the_day_has_come(county, run):
    assert telling.tell_due() == 0
    Round.objects.filter(pk=county.round.pk).update(students_wait_until=timezone.now())
    assert telling.tell_due() == 1
    assert telling.tell_due() == 0
    assert kinds().count("student_placed") == 3
    told = AuditEvent.objects.get(verb="round.students_told")
    assert (told.actor, told.via, told.detail["told"]) == (None, "sweeper", 4)


def test_what_is_changed_by_hand_meanwhile_is_no_news_to_her(county, run, client):
    dina = Placement.objects.get(candidate=county.candidates["Dina"])
    placements.withdraw(dina, reason="other", leaves=False, version=dina.version, by=county.by)
    assert not [kind for kind in kinds() if kind.startswith("student")]
    telling.tell(county.round, by=county.by)
    assert sees(as_student(county, client), dina) == [False] * 4, "it was never hers to know"
    assert kinds().count("student_waiting") == 2


def test_an_agreement_waits_too(county, run):
    dina = Placement.objects.get(candidate=county.candidates["Dina"])
    with pytest.raises(agreements.CannotAgree):
        agreements.agree(dina, party=Party.WORKPLACE, sha256="", by=county.by)
    assert not Agreement.objects.exists()
    assert not Placement.objects.without_agreement(timezone.localdate()).exists()
    telling.tell(county.round, by=county.by)
    assert Placement.objects.without_agreement(timezone.localdate()).count() == 3


def test_all_of_it_is_taken_back_and_matched_anew(county, run, client):
    before = list(Placement.objects.all())
    telling.recall(county.round, by=county.by)
    county.round.refresh_from_db()
    assert (county.round.state, county.round.published_at) == ("matching", None)
    assert set(Placement.objects.values_list("state", "end_reason")) == {("withdrawn", "recalled")}
    assert {slot.used for slot in county.round.slots.all()} == {0}
    assert kinds() == ["workplace_students"] * 4
    browser = as_student(county, client)
    was = next(p for p in before if p.candidate == county.candidates["Dina"])
    assert sees(browser, was) == [False] * 4, "before anything is published anew"
    again = publication.publish(computed(county), by=county.by)
    assert len(county.proposed(again)) == 4
    assert sum(place is not None for place in county.placed().values()) == 3
    assert sees(browser, was) == [False] * 4
    with pytest.raises(telling.CannotTell):
        telling.recall(county.round, by=county.by)
    call_command("check_invariants", stdout=StringIO())


def test_the_day_is_to_come_and_before_practice(county, client):
    made = computed(county)
    begins = timezone.make_aware(dt.datetime.combine(county.period.start, dt.time(8)))
    for wrong in (timezone.now(), begins):
        with pytest.raises(telling.CannotTell):
            publication.publish(made, by=county.by, students_wait_until=wrong)
    assert not Placement.objects.exists()
    publication.publish(made, by=county.by, students_wait_until=begins - dt.timedelta(days=1))
    county.round.refresh_from_db()
    with pytest.raises(telling.CannotTell):
        telling.postpone(county.round, begins, by=county.by)
    telling.postpone(county.round, begins - dt.timedelta(days=3), by=county.by)
    with pytest.raises(rounds.CannotMove):
        rounds.move(county.round, to="closed", by=county.by)


def test_nobody_waits_but_where_something_is_published(county):
    for state, fields in (
        ("matching", {"students_wait_until": later()}),
        ("matching", {"students_told_at": later()}),
        ("closed", {"students_wait_until": later(), "published_at": later()}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=county.round.pk).update(state=state, **fields)


def test_on_the_page(county, client):
    made = computed(county)
    client.force_login(county.by)
    address = reverse("run_publish", args=[made.pk])
    assert "Praksisstedene nå, elevene senere" in client.get(address).content.decode()
    without = client.post(address, {"told": "workplaces"})
    assert without.status_code == 422
    assert "Velg dagen elevene skal få vite det." in without.content.decode()
    past = client.post(
        address, {"told": "workplaces", "day": timezone.localdate() - dt.timedelta(days=1)}
    )
    assert past.status_code == 422
    assert not Placement.objects.exists()
    day = timezone.localdate() + dt.timedelta(days=5)
    done = client.post(address, {"told": "workplaces", "day": day})
    assert done["Location"] == reverse("telling", args=[county.round.pk])
    county.round.refresh_from_db()
    assert timezone.localtime(county.round.students_wait_until).hour == 8
    late = client.post(
        reverse("telling_postpone", args=[county.round.pk]), {"day": county.period.start}
    )
    assert "Velg en dag før praksisen begynner." in late.content.decode()
    client.post(reverse("telling_now", args=[county.round.pk]))
    county.round.refresh_from_db()
    assert county.round.students_wait_until is None
    assert client.get(reverse("telling", args=[county.round.pk])).status_code == 302
