"""Quotas, groups, pairs and needs, from rows to a published place."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from placements.actions import publication, runs, ties, what_if
from placements.matching import Solution, verify
from placements.models import Candidate, MatchingRun, Pairing, Quota, RoundSchool
from tests import factories as f
from tests.placements.county import make_county, small_county


@pytest.fixture
def county(db):
    return small_county()


def run_it(county, **kwargs):
    run = runs.start(county.round, by=county.by, **kwargs)
    runs.execute(run.pk)
    return MatchingRun.objects.get(pk=run.pk)


def proven(run):
    """It is done, and holds: what it says of itself."""
    assert run.state == "computed", run.error
    problem, solution = run.problem.unpacked, Solution.from_json(run.solution)
    assert verify(problem, solution) == []
    return solution.status


def at(county, run, name):
    return [who for who, where in county.proposed(run).items() if where == name]


def test_a_quota_of_a_school_is_kept_proven_and_its_cost_told(county, client):
    first = run_it(county)
    assert len(at(county, first, "Torget")) == 2
    workplace = county.slots["Torget"].workplace
    quota = Quota(round=county.round, school=county.school, workplace=workplace, at_most=1)
    ties.add_quota(quota, by=county.by)
    second = run_it(county)
    assert proven(second) == "proven"
    assert len(at(county, second, "Torget")) == 1
    assert second.summary["placed"] == 2
    assert second.summary["best"]["placed"] == 3
    client.force_login(county.by)
    page = client.get(reverse("run", args=[second.pk])).content.decode()
    assert "Hva kvoter, grupper og par koster" in page
    assert "1 elev til ville fått plass uten dem." in page
    assert "Bevist" in page
    ties.remove_quota(quota, by=county.by)
    assert len(at(county, run_it(county), "Torget")) == 2


def test_a_quota_of_another_school_hinders_nobody(county):
    other = f.SchoolFactory(municipality=county.school.municipality)
    RoundSchool.objects.create(round=county.round, school=other, county=other.county)
    ties.add_quota(Quota(round=county.round, school=other, at_most=0), by=county.by)
    assert run_it(county).summary["placed"] == 3


def test_a_quota_of_a_hospital_is_of_its_units(db):
    county = make_county()
    hospital = f.WorkplaceFactory(name="St. Olavs", municipality=county.school.municipality)
    county.place("Øye", 2, parent=hospital)
    county.place("Hud", 2, parent=hospital)
    for name in ("Anna", "Berit", "Cecilie", "Dina"):
        county.student(name, "Øye", "Hud")
    ties.add_quota(Quota(round=county.round, workplace=hospital, at_most=3), by=county.by)
    run = run_it(county)
    assert proven(run) == "proven"
    assert run.summary["placed"] == 3


def test_a_group_or_nobody(county):
    """Lade has two places, and takes two or none: Dina alone, who wants it most, is no group."""
    county.slots["Lade"].capacity = 2
    county.slots["Lade"].save()
    ties.set_minimum(county.slots["Lade"], 2, by=county.by)
    run = run_it(county)
    proven(run)
    assert len(at(county, run, "Lade")) == 2
    for name in ("Anna", "Berit", "Cecilie"):
        Candidate.objects.filter(pk=county.candidates[name].pk).update(
            withdrawn_at=county.round.created_at
        )
    run = run_it(county)
    proven(run)
    assert county.proposed(run)["Dina"] == "Torget"
    with pytest.raises(ties.CannotTie, match="færre plasser"):
        ties.set_minimum(county.slots["Lade"], 3, by=county.by)


def test_together_and_apart(county):
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    run = run_it(county)
    proven(run)
    where = county.proposed(run)
    assert where["Anna"] == where["Dina"]
    Pairing.objects.all().delete()
    for other in ("Berit", "Cecilie"):
        ties.pair("apart", people["Anna"], people[other], by=county.by)
    ties.pair("apart", people["Cecilie"], people["Berit"], by=county.by)
    run = run_it(county)
    proven(run)
    assert len({"Anna", "Berit", "Cecilie"} & set(at(county, run, "Torget"))) < 2


def test_the_same_two_are_decided_on_once(county):
    people = county.candidates
    ties.pair("apart", people["Anna"], people["Dina"], by=county.by)
    with pytest.raises(ties.CannotTie, match="fra før"):
        ties.pair("together", people["Dina"], people["Anna"], by=county.by)
    with pytest.raises(ties.CannotTie, match="to ulike"):
        ties.pair("together", people["Dina"], people["Dina"], by=county.by)
    pair = Pairing.objects.get()
    with pytest.raises(IntegrityError, match="pairing_in_order"), transaction.atomic():
        Pairing.objects.create(round=county.round, kind="apart", one=pair.other, other=pair.one)


def test_rules_that_contradict_each_other_are_named_by_name(county, client):
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    ties.pair("together", people["Berit"], people["Dina"], by=county.by)
    ties.pair("apart", people["Berit"], people["Anna"], by=county.by)
    run = run_it(county)
    assert run.state == "failed"
    client.force_login(county.by)
    page = client.get(reverse("run", args=[run.pk])).content.decode()
    assert "Anna Elev" in page
    assert "Berit Elev" in page
    assert "together wants them at one place" in page
    assert str(people["Anna"].pk) not in page


def test_a_human_decision_stands_above_a_pair(county):
    people = county.candidates
    for name in ("Anna", "Berit"):
        who = people[name]
        Candidate.objects.filter(pk=who.pk).update(
            pinned_slot=county.slots["Torget"], pinned_by=county.by, pinned_at=who.created_at
        )
    ties.pair("apart", people["Anna"], people["Berit"], by=county.by)
    workplace = county.slots["Torget"].workplace
    ties.add_quota(Quota(round=county.round, workplace=workplace, at_most=1), by=county.by)
    run = run_it(county)
    proven(run)
    assert set(at(county, run, "Torget")) == {"Anna", "Berit"}


@pytest.fixture
def two_periods(db):
    county = make_county()
    later = f.PeriodFactory(
        round=county.round,
        name="Senere",
        start=county.period.start + dt.timedelta(weeks=20),
        end=county.period.end + dt.timedelta(weeks=20),
    )
    county.place("Torget", 2)
    county.place("Lade", 2)
    county.slots["Torget senere"] = f.SlotFactory(
        period=later, workplace=county.slots["Torget"].workplace, capacity=2
    )
    county.slots["Lade senere"] = f.SlotFactory(
        period=later, workplace=county.slots["Lade"].workplace, capacity=2
    )
    county.student("Anna", "Torget", "Lade")
    return county


def test_two_needs_of_one_student_at_two_places_on_different_days(two_periods):
    county = two_periods
    need = ties.add_need(county.candidates["Anna"], by=county.by)
    assert list(need.preferences.values_list("rank", flat=True)) == [1, 2]
    run = run_it(county)
    proven(run)
    rows = list(run.assignments.select_related("slot"))
    assert len(rows) == 2
    assert len({row.slot.workplace_id for row in rows}) == 2
    assert len({row.slot.period_id for row in rows}) == 2
    publication.publish(run, by=county.by)
    assert county.round.placements.occupying().count() == 2
    with pytest.raises(ties.CannotTie, match="publisert"):
        ties.remove_need(need, by=county.by)


def test_a_need_can_be_taken_back_and_there_is_an_end_to_them(two_periods):
    county = two_periods
    anna = county.candidates["Anna"]
    need = ties.add_need(anna, by=county.by)
    ties.add_need(anna, by=county.by)
    with pytest.raises(ties.CannotTie, match="mer enn tre"):
        ties.add_need(anna, by=county.by)
    with pytest.raises(ties.CannotTie, match="første plassen"):
        ties.remove_need(anna, by=county.by)
    ties.remove_need(need, by=county.by)
    assert Candidate.objects.taking_part().filter(student=anna.student).count() == 2
    assert ties.add_need(anna, by=county.by).need == 4


def test_in_periods_that_share_days_she_gets_only_one(two_periods):
    county = two_periods
    later = county.slots["Torget senere"].period
    type(later).objects.filter(pk=later.pk).update(days=county.period.days[-1:])
    ties.add_need(county.candidates["Anna"], by=county.by)
    run = run_it(county)
    proven(run)
    assert run.assignments.count() == 1


def test_what_if_somebody_of_a_pair_were_not_there(county):
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    base = run_it(county)
    change = {"kind": "exclude", "candidate": str(people["Dina"].pk)}
    asked = what_if.start(base, [change], by=county.by)
    runs.execute(asked.pk)
    asked.refresh_from_db()
    proven(asked)
    assert asked.problem.unpacked.together == ()


def test_a_repair_keeps_the_pair_and_moves_few(county):
    people = county.candidates
    ties.pair("together", people["Anna"], people["Dina"], by=county.by)
    run = run_it(county)
    publication.publish(run, by=county.by)
    repaired = run_it(county, repairs=True)
    proven(repaired)
    assert repaired.summary["moved"] == 0
    where = county.proposed(repaired)
    assert where["Anna"] == where["Dina"]
