"""The lots of a round: sealed before the wishes are in, the same for every run, and nobody's to choose."""

import datetime as dt
import json
import subprocess
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent
from placements.actions import lottery, rounds, runs
from placements.models import Lottery, MatchingRun, Round
from tests import factories as f
from tests.placements.county import make_county, small_county

EVENT = "De sju vinnertallene i Lotto lørdag 12. desember 2026, i stigende rekkefølge"


def matched(county, **options):
    run = runs.start(county.round, by=county.by, **options)
    runs.execute(run.pk)
    run.refresh_from_db()
    return run


def to_matching(county):
    Round.objects.filter(pk=county.round.pk).update(state="matching")
    county.round.refresh_from_db()


@pytest.fixture
def county(db):
    county = small_county()
    Round.objects.filter(pk=county.round.pk).update(state="open")
    county.round.refresh_from_db()
    return county


def test_opening_for_wishes_seals_the_lots_once(db):
    county = make_county("collecting")
    county.place("Torget")
    rounds.move(county.round, to="open", by=county.by)
    first = Lottery.objects.get(round=county.round)
    assert first.commitment == sha256(first.sealed.encode()).hexdigest()
    assert first.committed_at < county.round.wishes_deadline
    assert first.revealed_at is None
    rounds.move(county.round, to="collecting", by=county.by)
    rounds.move(county.round, to="open", by=county.by)
    assert Lottery.objects.get(round=county.round).commitment == first.commitment
    assert AuditEvent.objects.filter(verb="lottery.sealed").count() == 1


def test_every_run_of_the_round_uses_the_sealed_seed(county):
    lots = lottery.seal(county.round, by=county.by)
    to_matching(county)
    first = matched(county)
    lots.refresh_from_db()
    assert first.seed == lots.seed == sha256(lots.drawn.encode()).hexdigest()
    assert json.loads(first.problem.file)["seed"] == lots.seed
    opened = lots.revealed_at
    assert opened is not None
    second = matched(county)
    lots.refresh_from_db()
    assert (second.seed, lots.revealed_at) == (first.seed, opened)
    assert second.solution == first.solution


def test_the_page_s_commands_give_the_seal_and_the_seed(county):
    """What the page says to run really gives what it says, also with a quote in the text."""
    lots = lottery.seal(county.round, by=county.by, event="Kari's  tall\n på lørdag")
    assert lots.event == "Kari's tall på lørdag"
    to_matching(county)
    lottery.note_outcome(county.round, "4, 8, 15", by=county.by)
    matched(county)
    lots.refresh_from_db()
    for command, wanted in (
        (lots.check_commitment, lots.commitment),
        (lots.check_seed, lots.seed),
    ):
        said = subprocess.run(["sh", "-c", command], capture_output=True, check=True)
        assert said.stdout.split()[0].decode() == wanted


def test_the_event_is_part_of_the_seal_and_of_the_seed(county):
    lots = lottery.seal(county.round, by=county.by, event=EVENT)
    assert EVENT in lots.sealed
    to_matching(county)
    with pytest.raises(lottery.CannotDraw, match="Lotto"):
        runs.start(county.round, by=county.by)
    lottery.note_outcome(county.round, "1 2 3 4 5 6 7", by=county.by)
    lots.refresh_from_db()
    other = Lottery(rules=lots.rules, secret=lots.secret, outcome="1 2 3 4 5 6 8")
    assert matched(county).seed == lots.seed != other.seed


def test_the_outcome_is_written_once_and_only_when_the_wishes_are_in(county):
    lottery.seal(county.round, by=county.by, event=EVENT)
    with pytest.raises(lottery.CannotDraw):
        lottery.note_outcome(county.round, "1", by=county.by)
    to_matching(county)
    with pytest.raises(lottery.CannotDraw):
        lottery.note_outcome(county.round, "  ", by=county.by)
    lottery.note_outcome(county.round, "1", by=county.by)
    with pytest.raises(lottery.CannotDraw):
        lottery.note_outcome(county.round, "2", by=county.by)
    assert Lottery.objects.get().outcome == "1"


def test_lots_cannot_be_sealed_twice_or_late(county):
    lottery.seal(county.round, by=county.by)
    with pytest.raises(lottery.CannotSeal):
        lottery.seal(county.round, by=county.by)
    late = f.RoundFactory(state="open", wishes_deadline=timezone.now() - dt.timedelta(minutes=1))
    with pytest.raises(lottery.CannotSeal):
        lottery.seal(late, by=county.by)
    with pytest.raises(lottery.CannotSeal):
        lottery.seal(f.RoundFactory(state="matching"), by=county.by)


def test_a_round_without_sealed_lots_has_its_own_id(county):
    to_matching(county)
    assert matched(county).seed == str(county.round.pk)


def refused(name, write):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    assert caught.value.__cause__.diag.constraint_name == name


class TestTheDatabase:
    """The guards themselves, past every action."""

    def test_no_run_has_another_seed(self, county):
        lottery.seal(county.round, by=county.by)
        to_matching(county)
        make = lambda seed: f.MatchingRunFactory(  # noqa: E731
            round=county.round, started_by=county.by, seed=seed
        )
        refused("run_seed_not_chosen", lambda: make("heldig"))
        refused("run_seed_not_chosen", lambda: make(str(county.round.pk)))
        refused("run_seed_not_chosen", lambda: make(Lottery.objects.get().seed))  # not opened yet
        run = matched(county)
        refused(
            "run_seed_not_chosen",
            lambda: MatchingRun.objects.filter(pk=run.pk).update(seed="heldigere"),
        )

    def test_nothing_in_a_sealed_lottery_changes(self, county):
        lots = lottery.seal(county.round, by=county.by, event=EVENT)
        mine = Lottery.objects.filter(pk=lots.pk)
        for change in (
            {"secret": "0" * 64},
            {"rules": "andre"},
            {"event": "en annen"},
            {"commitment": "0" * 64},
            {"committed_at": timezone.now() - dt.timedelta(days=9)},
            {"revealed_at": timezone.now()},  # before the event
        ):
            refused("lottery_unchanged", lambda change=change: mine.update(**change))
        mine.update(outcome="1")
        refused("lottery_unchanged", lambda: mine.update(outcome="2"))
        mine.update(revealed_at=timezone.now())
        refused("lottery_unchanged", lambda: mine.update(revealed_at=None))
        refused("lottery_stays", mine.delete)

    def test_none_is_sealed_when_matching_has_begun_or_with_a_false_seal(self, county):
        def late():
            lots = Lottery(round=county.round, rules="r", secret="s", committed_by=county.by)
            lots.commitment = sha256(lots.sealed.encode()).hexdigest()
            lots.save(force_insert=True)

        to_matching(county)
        refused("lottery_sealed_first", late)
        Round.objects.filter(pk=county.round.pk).update(state="open")
        f.MatchingRunFactory(round=county.round, started_by=county.by)
        refused("lottery_sealed_first", late)
        MatchingRun.objects.all().delete()
        refused(
            "lottery_sealed_first",
            lambda: Lottery.objects.create(
                round=county.round, rules="r", secret="s", commitment="0", committed_by=county.by
            ),
        )
        late()

    def test_without_the_guard_a_seed_can_be_chosen(self, county):
        """Negative control: it is the trigger that says no."""
        lottery.seal(county.round, by=county.by)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE placements_matchingrun DISABLE TRIGGER run_seed_guarded")
        run = f.MatchingRunFactory(round=county.round, started_by=county.by, seed="heldig")
        assert run.seed == "heldig"
