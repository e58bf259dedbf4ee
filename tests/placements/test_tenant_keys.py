"""Nothing of one round, school or county can be tied to another's, whatever the code does.

Each composite key is tried with a row that is right in every other way; then without the key, where
the same row goes in.
"""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from placements.models import (
    Assignment,
    BoardMove,
    Candidate,
    MatchingRun,
    Pairing,
    Placement,
    Question,
    Quota,
    Round,
    RoundSchool,
    Swap,
    WorkplaceOrder,
)
from tests import factories as f
from tests.cast import make_world


@pytest.fixture
def ours(db):
    return make_world("Vaarvik")


@pytest.fixture
def theirs(db):
    return make_world("Fremmedstad")


def another_school(ours):
    """Another school that takes part in the same round."""
    school = f.SchoolFactory(municipality=ours.school.municipality)
    RoundSchool.objects.create(round=ours.round, school=school, county=ours.county)
    return school


def pair(round, one, other, *, first):
    """In order of their keys, which the constraint wants: `first` is made to come first."""
    last = other if first is one else one
    if first.pk > last.pk:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE placements_pairing DROP CONSTRAINT pairing_in_order")
    return Pairing.objects.create(round=round, kind="apart", one=first, other=last)


def swap(round, **fields):
    expires = round.created_at + dt.timedelta(days=7)
    return Swap.objects.create(round=round, token_hash=b"s" * 32, expires_at=expires, **fields)


def moved(ours, **fields):
    fields = {"run": ours.run, "candidate": ours.candidate, "after": ours.slot, **fields}
    if "before" in fields:
        fields["after"] = None
    return BoardMove.objects.create(round=ours.round, number=1, made_by=ours.coordinator, **fields)


TIES = {
    "round_school_school_of_county": lambda o, t: RoundSchool.objects.create(
        round=o.round, school=f.SchoolFactory(), county=o.county
    ),
    "round_school_round_of_county": lambda o, t: RoundSchool.objects.create(
        round=o.round, school=t.school, county=t.county
    ),
    "round_school_of_its_county": lambda o, t: Round.objects.filter(pk=o.round.pk).update(
        school=t.school
    ),
    "slot_period_of_round": lambda o, t: f.SlotFactory(
        round=o.round, period=t.period, workplace=f.WorkplaceFactory()
    ),
    "candidate_student_of_school": lambda o, t: Candidate.objects.filter(pk=o.waiting.pk).update(
        school=another_school(o)
    ),
    "candidate_school_in_round": lambda o, t: Candidate.objects.filter(pk=o.waiting.pk).update(
        student=(student := f.StudentFactory()), school=student.school
    ),
    "candidate_period_of_round": lambda o, t: Candidate.objects.filter(pk=o.waiting.pk).update(
        period=t.period
    ),
    "order_candidate_of_round": lambda o, t: WorkplaceOrder.objects.create(
        round=o.round, candidate=t.waiting, workplace=o.workplace, order=1
    ),
    "quota_period_of_round": lambda o, t: Quota.objects.create(
        round=o.round, period=t.period, at_most=1
    ),
    "quota_school_in_round": lambda o, t: Quota.objects.create(
        round=o.round, school=t.school, at_most=1
    ),
    "pairing_one_of_round": lambda o, t: pair(o.round, t.waiting, o.waiting, first=t.waiting),
    "pairing_other_of_round": lambda o, t: pair(o.round, o.waiting, t.waiting, first=o.waiting),
    "swap_one_of_round": lambda o, t: swap(o.round, one=t.placement),
    "swap_other_of_round": lambda o, t: swap(
        o.round, one=o.placement, other=t.placement, state="agreed", agreed_at=o.round.created_at
    ),
    "question_run_of_round": lambda o, t: Question.objects.create(
        run=t.run, round=o.round, candidate=o.candidate
    ),
    "question_candidate_of_round": lambda o, t: Question.objects.create(
        run=o.run, round=o.round, candidate=t.candidate
    ),
    "board_move_run_of_round": lambda o, t: moved(o, run=t.run),
    "board_move_candidate_of_round": lambda o, t: moved(o, candidate=t.candidate),
    "board_move_before_of_round": lambda o, t: moved(o, before=t.slot),
    "board_move_after_of_round": lambda o, t: moved(o, after=t.slot),
    "run_adjusts_of_round": lambda o, t: MatchingRun.objects.filter(pk=o.run.pk).update(
        adjusts=t.run, changes=[{"by_hand": {}, "moves": []}]
    ),
    "candidate_pinned_in_round": lambda o, t: Candidate.objects.filter(pk=o.waiting.pk).update(
        pinned_slot=t.slot, pinned_by=o.coordinator, pinned_at=o.round.created_at
    ),
    "assignment_run_of_round": lambda o, t: Assignment.objects.filter(pk=o.assignment.pk).update(
        run=t.run
    ),
    "assignment_candidate_of_round": lambda o, t: Assignment.objects.filter(
        pk=o.assignment.pk
    ).update(candidate=t.candidate),
    "assignment_slot_of_round": lambda o, t: Assignment.objects.filter(pk=o.assignment.pk).update(
        slot=t.slot
    ),
    "placement_candidate_of_round": lambda o, t: Placement.objects.filter(pk=o.placement.pk).update(
        student=o.waiting.student
    ),
    "placement_slot_of_round": lambda o, t: Placement.objects.filter(pk=o.placement.pk).update(
        slot=t.slot
    ),
    "placement_run_of_round": lambda o, t: Placement.objects.filter(pk=o.placement.pk).update(
        run=t.run
    ),
    "placement_days_of_period": lambda o, t: Placement.objects.filter(pk=o.placement.pk).update(
        days=[dt.date(2031, 1, 1)]
    ),
}


def table_of(constraint: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass FROM pg_constraint WHERE conname = %s", [constraint]
        )
        (table,) = cursor.fetchone()
    return table


@pytest.mark.parametrize("constraint", TIES)
def test_a_tie_across_is_refused_by_its_key(ours, theirs, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        TIES[constraint](ours, theirs)


@pytest.mark.parametrize("constraint", TIES)
def test_control_without_the_key_the_tie_goes_in(ours, theirs, constraint):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table_of(constraint)} DROP CONSTRAINT {constraint}")
    TIES[constraint](ours, theirs)


def test_every_composite_key_is_tried():
    folder = settings.BASE_DIR / "placements" / "sql"
    names = ("same_round", "workplace_order", "ties", "swap", "board", "questions")
    text = "".join((folder / f"{name}.sql").read_text("utf-8") for name in names)
    assert set(re.findall(r"ADD CONSTRAINT (\w+)", text)) == set(TIES)
