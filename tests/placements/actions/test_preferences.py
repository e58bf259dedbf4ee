"""Putting wishes in order, sending them, reminding: the rules, and two people at once."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.errors import Conflict
from accounts.models import AuditEvent, OutboxMessage
from placements.actions import preferences, rounds
from placements.models import Candidate, Preference, Round
from placements.models import Conflict as Unfit
from tests import factories as f
from tests.cast import make_world
from tests.race import race


@pytest.fixture
def open_world(db):
    return make_world("Vaarvik", "open")


@pytest.fixture
def offered(open_world):
    """Three more workplaces with a place each, beside the world's own."""
    return [
        f.SlotFactory(
            period=open_world.period,
            workplace=f.WorkplaceFactory(municipality=open_world.workplace.municipality),
        ).workplace
        for _ in range(3)
    ]


@pytest.fixture
def candidate(open_world):
    """She has no wishes yet, and is placed nowhere."""
    return open_world.waiting


def arrange(candidate, *groups, by, version=None):
    ranking = tuple(
        tuple(w.pk for w in (group if isinstance(group, list) else [group])) for group in groups
    )
    now = Candidate.objects.get(pk=candidate.pk)
    return preferences.arrange(
        candidate, ranking=ranking, version=now.version if version is None else version, by=by
    )


def ranks(candidate):
    return dict(candidate.preferences.values_list("workplace", "rank"))


def test_wishes_are_saved_in_order_as_a_draft(candidate, offered, open_world):
    one, two, three = offered
    saved = arrange(candidate, two, [one, three], by=open_world.coordinator)
    assert ranks(candidate) == {two.pk: 1, one.pk: 2, three.pk: 2}
    assert (saved.wishes_state, saved.wishes_sent_at, saved.version) == ("draft", None, 2)
    event = AuditEvent.objects.get(verb="wishes.changed")
    assert (event.actor, event.target_id) == (open_world.coordinator, candidate.pk)
    assert event.detail == {"count": 3}


def test_what_was_not_changed_keeps_its_row(candidate, offered, open_world):
    one, two, _ = offered
    arrange(candidate, one, two, by=open_world.coordinator)
    before = dict(candidate.preferences.values_list("workplace", "pk"))
    arrange(candidate, two, one, by=open_world.coordinator)
    assert dict(candidate.preferences.values_list("workplace", "pk")) == before


def test_more_wishes_than_the_round_allows_are_refused(candidate, offered, open_world):
    Round.objects.update(max_wishes=2)
    with pytest.raises(preferences.TooManyWishes):
        arrange(candidate, *offered, by=open_world.coordinator)
    assert ranks(candidate) == {}


def test_an_old_version_is_refused_and_changes_nothing(candidate, offered, open_world):
    arrange(candidate, offered[0], by=open_world.coordinator)
    with pytest.raises(Conflict) as caught:
        arrange(candidate, offered[1], by=open_world.coordinator, version=1)
    assert caught.value.theirs.version == 2
    assert ranks(candidate) == {offered[0].pk: 1}


@pytest.mark.parametrize(
    "change",
    [
        {"wishes_deadline": timezone.now() - dt.timedelta(minutes=1)},
        {"state": "matching"},
        {"state": "collecting"},
    ],
)
def test_only_an_open_round_before_its_deadline_takes_wishes(
    candidate, offered, open_world, change
):
    Round.objects.update(**change)
    with pytest.raises(preferences.WishesClosed):
        arrange(candidate, offered[0], by=open_world.coordinator)
    with pytest.raises(preferences.WishesClosed):
        preferences.send(candidate, version=1, by=open_world.coordinator)
    with pytest.raises(preferences.WishesClosed):
        preferences.state_needs(
            candidate, no_car=True, step_free=False, version=1, by=open_world.coordinator
        )
    candidate.refresh_from_db()
    assert (candidate.version, candidate.wishes_state) == (1, "none")


def refused(candidate, workplace, by):
    with pytest.raises(preferences.NotAvailable) as caught:
        arrange(candidate, workplace, by=by)
    assert not candidate.preferences.exists()
    return str(caught.value)


def test_every_unsuitable_workplace_is_refused_with_the_same_words(candidate, offered, open_world):
    by, (conflicted, steps, far) = open_world.coordinator, offered
    Unfit.objects.create(student=candidate.student, workplace=conflicted, registered_by=by)
    Candidate.objects.filter(pk=candidate.pk).update(step_free=True)
    type(steps).objects.filter(pk=steps.pk).update(step_free=False)
    type(far).objects.filter(pk=far.pk).update(latitude=59.9, longitude=10.7)
    nothing_offered = f.WorkplaceFactory(municipality=open_world.workplace.municipality)
    of_others = make_world("Fremmedstad", "open").workplace
    said = {refused(candidate, w, by) for w in [*offered, nothing_offered, of_others]}
    assert len(said) == 1
    arrange(candidate, open_world.workplace, by=by)  # control: what suits her is taken


