"""A workplace's past: pupils per year, answers, last contact, notes; and the register narrowed by it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutboxMessage
from placements import workplace_history
from placements.models import CapacityRequest, Placement, Round, Visit, WorkplaceNote
from schools.models import Student
from tests import factories as f


def page_of(client, user, workplace):
    client.force_login(user)
    return client.get(reverse("workplace", args=[workplace.pk]))


def found(client, **query):
    return {w.name for w in client.get(reverse("workplaces"), query).context["page"]}


@pytest.mark.parametrize(
    ("day", "year"), [("2026-08-17", 2026), ("2026-12-31", 2026), ("2027-07-31", 2026)]
)
def test_a_school_year_begins_in_august(day, year):
    assert workplace_history.school_year(dt.date.fromisoformat(day)) == year


class TestTheHistory:
    def test_pupils_per_year_are_counted_and_never_named(self, client, world):
        round = f.RoundFactory(county=world.county, schools=[world.school], state="closed")
        period = f.PeriodFactory(round=round, start=dt.date(2025, 9, 8))
        slot = f.SlotFactory(period=period, workplace=world.workplace, capacity=3)
        for hidden in (False, False, True):
            student = f.StudentFactory(school_class=world.school_class)
            f.PlacementFactory(
                candidate=f.CandidateFactory(student=student, round=round),
                slot=slot,
                created_by=world.county_coordinator,
            )
            Student.objects.filter(pk=student.pk).update(manual_handling=hidden)
        response = page_of(client, world.coordinator, world.workplace)
        years = [(y.name, y.pupils) for y in response.context["history"].years]
        assert years == [("2026/2027", 1), ("2025/2026", 2)]
        assert world.placement.student.family_name not in response.content.decode()

    def test_who_never_came_is_not_counted(self, client, world):
        Placement.objects.update(
            state="declined",
            ended_at=timezone.now(),
            ended_by=world.coordinator,
            end_reason="other",
        )
        assert page_of(client, world.coordinator, world.workplace).context["history"].years == []

    def test_answers_of_the_rounds_she_sees(self, client, world, outsiders):
        CapacityRequest.objects.filter(pk=world.request.pk).update(
            state="declined", reason="moving", answered_at=timezone.now()
        )
        f.CapacityRequestFactory(round=outsiders.round, workplace=world.workplace, state="asked")
        (answer,) = page_of(client, world.coordinator, world.workplace).context["history"].answers
        assert (answer.round, answer.state, answer.places, answer.used) == (
            world.round,
            "declined",
            2,
            1,
        )
        assert "Flytting" in answer.reason

    def test_the_last_contact_of_each_kind(self, client, world):
        OutboxMessage.objects.create(
            kind="capacity_request",
            recipient=world.contact.email,
            subject_id=world.contact.pk,
            publication=str(world.round.pk),
            state="sent",
            sent_at=dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC),
        )
        Visit.objects.create(
            placement=world.placement,
            day=dt.date(2027, 2, 9),
            kind="call",
            written_by=world.coordinator,
        )
        history = page_of(client, world.coordinator, world.workplace).context["history"]
        assert [(t.how, t.on) for t in history.touches] == [
            ("Ringt", dt.date(2027, 2, 9)),
            ("E-post sendt", dt.date(2026, 11, 3)),
        ]

    def test_another_schools_visit_is_not_told_of(self, client, world):
        other = f.SchoolFactory(municipality=world.school.municipality)
        student = f.StudentFactory(school_class=f.SchoolClassFactory(school=other))
        placement = f.PlacementFactory(
            candidate=f.CandidateFactory(student=student, round=world.round),
            slot=world.slot,
            created_by=world.county_coordinator,
        )
        Visit.objects.create(
            placement=placement,
            day=dt.date(2027, 2, 9),
            kind="visit",
            written_by=world.county_coordinator,
        )
        hers = page_of(client, world.coordinator, world.workplace).context["history"]
        all_of_them = page_of(client, world.county_coordinator, world.workplace).context["history"]
        assert [t.how for t in hers.touches] == []
        assert [t.how for t in all_of_them.touches] == ["Besøkt"]

    def test_a_new_workplace_says_what_to_do(self, client, world):
        new = f.WorkplaceFactory(municipality=world.workplace.municipality)
        text = page_of(client, world.coordinator, new).content.decode()
        assert "Ingen har vært i kontakt ennå." in text
        assert "Ingen notater ennå." in text


class TestNotes:
    def write(self, client, workplace, text="Ringte, vil ha to elever til våren"):
        return client.post(reverse("note_add", args=[workplace.pk]), {"text": text})

    def test_written_read_by_the_county_and_taken_away(self, client, world):
        client.force_login(world.coordinator)
        answer = self.write(client, world.workplace)
        assert answer["Location"] == reverse("workplace", args=[world.workplace.pk]) + "#notes"
        note = WorkplaceNote.objects.get()
        assert (note.written_by, timezone.localdate(note.written_at)) == (
            world.coordinator,
            timezone.localdate(),
        )
        text = page_of(client, world.county_coordinator, world.workplace).content.decode()
        assert "vil ha to elever" in text
        assert client.post(reverse("note_remove", args=[note.pk])).status_code == 404  # not hers
        client.force_login(world.coordinator)
        client.post(reverse("note_remove", args=[note.pk]))
        assert not WorkplaceNote.objects.exists()

    def test_another_county_that_has_asked_the_workplace_does_not_read_them(
        self, client, world, outsiders
    ):
        client.force_login(world.coordinator)
        self.write(client, world.workplace)
        f.CapacityRequestFactory(round=outsiders.round, workplace=world.workplace, state="asked")
        response = page_of(client, outsiders.coordinator, world.workplace)
        assert response.status_code == 200
        assert "vil ha to elever" not in response.content.decode()
        assert self.write(client, world.workplace).status_code == 403
        assert list(WorkplaceNote.objects.visible_to(world.workplace_contact)) == []

    def test_no_identity_numbers_and_not_nothing(self, client, world):
        client.force_login(world.coordinator)
        for text in ("Elev 170540 26641 ringte", "", "x" * 501):
            self.write(client, world.workplace, text)
        assert not WorkplaceNote.objects.exists()

    def test_the_database_refuses_an_empty_one(self, world):
        note = {"workplace": world.workplace, "written_by": world.coordinator}
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkplaceNote.objects.create(text="", **note)
        WorkplaceNote.objects.create(text="x", **note)


class TestTheRegister:
    @pytest.fixture
    def places(self, world, client):
        here = {"municipality": world.workplace.municipality}
        silent, generous, closed, _new = (
            f.WorkplaceFactory(name=name, **here) for name in ("Taus", "Raus", "Stengt", "Ny")
        )
        for workplace, state in ((silent, "asked"), (generous, "answered"), (closed, "declined")):
            f.CapacityRequestFactory(
                round=world.round,
                workplace=workplace,
                state=state,
                answered_at=timezone.now() if state != "asked" else None,
            )
        f.SlotFactory(period=world.period, workplace=generous, capacity=4)
        client.force_login(world.county_coordinator)
        return world.workplace.name

    def test_narrowed_by_answer_and_history(self, client, places):
        assert found(client, answer="asked") == {"Taus", places}
        assert found(client, answer="answered") == {"Raus"}
        assert found(client, answer="declined") == {"Stengt"}
        assert found(client, answer="none") == {"Ny"}
        assert found(client, answer="nothing") == {"Taus", "Stengt", "Ny"}
        assert found(client, history="yes") == {places}
        assert found(client, history="no") == {"Taus", "Raus", "Stengt", "Ny"}
        assert found(client, answer="asked", history="no") == {"Taus"}

    def test_in_one_round(self, client, places, world):
        other = f.RoundFactory(county=world.county, schools=[world.school])
        assert found(client, round=str(other.pk), answer="asked") == set()
        assert found(client, round=str(world.round.pk), answer="asked") == {"Taus", places}

    @pytest.mark.parametrize("sort", ["name", "kind", "municipality", "answer", "places", "pupils"])
    def test_by_every_column(self, client, places, sort):
        for way in ("", "-"):
            assert len(found(client, sort=way + sort)) == 5
        first = client.get(reverse("workplaces"), {"sort": "-places"}).context["page"][0]
        assert (first.name, first.places) == ("Raus", 4)

    def test_the_file_has_the_same_rows(self, client, places):
        answer = client.get(reverse("workplaces_file", args=["csv"]), {"answer": "declined"})
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        assert "Stengt" in text
        assert "Raus" not in text

    def test_those_who_have_not_answered_are_reminded_with_one_click(self, client, places, world):
        assert "chase" in client.get(reverse("workplaces")).context
        assert client.get(reverse("workplaces")).context["chase"] == []  # the round is published
        Round.objects.filter(pk=world.round.pk).update(state="collecting", published_at=None)
        page = client.get(reverse("workplaces"))
        assert [r.unreminded for r in page.context["chase"]] == [2]
        client.post(reverse("capacity_remind", args=[world.round.pk]), {"fresh": "1"})
        assert OutboxMessage.objects.filter(kind="capacity_reminder").count() == 1
        assert client.get(reverse("workplaces")).context["chase"] == []
