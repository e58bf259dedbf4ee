"""The student's pages: how far it has come, her place and why, and nothing of anybody else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import AccessLog
from placements.actions import answers
from placements.models import Candidate, Placement, Round
from schools.models import Clearance
from tests import factories as f
from tests.cast import make_world
from tests.placements.stay import going_on

HOME = "/my-practice/"


def page_of(client, user, url=HOME):
    client.force_login(user)
    return client.get(url)


def text_of(client, user, url=HOME):
    return " ".join(page_of(client, user, url).content.decode().split())


def placement_url(placement, name="placement"):
    return reverse(name, args=[placement.pk])


# --- who --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["placement", "placement_calendar"])
def test_a_placement_is_seen_by_the_student_and_her_coordinators_only(
    client, world, outsiders, name
):
    url = placement_url(world.placement, name)
    expected = {
        world.student: 200,
        world.coordinator: 200,
        world.county_coordinator: 200,
        # The workplace has a page of its own, with less on it.
        world.workplace_contact: 403,
        world.administrator: 403,
        outsiders.student: 404,
        outsiders.coordinator: 404,
        outsiders.county_coordinator: 404,
        outsiders.workplace_contact: 403,
    }
    for user, status in expected.items():
        assert page_of(client, user, url).status_code == status, user


def test_a_contact_who_is_also_a_student_elsewhere_does_not_see_her_students_page(
    client, world, outsiders
):
    f.ContactFactory(workplace=world.workplace, user=outsiders.student)
    outsiders.student.memberships.create(role="workplace_contact")
    url = placement_url(world.placement)
    assert page_of(client, outsiders.student, url).status_code == 404


def test_a_classmates_placement_does_not_exist_for_her(client, world):
    slot = f.SlotFactory(period=world.period)
    theirs = f.PlacementFactory(candidate=world.waiting, slot=slot, created_by=world.coordinator)
    assert page_of(client, world.student, placement_url(theirs)).status_code == 404


def test_that_somebody_else_looks_is_logged(client, world):
    url = placement_url(world.placement)
    page_of(client, world.student, url)
    assert not AccessLog.objects.exists()
    page_of(client, world.coordinator, url)
    look = AccessLog.objects.get()
    assert (look.actor, look.target_id) == (world.coordinator, world.placement.pk)


def test_nobody_but_students_have_a_practice(client, world):
    for user in (world.coordinator, world.workplace_contact, world.administrator):
        assert page_of(client, user).status_code == 403


# --- the steps ----------------------------------------------------------------------------------


def steps(client, user):
    (practice,) = page_of(client, user).context["practices"]
    return [step.state for step in practice.steps]


def test_the_steps_follow_the_round(client, db):
    world = make_world("Vaarvik", "collecting")
    Placement.objects.all().delete()
    mine = Candidate.objects.filter(pk=world.candidate.pk)
    assert steps(client, world.student) == ["current", "ahead", "ahead", "ahead"]
    Round.objects.update(state="open")
    assert steps(client, world.student) == ["done", "current", "ahead", "ahead"]
    mine.update(wishes_state="sent", wishes_sent_at=timezone.now())
    assert steps(client, world.student) == ["done", "done", "ahead", "ahead"]
    Round.objects.update(wishes_deadline=timezone.now() - dt.timedelta(minutes=1))
    assert steps(client, world.student) == ["done", "done", "current", "ahead"]
    Round.objects.update(state="matching")
    assert steps(client, world.student) == ["done", "done", "current", "ahead"]
    mine.update(wishes_state="draft", wishes_sent_at=None)
    assert steps(client, world.student) == ["done", "ahead", "current", "ahead"]
    assert "Ikke sendt" in text_of(client, world.student)
    Round.objects.update(state="published", published_at=timezone.now())
    assert steps(client, world.student) == ["done", "ahead", "done", "done"]


def test_before_publication_a_placement_row_would_not_show(client, db):
    """Rows are written at publication; if one were there before, no page of hers would tell."""
    world = make_world("Vaarvik", "matching")
    text = text_of(client, world.student)
    assert world.workplace.meet_at not in text
    assert "Fordeles" in text
    for name in ("placement", "placement_calendar"):
        url = placement_url(world.placement, name)
        assert page_of(client, world.student, url).status_code == 404
    Round.objects.update(state="published", published_at=timezone.now())  # control
    assert world.workplace.meet_at in text_of(client, world.student)


def test_a_draft_round_is_not_mentioned(client, db):
    world = make_world("Vaarvik", "draft")
    assert world.round.name not in text_of(client, world.student)
    assert "ikke med i noen fordelingsrunde" in text_of(client, world.student)


def test_who_is_handled_manually_sees_no_round(client, world):
    Placement.objects.all().delete()
    type(world.candidate.student).objects.filter(pk=world.candidate.student_id).update(
        manual_handling=True
    )
    assert world.workplace.name not in text_of(client, world.student)


# --- the placement --------------------------------------------------------------------------------


def test_where_when_whom_and_how(client, world):
    text = text_of(client, world.student)
    for expected in [
        world.workplace.name,
        world.workplace.address,
        world.workplace.meet_at,
        'href="tel:73111111"',
        f'href="mailto:{world.contact.email}"',
        world.contact.name,
        "uke 6–9 (8. feb.–5. mars 2027)",
        "08.00–15.30",
        "ca. 22 min",
        world.school.contact_name,
        placement_url(world.placement, "placement_calendar"),
    ]:
        assert expected in text, expected
    # Nothing is fetched from elsewhere; the one way out is a map, for whoever presses it.
    way_out = f'href="{escape(world.workplace.map_url)}" rel="noreferrer"'
    inside = text.split("<main")[1]
    assert way_out in inside
    assert "http" not in inside.replace(way_out, "").replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("Kongens gate 1", "Kongens%20gate%201%2C%20{town}"),
        ("Kongens gate 1, {town}", "Kongens%20gate%201%2C%20{town}"),
        ("", "Sentrum%20%26%20Nord%2C%20{town}"),
        ('Gata 1"><script>', "Gata%201%22%3E%3Cscript%3E%2C%20{town}"),
    ],
)
def test_the_map_is_asked_for_the_address_or_the_name_with_its_town_once(db, address, asked):
    place = f.WorkplaceFactory(name="Sentrum & Nord", municipality__name="Sandvik")
    place.address = address.format(town="Sandvik")
    assert place.map_url.split("&sok=")[1] == asked.format(town="Sandvik")


def test_a_contact_who_has_left_is_not_shown(client, world):
    type(world.contact).objects.update(ended_at=timezone.now())
    assert world.contact.name not in text_of(client, world.student)


def test_the_checklist_is_the_workplaces_requirements_against_hers(client, world):
    ready, waiting, elsewhere = (f.RequirementFactory(due_days=14) for _ in range(3))
    world.workplace.requirements.add(ready, waiting)
    for requirement in (ready, elsewhere):
        Clearance.objects.create(
            student=world.candidate.student,
            requirement=requirement,
            status="cleared",
            seen_on=dt.date(2026, 12, 1),
            seen_by=world.coordinator,
        )
    (practice,) = page_of(client, world.student).context["practices"]
    # In what order they stand is a matter of their numbers: "Krav 10" comes before "Krav 9".
    found = {i.requirement: i.ready for i in practice.page.checklist}
    assert found == {ready: True, waiting: False}
    text = text_of(client, world.student)
    assert "1 av 2 klart" in text
    assert "25. jan. 2027 (uke 4)" in text
    assert elsewhere.name_nb not in text


FACTS = {
    "rank": 2,
    "wishes": [
        {
            "workplace": "Lade legesenter",
            "rank": 1,
            "capacity": 2,
            "wished_by": 9,
            "reason": "full",
            "level": "wishes:squared",
            "amount": 3,
            "moves": 1,
            "weights": None,
        }
    ],
    "lottery": {"seed": "frø-2027", "candidate": "c1", "slot": "s1", "weight": 1234567},
    "run": 1,
    "proven": True,
}


def test_why_this_place_in_numbers_and_who_decided(client, world):
    type(world.run).objects.filter(pk=world.run.pk).update(
        state="published", published_at=timezone.now(), published_by=world.county_coordinator
    )
    Placement.objects.filter(pk=world.placement.pk).update(explanation=FACTS, run=world.run)
    text = text_of(client, world.student)
    for expected in [
        "Dette var ditt 2. ønske.",
        "Lade legesenter hadde 2 plasser, og 9 elever ønsket seg dit.",
        "måtte en annen elev ha flyttet til et sted lenger ned på sin liste.",
        f"{world.county_coordinator.name} bestemte dette",
        "bevist",
        "frø-2027",
        "1234567",
    ]:
        assert expected in text, expected
    assert "Ventesen" not in text


def test_a_place_found_by_hand_says_so(client, world):
    text = text_of(client, world.student)
    assert "En koordinator fant denne plassen til deg for hånd." in text
    assert f"{world.county_coordinator.name} bestemte dette" in text


def test_without_a_place_the_page_is_calm_and_says_what_happens(client, world):
    pupil = world.waiting.student
    pupil.user = f.UserFactory(role="student", email=pupil.email)
    pupil.save()
    text = text_of(client, pupil.user)
    assert "Du har ikke fått plass ennå" in text
    assert "Dette skjer nå" in text
    assert world.school.contact_phone in text


def test_when_the_workplace_says_no_she_is_told_without_the_reason(client, world):
    answers.decline(world.placement, reason="staff_change", version=1, by=world.workplace_contact)
    text = text_of(client, world.student)
    assert "Du får en ny plass" in text
    assert f"Plassen på {world.workplace.name} er ikke lenger din." in text
    assert world.workplace.meet_at not in text
    ended = text_of(client, world.student, placement_url(world.placement))
    assert "Denne plassen er avsluttet." in ended
    assert "personal" not in ended.lower().split("<main")[1]
    file = page_of(client, world.student, placement_url(world.placement, "placement_calendar"))
    assert b"METHOD:CANCEL" in file.content


def test_the_calendar_file_is_a_download(client, world):
    file = page_of(client, world.student, placement_url(world.placement, "placement_calendar"))
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in file["Content-Disposition"]
    assert file.content.count(b"BEGIN:VEVENT") == len(world.period.days)


def test_an_earlier_round_stays_readable(client, world):
    newer = f.RoundFactory(county=world.county, schools=[world.school], state="open")
    f.CandidateFactory(student=world.candidate.student, round=newer)
    Round.objects.filter(pk=world.round.pk).update(state="closed")
    context = page_of(client, world.student).context
    assert [p.candidate.round for p in context["practices"]] == [newer]
    assert [p.placement for p in context["earlier"]] == [world.placement]


@pytest.mark.parametrize("n", [1, 3])
def test_home_asks_the_database_the_same_however_much_there_is(
    client, world, n, django_assert_num_queries
):
    for _ in range(n):
        world.workplace.requirements.add(f.RequirementFactory())
        f.ContactFactory(workplace=world.workplace)
        f.PreferenceFactory(candidate=world.candidate, rank=2)
    page_of(client, world.student)
    with django_assert_num_queries(QUERIES):
        client.get(HOME)


QUERIES = 19  # of which the first steps are three, until they are put away


def test_the_way_there_is_drawn_where_the_two_are_apart(client, world):
    type(world.workplace).objects.filter(pk=world.workplace.pk).update(
        latitude=None, longitude=None, municipality=world.candidate.student.municipality
    )
    page = text_of(client, world.student)
    assert "Minutter hjemmefra" not in page
    assert "praksisstedet ligger også der" in page  # no picture: in words, and a map to press
    assert page.count(f'href="{escape(world.workplace.map_url)}"') == 2
    north = world.candidate.student.municipality.latitude + 0.2
    type(world.workplace).objects.filter(pk=world.workplace.pk).update(
        latitude=north, longitude=world.candidate.student.municipality.longitude
    )
    page = text_of(client, world.student)
    assert "praksisstedet ligger også der" not in page
    table = page[page.index("Minutter hjemmefra") :]
    assert str(world.workplace) in table[: table.index("</table>")]  # the table twin


def test_while_practice_is_on_what_to_do_when_ill_comes_first(client, world):
    """She is in bed, it is half past seven: the number and the button, before the first day's address."""
    text = text_of(client, world.student)
    assert text.index("Første dag") < text.index("Hvis du blir syk")  # it lies ahead
    assert "Jeg kommer ikke i dag" not in text
    going_on(world)
    text = text_of(client, world.student)
    ill, first = text.index("Hvis du blir syk"), text.index("Første dag")
    assert ill < first
    assert "Jeg kommer ikke i dag" in text[ill:first]
    assert 'href="tel:73111111"' in text[ill:first]


def test_a_coordinator_is_not_told_where_she_lives_herself(client, world):
    type(world.workplace).objects.filter(pk=world.workplace.pk).update(
        latitude=None, longitude=None, municipality=world.candidate.student.municipality
    )
    url = placement_url(world.placement)
    assert "Du bor i" in text_of(client, world.student, url)
    assert "Du bor i" not in text_of(client, world.coordinator, url)
