"""The year wheel: how far each step has come, the one thing to do now, and what needs an eye."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxMessage
from placements import attention, outgoing, progress, year_wheel
from placements.actions import agreements, capacity
from placements.emails import agreements as written_agreements
from placements.models import CapacityRequest, Placement, Round
from tests import factories as f

TODAY = dt.date(2026, 12, 29)  # week 53


def counted(world, **changes):
    """The round as its pages read it, after the changes."""
    Round.objects.filter(pk=world.round.pk).update(**changes)
    seen = Round.objects.visible_to(world.county_coordinator).get(pk=world.round.pk)
    progress.count([seen], world.county_coordinator)
    return seen


def next_of(world, **changes):
    return year_wheel.next_of(counted(world, **changes), timezone.localdate(), decides=True)


def notes(world, user=None):
    found = attention.attention(user or world.county_coordinator, [world.round])
    return dict(found[world.round.pk])


def test_each_of_the_six_steps_says_how_much_of_it_is_done(world):
    Placement.objects.update(state="confirmed")
    steps = year_wheel.steps_of(counted(world), dt.date(2027, 2, 9), decides=True)
    assert [(s.done, s.total, s.state) for s in steps] == [
        (2, 2, "done"),
        (2, 2, "done"),
        (0, 2, "done"),
        (1, 2, "done"),
        (1, 1, "current"),
        (0, 1, "ahead"),
    ]
    assert year_wheel.steps_of(counted(world), dt.date(2027, 4, 1), decides=True)[5].done == 1


@pytest.mark.parametrize(
    ("state", "action", "view"),
    [
        ("draft", "Begynn å hente inn plasser", "round_move"),
        ("collecting", "Purr på 1 praksissted", "capacity_remind"),
        ("open", "Purr på 2 elever", "candidates_remind"),
        ("matching", "Fordel", "runs"),
        ("published", "Se hvem som mangler", "placements"),
    ],
)
def test_one_main_button_for_each_state(world, client, state, action, view):
    step = next_of(
        world, state=state, published_at=timezone.now() if state == "published" else None
    )
    assert (step.action, step.url.split("?")[0]) == (action, reverse(view, args=[world.round.pk]))
    client.force_login(world.county_coordinator)
    for address in (reverse("round", args=[world.round.pk]), reverse("rounds")):
        assert action in client.get(address).content.decode()


def test_a_draft_without_periods_asks_for_them(world):
    empty = f.RoundFactory(county=world.county, schools=[world.school], state="draft")
    assert next_of(SimpleNamespace(**vars(world) | {"round": empty})).url == reverse(
        "round_edit", args=[empty.pk]
    )


def test_who_only_sees_the_round_is_not_offered_what_she_may_not(world):
    for state in ("draft", "collecting", "matching"):
        round = counted(world, state=state, published_at=None)
        assert year_wheel.next_of(round, timezone.localdate(), decides=False).post is None


def test_every_step_she_is_shown_may_be_opened(world, client):
    """A school in the county's round: the proposals are the county's."""
    client.force_login(world.coordinator)
    page = client.get(reverse("round", args=[world.round.pk])).content.decode()
    assert reverse("runs", args=[world.round.pk]) not in page
    steps = year_wheel.steps_of(counted(world), timezone.localdate(), decides=False)
    links = [step.url for step in steps if step.url]
    assert len(links) == 4
    assert {client.get(link).status_code for link in links} == {200}


def test_one_click_reminds_everybody_once_a_day(world, client):
    step = next_of(world, state="collecting", published_at=None)
    client.force_login(world.county_coordinator)
    client.post(step.url, step.post)
    mails = OutboxMessage.objects.filter(kind="capacity_reminder")
    assert mails.get().recipient == world.contact.email
    again = next_of(world)
    assert (again.post, again.url) == (
        None,
        reverse("capacity", args=[world.round.pk]) + "?state=asked",
    )
    # Somebody is asked later the same day: only she is new, and the count on the button says so.
    other = f.ContactFactory(workplace__municipality=world.workplace.municipality)
    capacity.ask(world.round, workplaces=[other.workplace], by=world.county_coordinator)
    assert next_of(world).action == "Purr på 1 praksissted"
    before = CapacityRequest.objects.get(workplace=world.workplace).reminded_at
    client.post(step.url, step.post)
    assert CapacityRequest.objects.get(workplace=world.workplace).reminded_at == before
    assert set(mails.values_list("recipient", flat=True)) == {world.contact.email, other.email}


def test_when_all_is_in_the_button_moves_the_round_on(world, client):
    CapacityRequest.objects.update(state="answered", answered_at=timezone.now())
    step = next_of(world, state="collecting", published_at=None)
    client.force_login(world.county_coordinator)
    client.post(step.url, step.post)
    world.round.refresh_from_db()
    assert world.round.state == "open"


def test_practice_that_is_over_is_closed_with_one_button(world):
    step = year_wheel.next_of(counted(world), dt.date(2027, 3, 6), decides=True)
    assert step.post == {"to": "closed"}
    assert year_wheel.next_of(counted(world), dt.date(2027, 3, 5), decides=True).post is None


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "er passert"), (0, "i dag"), (1, "i morgen"), (13, "om 13 dager"), (14, "om 2 uker")],
)
def test_how_far_away_a_date_is(db, days, words):
    assert year_wheel.away(TODAY + dt.timedelta(days=days), TODAY) == words


def test_dates_are_in_order_and_by_iso_weeks(world, client):
    round = counted(
        world,
        capacity_deadline=dt.datetime(2026, 12, 28, 20, tzinfo=dt.UTC),
        wishes_deadline=dt.datetime(2027, 1, 4, 20, tzinfo=dt.UTC),
        publish_on=dt.date(2027, 1, 20),
    )
    found = year_wheel.deadlines_of(round, TODAY)
    assert [(d.on, d.state) for d in found] == [
        (dt.date(2026, 12, 28), "past"),
        (dt.date(2027, 1, 4), "next"),
        (dt.date(2027, 1, 20), "ahead"),
        (dt.date(2027, 2, 8), "ahead"),
        (dt.date(2027, 3, 5), "ahead"),
    ]
    client.force_login(world.county_coordinator)
    page = client.get(reverse("round", args=[world.round.pk])).content.decode()
    assert "uke 53" in page
    assert "uke 1<" in page


class TestWhatNeedsAnEye:
    def test_each_note_leads_to_a_page_with_just_that(self, world, client):
        OutboxMessage.objects.create(
            kind="capacity_request",
            recipient=world.contact.email,
            subject_id=world.contact.pk,
            publication=str(world.round.pk),
            state="failed",
        )
        f.schools.Clearance.objects.create(
            student=world.student.student, requirement=f.RequirementFactory(), status="required"
        )
        found = notes(world)
        assert "1 praksissted har ikke svart" not in found  # too late to matter
        world.round.state = "collecting"
        assert "1 praksissted har ikke svart" in notes(world)
        assert set(found) >= {
            "1 e-post kom i retur",
            "1 elev mangler en avklaring",
            "1 praksisavtale er ikke godtatt av alle",
        }
        client.force_login(world.county_coordinator)
        for url in found.values():
            assert client.get(url).status_code == 200
        agreed = client.get(found["1 praksisavtale er ikke godtatt av alle"])
        assert [row.pk for row in agreed.context["page"]] == [world.placement.pk]
        unready = client.get(found["1 elev mangler en avklaring"])
        assert [s.pk for s in unready.context["page"]] == [world.student.student.pk]

    def test_an_agreement_of_all_three_is_no_longer_told_of(self, world):
        today = timezone.localdate()
        assert Placement.objects.without_agreement(today).count() == 1
        made = agreements.Agreement.objects.create(
            placement=world.placement, language="nb", text="x", sha256=agreements.seal("x")
        )
        assert Placement.objects.without_agreement(today).count() == 1
        agreements.Agreement.objects.filter(pk=made.pk).update(completed_at=timezone.now())
        assert Placement.objects.without_agreement(today).count() == 0

    def test_a_declined_place_counts_until_she_has_another(self, world):
        now = timezone.now()
        Placement.objects.update(
            state="declined", ended_at=now, ended_by=world.coordinator, end_reason="other"
        )
        assert "1 avslått plass har ikke fått en ny" in notes(world)
        f.PlacementFactory(
            candidate=world.candidate, slot=world.slot, created_by=world.county_coordinator
        )
        assert "1 avslått plass har ikke fått en ny" not in notes(world)

    def test_mail_that_came_back_belongs_to_its_round_and_its_reader(self, world, outsiders):
        for who in (world, outsiders):
            for kind, subject, about in (
                ("wishes_opened", who.candidate.pk, ""),
                ("capacity_reminder", who.contact.pk, f"{who.round.pk} 2026-11-01"),
                ("workplace_students", who.contact.pk, str(who.run.pk)),
                ("placement_declined", who.placement.pk, ""),
            ):
                OutboxMessage.objects.create(
                    kind=kind,
                    recipient=who.contact.email,
                    subject_id=subject,
                    publication=about,
                    state="failed",
                )
        assert list(outgoing.failed_rounds(world.county_coordinator)) == [world.round.pk] * 4
        # A school sees what was written to its students, not what was written to workplaces.
        assert list(outgoing.failed_rounds(world.coordinator)) == [world.round.pk] * 2

    def test_nothing_of_another_county(self, world, outsiders):
        found = attention.attention(world.county_coordinator, [outsiders.round])
        assert found == {outsiders.round.pk: []}

    @pytest.mark.parametrize("more", [0, 2, 20])
    def test_as_many_questions_for_many_rounds_as_for_one(self, world, more):
        rounds = [world.round] + [
            f.RoundFactory(county=world.county, schools=[world.school]) for _ in range(more)
        ]
        with CaptureQueriesContext(connection) as queries:
            attention.attention(world.county_coordinator, rounds)
        assert len(queries) == 8


class TestAnAgreementNobodyHasBegun:
    SOON = dt.datetime(2027, 1, 26, 8, tzinfo=dt.UTC)  # 13 days before practice begins

    def test_all_three_are_written_to_once(self, world):
        assert agreements.remind_unstarted(self.SOON - dt.timedelta(days=5)) == 0
        assert agreements.remind_unstarted(self.SOON) == 1
        assert agreements.remind_unstarted(self.SOON + dt.timedelta(days=1)) == 0
        told = OutboxMessage.objects.filter(kind="agreement_missing")
        assert set(told.values_list("recipient", flat=True)) == {
            world.student.email,
            world.workplace_contact.email,
            world.coordinator.email,
            world.county_coordinator.email,
        }
        assert set(outgoing.visible_to(world.coordinator)) == set(told)

    def test_who_has_many_gets_one_mail_about_them_all(self, world):
        """A county's coordinator once got a mail for each of 63 placements."""
        type(world.slot).objects.filter(pk=world.slot.pk).update(capacity=2)
        again = f.PlacementFactory(candidate=world.waiting, slot=world.slot)
        Placement.objects.update(created_at=self.SOON - dt.timedelta(days=4))
        assert agreements.remind_unstarted(self.SOON) == 2
        told = OutboxMessage.objects.filter(kind="agreement_missing")
        for reader in (world.coordinator, world.county_coordinator, world.workplace_contact):
            assert told.filter(recipient=reader.email).count() == 1, reader
        assert told.filter(publication="student").count() == 2
        message = told.get(recipient=world.coordinator.email)
        context = written_agreements.unbegun(message, self.SOON.date()).context
        assert "begynner praksisen snart" in str(context)
        assert "for 2 elever" in str(context)
        begun = written_agreements.unbegun(message, world.period.start).context
        assert "har praksisen begynt" in str(begun)
        assert context["url"].endswith("?agreement=missing")
        assert again.student.family_name not in str(context)

    def test_not_when_somebody_has_begun_or_it_is_over(self, world):
        assert agreements.remind_unstarted(self.SOON + dt.timedelta(days=60)) == 0
        agreements.Agreement.objects.create(
            placement=world.placement, language="nb", text="x", sha256=agreements.seal("x")
        )
        assert agreements.remind_unstarted(self.SOON) == 0

    def test_what_was_published_a_moment_ago_is_left_in_peace(self, world):
        Placement.objects.update(created_at=self.SOON - dt.timedelta(days=2))
        assert agreements.remind_unstarted(self.SOON) == 0
        Placement.objects.update(created_at=self.SOON - dt.timedelta(days=4))
        assert agreements.remind_unstarted(self.SOON) == 1

    def test_it_says_where_and_never_who_and_not_when_it_is_too_late(self, world):
        from accounts import outbox

        agreements.remind_unstarted(self.SOON)
        message = OutboxMessage.objects.get(recipient=world.workplace_contact.email)
        written = str(outbox.WRITERS[message.kind](message).context)
        assert world.workplace.name in written
        assert world.placement.student.family_name not in written
        agreements.Agreement.objects.create(
            placement=world.placement, language="nb", text="x", sha256=agreements.seal("x")
        )
        assert outbox.WRITERS[message.kind](message) is None
