"""Rows become a problem: who may be where, by every rule, and always the same bytes."""

import datetime as dt
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from placements import matching, snapshot
from placements.eligibility import Eligibility, Rule
from placements.models import Conflict
from tests import factories as f
from tests.placements.county import make_county, small_county

POLICY = ["placed", "wishes:squared", "moves", "travel", "lottery"]


def take(county, **options):
    county.round.refresh_from_db()
    return snapshot.take(county.round, policy=POLICY, seed="frø", **options)


def pairs(county, problem):
    """(student, workplace) -> rank."""
    students = {str(c.pk): name for name, c in county.candidates.items()}
    places = {str(s.pk): name for name, s in county.slots.items()}
    return {(students[p.candidate], places[p.slot]): p.rank for p in problem.each_pair()}


@pytest.fixture
def county(db):
    return small_county()


def test_wishes_become_ranks_and_everything_else_is_possible(county):
    county.student("Eva")
    problem = take(county)
    found = pairs(county, problem)
    assert found[("Anna", "Torget")] == 1
    assert found[("Dina", "Torget")] == 2
    assert found[("Eva", "Lade")] is None
    assert len(found) == 5 * 2
    assert {slot.capacity for slot in problem.slots} == {1, 2}


def test_the_same_rows_give_the_same_bytes(county):
    first = take(county)
    again = take(county)
    assert first.canonical() == again.canonical()
    assert first.sha256 == again.sha256
    assert matching.Problem.from_json(first.to_json()).sha256 == first.sha256


def test_the_number_of_queries_does_not_grow(county):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            take(county)
        return len(queries)

    few = count()
    for n in range(20):
        county.place(f"Ny{n}")
        county.student(f"Student{n}", f"Ny{n}", "Torget")
    assert count() == few


def test_a_wish_for_a_workplace_is_a_wish_for_it_in_every_period(county):
    spring = f.PeriodFactory(round=county.round, start=dt.date(2027, 4, 5))
    again = f.SlotFactory(period=spring, workplace=county.slots["Torget"].workplace)
    at = {(p.candidate, p.slot): p.rank for p in take(county).each_pair()}
    for name, rank in (("Anna", 1), ("Dina", 2)):
        for slot in (county.slots["Torget"], again):
            assert at[str(county.candidates[name].pk), str(slot.pk)] == rank
    alone = Eligibility(county.round, only=[county.candidates["Dina"].pk])
    assert sorted(alone.wishes[2].tolist()) == [1, 2, 2]


def test_draft_wishes_are_not_looked_at(county):
    county.student("Frida", "Lade")
    candidate = county.candidates["Frida"]
    candidate.wishes_state, candidate.wishes_sent_at = "draft", None
    candidate.save()
    assert pairs(county, take(county))[("Frida", "Lade")] is None


def test_those_who_left_or_are_handled_by_hand_are_not_in_it(county):
    anna, berit = county.candidates["Anna"], county.candidates["Berit"]
    anna.withdrawn_at = dt.datetime.now(dt.UTC)
    anna.save()
    berit.student.manual_handling = True
    berit.student.save()
    ids = {candidate.id for candidate in take(county).candidates}
    assert ids == {str(county.candidates[name].pk) for name in ("Cecilie", "Dina")}


def other_round(county, *, weeks=0):
    """A round of the same school, published, whose period begins some weeks later."""
    round = f.RoundFactory(county=county.round.county, state="published", schools=[county.school])
    return f.PeriodFactory(round=round, start=county.period.start + dt.timedelta(weeks=weeks))


def had_place(county, name, workplace, *, weeks):
    period = other_round(county, weeks=weeks)
    slot = f.SlotFactory(period=period, workplace=workplace)
    candidate = f.CandidateFactory(round=period.round, student=county.candidates[name].student)
    return f.PlacementFactory(candidate=candidate, slot=slot)


