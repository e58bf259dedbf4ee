"""What the database promises, whoever comes at the same time, and that each guard is what keeps it.

Real threads, real commits. Every guarantee has its negative control: without the guard, the same
race goes wrong.
"""

import datetime as dt
import time
from contextlib import suppress
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from psycopg.errors import DeadlockDetected

from accounts import outbox
from accounts.errors import DomainError
from accounts.models import OutboxMessage
from placements.actions import pins, placements, publication, runs
from placements.lease import Claim, Heartbeat, LeaseLost
from placements.locks import lock_for_placement
from placements.models import Candidate, MatchingRun, Period, Placement, Round, Slot
from tests import factories as f
from tests.placements.county import County, make_county, small_county
from tests.race import errors, race, without

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

RACERS = 8
DAY = dt.timedelta(days=1)


def last_places(slots: int, state: str = "published") -> County:
    """`slots` places of capacity 1, each on a day of its own, and eight students who may have each."""
    county = make_county(state)
    county.period.delete()
    workplace = f.WorkplaceFactory(municipality=county.school.municipality)
    days = [dt.date(2027, 1, 1) + n * DAY for n in range(slots)]
    periods = Period.objects.bulk_create(
        Period(
            round=county.round, start=day, end=day + DAY, weekdays=[1, 2, 3, 4, 5, 6, 7], days=[day]
        )
        for day in days
    )
    Slot.objects.bulk_create(
        Slot(round=county.round, period=period, workplace=workplace, capacity=1)
        for period in periods
    )
    school_class = f.SchoolClassFactory(school=county.school)
    students = [f.StudentFactory(school_class=school_class) for _ in range(RACERS)]
    Candidate.objects.bulk_create(
        Candidate(round=county.round, student=student, school=county.school, need=need)
        for student in students
        for need in range(1, slots + 1)
    )
    return county


def racers_for(county: County, place):
    """Each student goes from slot to slot, and all reach each slot together."""
    slots = list(Slot.objects.select_related("period").order_by("period__start"))
    by_student: dict = {}
    for candidate in Candidate.objects.select_related("student").order_by("need"):
        by_student.setdefault(candidate.student_id, []).append(candidate)
    together = Barrier(len(by_student))

    def racer(candidates):
        def go():
            won = 0
            for slot, candidate in zip(slots, candidates, strict=True):
                together.wait(30)
                try:
                    place(candidate, slot)
                    won += 1
                except (IntegrityError, DomainError):
                    pass
            return won

        return go

    return [racer(candidates) for candidates in by_student.values()]


def insert(candidate: Candidate, slot: Slot, by) -> Placement:
    """Past every action: straight into the table."""
    return Placement.objects.create(
        round_id=candidate.round_id,
        candidate=candidate,
        student_id=candidate.student_id,
        school_id=candidate.school_id,
        slot=slot,
        period=slot.period,
        days=slot.period.days,
        created_by=by,
    )


def oversold() -> int:
    held = Slot.objects.all()
    return sum(slot.placements.occupying().count() > slot.capacity for slot in held)


def test_the_last_place_goes_to_one_however_it_is_asked_for():
    county = last_places(60)
    outcomes = race(*racers_for(county, lambda c, s: insert(c, s, county.by)))
    assert not errors(outcomes)
    assert sum(outcomes) == 60
    assert oversold() == 0
    assert set(Slot.objects.values_list("used", flat=True)) == {1}


def test_control_without_the_check_places_are_oversold():
    county = last_places(5)
    with without("placements_slot", constraint="slot_used_within_capacity"):
        race(*racers_for(county, lambda c, s: insert(c, s, county.by)))
        assert oversold() == 5


def test_control_without_the_counter_places_are_oversold():
    county = last_places(5)
    with without("placements_placement", trigger="placement_counts_slot_use"):
        race(*racers_for(county, lambda c, s: insert(c, s, county.by)))
        assert oversold() == 5


