"""The workplace's page: who is coming, and nothing more about them than that."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxMessage
from placements.models import MatchingRun, Placement, Round
from schools.models import Clearance
from tests import factories as f

PAGE = "/my-students/"


def url(placement, name):
    return reverse(f"placement_{name}", args=[placement.pk])


def text_of(client, user):
    client.force_login(user)
    return " ".join(client.get(PAGE).content.decode().split())


def test_name_class_school_when_and_whom_to_call(client, world, outsiders):
    text = text_of(client, world.workplace_contact)
    for expected in [
        world.candidate.student.name,
        world.school_class.name,
        world.school.name,
        world.school.contact_name,
        'href="tel:73000000"',
        "uke 6–9 (8. feb.–5. mars 2027)",
        "1 elev venter på svar fra dere",
    ]:
        assert expected in text, expected
    assert outsiders.canary not in text


def test_nothing_else_about_the_student(client, world):
    student = world.candidate.student
    type(student).objects.filter(pk=student.pk).update(phone="99 88 77 66")
    requirement = f.RequirementFactory(name_nb="Tuberkulose")
    world.workplace.requirements.add(requirement)
    Clearance.objects.create(student=student, requirement=requirement)
    Placement.objects.update(explanation={"rank": 2, "wishes": [], "run": 1, "proven": True})
    text = text_of(client, world.workplace_contact)
    for hidden in [
        student.email,
        "99 88 77 66",
        student.external_id,
        "Tuberkulose",
        "22 min",
        "ønske",
        world.waiting.student.family_name,
    ]:
        assert hidden not in text, hidden


@pytest.mark.parametrize("state", ["open", "matching"])
def test_nothing_before_publication(client, world, state):
    Round.objects.filter(pk=world.round.pk).update(state=state, published_at=None)
    assert world.candidate.student.name not in text_of(client, world.workplace_contact)
    response = client.post(url(world.placement, "accept"), {"version": 1})
    assert response.status_code == 404


def test_who_has_ended_or_is_handled_manually_is_gone(client, world):
    name = world.candidate.student.name
    Placement.objects.filter(pk=world.placement.pk).update(
        state="withdrawn",
        ended_at=timezone.now(),
        ended_by=world.coordinator,
        end_reason="student_left",
    )
    assert name not in text_of(client, world.workplace_contact)


@pytest.mark.parametrize("name", ["accept", "decline"])
def test_only_the_workplaces_own_contact_answers(client, world, outsiders, name):
    data = {"version": 1, "reason": "other"}
    expected = {
        outsiders.workplace_contact: 404,
        world.student: 403,
        world.coordinator: 403,
        world.administrator: 403,
    }
    for user, status in expected.items():
        client.force_login(user)
        assert client.post(url(world.placement, name), data).status_code == status
        assert client.get(url(world.placement, name)).status_code == status
    assert Placement.objects.get(pk=world.placement.pk).state == "planned"
    client.force_login(world.workplace_contact)
    assert client.post(url(world.placement, name), data).status_code == 302
    assert Placement.objects.get(pk=world.placement.pk).version == 2


def test_the_hospitals_contact_answers_for_its_units(client, world):
    hospital = f.WorkplaceFactory(municipality=world.workplace.municipality, kind="hospital")
    type(world.workplace).objects.filter(pk=world.workplace.pk).update(parent=hospital)
    head = f.UserFactory(role="workplace_contact")
    f.ContactFactory(workplace=hospital, user=head)
    text = text_of(client, head)
    assert world.candidate.student.name in text
    assert world.workplace.name in text


def test_no_needs_a_reason_and_tells_the_school(client, world):
    client.force_login(world.workplace_contact)
    page = client.post(url(world.placement, "decline"), {"version": 1})
    assert page.status_code == 200
    assert "reason" in page.context["form"].errors
    for reason in ("student_left", "mistake", "moved"):  # not a workplace's to say
        page = client.post(url(world.placement, "decline"), {"version": 1, "reason": reason})
        assert page.status_code == 200
    assert not OutboxMessage.objects.exists()
    client.post(url(world.placement, "decline"), {"version": 1, "reason": "too_many"})
    assert OutboxMessage.objects.count() == 2
    assert world.candidate.student.name not in text_of(client, world.workplace_contact)


def test_an_old_page_gets_409_with_both(client, world):
    client.force_login(world.workplace_contact)
    client.post(url(world.placement, "accept"), {"version": 1})
    response = client.post(url(world.placement, "decline"), {"version": 1, "reason": "other"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "Nei, vi kan ikke" in text
    assert Placement.objects.get(pk=world.placement.pk).get_state_display() in text


def test_the_same_click_twice_is_one_answer(client, world):
    client.force_login(world.workplace_contact)
    data = {
        "version": 1,
        "reason": "other",
        "once_key": "22222222-2222-4222-8222-222222222222",
    }
    answers = [client.post(url(world.placement, "decline"), data) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert OutboxMessage.objects.count() == 2


def test_yes_to_all_is_yes_to_those_she_has_seen(client, world, outsiders):
    """Not to somebody who came meanwhile, nor to one that was changed, nor at another workplace."""
    type(world.slot).objects.filter(pk=world.slot.pk).update(capacity=2)
    second = f.PlacementFactory(candidate=world.waiting, slot=world.slot)
    page = text_of(client, world.workplace_contact)
    assert "Ja, alle 2 er velkommen" in page
    seen = [f"{world.placement.pk}:1", f"{second.pk}:7", f"{outsiders.placement.pk}:1", "x"]
    answer = client.post(reverse("my_students_accept"), {"seen": seen}, follow=True)
    states = dict(Placement.objects.values_list("pk", "state"))
    assert states[world.placement.pk] == "confirmed"
    assert (states[second.pk], states[outsiders.placement.pk]) == ("planned", "planned")
    said = answer.content.decode()
    assert "Takk! 1 er ventet." in said
    assert "Noen venter fortsatt på svar." in said


def test_an_empty_page_teaches(client, world):
    Placement.objects.all().delete()
    assert "Ingen elever ennå" in text_of(client, world.workplace_contact)


@pytest.mark.parametrize("n", [1, 3, 30])
def test_the_page_asks_the_database_the_same_however_many(
    client, world, n, django_assert_num_queries
):
    type(world.slot).objects.update(capacity=40)
    for _ in range(n):
        candidate = f.CandidateFactory(
            student=f.StudentFactory(school_class=world.school_class), round=world.round
        )
        f.PlacementFactory(candidate=candidate, slot=world.slot, created_by=world.coordinator)
    text_of(client, world.workplace_contact)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


QUERIES = 11  # the first says whose they are, put together once; the next reads them


def test_a_no_leads_the_coordinator_straight_to_the_repair(client, world, mailoutbox):
    client.force_login(world.workplace_contact)
    client.post(url(world.placement, "decline"), {"version": 1, "reason": "no_supervisor"})
    outbox.deliver_due()
    letter = next(m for m in mailoutbox if m.to == [world.county_coordinator.email])
    (link,) = re.findall(r"http://[^/]+(/rounds/\S+)", letter.body)
    client.force_login(world.county_coordinator)
    page = client.get(link)
    assert page.context["waiting"], "she who was declined stands among those without a place"
    said = page.content.decode()
    assert f'action="{reverse("run_start", args=[world.round.pk])}"' in said
    assert 'name="repair"' in said
    repair = client.post(reverse("run_start", args=[world.round.pk]), {"repair": "1"})
    run = MatchingRun.objects.for_round(world.round).first()
    assert (repair["Location"], run.repairs) == (reverse("run_progress", args=[run.pk]), True)


def hospital_of(world, units, each):
    """So many units below the contact's workplace, with so many students who are to come to each."""
    found = []
    for n in range(units):
        unit = f.WorkplaceFactory(
            name=f"Avdeling {n}", parent=world.workplace, municipality=world.workplace.municipality
        )
        slot = f.SlotFactory(period=world.period, workplace=unit, capacity=each)
        for _ in range(each):
            student = f.StudentFactory(school_class=world.school_class)
            candidate = f.CandidateFactory(student=student, round=world.round)
            found.append(
                f.PlacementFactory(candidate=candidate, slot=slot, created_by=world.coordinator)
            )
    return found