BREAKS = {
    Rule.KIND: lambda c, who, slot: who.__class__.objects.filter(pk=who.pk).update(
        kinds=["hospital"]
    ),
    Rule.PERIOD: lambda c, who, slot: who.__class__.objects.filter(pk=who.pk).update(
        period=f.PeriodFactory(round=c.round, start=dt.date(2027, 4, 5))
    ),
    Rule.STEP_FREE: lambda c, who, slot: (
        who.__class__.objects.filter(pk=who.pk).update(step_free=True),
        slot.workplace.__class__.objects.filter(pk=slot.workplace_id).update(step_free=False),
    ),
    Rule.CAR: lambda c, who, slot: (
        who.__class__.objects.filter(pk=who.pk).update(no_car=True),
        slot.workplace.__class__.objects.filter(pk=slot.workplace_id).update(needs_car=True),
    ),
    Rule.TRAVEL: lambda c, who, slot: slot.workplace.__class__.objects.filter(
        pk=slot.workplace_id
    ).update(latitude=69.6, longitude=18.9),
    Rule.CONFLICT: lambda c, who, slot: Conflict.objects.create(
        student=who.student, workplace=slot.workplace, registered_by=c.by
    ),
    Rule.ROTATION: lambda c, who, slot: had_place(c, "Anna", slot.workplace, weeks=-20),
    Rule.OVERLAP: lambda c, who, slot: had_place(c, "Anna", f.WorkplaceFactory(), weeks=2),
    Rule.ENDED: lambda c, who, slot: f.PlacementFactory(
        candidate=who,
        slot=slot,
        state="declined",
        ended_at=dt.datetime.now(dt.UTC),
        ended_by=c.by,
        end_reason="too_many",
    ),
}


@pytest.mark.parametrize("rule", list(Rule))
def test_each_rule_keeps_her_away_and_is_named(county, rule):
    anna, torget = county.candidates["Anna"], county.slots["Torget"]
    assert ("Anna", "Torget") in pairs(county, take(county))
    BREAKS[rule](county, anna, torget)
    assert ("Anna", "Torget") not in pairs(county, take(county))
    assert Eligibility(county.round).rules_broken(anna.pk, torget.pk) == [rule]
    assert Eligibility(county.round, only=[anna.pk]).rules_broken(anna.pk, torget.pk) == [rule]


def test_a_conflict_with_the_hospital_holds_for_its_wards(county):
    hospital = f.WorkplaceFactory(name="Sykehuset", municipality=county.school.municipality)
    county.place("Avdelingen", parent=hospital)
    anna = county.candidates["Anna"]
    Conflict.objects.create(student=anna.student, workplace=hospital, registered_by=county.by)
    found = pairs(county, take(county))
    assert ("Anna", "Avdelingen") not in found
    assert ("Berit", "Avdelingen") in found


def test_practice_on_other_weekdays_of_the_same_weeks_is_no_hindrance(county):
    county.period.weekdays, county.period.days = [2], [dt.date(2027, 2, 9), dt.date(2027, 2, 16)]
    county.period.save()
    period = other_round(county)
    period.weekdays, period.days = [4], [dt.date(2027, 2, 11), dt.date(2027, 2, 18)]
    period.save()
    elsewhere = f.CandidateFactory(round=period.round, student=county.candidates["Anna"].student)
    f.PlacementFactory(candidate=elsewhere, slot=f.SlotFactory(period=period))
    assert ("Anna", "Torget") in pairs(county, take(county))


def test_only_wished_places_when_the_round_says_so(county):
    county.round.outside_wishes = False
    county.round.save()
    county.place("Byåsen")
    county.student("Eva")
    found = pairs(county, take(county))
    assert ("Anna", "Byåsen") not in found
    assert ("Eva", "Byåsen") in found, "silence is not a refusal of everything"


def test_a_pin_may_set_a_soft_rule_aside_and_a_closed_place_stays_known(county):
    far = county.place("Tromsø", latitude=69.6, longitude=18.9)
    closed = county.place("Stengt", 0)
    anna = county.candidates["Anna"]
    anna.pinned_slot, anna.pinned_by, anna.pinned_at = far, county.by, county.round.created_at
    anna.save()
    problem = take(county)
    assert ("Anna", "Tromsø") in pairs(county, problem)
    assert ("Berit", "Tromsø") not in pairs(county, problem)
    assert problem.slots[problem.slot_index[str(closed.pk)]].capacity == 0
    solution = matching.solve(problem)
    assert solution.assignments[str(anna.pk)] == str(far.pk)


def test_a_repair_starts_from_what_is_published_and_lets_nobody_lose_her_place(county):
    placement = f.PlacementFactory(
        candidate=county.candidates["Anna"], slot=county.slots["Torget"], created_by=county.by
    )
    done = f.PlacementFactory(
        candidate=county.candidates["Dina"], slot=county.slots["Lade"], state="completed"
    )
    problem = take(county, repairs=True)
    rows = {UUID(c.id): c for c in problem.candidates}
    assert rows[placement.candidate_id].previous == str(placement.slot_id)
    assert rows[done.candidate_id].pinned == str(done.slot_id)
    assert rows[placement.candidate_id].priority > rows[county.candidates["Berit"].pk].priority


def test_an_empty_round_is_a_problem_too(db):
    problem = take(make_county())
    assert matching.verify(problem, matching.solve(problem)) == []
