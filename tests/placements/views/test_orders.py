"""The workplaces' order, and rounds where it counts."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.policy import Role
from placements import rules
from placements.actions import publication, runs
from placements.matching import Solution, verify
from placements.models import MatchingRun, WorkplaceOrder
from tests import factories as f
from tests.placements.county import make_county


@pytest.fixture
def county(db):
    """Lade would take Berit first, who could have gone nowhere else; so Anna is left for Torget."""
    county = make_county()
    county.round.policy = rules.STABLE
    county.round.outside_wishes = False
    county.round.save()
    county.place("Lade", 1)
    county.place("Torget", 1)
    county.student("Anna", "Lade", "Torget")
    county.student("Berit", "Lade")
    return county


@pytest.fixture
def signed_in(client, county):
    client.force_login(county.by)
    return client


def send(client, county, workplace, **order):
    """`order`: name of student -> number."""
    numbers = {str(county.candidates[name].pk): number for name, number in order.items()}
    county.round.refresh_from_db()
    data = {"version": county.round.version, "once_key": uuid.uuid4(), **numbers}
    place = county.slots[workplace].workplace
    return client.post(reverse("workplace_order", args=[county.round.pk, place.pk]), data)


def computed(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


def test_the_order_decides_and_what_it_costs_stands_beside(signed_in, county):
    send(signed_in, county, "Lade", Anna=1, Berit=2)
    run = computed(county)
    assert county.proposed(run) == {"Anna": "Lade", "Berit": None}
    problem, solution = run.problem.unpacked, Solution.from_json(run.solution)
    assert verify(problem, solution) == []
    assert run.summary["best"]["placed"] == 2
    page = signed_in.get(reverse("run", args=[run.pk])).content.decode()
    assert "1 elev til ville fått plass etter de vanlige reglene." in page
    assert "Stabil: Ingen elev og noe praksissted ville heller hatt hverandre" in page
    assert "Ikke bevist at" not in page

    send(signed_in, county, "Lade", Anna=2, Berit=1)  # the control: turned about
    run = computed(county)
    assert county.proposed(run) == {"Anna": "Torget", "Berit": "Lade"}
    page = signed_in.get(reverse("run", args=[run.pk])).content.decode()
    assert "Ingen går uten plass på grunn av det." in page


def test_by_the_standard_rules_the_order_counts_nothing(signed_in, county):
    send(signed_in, county, "Lade", Anna=1, Berit=2)
    county.round.policy = rules.ready()[0].levels
    county.round.save()
    run = computed(county)
    assert county.proposed(run) == {"Anna": "Torget", "Berit": "Lade"}
    assert "best" not in run.summary


def test_both_are_told_why(signed_in, county):
    send(signed_in, county, "Lade", Anna=2, Berit=1)
    run = computed(county)
    anna, berit = county.candidates["Anna"], county.candidates["Berit"]
    page = signed_in.get(reverse("candidate", args=[run.pk, anna.pk])).content.decode()
    assert "Praksisstedet har satt andre høyere" in page
    publication.publish(run, by=county.by)
    [wish] = anna.placements.get().explanation["wishes"]
    assert wish["reason"] == "order"
    assert berit.placements.get().explanation["wishes"] == []


def test_who_goes_without_is_told_that_there_would_have_been_room(signed_in, county):
    send(signed_in, county, "Lade", Anna=1, Berit=2)
    run = computed(county)
    berit = county.candidates["Berit"]
    page = signed_in.get(reverse("candidate", args=[run.pk, berit.pk])).content.decode()
    assert "Etter de vanlige reglene hadde eleven hatt plass" in page
    assert signed_in.get(reverse("run_recruit", args=[run.pk])).status_code == 200


def test_only_those_who_have_sent_a_wish_for_it_are_named(signed_in, county):
    hidden = county.student("Dina", "Lade")
    hidden.student.manual_handling = True
    hidden.student.save()
    draft = county.student("Eli", "Lade")
    draft.wishes_state, draft.wishes_sent_at = "draft", None
    draft.save()
    county.student("Frida", "Torget")
    place = county.slots["Lade"].workplace
    page = signed_in.get(reverse("workplace_order", args=[county.round.pk, place.pk]))
    names = [who.student.given_name for who in page.context["form"].people]
    assert names == ["Anna", "Berit"]
    listed = signed_in.get(reverse("workplace_orders", args=[county.round.pk]))
    assert [(row.name, row.wished, row.ordered) for row in listed.context["page"]] == [
        ("Lade", 2, 0),
        ("Torget", 2, 0),
    ]


def test_an_order_is_news_once_and_makes_proposals_outdated(signed_in, county):
    run = computed(county)
    send(signed_in, county, "Lade", Anna=1, Berit=1)
    county.round.refresh_from_db()
    assert county.round.version != run.round_version
    before = AuditEvent.objects.filter(verb="workplace.order").count()
    assert before == 1
    send(signed_in, county, "Lade", Anna=1, Berit=1)
    assert AuditEvent.objects.filter(verb="workplace.order").count() == before
    send(signed_in, county, "Lade", Anna="", Berit=1)
    assert WorkplaceOrder.objects.count() == 1


@pytest.mark.parametrize("number", ["0", "100", "-1", "first", "1.5"])
def test_a_number_that_is_none_is_refused(signed_in, county, number):
    answer = send(signed_in, county, "Lade", Anna=number)
    assert answer.status_code == 422
    assert not WorkplaceOrder.objects.exists()


def test_a_stale_page_changes_nothing(signed_in, county):
    place = county.slots["Lade"].workplace
    data = {
        "version": county.round.version + 7,
        "once_key": uuid.uuid4(),
        str(county.candidates["Anna"].pk): 1,
    }
    signed_in.post(reverse("workplace_order", args=[county.round.pk, place.pk]), data)
    assert not WorkplaceOrder.objects.exists()


def test_after_publication_the_order_is_closed_and_repairs_go_by_calm_rules(signed_in, county):
    publication.publish(computed(county), by=county.by)
    send(signed_in, county, "Lade", Anna=1)
    assert not WorkplaceOrder.objects.exists()
    county.round.refresh_from_db()
    repair = runs.start(county.round, by=county.by, repairs=True)
    assert repair.policy[:2] == ["placed", "moves"]


def test_the_database_keeps_numbers_sane_and_one_each(county):
    here = {
        "round": county.round,
        "candidate": county.candidates["Anna"],
        "workplace": county.slots["Lade"].workplace,
    }
    for wrong in (0, 100):
        with pytest.raises(IntegrityError, match="workplace_order_sane"), transaction.atomic():
            WorkplaceOrder.objects.create(**here, order=wrong)
    WorkplaceOrder.objects.create(**here, order=99)
    with pytest.raises(IntegrityError, match="workplace_order_once"), transaction.atomic():
        WorkplaceOrder.objects.create(**here, order=1)


def test_a_school_that_only_takes_part_may_not_see_it(client, county):
    colleague = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    county.school.coordinators.add(colleague)
    client.force_login(colleague)
    assert client.get(reverse("workplace_orders", args=[county.round.pk])).status_code == 403


def test_fifty_at_a_time_and_found_by_name(signed_in, county):
    for n in range(60):
        county.place(f"Sted{n:02}", 1)
    url = reverse("workplace_orders", args=[county.round.pk])
    first, second = signed_in.get(url), signed_in.get(url, {"page": 2})
    assert [len(page.context["page"]) for page in (first, second)] == [50, 12]
    assert first.context["page"][0].name == "Lade", "wished for by most"
    found = signed_in.get(url, {"q": "sted07"})
    assert [row.name for row in found.context["page"]] == ["Sted07"]
    assert "Ingen her" in signed_in.get(url, {"q": "finnes ikke"}).content.decode()
