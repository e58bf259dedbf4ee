"""Publishing: the proposal becomes the truth at once, each is told once, and never on stale facts."""

import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from accounts.models import AuditEvent, OutboxMessage
from accounts.outbox import WRITERS
from placements.actions import placements, publication, runs, what_if
from placements.actions.rounds import touch
from placements.management.commands.check_invariants import broken, invariants
from placements.models import Conflict, Placement
from placements.models.runs import MatchingRun
from placements.reasons import Reasons
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


def run_it(county, **options):
    county.round.refresh_from_db()
    run = runs.start(county.round, by=county.by, **options)
    runs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == "computed", run.error
    return run


def publish(county, **options):
    run = publication.publish(run_it(county, **options), by=county.by)
    county.round.refresh_from_db()
    return run


def told(publication_of):
    rows = OutboxMessage.objects.filter(publication=publication_of)
    return sorted(rows.values_list("kind", "recipient"))


def test_places_state_audit_and_mails_in_one(county):
    run = publish(county)
    assert run.state == "published"
    assert run.published_by == county.by
    assert county.round.state == "published"
    assert county.round.published_at
    assert county.placed() == county.proposed(run)
    assert [slot.used for slot in county.round.slots.order_by("capacity")] == [1, 2]
    placement = Placement.objects.get(candidate=county.candidates["Dina"])
    assert (placement.rank, placement.state, placement.run) == (1, "planned", run)
    assert placement.explanation["rank"] == 1
    assert AuditEvent.objects.get(verb="run.published").detail["placed"] == 3
    mails = told(str(run.pk))
    assert len(mails) == 4 + 2
    assert [kind for kind, _ in mails].count("student_placed") == 3
    assert [kind for kind, _ in mails].count("student_waiting") == 1
    assert {to for kind, to in mails if kind == "workplace_students"} == {
        "torget@legekontor.example.no",
        "lade@legekontor.example.no",
    }
    call_command("check_invariants", stdout=StringIO())


def test_nothing_is_explained_while_others_wait_for_the_locks(transactional_db):
    """It takes long where there are many: the database ends a transaction that stands idle for 30 s."""
    county, locked = small_county(), []
    run = run_it(county)

    def watch(frame, event, _argument):
        if event == "call" and frame.f_code is Reasons._explained.__code__:
            locked.append(connection.in_atomic_block)

    sys.setprofile(watch)
    try:
        publication.publish(run, by=county.by)
    finally:
        sys.setprofile(None)
    assert locked == [False] * Placement.objects.count()


def test_publishing_again_changes_nothing(county):
    run = publish(county)
    before = list(Placement.objects.values_list("pk", "version")), OutboxMessage.objects.count()
    assert publication.publish(run, by=county.by).state == "published"
    assert before == (
        list(Placement.objects.values_list("pk", "version")),
        OutboxMessage.objects.count(),
    )


def test_a_change_after_the_run_makes_it_stale_not_true(county):
    run = run_it(county)
    touch(county.round)
    with pytest.raises(publication.RunIsStale):
        publication.publish(run, by=county.by)
    run.refresh_from_db()
    assert run.state == "stale"
    assert not Placement.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_even_a_change_that_nobody_noted_makes_it_stale(county):
    run = run_it(county)
    Conflict.objects.create(
        student=county.candidates["Dina"].student,
        workplace=county.slots["Lade"].workplace,
        registered_by=county.by,
    )
    with pytest.raises(publication.RunIsStale):
        publication.publish(run, by=county.by)
    assert not Placement.objects.exists()


@pytest.mark.parametrize("how", ["moved", "removed", "added"])
def test_a_proposal_whose_rows_were_tampered_with_is_not_published(county, how):
    run = run_it(county)
    dina = run.assignments.get(candidate=county.candidates["Dina"])
    if how == "moved":
        dina.slot = county.slots["Torget"]
        dina.save()
    elif how == "removed":
        dina.delete()
    else:
        left_out = next(n for n, place in county.proposed(run).items() if place is None)
        dina.pk, dina.candidate = None, county.candidates[left_out]
        dina.save()
    with pytest.raises(publication.CannotPublish):
        publication.publish(run, by=county.by)
    assert not Placement.objects.exists()
    run.refresh_from_db()
    assert run.state == "computed"


def test_a_run_that_is_not_finished_cannot_be_published(county):
    run = runs.start(county.round, by=county.by)
    with pytest.raises(publication.CannotPublish):
        publication.publish(run, by=county.by)


def withdraw(county, name, **options):
    placement = Placement.objects.occupying().get(candidate=county.candidates[name])
    options = {"reason": "student_left", "leaves": True, **options}
    return placements.withdraw(placement, version=placement.version, by=county.by, **options)