def test_a_hospitals_many_students_are_folded_by_unit_those_who_wait_first(client, world):
    placements = hospital_of(world, 3, 3)
    Placement.objects.exclude(pk=placements[-1].pk).update(
        state="confirmed", answered_at=timezone.now()
    )
    text = text_of(client, world.workplace_contact)
    units = re.findall(r'<details class="more unit"( open)?> <summary><h2>([^<]+)</h2>', text)
    assert units == [
        (" open", "Avdeling 2"),
        ("", "Avdeling 0"),
        ("", "Avdeling 1"),
        ("", world.workplace.name),
    ]
    assert text.count("1 venter på svar</span>") == 1
    for placement in placements:
        assert text.count(f">{placement.student.name}</h3>") == 1
        assert url(placement, "decline") in text


def test_a_few_of_a_hospital_are_not_folded(client, world):
    hospital_of(world, 2, 2)
    text = text_of(client, world.workplace_contact)
    assert "more unit" not in text
    assert "Avdeling 1" in text


def test_the_answer_that_is_waited_for_comes_before_the_papers(client, world):
    text = text_of(client, world.workplace_contact)
    yes, papers = text.index("Ja, velkommen"), text.index("Praksisavtale")
    assert text.index("uke 6–9") < yes < papers
    world.placement.refresh_from_db()
    client.post(url(world.placement, "accept"), {"version": world.placement.version})
    text = text_of(client, world.workplace_contact)
    assert "Ja, velkommen" not in text
    assert text.index("Praksisavtale") < text.index("Vi kan likevel ikke")
