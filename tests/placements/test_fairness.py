"""How evenly it turned out, counted by hand on a small county; and who comes first the next time."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.policy import Role
from placements import fairness
from placements.actions import priority, publication, runs
from placements.models import Candidate
from tests import factories as f
from tests.placements.county import County, make_county


def publish(county):
    run = runs.start(county.round, by=county.by)
    runs.execute(run.pk)
    run.refresh_from_db()
    publication.publish(run, by=county.by)
    county.round.refresh_from_db()
    return run


@pytest.fixture
def county(db):
    """Anna and Berit share one place they want; a third place nobody wished for; Dina wishes nothing."""
    county = make_county()
    county.place("Torget")
    county.place("Lade")
    county.student("Anna", "Torget")
    county.student("Berit", "Torget")
    county.student("Cecilie", "Torget")
    return county


def next_round(county, *names, state="open"):
    """The same students the next year, and one place they all want."""
    later = county.round.wishes_deadline + dt.timedelta(days=200)
    round = f.RoundFactory(
        county=county.school.county, state=state, schools=[county.school], wishes_deadline=later
    )
    period = f.PeriodFactory(round=round, start=dt.date(2028, 2, 7))
    again = County(round=round, period=period, school=county.school, by=county.by)
    again.place("Byåsen")
    for name in names:
        candidate = f.CandidateFactory(round=round, student=county.candidates[name].student)
        again.candidates[name] = candidate
    return again


def lots(county):
    """Who had her wish, who had another place, who had none."""
    placed = county.placed()
    by_place = {place: name for name, place in placed.items()}
    return by_place["Torget"], by_place["Lade"], by_place[None]


def test_shares_and_travel_are_those_counted_by_hand(county):
    publish(county)
    found = fairness.outcomes(county.by, [county.round])
    row = fairness.whole(found)
    assert (row.of, row.placed, row.wished) == (3, 2, 3)
    assert (row.first, row.top, row.none) == (1, 1, 2)
    assert (row.first_share, row.none_share) == (33, 66)
    minutes = sorted(p.travel_minutes for p in county.round.placements.all())
    assert row.travel == minutes
    assert row.worst == minutes[-1]
    (school,) = fairness.by_school(found).rows
    assert (school.name, school.of, school.none) == (county.school.name, 3, 2)
    assert sum(r.of for r in fairness.by_class(found).rows) == 3
    assert [r.name for r in fairness.by_round(found).rows] == [county.round.name]


def test_the_spread_is_where_the_middle_half_lies():
    row = fairness.Row("x", 5, 5, 5, 0, 0, 0, [10, 20, 30, 40, 90])
    assert (row.low, row.median, row.high, row.worst) == (20, 30, 40, 90)
    alone = fairness.Row("x", 1, 1, 1, 0, 0, 0, [12])
    assert (alone.low, alone.median, alone.high, alone.worst) == (12, 12, 12, 12)
    nobody = fairness.Row("x", 0, 0, 0, 0, 0, 0, [])
    assert (nobody.median, nobody.worst, nobody.first_share) == (None, None, 0)


def test_who_lost_is_who_had_no_place_or_no_wish(county):
    publish(county)
    happy, outside, none = lots(county)
    again = next_round(county, happy, outside, none)
    lost = set(priority.lost_last_time(again.round).values_list("student__given_name", flat=True))
    assert lost == {outside, none}
    assert again.candidates[happy].student.given_name not in lost


def test_only_the_last_time_counts(county):
    """Whoever lost two rounds ago and won the last one has had her turn."""
    publish(county)
    _, _, none = lots(county)
    middle = next_round(county, none, state="matching")
    f.PreferenceFactory(
        candidate=middle.candidates[none], workplace=middle.slots["Byåsen"].workplace
    )
    Candidate.objects.filter(pk=middle.candidates[none].pk).update(
        wishes_state="sent", wishes_sent_at=county.round.created_at
    )
    publish(middle)
    assert middle.placed() == {none: "Byåsen"}
    last = f.RoundFactory(
        county=county.school.county,
        state="open",
        schools=[county.school],
        wishes_deadline=middle.round.wishes_deadline + dt.timedelta(days=200),
    )
    f.CandidateFactory(round=last, student=county.candidates[none].student)
    assert not priority.lost_last_time(last).exists()


@pytest.mark.parametrize("gives", [True, False])
def test_whoever_lost_comes_first_and_only_then(county, gives):
    """Three want one place; with priority it goes to the one who lost. Without it, not always."""
    publish(county)
    happy, _, none = lots(county)
    again = next_round(county, happy, none)
    for name in (happy, none):
        f.PreferenceFactory(
            candidate=again.candidates[name],
            workplace=again.slots["Byåsen"].workplace,
            rank=1 if name == happy else 2,
        )
        Candidate.objects.filter(pk=again.candidates[name].pk).update(
            wishes_state="sent", wishes_sent_at=county.round.created_at
        )
    if gives:
        assert priority.carry_over(again.round, by=county.by) == 1
    again.round.state = "matching"
    again.round.save(update_fields=["state"])
    again.round.refresh_from_db()
    publish(again)
    assert again.placed()[none] == ("Byåsen" if gives else None)


def test_giving_is_audited_undone_and_refused_after_the_first_proposal(county):
    publish(county)
    happy, outside, none = lots(county)
    again = next_round(county, happy, outside, none)
    version = again.round.version
    assert priority.carry_over(again.round, by=county.by) == 2
    assert priority.carry_over(again.round, by=county.by) == 0
    again.round.refresh_from_db()
    assert again.round.version == version + 1
    event = AuditEvent.objects.get(verb="round.priority")
    assert len(event.detail["candidates"]) == 2
    assert priority.take_back(again.round, by=county.by) == 2
    assert not again.round.candidates.exclude(priority=0).exists()
    again.round.state = "matching"
    again.round.save(update_fields=["state"])
    runs.start(again.round, by=county.by)
    with pytest.raises(priority.TooLate):
        priority.carry_over(again.round, by=county.by)


def test_the_page_shows_the_numbers_and_the_button_gives_priority(client, county):
    publish(county)
    happy, outside, none = lots(county)
    client.force_login(county.by)
    body = client.get(reverse("round_fairness", args=[county.round.pk])).content.decode()
    assert "33 %" in body
    assert "66 %" in body
    assert county.school.name in body
    again = next_round(county, happy, outside, none)
    address = reverse("round_fairness", args=[again.round.pk])
    assert f"{none} Elev" in client.get(address).content.decode()
    assert f"{happy} Elev" not in client.get(address).content.decode()
    client.post(
        reverse("round_priority", args=[again.round.pk]), {"give": "1", "once_key": uuid.uuid4()}
    )
    assert again.round.candidates.filter(priority=1).count() == 2
    user = f.UserFactory(role=Role.STUDENT)
    student = county.candidates[none].student
    student.user = user
    student.save()
    client.force_login(user)
    assert "Derfor kommer du først nå" in client.get(reverse("my_practice")).content.decode()


def test_a_school_sees_its_own_students_only(county):
    publish(county)
    other = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    f.SchoolFactory(municipality=county.school.municipality).coordinators.add(other)
    assert fairness.outcomes(other, [county.round]) == []
    own = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    county.school.coordinators.add(own)
    assert len(fairness.outcomes(own, [county.round])) == 3