def test_a_repair_moves_nobody_who_need_not_and_tells_only_those_concerned(county):
    publish(county)
    left_out = next(name for name, place in county.placed().items() if place is None)
    before = county.placed()
    leaver = next(n for n, place in before.items() if place == "Torget")
    withdraw(county, leaver)
    repair = run_it(county, repairs=True)
    plan = publication.changes(repair)
    assert [row.candidate.student.given_name for row in plan.new] == [left_out]
    assert (plan.moved, plan.dropped, plan.unplaced, len(plan.kept)) == ([], [], [], 2)
    publication.publish(repair, by=county.by)
    after = county.placed()
    assert after == {**before, leaver: None, left_out: "Torget"}
    assert told(str(repair.pk)) == [
        ("student_placed", county.candidates[left_out].student.email),
        ("workplace_students", "torget@legekontor.example.no"),
    ]
    states = dict(MatchingRun.objects.values_list("number", "state"))
    assert states == {1: "superseded", 2: "published"}
    call_command("check_invariants", stdout=StringIO())


def test_a_repair_may_move_but_takes_nobody_s_place(county):
    """A place opens that only a placed student can use; her old one goes to the one who waits."""
    publish(county)
    before = county.placed()
    left_out = next(name for name, place in before.items() if place is None)
    at_torget = [name for name, place in before.items() if place == "Torget"]
    new = county.place("Nytt", 1)
    for name in county.candidates:
        if name != at_torget[0]:
            Conflict.objects.create(
                student=county.candidates[name].student,
                workplace=new.workplace,
                registered_by=county.by,
            )
    county.round.refresh_from_db()
    touch(county.round)
    spared = run_it(county, repairs=True)
    assert county.proposed(spared) == before, "nobody gets a worse place unless that is asked for"
    repair = run_it(county, repairs=True, may_worsen=True)
    publication.publish(repair, by=county.by)
    after = county.placed()
    assert after == {**before, at_torget[0]: "Nytt", left_out: "Torget"}
    old = Placement.objects.get(candidate=county.candidates[at_torget[0]], state="withdrawn")
    assert old.end_reason == "moved"
    kinds = [kind for kind, _ in told(str(repair.pk))]
    assert sorted(kinds) == [
        "student_moved",
        "student_placed",
        "workplace_students",
        "workplace_students",
    ]
    call_command("check_invariants", stdout=StringIO())


def test_each_mail_says_that_there_is_news_and_never_the_news(county):
    run = publish(county)
    for message in OutboxMessage.objects.filter(publication=str(run.pk)):
        with translation.override("en"):
            letter = WRITERS[message.kind](message)
        text = " ".join([letter.context["subject"], *letter.context["paragraphs"]])
        students = [c.student.family_name for c in county.candidates.values()]
        if message.kind == "workplace_students":
            assert not any(name in text for name in county.candidates)
            assert not any(name in text for name in students)
        else:
            assert not any(place in text for place in county.slots)


def test_a_mail_whose_news_is_no_longer_true_is_dropped(county):
    run = publish(county)
    placed = OutboxMessage.objects.get(
        publication=str(run.pk), subject_id=county.candidates["Dina"].pk
    )
    assert WRITERS[placed.kind](placed)
    withdraw(county, "Dina", reason="mistake", leaves=False)
    assert WRITERS[placed.kind](placed) is None
    withdrawn = OutboxMessage.objects.get(kind="student_withdrawn")
    assert WRITERS[withdrawn.kind](withdrawn)


def test_the_invariants_notice_a_mail_about_nothing(county):
    publish(county)
    OutboxMessage.objects.create(
        kind="student_placed",
        recipient="x@example.no",
        subject_id=county.by.pk,
        publication=str(county.by.pk),
    )
    with pytest.raises(CommandError):
        call_command("check_invariants", stdout=StringIO())


def one_run_at_work():
    """What breaks the rule that a round has one run at work."""
    (rule,) = (rule for rule in invariants() if rule.name == "I4")
    return list(broken(rule))


def test_what_ifs_that_wait_beside_a_run_break_no_invariant(county):
    base = run_it(county)
    for policy in (["placed", "lottery"], ["placed", "travel", "lottery"]):
        what_if.start(base, [{"kind": "policy", "policy": policy}], by=county.by)
    runs.start(county.round, by=county.by)
    assert MatchingRun.objects.filter(state="queued").count() == 3
    assert one_run_at_work() == []


def test_control_two_runs_of_the_round_itself_at_work_do(county):
    first = runs.start(county.round, by=county.by)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX run_one_active")
    first.pk, first.number, first._state.adding = None, 2, True
    first.save(force_insert=True)
    assert len(one_run_at_work()) == 1