@pytest.mark.parametrize("slots", [12, pytest.param(50, marks=pytest.mark.nightly)])
def test_the_last_place_goes_to_one_through_the_actions_too(slots):
    county = last_places(slots)
    started = time.monotonic()
    outcomes = race(*racers_for(county, lambda c, s: placements.add(c, slot=s, by=county.by)))
    assert not errors(outcomes)
    assert sum(outcomes) == slots
    assert oversold() == 0
    assert time.monotonic() - started < 120


def test_places_cannot_be_taken_away_from_under_somebody():
    county = last_places(20)
    slots = list(Slot.objects.order_by("period__start").select_related("period"))
    candidates = list(Candidate.objects.order_by("student", "need")[:20])

    def fill():
        done = 0
        for candidate, slot in zip(candidates, slots, strict=True):
            try:
                insert(candidate, slot, county.by)
                done += 1
            except IntegrityError:
                pass
        return done

    def close():
        done = 0
        for slot in slots:
            with suppress(IntegrityError):
                done += Slot.objects.filter(pk=slot.pk).update(capacity=0)
        return done

    filled, closed = race(fill, close)
    assert filled + closed == 20, "each slot went to exactly one of them"
    assert oversold() == 0


def test_places_that_are_taken_cannot_be_given_up():
    taken = Slot.objects.filter(pk=f.PlacementFactory().slot_id)
    with pytest.raises(IntegrityError, match="slot_used_within_capacity"):
        taken.update(capacity=0)
    assert taken.get().capacity == 1


def test_the_counter_is_nobody_s_to_write():
    slot = f.PlacementFactory().slot
    with pytest.raises(DatabaseError, match="cannot be set"):
        Slot.objects.filter(pk=slot.pk).update(used=0)
    with pytest.raises(DatabaseError, match="cannot be set"):
        f.SlotFactory(used=1)
    with without("placements_slot", trigger="slot_use_is_counted"):
        assert Slot.objects.filter(pk=slot.pk).update(used=0) == 1


def test_every_way_out_of_a_place_counts():
    county = small_county()
    first, second = county.slots["Torget"], county.slots["Lade"]
    anna = insert(county.candidates["Anna"], first, county.by)

    def used():
        return tuple(Slot.objects.filter(pk__in=[s.pk for s in (first, second)]).order_by(
            "-capacity"
        ).values_list("used", flat=True))  # fmt: skip

    assert used() == (1, 0)
    Placement.objects.filter(pk=anna.pk).update(slot=second)
    assert used() == (0, 1)
    Placement.objects.filter(pk=anna.pk).update(
        state="withdrawn", ended_at=Now(), ended_by=county.by, end_reason="other"
    )
    assert used() == (0, 0)
    berit = insert(county.candidates["Berit"], first, county.by)
    Placement.objects.filter(pk=berit.pk).update(state="completed")
    assert used() == (1, 0)
    berit.delete()
    assert used() == (0, 0)


# --- No student in two places on one day ----------------------------------------------------------


def two_rounds(first: tuple, second: tuple):
    """One student, a candidate in two rounds whose periods are (start, weeks, weekdays)."""
    student = f.StudentFactory()
    pairs = []
    for start, weeks, weekdays in (first, second):
        round = f.RoundFactory(county=student.school.county, schools=[student.school])
        end = start + dt.timedelta(weeks=weeks)
        days = [start + n * DAY for n in range((end - start).days)]
        days = [day for day in days if day.isoweekday() in weekdays]
        period = f.PeriodFactory(round=round, start=start, end=end, weekdays=weekdays, days=days)
        candidate = f.CandidateFactory(round=round, student=student)
        pairs.append((candidate, f.SlotFactory(period=period)))
    return pairs


