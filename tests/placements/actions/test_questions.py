"""Why not there, where a worker has to find out: asked, answered once, and told to whom it is about."""

import pytest
from django.utils import translation

from accounts.models import AuditEvent
from placements import board, explanation, matching
from placements.actions import board as board_actions
from placements.actions import publication, questions, runs
from placements.lease import QuestionClaim
from placements.models import MatchingRun, Placement, Question
from placements.reasons import Reasons, is_open
from tests.placements.county import paired_county


@pytest.fixture
def county(db):
    return paired_county()


@pytest.fixture
def run(county):
    return computed(county)


def computed(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run = MatchingRun.objects.get(pk=run.pk)
    assert run.state == "computed", run.error
    return run


def lesser(county, run):
    """Those who wished for something higher than what they got."""
    reasons = Reasons(run)
    return [
        who.pk for who in county.candidates.values() if any(map(is_open, wishes(reasons, who.pk)))
    ]


def wishes(reasons, who):
    slots = reasons._higher_slots(who)
    return reasons.explainer.candidate(str(who), also=slots).wishes if slots else []


def waiting():
    return Question.objects.waiting().count()


def test_a_worker_takes_all_of_a_run_and_finds_what_the_engine_finds(county, run):
    who = lesser(county, run)
    assert len(who) >= 2
    questions.ask(run, who, by=county.by)
    questions.ask(run, who, by=county.by)
    assert waiting() == len(who)
    assert AuditEvent.objects.filter(verb="run.asked").count() == 2
    questions.execute(Question.objects.first().pk)
    assert waiting() == 0
    reasons = Reasons(run)
    for pk in who:
        exact = matching.explain.candidate(reasons.problem, reasons.solution, str(pk))
        assert exact.wishes
        for wish in exact.wishes:
            workplace = reasons._site_of[wish.slot]
            assert reasons.towards(pk, workplace) == wish
            assert not is_open(wish)


def test_what_is_published_waits_for_its_reasons_and_gets_them(county, run):
    publication.publish(run, by=county.by)
    asked = list(Question.objects.values_list("candidate", flat=True))
    assert asked
    before = {p.candidate_id: p.explanation for p in Placement.objects.filter(candidate__in=asked)}
    with translation.override("nb"):
        said = [explanation.reason(w) for facts in before.values() for w in facts["wishes"]]
    assert said
    assert all("regnes ut" in each for each in said)
    questions.execute(Question.objects.first().pk)
    for placement in Placement.objects.filter(candidate__in=asked):
        was, now = before[placement.candidate_id], placement.explanation
        assert {**was, "wishes": None} == {**now, "wishes": None}
        assert [w["rank"] for w in was["wishes"]] == [w["rank"] for w in now["wishes"]]
        with translation.override("nb"):
            said = " ".join(explanation.reason(wish) for wish in now["wishes"])
        assert "regnes ut" not in said
        assert not any(name in said for name in county.candidates)


def test_what_was_found_out_before_is_published_with_it(county, run):
    who = lesser(county, run)
    questions.ask(run, who, by=county.by)
    questions.execute(Question.objects.first().pk)
    publication.publish(run, by=county.by)
    assert waiting() == 0
    told = [w for p in Placement.objects.all() for w in p.explanation["wishes"]]
    assert told
    assert all(wish["reason"] != "unknown" for wish in told)


def test_an_answer_that_comes_while_it_is_published_is_not_lost(county, run):
    """The reasons were worked out before; the answer came; then it was written without it."""
    who = lesser(county, run)
    reasons = Reasons(run)
    reasons.prepare(who)
    questions.ask(run, who, by=county.by)
    questions.execute(Question.objects.first().pk)
    questions.ask_after_publication(reasons, who)
    assert waiting() == len(who)


def test_one_that_fails_is_tried_again_and_then_no_more(county, run, monkeypatch):
    pk = lesser(county, run)[0]
    questions.ask(run, [pk], by=county.by)
    question = Question.objects.get()
    solution = run.solution
    MatchingRun.objects.filter(pk=run.pk).update(solution={"nothing": True})
    for state in ("queued", "queued", "failed"):
        questions.execute(question.pk)
        question.refresh_from_db()
        assert question.state == state
    assert question.error
    questions.execute(question.pk)
    MatchingRun.objects.filter(pk=run.pk).update(solution=solution)
    questions.ask(run, [pk], by=county.by)
    questions.execute(question.pk)
    question.refresh_from_db()
    assert question.state == "answered"


def test_what_is_not_reached_in_a_turn_waits_for_the_next(county, run, monkeypatch):
    who = lesser(county, run)
    questions.ask(run, who, by=county.by)
    monkeypatch.setattr(questions, "SECONDS", 0)
    questions.execute(Question.objects.first().pk)
    assert waiting() == len(who) - 1
    assert set(Question.objects.waiting().values_list("state", "attempts")) == {("queued", 0)}


def test_a_sweep_finds_what_nobody_has_begun_with_and_what_was_left_lying(county, run):
    who = lesser(county, run)
    questions.ask(run, who, by=county.by)
    assert questions.resume_stalled() == 0
    Question.objects.update(created_at="2020-01-01T00:00Z")
    at_work = QuestionClaim.take(Question.objects.first().pk)
    assert questions.resume_stalled() == 0, "somebody is at this run: the others wait their turn"
    Question.objects.filter(pk=at_work.pk).update(lease_until="2020-01-01T00:00Z")
    assert questions.resume_stalled() == 1
    assert waiting() == 0
    Question.objects.filter(pk=at_work.pk).update(
        state="running", answer=None, lease_until="2020-01-01T00:00Z", attempts=3
    )
    questions.resume_stalled()
    assert Question.objects.get(pk=at_work.pk).error == "WorkerLost"


def test_control_without_a_rule_nothing_has_to_be_asked(county):
    from placements.models import Pairing

    Pairing.objects.all().delete()
    run = computed(county)
    assert lesser(county, run) == []
    publication.publish(run, by=county.by)
    assert not Question.objects.exists()


def test_whom_nobody_moved_by_hand_reads_what_the_proposal_before_found_out(county, run):
    """The reasons of an adjusted proposal are asked of the one it adjusts, and reach her placement."""
    # Anna and Dina stay together at Torget; the lottery says which of the others has Lade.
    placed = {name for name, place in county.proposed(run).items() if place}
    moved = county.candidates[(placed - {"Anna", "Dina"}).pop()]
    who = [pk for pk in lesser(county, run) if pk != moved.pk]
    board_actions.move(run, moved, None, seen=board.token(run), reason="Ja", by=county.by)
    adjusted = board_actions.propose(run, seen=board.token(run), by=county.by)
    runs.execute(adjusted.pk)
    adjusted.refresh_from_db()
    assert adjusted.state == "computed", adjusted.error
    publication.publish(adjusted, by=county.by)
    told = Placement.objects.filter(run=adjusted, candidate__in=who)
    asked_of_before = Question.objects.filter(run=run).values_list("candidate", flat=True)
    assert set(asked_of_before) == {placement.candidate_id for placement in told} != set()
    assert not Question.objects.filter(run=adjusted, candidate__in=who).exists()
    questions.execute(Question.objects.filter(run=run).first().pk)
    reasons = Reasons(MatchingRun.objects.get(pk=run.pk))
    for placement in told.all():
        found = placement.explanation
        assert found["wishes"] == reasons.explanation(placement.candidate_id)["wishes"]
        assert all(wish["reason"] != "unknown" for wish in found["wishes"])
        assert (found["run"], found["proven"]) == (adjusted.number, False)
