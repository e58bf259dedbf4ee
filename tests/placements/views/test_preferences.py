"""The wishes pages: whose they are, what they show, what they must not show."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, OutboxMessage
from accounts.policy import Role
from placements.models import Assignment, Candidate, Conflict, Placement, Preference, Round
from tests import factories as f
from tests.cast import make_world


@pytest.fixture
def mine(db):
    return make_world("Vaarvik", "open")


@pytest.fixture
def theirs(db):
    return make_world("Fremmedstad", "open")


def url(candidate, name="preferences"):
    return reverse(name, args=[candidate.pk])


def offer(world, n=1, **workplace):
    made = [
        f.SlotFactory(
            period=world.period,
            workplace=f.WorkplaceFactory(municipality=world.workplace.municipality, **workplace),
        ).workplace
        for _ in range(n)
    ]
    return made if n > 1 else made[0]


def names(response):
    """The workplaces that can be added."""
    return [option.workplace.name for option in response.context["page"]]


def post(client, candidate, **data):
    now = Candidate.objects.get(pk=candidate.pk)
    return client.post(url(candidate), {"version": now.version, **data})


# --- who --------------------------------------------------------------------------------------


def test_the_student_and_her_coordinators_open_it_and_nobody_else(client, mine, theirs):
    expected = {
        mine.student: 200,
        mine.coordinator: 200,
        mine.county_coordinator: 200,
        mine.workplace_contact: 403,
        mine.administrator: 403,
        theirs.student: 404,
        theirs.coordinator: 404,
        theirs.county_coordinator: 404,
        theirs.workplace_contact: 403,
    }
    for user, status in expected.items():
        client.force_login(user)
        assert client.get(url(mine.candidate)).status_code == status, user
        posted = client.post(url(mine.candidate, "preferences_send"), {"version": 99})
        # A version that is not the right one: those who may are told so, the others as above.
        assert posted.status_code == (409 if status == 200 else status), user


def test_a_classmates_wishes_are_not_hers(client, mine):
    client.force_login(mine.student)
    assert client.get(url(mine.waiting)).status_code == 404
    response = post(client, mine.waiting, add=mine.workplace.pk)
    assert response.status_code == 404
    assert not mine.waiting.preferences.exists()


def test_that_a_coordinator_looks_is_logged_and_that_she_herself_does_is_not(client, mine):
    client.force_login(mine.student)
    client.get(url(mine.candidate))
    assert not AccessLog.objects.exists()
    client.force_login(mine.coordinator)
    client.get(url(mine.candidate))
    client.get(url(mine.round, "candidates"))
    assert list(AccessLog.objects.values_list("view", "target_id", "count")) == [
        ("preferences", mine.candidate.pk, 1),
        ("candidates", None, 2),
    ]


@pytest.mark.parametrize("change", [{"withdrawn_at": timezone.now()}, {"hidden": True}])
def test_who_has_left_or_is_handled_manually_has_no_page(client, mine, change):
    if change.pop("hidden", False):
        type(mine.candidate.student).objects.filter(pk=mine.candidate.student_id).update(
            manual_handling=True
        )
    else:
        Candidate.objects.filter(pk=mine.candidate.pk).update(**change)
    for user in (mine.student, mine.coordinator):
        client.force_login(user)
        assert client.get(url(mine.candidate)).status_code == 404


# --- the list ---------------------------------------------------------------------------------


def test_add_move_tie_and_remove(client, mine):
    one, two = offer(mine, 2)
    client.force_login(mine.student)
    who = mine.candidate

    def ranks():
        return dict(who.preferences.values_list("workplace", "rank"))

    own = mine.workplace.pk
    for place in (one, two):
        assert post(client, who, add=place.pk).status_code == 302
    assert ranks() == {own: 1, one.pk: 2, two.pk: 3}
    response = post(client, who, up=two.pk)
    assert response.url.endswith(f"#up-{two.pk}")
    assert ranks() == {own: 1, two.pk: 2, one.pk: 3}
    post(client, who, equal=one.pk)
    assert ranks() == {own: 1, two.pk: 2, one.pk: 2}
    page = client.get(url(who))
    assert [wish.is_tied for wish in page.context["rows"]].count(True) == 1
    post(client, who, down=own)
    assert ranks() == {own: 2, two.pk: 1, one.pk: 1}
    post(client, who, remove=two.pk)
    assert ranks() == {own: 2, one.pk: 1}
    post(client, who, move=own, before=one.pk)
    assert ranks() == {own: 1, one.pk: 2}


def test_an_old_window_gets_409_with_both(client, mine):
    one, two = offer(mine, 2)
    client.force_login(mine.student)
    client.post(url(mine.candidate), {"version": 1, "add": one.pk})
    response = client.post(url(mine.candidate), {"version": 1, "add": two.pk})
    assert response.status_code == 409
    text = response.content.decode()
    assert f"Legg til {two.name}" in text
    assert f"1. {mine.workplace.name}, 2. {one.name}" in text


def test_the_same_click_twice_is_one(client, mine):
    key = "11111111-1111-4111-8111-111111111111"
    data = {"version": 1, "add": offer(mine).pk, "once_key": key}
    client.force_login(mine.student)
    first, second = (client.post(url(mine.candidate), data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert mine.candidate.preferences.count() == 2


@pytest.mark.parametrize("data", [{}, {"up": "x"}, {"move": "x", "before": ""}, {"version": ""}])
def test_what_cannot_be_read_changes_nothing(client, mine, data):
    client.force_login(mine.student)
    response = client.post(url(mine.candidate), {"version": 1, **data})
    assert response.status_code == 302
    assert Candidate.objects.get(pk=mine.candidate.pk).version == 1


def test_sending_from_the_page(client, mine):
    client.force_login(mine.student)
    client.post(url(mine.candidate, "preferences_send"), {"version": 1})
    mine.candidate.refresh_from_db()
    assert (mine.candidate.wishes_state, mine.candidate.wishes_sent_by) == ("sent", mine.student)
    assert "Hver endring lagres" in client.get(url(mine.candidate)).content.decode()


def test_a_coordinator_enters_for_her_and_it_says_whose_it_is(client, mine):
    client.force_login(mine.coordinator)
    post(client, mine.waiting, add=mine.workplace.pk)
    client.post(url(mine.waiting, "preferences_send"), {"version": 2})
    mine.waiting.refresh_from_db()
    assert mine.waiting.wishes_sent_by == mine.coordinator
    assert "Ønskene til Vaarvik Ventesen" in client.get(url(mine.waiting)).content.decode()


def test_after_the_deadline_it_is_read_only(client, mine):
    Round.objects.update(wishes_deadline=timezone.now() - dt.timedelta(hours=1))
    client.force_login(mine.student)
    page = client.get(url(mine.candidate))
    assert mine.workplace.name in page.content.decode()
    assert not re.search(r'name="(up|down|add|remove|equal|needs)"', page.content.decode())
    assert "teller ikke" in page.content.decode()
    post(client, mine.candidate, remove=mine.workplace.pk)
    assert mine.candidate.preferences.count() == 1


# --- what can be chosen ------------------------------------------------------------------------


def test_only_what_she_can_have_is_offered_and_conflicts_are_not_mentioned(client, mine, theirs):
    fine, unfit, gone, far = (offer(mine, name=f"Sted {n}") for n in ("A", "B", "C", "D"))
    Conflict.objects.create(
        student=mine.candidate.student, workplace=unfit, registered_by=mine.coordinator
    )
    gone.slots.update(capacity=0)
    type(far).objects.filter(pk=far.pk).update(latitude=59.9, longitude=10.7)
    client.force_login(mine.student)
    page = client.get(url(mine.candidate))
    assert names(page) == [fine.name]
    text = page.content.decode()
    assert unfit.name not in text
    assert gone.name not in text
    assert theirs.canary not in text
    assert [option.id for option in page.context["too_far"]] == [far.pk]


def test_a_conflict_found_later_shows_nothing_of_itself(client, mine):
    client.force_login(mine.student)
    before = client.get(url(mine.candidate)).context["rows"]
    Conflict.objects.create(
        student=mine.candidate.student, workplace=mine.workplace, registered_by=mine.coordinator
    )
    assert client.get(url(mine.candidate)).context["rows"] == before


def test_needs_narrow_the_choice_and_say_so_at_wishes_already_made(client, mine):
    steps, car = offer(mine, step_free=False), offer(mine, needs_car=True)
    client.force_login(mine.student)
    post(client, mine.candidate, add=steps.pk)
    assert names(client.get(url(mine.candidate))) == [car.name]
    post(client, mine.candidate, needs="1", no_car="on", step_free="on")
    page = client.get(url(mine.candidate))
    assert names(page) == []
    assert [wish.option.obstacles for wish in page.context["rows"]] == [(), ("step_free",)]
    mine.candidate.refresh_from_db()
    assert (mine.candidate.no_car, mine.candidate.step_free) == (True, True)


def test_search_kind_and_order_live_in_the_address(client, mine):
    near = offer(mine, name="Åsen legesenter")
    hospital = offer(mine, name="Byen sykehus", kind="hospital")
    type(near).objects.filter(pk=near.pk).update(latitude=63.6, longitude=10.39)
    client.force_login(mine.student)

    def shown(**query):
        return names(client.get(url(mine.candidate), query))

    assert shown() == [hospital.name, near.name]
    assert shown(sort="name") == [hospital.name, near.name]
    assert shown(q="åsen") == [near.name]
    assert shown(kind="hospital") == [hospital.name]
    assert shown(kind="nonsense", q="x" * 500) == [hospital.name, near.name]


def test_municipality_and_travel_narrow_the_choice_and_leave_the_draft_alone(client, mine):
    near, far = offer(mine, name="Åsen legesenter"), offer(mine, name="Bakken legesenter")
    elsewhere = f.MunicipalityFactory(county=mine.county, name="Nabo kommune")
    type(far).objects.filter(pk=far.pk).update(
        municipality=elsewhere, latitude=near.position[0] + 0.15, longitude=near.position[1]
    )
    client.force_login(mine.student)
    before = list(mine.candidate.preferences.values_list("workplace", "rank"))

    def shown(**query):
        return names(client.get(url(mine.candidate), query))

    assert set(shown()) == {near.name, far.name}
    assert shown(municipality=str(elsewhere.pk)) == [far.name]
    assert shown(municipality=str(near.municipality_id)) == [near.name]
    assert shown(within="15") == [near.name]
    assert set(shown(within="60")) == {near.name, far.name}
    assert set(shown(within="7", municipality="nonsense")) == {near.name, far.name}
    assert list(mine.candidate.preferences.values_list("workplace", "rank")) == before


def test_how_sought_after_counts_wishes_that_are_sent(client, mine):
    place = offer(mine)
    for state in ("sent", "sent", "sent", "draft"):
        at = timezone.now() if state == "sent" else None
        candidate = f.CandidateFactory(
            student=f.StudentFactory(school_class=mine.school_class),
            round=mine.round,
            wishes_state=state,
            wishes_sent_at=at,
        )
        Preference.objects.create(candidate=candidate, workplace=place, rank=1)
    client.force_login(mine.student)
    page = client.get(url(mine.candidate))
    (option,) = page.context["page"]
    assert (option.places, option.wished, option.demand) == (1, 3, "very_popular")
    assert "1 plass, 3 ønsker" in " ".join(page.content.decode().split())


def test_nothing_of_a_proposal_can_be_seen_before_it_is_published(client, mine):
    """A computed run places everybody; every page of hers is the same as without it."""
    Round.objects.update(state="matching")
    for model in (Placement, Assignment):
        model.objects.filter(round=mine.round).delete()
    client.force_login(mine.student)
    pages = [url(mine.candidate), reverse("my_practice")]

    def seen():
        found = (client.get(page).content.decode() for page in pages)
        return [re.sub(r'value="[\w-]{36,}"|nonce="[^"]*"', "", text) for text in found]

    without = seen()
    for candidate in (mine.candidate, mine.waiting):
        Assignment.objects.create(
            run=mine.run,
            round=mine.round,
            candidate=candidate,
            slot=mine.slot,
            rank=1,
            travel_minutes=17,
        )
    assert seen() == without


@pytest.mark.parametrize("n", [1, 3, 40])
def test_the_page_asks_the_database_the_same_however_long_the_lists(
    client, mine, n, django_assert_num_queries
):
    for place in offer(mine, n) if n > 1 else [offer(mine)]:
        place.learning_areas.add(f.LearningAreaFactory())
    Preference.objects.bulk_create(
        Preference(candidate=mine.candidate, workplace=place, rank=rank)
        for rank, place in enumerate(offer(mine, 3)[: min(n, 3)], start=2)
    )
    client.force_login(mine.student)
    client.get(url(mine.candidate))
    with django_assert_num_queries(QUERIES_WISHES):
        client.get(url(mine.candidate))


QUERIES_WISHES = 21  # of which one reads what is searched by, of all, and two what is shown
QUERIES_CANDIDATES = 16


# --- who has answered ---------------------------------------------------------------------------


def listed(response):
    return [candidate.given_name for candidate in response.context["page"]]


def test_each_coordinator_sees_her_own_schools_students(client, mine, theirs):
    other = f.SchoolFactory(municipality=mine.school.municipality)
    stranger = f.StudentFactory(school_class=f.SchoolClassFactory(school=other), given_name="Annen")
    f.CandidateFactory(student=stranger, round=mine.round)
    client.force_login(mine.coordinator)
    page = client.get(url(mine.round, "candidates"))
    assert listed(page) == ["Vaarvik", "Vaarvik"]
    assert (page.context["total"], page.context["sent"]) == (2, 0)
    client.force_login(mine.county_coordinator)
    assert sorted(listed(client.get(url(mine.round, "candidates")))) == ["Annen", *["Vaarvik"] * 2]
    for user, status in {
        theirs.coordinator: 404,
        mine.student: 403,
        mine.workplace_contact: 403,
    }.items():
        client.force_login(user)
        assert client.get(url(mine.round, "candidates")).status_code == status
        assert client.post(url(mine.round, "candidates_remind")).status_code == status
    assert not OutboxMessage.objects.exists()


def test_filters_live_in_the_address(client, mine):
    Candidate.objects.filter(pk=mine.waiting.pk).update(wishes_state="draft")
    client.force_login(mine.coordinator)

    def shown(**query):
        page = client.get(url(mine.round, "candidates"), query)
        return [candidate.family_name for candidate in page.context["page"]]

    assert shown() == ["Elevsen", "Ventesen"]
    assert shown(q="vente") == ["Ventesen"]
    assert shown(state="draft") == ["Ventesen"]
    assert shown(state="unsent", school_class=mine.school_class.pk) == ["Elevsen", "Ventesen"]
    assert shown(state="sent") == []


def test_reminding_one_and_then_the_rest(client, mine, theirs):
    client.force_login(mine.coordinator)
    remind = url(mine.round, "candidates_remind")
    client.post(remind, {"candidate": mine.waiting.pk})
    assert [m.subject_id for m in OutboxMessage.objects.all()] == [mine.waiting.pk]
    assert client.post(remind, {"candidate": theirs.waiting.pk}).status_code == 404
    assert client.post(remind, {"candidate": "nonsense"}).status_code == 404
    client.post(remind)
    assert {m.subject_id for m in OutboxMessage.objects.all()} == {
        mine.waiting.pk,
        mine.candidate.pk,
    }


def test_a_school_reminds_only_its_own(client, mine):
    other = f.SchoolFactory(municipality=mine.school.municipality)
    stranger = f.StudentFactory(school_class=f.SchoolClassFactory(school=other))
    theirs = f.CandidateFactory(student=stranger, round=mine.round)
    client.force_login(mine.coordinator)
    client.post(url(mine.round, "candidates_remind"))
    assert theirs.pk not in OutboxMessage.objects.values_list("subject_id", flat=True)
    assert OutboxMessage.objects.count() == 2


@pytest.mark.parametrize("n", [1, 3, 60])
def test_the_list_asks_the_database_the_same_however_long(
    client, mine, n, django_assert_num_queries
):
    for _ in range(n):
        f.CandidateFactory(
            student=f.StudentFactory(school_class=mine.school_class), round=mine.round
        )
    client.force_login(mine.coordinator)
    client.get(url(mine.round, "candidates"))
    with django_assert_num_queries(QUERIES_CANDIDATES):
        client.get(url(mine.round, "candidates"))


def test_a_person_of_two_roles_sees_by_each(client, mine, theirs):
    """A student of ours who is also a contact in another county sees no other student's wishes."""
    f.ContactFactory(workplace=theirs.workplace, user=mine.student)
    mine.student.memberships.create(role=Role.WORKPLACE_CONTACT)
    client.force_login(mine.student)
    assert client.get(url(mine.candidate)).status_code == 200
    assert client.get(url(theirs.candidate)).status_code == 404