MONDAY = dt.date(2027, 2, 8)
WEEKDAYS = [1, 2, 3, 4, 5]
CASES = {
    "equal": ((MONDAY, 4, WEEKDAYS), (MONDAY, 4, WEEKDAYS), False),
    "inside": ((MONDAY, 4, WEEKDAYS), (MONDAY + 7 * DAY, 1, WEEKDAYS), False),
    "one day": ((MONDAY, 4, [2, 4]), (MONDAY, 4, [4, 5]), False),
    "touching": ((MONDAY, 4, WEEKDAYS), (MONDAY + 28 * DAY, 4, WEEKDAYS), True),
    "tuesday and thursday": ((MONDAY, 4, [2]), (MONDAY, 4, [4]), True),
    "across summer time": ((MONDAY + 42 * DAY, 1, [7]), (MONDAY + 49 * DAY, 1, [1]), True),
}


@pytest.mark.parametrize("case", CASES)
def test_a_day_is_in_one_place(case):
    first, second, fits = CASES[case]
    (one, here), (two, there) = two_rounds(first, second)
    by = f.UserFactory()
    insert(one, here, by)
    if fits:
        insert(two, there, by)
    else:
        with pytest.raises(IntegrityError, match="placement_no_overlap"):
            insert(two, there, by)


def test_control_without_the_exclusion_a_student_is_in_two_places():
    (one, here), (two, there) = two_rounds(*CASES["equal"][:2])
    by = f.UserFactory()
    with without("placements_placement", constraint="placement_no_overlap"):
        insert(one, here, by)
        insert(two, there, by)


def test_the_copied_days_follow_their_period():
    (one, here), (_two, there) = two_rounds(*CASES["touching"][:2])
    placement = insert(one, here, f.UserFactory())
    Period.objects.filter(pk=here.period_id).update(days=[MONDAY, MONDAY + DAY])
    placement.refresh_from_db()
    assert placement.days == [MONDAY, MONDAY + DAY]
    with pytest.raises(IntegrityError, match="placement_days_of_period"):
        Placement.objects.filter(pk=placement.pk).update(days=[MONDAY])
    with pytest.raises(IntegrityError):
        Placement.objects.filter(pk=placement.pk).update(slot=there)


def test_double_bookings_lose_without_a_deadlock():
    """Eight at once, one student, twenty pairs of rounds: one place each, nobody waits for ever."""
    by, outcomes, started = f.UserFactory(), [], time.monotonic()
    for _ in range(20):
        pairs = two_rounds(*CASES["equal"][:2])
        Round.objects.update(state="published", published_at=Now())
        outcomes += race(
            *[
                lambda c=c, s=s: placements.add(c, slot=s, by=by)
                for c, s in pairs
                for _ in range(RACERS // 2)
            ]
        )
        held = Placement.objects.occupying().filter(student=pairs[0][0].student_id)
        assert held.count() == 1
    assert all(isinstance(error, DomainError) for error in errors(outcomes))
    assert len(errors(outcomes)) == 20 * (RACERS - 1)
    assert time.monotonic() - started < 60


def crossing(take):
    """Two who want the same two students, in opposite order; who gets both gives them back."""
    (one, _here), (two, _there) = two_rounds(*CASES["touching"][:2])
    students = [one.student_id, f.StudentFactory().pk]
    return race(
        lambda: take(one.round_id, students),
        lambda: take(two.round_id, students[::-1]),
    )


def test_everybody_locks_in_the_same_order():
    def take(round, students):
        with transaction.atomic():
            lock_for_placement(round, students=students)
            time.sleep(0.2)

    for _ in range(10):
        assert errors(crossing(take)) == []


def test_control_in_the_order_they_come_they_deadlock():
    meet = Barrier(2)

    def take(_round, students):
        with transaction.atomic():
            for number, pk in enumerate(students):
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT 1 FROM schools_student WHERE id = %s FOR NO KEY UPDATE", [pk]
                    )
                if number == 0:
                    meet.wait(10)

    (error,) = errors(crossing(take))
    assert isinstance(error, OperationalError)
    assert isinstance(error.__cause__, DeadlockDetected)


# --- Two at once ------------------------------------------------------------------------------------


