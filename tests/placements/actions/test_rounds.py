"""Setting a round up, filling it, moving it on."""

import datetime as dt

import pytest

from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent
from placements.actions import rounds
from placements.models import Round
from tests import factories as f


def plan(start=dt.date(2027, 2, 8), weeks=4, weekdays=(1, 2, 3, 4, 5), **kwargs):
    return rounds.PeriodPlan(
        start=start,
        end=start + dt.timedelta(weeks=weeks),
        weekdays=weekdays,
        starts_at=dt.time(8),
        ends_at=dt.time(15, 30),
        **kwargs,
    )


@pytest.fixture
def draft(world):
    round = f.RoundFactory.build(county=world.county, state="draft")
    return rounds.create(
        round,
        programmes=[f.ProgrammeFactory()],
        schools=[world.school],
        periods=[plan()],
        by=world.county_coordinator,
    )


def test_create_writes_round_periods_and_audit(draft, world):
    assert [p.start for p in draft.periods.all()] == [dt.date(2027, 2, 8)]
    assert list(draft.schools.all()) == [world.school]
    event = AuditEvent.objects.get(target_id=draft.pk)
    assert (event.verb, event.actor) == ("round.created", world.county_coordinator)


def test_change_refuses_what_somebody_else_changed(draft, world):
    old = draft.version
    rounds.touch(draft)
    with pytest.raises(Conflict) as caught:
        rounds.change(
            draft,
            version=old,
            fields={"name": "Ny"},
            programmes=[],
            schools=[world.school],
            periods=[plan()],
            by=world.county_coordinator,
        )
    assert caught.value.theirs.version == old + 1
    assert Round.objects.get(pk=draft.pk).name == draft.name


def test_period_with_places_cannot_be_taken_away(draft, world):
    period = draft.periods.get()
    f.SlotFactory(period=period)
    with pytest.raises(rounds.PeriodInUse):
        rounds.change(
            draft,
            version=draft.version,
            fields={},
            programmes=[],
            schools=[world.school],
            periods=[plan(start=dt.date(2027, 4, 12))],
            by=world.county_coordinator,
        )
    assert draft.periods.get() == period


def test_period_of_holidays_only_is_refused(world):
    with pytest.raises(DomainError):
        rounds.create(
            f.RoundFactory.build(county=world.county),
            programmes=[],
            schools=[world.school],
            periods=[
                rounds.PeriodPlan(
                    start=dt.date(2026, 12, 25),
                    end=dt.date(2026, 12, 26),
                    weekdays=(5,),
                    starts_at=dt.time(8),
                    ends_at=dt.time(15),
                )
            ],
            by=world.county_coordinator,
        )
    assert Round.objects.exclude(pk=world.round.pk).count() == 0


def test_enrol_takes_the_programme_and_its_local_variants(draft, world):
    local = f.ProgrammeFactory(code="HSHSE3TR50")
    other = f.ProgrammeFactory(code="HSHES2----", year=2)
    variant = f.StudentFactory(
        school_class=f.SchoolClassFactory(school=world.school, programme=local)
    )
    f.StudentFactory(school_class=f.SchoolClassFactory(school=world.school, programme=other))
    f.StudentFactory(school_class=world.school_class, manual_handling=True)
    f.StudentFactory(school_class=world.school_class, left_at=dt.date(2026, 10, 1))
    count = rounds.enrol(draft, by=world.county_coordinator)
    students = set(draft.candidates.values_list("student", flat=True))
    assert students == {variant.pk, world.candidate.student_id, world.waiting.student_id}
    assert count == 3
    assert rounds.enrol(draft, by=world.county_coordinator) == 0


def test_enrol_ties_to_the_only_period(draft, world):
    rounds.enrol(draft, by=world.county_coordinator)
    assert {c.period for c in draft.candidates.all()} == {draft.periods.get()}


def test_moves_follow_the_table(draft, world):
    by = world.county_coordinator
    with pytest.raises(rounds.CannotMove):
        rounds.move(draft, to="open", by=by)
    collecting = rounds.move(draft, to="collecting", by=by)
    assert collecting.candidates.count() == 2  # everybody in the class takes part from here on
    with pytest.raises(rounds.CannotMove, match=r"(?i)no workplace|ingen praksissted"):
        rounds.move(collecting, to="open", by=by)
    f.SlotFactory(period=draft.periods.get(), capacity=1)
    opened = rounds.move(collecting, to="open", by=by)
    assert rounds.move(opened, to="matching", by=by).state == "matching"
    with pytest.raises(rounds.CannotMove):
        rounds.move(opened, to="published", by=by)  # only publishing a proposal goes there
