"""The student pages: found, in order, ticked off, kept apart, and hidden when they must be."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, AuditEvent
from accounts.policy import Role
from placements.models import Candidate, Conflict, Round
from schools.models import Clearance, Student
from tests import factories as f
from tests.cast import make_world

BACKEND = "accounts.backends.RoleBackend"


@pytest.fixture
def school_class(db):
    return f.SchoolClassFactory(name="3HSA")


@pytest.fixture
def coordinator(school_class):
    user = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    school_class.school.coordinators.add(user)
    return user


@pytest.fixture
def client(coordinator) -> Client:
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    return client


def names(client: Client, **query: str) -> list[str]:
    page = client.get(reverse("students"), query)
    return [str(student) for student in page.context["page"]]


def test_norwegian_order(client, school_class):
    for name in ("B Ås", "A Østby", "A Aas", "A Zahl", "A Ærø", "A Berg"):
        given, family = name.split()
        f.StudentFactory(school_class=school_class, given_name=given, family_name=family)
    assert names(client) == ["A Berg", "A Zahl", "A Ærø", "A Østby", "A Aas", "B Ås"]


@pytest.mark.parametrize("view", ["students", "workplaces"])
def test_the_same_few_queries_for_one_row_and_for_many(
    client, school_class, view, django_assert_max_num_queries
):
    def count(rows: int) -> int:
        for _ in range(rows):
            student = f.StudentFactory(school_class=school_class)
            student.clearances.create(requirement=f.RequirementFactory())
            hospital = f.WorkplaceFactory(municipality=school_class.school.municipality)
            unit = f.WorkplaceFactory(municipality=hospital.municipality, parent=hospital)
            f.ContactFactory(workplace=hospital)
            f.ContactFactory(workplace=unit)
        with django_assert_max_num_queries(60) as queries:
            client.get(reverse(view))
        return len(queries)

    few = count(1)
    assert count(2) == few
    assert count(30) == few


def test_filters_live_in_the_address(client, school_class):
    other = f.SchoolClassFactory(school=school_class.school, name="2HEA")
    ada = f.StudentFactory(school_class=school_class, given_name="Ada", family_name="Moen")
    eva = f.StudentFactory(school_class=other, given_name="Eva", family_name="Lund")
    f.StudentFactory(
        school_class=other, given_name="Per", family_name="Gone", left_at=timezone.localdate()
    )
    ada.clearances.create(requirement=f.RequirementFactory())
    assert names(client) == ["Eva Lund", "Ada Moen"]
    assert names(client, q="moen ad") == ["Ada Moen"]
    assert names(client, school_class=str(other.pk)) == ["Eva Lund"]
    assert names(client, status="unready") == ["Ada Moen"]
    assert names(client, status="ready") == ["Eva Lund"]
    assert names(client, status="left") == ["Per Gone"]
    assert len(names(client, status="all")) == 3
    assert names(client, sort="class") == ["Eva Lund", "Ada Moen"]
    assert names(client, q="nobody") == []
    assert names(client, school_class="rubbish", page="x", sort="x", status="x")  # ignored
    assert eva.school_class == other


def test_twenty_five_on_a_page(client, school_class):
    f.StudentFactory.create_batch(26, school_class=school_class)
    assert len(names(client)) == 25
    assert len(names(client, page="2")) == 1


def test_who_looked_is_written_down(client, coordinator, school_class):
    student = f.StudentFactory(school_class=school_class)
    client.get(reverse("students"))
    client.get(reverse("student", args=[student.pk]))
    looks = AccessLog.objects.filter(actor=coordinator).values_list("view", "target_id", "count")
    assert set(looks) == {("students", None, 1), ("student", student.pk, 1)}


def test_outsiders_see_nothing(client):
    stranger = f.StudentFactory()
    assert names(client) == []
    for name in ("student", "student_manual"):
        assert client.get(reverse(name, args=[stranger.pk])).status_code == 404
    for name in ("student_clearances", "conflict_add", "student_manual"):
        assert client.post(reverse(name, args=[stranger.pk])).status_code == 404
    conflict = Conflict.objects.create(
        student=stranger, workplace=f.WorkplaceFactory(), registered_by=f.UserFactory()
    )
    assert client.post(reverse("conflict_remove", args=[conflict.pk])).status_code == 404


def test_ticking_off(client, coordinator, school_class):
    student = f.StudentFactory(school_class=school_class)
    police, tb = f.RequirementFactory(code="police"), f.RequirementFactory(code="tb")
    round = f.RoundFactory(county=student.school.county)
    f.CandidateFactory(student=student, round=round)
    url = reverse("student_clearances", args=[student.pk])
    today = timezone.localdate()
    form = {"status_police": "cleared", "status_tb": "awaiting", "seen_on": today.isoformat()}
    client.post(url, form)
    cleared = Clearance.objects.get(requirement=police)
    assert (cleared.status, cleared.seen_on, cleared.seen_by) == ("cleared", today, coordinator)
    waiting = Clearance.objects.get(requirement=tb)
    assert (waiting.status, waiting.seen_on, waiting.seen_by) == ("awaiting", None, None)
    assert Round.objects.get(pk=round.pk).version == 2
    assert AuditEvent.objects.filter(verb="clearance.tick").count() == 2
    client.post(url, form)  # nothing new: nothing written
    assert AuditEvent.objects.filter(verb="clearance.tick").count() == 2
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    client.post(url, {**form, "status_tb": "cleared", "seen_on": tomorrow})
    assert Clearance.objects.get(requirement=tb).status == "awaiting"
    client.post(url, {**form, "status_police": "unconcerned"})
    assert not Clearance.objects.filter(requirement=police).exists()


def test_ruling_out_a_workplace_and_allowing_it_again(client, coordinator, school_class):
    student = f.StudentFactory(school_class=school_class)
    workplace = f.WorkplaceFactory(municipality=school_class.school.municipality)
    elsewhere = f.WorkplaceFactory()
    url = reverse("conflict_add", args=[student.pk])
    client.post(url, {"workplace": elsewhere.pk})
    assert not Conflict.objects.exists(), "a workplace she may not see cannot be chosen"
    client.post(url, {"workplace": workplace.pk})
    conflict = Conflict.objects.get()
    assert (conflict.workplace, conflict.registered_by) == (workplace, coordinator)
    assert workplace.name in client.get(reverse("student", args=[student.pk])).content.decode()
    client.post(reverse("conflict_remove", args=[conflict.pk]))
    assert not Conflict.objects.exists()


def test_a_student_handled_manually_is_a_number_and_no_more(client, school_class):
    student = f.StudentFactory(school_class=school_class, given_name="Skjult")
    f.StudentFactory(school_class=school_class, given_name="Synlig")
    round = f.RoundFactory(county=student.school.county)
    f.CandidateFactory(student=student, round=round)
    url = reverse("student_manual", args=[student.pk])
    client.post(url)
    assert not Student.objects.get(pk=student.pk).manual_handling, "only when she has read it"
    client.post(url, {"understood": "on"})
    assert Student.objects.get(pk=student.pk).manual_handling
    assert Candidate.objects.get().withdrawn_at is not None
    assert Round.objects.get(pk=round.pk).version == 2
    page = client.get(reverse("students"))
    assert "1 elev behandles manuelt" in page.content.decode()
    for query in ({}, {"status": "all"}, {"q": "Skjult"}):
        said = client.get(reverse("students"), query).content.decode()
        assert "Skjult</a>" not in said
        assert str(student.pk) not in said
    assert client.get(reverse("student", args=[student.pk])).status_code == 404


def test_a_published_placement_must_be_withdrawn_first(client, school_class):
    student = f.StudentFactory(school_class=school_class)
    round = f.RoundFactory(county=student.school.county, state="published")
    f.PlacementFactory(candidate=f.CandidateFactory(student=student, round=round))
    url = reverse("student_manual", args=[student.pk])
    assert "Trekk" in client.post(url, {"understood": "on"}).content.decode()
    assert not Student.objects.get(pk=student.pk).manual_handling


def test_her_practice_is_one_step_away(db):
    """From the student, and from the list of placements, to the stay with all that belongs to it."""
    here, elsewhere = make_world("Vaarvik"), make_world("Elvebakken")
    address, client = reverse("placement", args=[here.placement.pk]), Client()
    client.force_login(here.coordinator)
    for page in (
        reverse("student", args=[here.placement.student_id]),
        reverse("placements", args=[here.round.pk]),
    ):
        assert f'href="{address}"' in client.get(page).content.decode()
    assert client.get(address).status_code == 200
    client.force_login(elsewhere.coordinator)
    assert client.get(address).status_code == 404