def test_of_eight_who_start_one_run_is_started():
    for _ in range(10):
        county = small_county()
        outcomes = race(*[lambda c=county: runs.start(c.round, by=c.by)] * RACERS)
        assert len(errors(outcomes)) == RACERS - 1
        assert {type(error) for error in errors(outcomes)} == {runs.AlreadyRunning}
        assert county.round.runs.count() == 1


def test_control_without_the_index_eight_are_started():
    county = small_county()
    with without("placements_matchingrun", index="run_one_active"):
        race(*[lambda: runs.start(county.round, by=county.by)] * RACERS)
        assert county.round.runs.count() == RACERS


def computed(county: County) -> MatchingRun:
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "computed"
    return run


def test_publishing_twenty_times_at_once_publishes_once_and_tells_each_once():
    county = small_county()
    run = computed(county)
    outcomes = race(*[lambda: publication.publish(run, by=county.by)] * 20)
    assert errors(outcomes) == []
    assert Placement.objects.count() == 3
    mails = OutboxMessage.objects.filter(publication=str(run.pk))
    assert mails.count() == 4 + 2
    assert mails.values("kind", "recipient").distinct().count() == 4 + 2
    assert MatchingRun.objects.filter(state="published").count() == 1


def test_of_two_proposals_published_at_once_one_wins():
    county = small_county()
    first, second = computed(county), computed(county)
    outcomes = race(
        lambda: publication.publish(first, by=county.by),
        lambda: publication.publish(second, by=county.by),
    )
    (error,) = errors(outcomes)
    assert isinstance(error, publication.CannotPublish)
    assert MatchingRun.objects.filter(state="published").count() == 1
    assert Placement.objects.count() == 3
    assert Placement.objects.values("run").distinct().count() == 1


def tell_twice(person):
    for _ in range(2):
        with transaction.atomic():
            outbox.enqueue(
                "student_placed", recipient="a@example.no", subject_id=person.pk, publication="1"
            )


def test_the_same_news_is_put_in_the_outbox_once_even_at_once():
    person = f.UserFactory()
    race(*[lambda: tell_twice(person)] * RACERS)
    assert OutboxMessage.objects.count() == 1
    with without("accounts_outboxmessage", constraint="outbox_told_once"):
        OutboxMessage.objects.all().delete()
        tell_twice(person)
        assert OutboxMessage.objects.count() == 2


def test_an_edit_while_publishing_is_never_lost():
    """Whoever comes first: the proposal is published without knowing of the pin, or it is stale."""
    states = []
    for _ in range(10):
        county = small_county()
        run, anna = computed(county), county.candidates["Anna"]
        outcomes = race(
            lambda run=run, c=county: publication.publish(run, by=c.by),
            lambda a=anna, c=county: pins.pin(a, slot=c.slots["Lade"], version=1, by=c.by),
        )
        assert all(isinstance(error, publication.RunIsStale) for error in errors(outcomes))
        anna.refresh_from_db()
        run.refresh_from_db()
        assert anna.pinned_slot == county.slots["Lade"]
        assert (run.state == "stale") == bool(errors(outcomes))
        assert Placement.objects.filter(round=county.round).count() == (
            0 if run.state == "stale" else 3
        )
        states.append(run.state)
    assert set(states) <= {"stale", "published"}


def test_control_without_the_comparison_the_edit_is_lost(monkeypatch):
    county = small_county()
    run = computed(county)
    dina = county.candidates["Dina"]
    pins.pin(dina, slot=county.slots["Torget"], version=1, by=county.by)
    monkeypatch.setattr(publication, "_check", lambda *_: None)
    publication.publish(run, by=county.by)
    assert county.placed()["Dina"] == "Lade", "published against a human decision"


# --- Fence, lease, heartbeat ----------------------------------------------------------------------------


def let_lease_run_out(run: MatchingRun) -> None:
    MatchingRun.objects.filter(pk=run.pk).update(lease_until=Now() - dt.timedelta(seconds=1))


