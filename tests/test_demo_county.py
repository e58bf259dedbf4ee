"""The demo county is what it says: real places, invented people, scarce, and the same each time."""

import datetime as dt

import pytest
from django.core.management import call_command

from placements.demo.county import build_county
from placements.models import Candidate, Placement, Preference, Round, Slot, Workplace
from placements.models.rounds import RoundState
from schools.models import School, Student


def fingerprint():
    return [
        sorted(
            Student.objects.values_list("pk", "given_name", "family_name", "municipality__number")
        ),
        sorted(Workplace.objects.values_list("pk", "name", "kind")),
        sorted(Preference.objects.values_list("pk", "workplace", "rank")),
        sorted(Slot.objects.values_list("pk", "capacity")),
    ]


@pytest.mark.django_db(transaction=True)
def test_county():
    call_command("load_reference")
    call_command("demo")
    assert School.objects.count() >= 4
    assert Student.objects.filter(left_at=None).count() >= 150
    places = Workplace.objects.filter(receives_students=True)
    assert places.count() >= 60
    assert set(places.values_list("kind", flat=True)) == set(Workplace.Kind.values)
    assert set(Round.objects.values_list("state", flat=True)) == set(RoundState.values)
    past = Round.objects.filter(state="closed").order_by("periods__start").first()
    assert past.periods.first().start < dt.date.today() - dt.timedelta(weeks=90)  # noqa: DTZ011
    assert all(r.placements.exists() for r in Round.objects.filter(state="closed"))
    # It is one county: what is matched next has fewer places than students where they live.
    waiting = Round.objects.get(state="matching")
    placed = _best(waiting)
    assert 0 < waiting.candidates.count() - placed < 15
    assert not Candidate.objects.filter(student__manual_handling=True).exists()
    assert not Placement.objects.filter(student__manual_handling=True).exists()
    before = fingerprint()
    call_command("demo")  # again: nothing happens
    assert fingerprint() == before


def _best(round: Round) -> int:
    from placements import matching, snapshot

    problem = snapshot.take(round, policy=list(round.policy), seed="x")
    return len(matching.solve(problem).assignments)


@pytest.mark.django_db
def test_the_same_each_time():
    from django.db import transaction

    call_command("load_reference")
    prints = []
    for _ in range(2):
        with transaction.atomic():
            build_county(dt.date(2026, 11, 23))
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1]
    assert len(prints[0][0]) > 250