def test_sending_counts_and_later_changes_stay_sent(candidate, offered, open_world):
    one, two, _ = offered
    with pytest.raises(preferences.NothingToSend):
        preferences.send(candidate, version=1, by=open_world.coordinator)
    arrange(candidate, one, by=open_world.coordinator, version=1)
    sent = preferences.send(candidate, version=2, by=open_world.coordinator)
    assert sent.wishes_state == "sent"
    assert sent.wishes_sent_by == open_world.coordinator
    changed = arrange(candidate, two, one, by=open_world.coordinator)
    assert (changed.wishes_state, changed.wishes_sent_at) == ("sent", sent.wishes_sent_at)


def test_an_emptied_list_is_not_sent_any_more(candidate, offered, open_world):
    arrange(candidate, offered[0], by=open_world.coordinator)
    preferences.send(candidate, version=2, by=open_world.coordinator)
    emptied = arrange(candidate, by=open_world.coordinator)
    assert (emptied.wishes_state, emptied.wishes_sent_at) == ("draft", None)


def test_a_proposal_made_before_is_out_of_date(candidate, offered, open_world):
    was = Round.objects.get(pk=open_world.round.pk).version
    arrange(candidate, offered[0], by=open_world.coordinator)
    assert Round.objects.get(pk=open_world.round.pk).version == was + 1


def test_without_a_proposal_the_rounds_own_form_stays_usable(open_world):
    other = f.RoundFactory(county=open_world.county, schools=[open_world.school])
    candidate = f.CandidateFactory(student=open_world.waiting.student, round=other)
    slot = f.SlotFactory(period=f.PeriodFactory(round=other), workplace=open_world.workplace)
    arrange(candidate, slot.workplace, by=open_world.coordinator)
    assert Round.objects.get(pk=other.pk).version == other.version


def test_reminding_tells_each_who_has_not_sent_once_a_day(candidate, open_world):
    everybody = Candidate.objects.filter(round=open_world.round)
    now = timezone.now()
    assert preferences.remind(open_world.round, everybody, by=open_world.coordinator, at=now) == 2
    assert preferences.remind(open_world.round, everybody, by=open_world.coordinator, at=now) == 0
    assert OutboxMessage.objects.filter(kind="wishes_reminder").count() == 2
    Candidate.objects.filter(pk=candidate.pk).update(
        wishes_state="sent", wishes_sent_at=now, wishes_sent_by=open_world.coordinator
    )
    tomorrow = now + dt.timedelta(days=1)
    told = preferences.remind(open_world.round, everybody, by=open_world.coordinator, at=tomorrow)
    assert told == 1
    assert OutboxMessage.objects.filter(kind="wishes_reminder").count() == 3


def test_nobody_is_reminded_after_the_deadline(open_world):
    later = open_world.round.wishes_deadline + dt.timedelta(seconds=1)
    with pytest.raises(preferences.WishesClosed):
        preferences.remind(
            open_world.round, Candidate.objects.all(), by=open_world.coordinator, at=later
        )
    assert not OutboxMessage.objects.exists()


def test_opening_the_round_tells_those_who_take_part_once(db):
    world = make_world("Vaarvik", "collecting")
    gone = f.StudentFactory(school_class=world.school_class, left_at=dt.date(2026, 9, 1))
    f.CandidateFactory(student=gone, round=world.round)
    rounds.move(world.round, to="open", by=world.county_coordinator)
    told = OutboxMessage.objects.filter(kind="wishes_opened")
    assert set(told.values_list("subject_id", flat=True)) == {world.candidate.pk, world.waiting.pk}
    rounds.move(world.round, to="collecting", by=world.county_coordinator)
    rounds.move(world.round, to="open", by=world.county_coordinator)
    assert told.count() == 2


def test_who_is_taken_in_while_the_round_is_open_is_told_too(open_world):
    late = f.StudentFactory(school_class=open_world.school_class)
    rounds.enrol(open_world.round, by=open_world.county_coordinator)
    told = OutboxMessage.objects.filter(kind="wishes_opened", recipient=late.email)
    assert told.count() == 1


# --- two at once: real threads, real commits ------------------------------------------------------


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_at_once_one_is_told_that_somebody_was_faster():
    world = make_world("Vaarvik", "open")
    arrange(world.waiting, world.workplace, by=world.coordinator)
    results = race(
        *[
            lambda: preferences.send(world.waiting, version=2, by=world.coordinator)
            for _ in range(4)
        ]
    )
    assert sum(isinstance(r, Candidate) for r in results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 3
    assert AuditEvent.objects.filter(verb="wishes.sent").count() == 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_no_wish_is_saved_in_a_round_that_has_gone_on_to_matching():
    for _ in range(5):
        world = make_world("Vaarvik", "open")
        saved, moved = race(
            lambda world=world: arrange(world.waiting, world.workplace, by=world.coordinator),
            lambda world=world: rounds.move(world.round, to="matching", by=world.coordinator),
        )
        assert isinstance(moved, Round)
        if isinstance(saved, Candidate):
            audit = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
            verbs = [verb for verb in audit if verb in ("wishes.changed", "round.moved")]
            assert verbs == ["wishes.changed", "round.moved"]
        else:
            assert isinstance(saved, preferences.WishesClosed)
            assert not Preference.objects.filter(candidate=world.waiting).exists()
        _empty()


def _empty():
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