def test_of_eight_workers_one_does_the_work():
    county = small_county()
    run = runs.start(county.round, by=county.by)
    assert errors(race(*[lambda: runs.execute(run.pk)] * RACERS)) == []
    run.refresh_from_db()
    assert (run.state, run.fence, run.attempts) == ("computed", 1, 1)
    assert run.assignments.count() == 3


def rows_of(run: MatchingRun) -> tuple:
    fields = MatchingRun.objects.filter(pk=run.pk).values().get()
    return fields, list(run.assignments.order_by("pk").values())


@pytest.fixture
def overtaken():
    """A worker that slept past its lease, and the run as a second one holds it."""
    county = small_county()
    run = runs.start(county.round, by=county.by)
    sleeper = Claim.take(run.pk)
    problem = runs._frozen(sleeper)
    solution = runs.matching.solve(problem)
    let_lease_run_out(run)
    return run, sleeper, Claim.take(run.pk), problem, solution


def test_a_worker_that_slept_writes_nothing(overtaken):
    run, sleeper, second, problem, solution = overtaken
    before = rows_of(run)
    for write in (
        lambda: runs._record(sleeper, problem, solution, [], None),
        lambda: sleeper.write(progress_done=99),
        lambda: runs._end(sleeper, "failed"),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert rows_of(run) == before
    runs._record(second, problem, solution, [], None)
    done = rows_of(run)
    with pytest.raises(LeaseLost):
        runs._record(sleeper, problem, solution, [], None)
    assert rows_of(run) == done


def test_control_without_the_fence_it_writes(overtaken, monkeypatch):
    run, sleeper, _second, problem, solution = overtaken
    monkeypatch.setattr(
        Claim,
        "write",
        lambda claim, **fields: MatchingRun.objects.filter(pk=claim.pk).update(**fields),
    )
    runs._record(sleeper, problem, solution, [], None)
    run.refresh_from_db()
    assert run.state == "computed", "the sleeper ended what another worker holds"


def test_a_beating_heart_keeps_the_lease_and_stops_with_it():
    county = small_county()
    run = runs.start(county.round, by=county.by)
    claim = Claim.take(run.pk)
    MatchingRun.objects.filter(pk=run.pk).update(lease_until=Now() + dt.timedelta(seconds=2))
    run.refresh_from_db()
    before = run.lease_until
    with Heartbeat(claim, every=0.02) as heart:
        for _ in range(200):
            run.refresh_from_db()
            if run.lease_until > before:
                break
            time.sleep(0.02)
        assert run.lease_until > before + dt.timedelta(seconds=30)
        MatchingRun.objects.filter(pk=run.pk).update(fence=F("fence") + 1)
        heart._thread.join(5)
        assert not heart._thread.is_alive(), "it beats for a run that is another's"


def test_two_sweepers_at_once_do_the_work_once():
    county = small_county()
    run = runs.start(county.round, by=county.by)
    MatchingRun.objects.filter(pk=run.pk).update(created_at=Now() - dt.timedelta(minutes=1))
    race(*[runs.resume_stalled] * 4)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("computed", 1)


def test_a_run_that_was_just_queued_is_left_to_its_worker():
    county = small_county()
    runs.start(county.round, by=county.by)
    assert runs.resume_stalled() == 0


def test_somebody_who_holds_the_round_too_long_is_named_busy():
    county = small_county()
    run = computed(county)
    locked, done = Barrier(2), Barrier(2)

    def hold():
        with transaction.atomic():
            Round.objects.select_for_update().get(pk=county.round.pk)
            locked.wait(10)
            done.wait(20)

    def publish():
        locked.wait(10)
        started = time.monotonic()
        try:
            publication.publish(run, by=county.by)
        except DomainError as error:
            return type(error).__name__, time.monotonic() - started
        finally:
            done.wait(20)

    _held, (name, waited) = race(hold, publish)
    assert name == "Busy"
    assert 2 < waited < 8
    assert publication.publish(run, by=county.by).state == "published"
