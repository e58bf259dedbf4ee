"""By hand: pins before publication; withdrawing, moving and adding after."""

import pytest

from accounts.errors import Conflict as Clash
from accounts.models import AuditEvent, OutboxMessage
from placements.actions import pins, placements
from placements.models import Conflict, Placement
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    return small_county()


@pytest.fixture
def published(county):
    """Anna and Berit at Torget, Dina at Lade; Cecilie waits."""
    county.round.state, county.round.published_at = "published", county.round.created_at
    county.round.save()
    for name, place in (("Anna", "Torget"), ("Berit", "Torget"), ("Dina", "Lade")):
        f.PlacementFactory(
            candidate=county.candidates[name], slot=county.slots[place], created_by=county.by
        )
    return county


def kinds(facts):
    return {fact.kind: fact.stops for fact in facts}


def test_a_pin_bumps_both_versions_and_is_on_record(county):
    anna = county.candidates["Anna"]
    pinned = pins.pin(anna, slot=county.slots["Lade"], version=anna.version, by=county.by)
    assert (pinned.pinned_slot, pinned.pinned_by) == (county.slots["Lade"], county.by)
    assert pinned.version == anna.version + 1
    county.round.refresh_from_db()
    assert county.round.version == 2
    free = pins.unpin(pinned, version=pinned.version, by=county.by)
    assert (free.pinned_slot, free.pinned_by, free.pinned_at) == (None, None, None)
    verbs = AuditEvent.objects.filter(target_id=anna.pk).order_by("pk")
    assert [event.verb for event in verbs] == ["candidate.pinned", "candidate.unpinned"]


def test_the_second_of_two_who_pin_learns_of_the_first(county):
    anna = county.candidates["Anna"]
    pins.pin(anna, slot=county.slots["Lade"], version=1, by=county.by)
    with pytest.raises(Clash) as clash:
        pins.pin(anna, slot=county.slots["Torget"], version=1, by=county.by)
    assert clash.value.theirs.pinned_slot == county.slots["Lade"]


def test_what_would_break_is_said_before_it_is_done(county):
    anna, lade = county.candidates["Anna"], county.slots["Lade"]
    assert kinds(pins.check(anna, lade)) == {"wish": False, "way": False}
    dina = county.candidates["Dina"]
    pins.pin(dina, slot=lade, version=1, by=county.by)
    assert kinds(pins.check(anna, lade))["full"] is True
    with pytest.raises(pins.CannotPin):
        pins.pin(anna, slot=lade, version=1, by=county.by)


def test_a_conflict_of_interest_stops_and_a_long_way_warns(county):
    far = county.place("Tromsø", latitude=69.6, longitude=18.9)
    anna = county.candidates["Anna"]
    assert kinds(pins.check(anna, far)) == {"travel": False, "unwished": False, "way": False}
    pins.pin(anna, slot=far, version=1, by=county.by)
    Conflict.objects.create(
        student=county.candidates["Berit"].student, workplace=far.workplace, registered_by=county.by
    )
    assert kinds(pins.check(county.candidates["Berit"], far))["conflict"] is True


def test_uncleared_requirements_are_shown_and_do_not_stop(county):
    lade = county.slots["Lade"]
    lade.workplace.requirements.add(f.RequirementFactory())
    assert kinds(pins.check(county.candidates["Anna"], lade))["unready"] is False


def test_withdrawing_frees_the_place_and_tells_both(published):
    placement = Placement.objects.get(candidate=published.candidates["Anna"])
    ended = placements.withdraw(
        placement, reason="mistake", leaves=False, version=1, by=published.by
    )
    assert (ended.state, ended.end_reason, ended.ended_by) == ("withdrawn", "mistake", published.by)
    published.slots["Torget"].refresh_from_db()
    assert published.slots["Torget"].used == 1
    assert sorted(OutboxMessage.objects.values_list("kind", flat=True)) == [
        "student_withdrawn",
        "workplace_students",
    ]
    published.candidates["Anna"].refresh_from_db()
    assert published.candidates["Anna"].withdrawn_at is None


def test_a_student_who_leaves_is_out_of_the_round(published):
    placement = Placement.objects.get(candidate=published.candidates["Anna"])
    placements.withdraw(placement, reason="student_left", leaves=True, version=1, by=published.by)
    published.candidates["Anna"].refresh_from_db()
    assert published.candidates["Anna"].withdrawn_at


def test_the_second_of_two_who_withdraw_learns_of_the_first(published):
    placement = Placement.objects.get(candidate=published.candidates["Anna"])
    placements.withdraw(placement, reason="mistake", leaves=False, version=1, by=published.by)
    with pytest.raises(Clash):
        placements.withdraw(placement, reason="other", leaves=False, version=1, by=published.by)
    placement.refresh_from_db()
    with pytest.raises(placements.CannotEnd):
        placements.withdraw(placement, reason="other", leaves=False, version=2, by=published.by)


def test_moving_ends_one_and_begins_another(published):
    new = published.place("Nytt")
    old = Placement.objects.get(candidate=published.candidates["Anna"])
    moved = placements.move(old, slot=new, version=1, by=published.by)
    old.refresh_from_db()
    assert (old.state, old.end_reason) == ("withdrawn", "moved")
    assert published.placed()["Anna"] == "Nytt"
    assert moved.pinned_by == published.by
    assert moved.explanation == {}
    mails = OutboxMessage.objects.values_list("kind", "recipient")
    assert set(mails) == {
        ("student_moved", published.candidates["Anna"].student.email),
        ("workplace_students", "torget@legekontor.example.no"),
        ("workplace_students", "nytt@legekontor.example.no"),
    }


@pytest.mark.parametrize("place", ["Lade", "Torget"])
def test_moving_to_a_full_place_or_to_where_she_is_changes_nothing(published, place):
    old = Placement.objects.get(candidate=published.candidates["Anna"])
    before = published.placed()
    with pytest.raises(placements.CannotPlace):
        placements.move(old, slot=published.slots[place], version=1, by=published.by)
    assert published.placed() == before
    assert not OutboxMessage.objects.exists()


def test_adding_the_one_who_waits(published):
    new = published.place("Nytt")
    added = placements.add(published.candidates["Cecilie"], slot=new, by=published.by)
    assert published.placed()["Cecilie"] == "Nytt"
    assert added.rank is None
    with pytest.raises(placements.CannotPlace):
        placements.add(published.candidates["Cecilie"], slot=new, by=published.by)


def test_nothing_is_changed_by_hand_in_a_round_that_is_not_published(published):
    new = published.place("Nytt")
    published.round.state = "closed"
    published.round.save()
    placement = Placement.objects.get(candidate=published.candidates["Anna"])
    for change in (
        lambda: placements.move(placement, slot=new, version=1, by=published.by),
        lambda: placements.add(published.candidates["Cecilie"], slot=new, by=published.by),
        lambda: placements.withdraw(
            placement, reason="other", leaves=False, version=1, by=published.by
        ),
    ):
        with pytest.raises(placements.CannotPlace):
            change()
