"""What has been kept long enough goes by itself, of everybody it concerns; what has not is not touched."""

import datetime as dt

import pytest
from django.core import serializers
from django.core.management import call_command
from django.urls import reverse

from accounts.models import AuditEvent, OutboxMessage, User
from accounts.policy import Role
from placements import retention
from placements.management.commands.check_invariants import broken, invariants
from placements.models import (
    Candidate,
    Evaluation,
    MatchingRun,
    Placement,
    Preference,
    Round,
)
from schools.models import County, Student
from tests import factories as f

UTC = dt.UTC
OVER = dt.datetime(
    2028, 3, 8, tzinfo=UTC
)  # twelve months after 7 March 2027, the last practice day
UNNAMED = dt.datetime(
    2029, 8, 1, tzinfo=UTC
)  # the class of 2026/27, one year unmentioned, and twelve
SECOND = dt.timedelta(seconds=1)


def everything_there_is() -> str:
    """Every row of every table of ours, as text; the logs are append-only and hold ids."""
    from django.apps import apps

    return "\n".join(
        serializers.serialize("json", model._base_manager.order_by("pk"))
        for model in apps.get_models()
        if model._meta.app_label in ("accounts", "schools", "placements", "account")
    )


def later(at: dt.datetime) -> None:
    retention.forget_expired(at)


class TestNothingBeforeItsTime:
    def test_a_second_before_all_is_as_it_was(self, everything):
        before = everything_there_is()
        assert retention.forget_expired(OVER - SECOND) == 0
        assert everything_there_is() == before
        assert retention.forget_expired(OVER) == 1

    def test_another_countys_months_are_its_own(self, everything, outsiders):
        County.objects.filter(pk=outsiders.county.pk).update(keep_months=24)
        later(OVER)
        assert not Preference.objects.filter(candidate__round=everything.round).exists()
        assert Preference.objects.filter(candidate__round=outsiders.round).exists()
        assert Round.objects.exclude(forgotten_at=None).get() == everything.round
        later(OVER.replace(year=2029))
        assert not Preference.objects.exists()

    def test_a_round_with_a_later_period_is_not_over(self, everything):
        f.PeriodFactory(round=everything.round, start=dt.date(2027, 4, 5))
        assert retention.forget_expired(OVER) == 0

    def test_a_run_at_work_is_waited_for(self, everything):
        run = MatchingRun.objects.filter(round=everything.round).first()
        f.MatchingRunFactory(round=everything.round, number=90, started_by=run.started_by)
        assert retention.forget_expired(OVER) == 0

    def test_who_is_in_a_round_with_details_keeps_her_name(self, everything):
        """However long she has been away."""
        Student.objects.update(left_at=dt.date(2020, 1, 1))
        f.PeriodFactory(round=everything.round, start=dt.date(2035, 4, 5))
        assert retention.forget_expired(OVER) == 0

    def test_who_is_still_at_school_keeps_her_name(self, everything):
        later(UNNAMED - SECOND)
        assert Student.objects.known().count() == Student.objects.count()


class TestARound:
    def test_what_is_left_is_where_and_how_it_went(self, everything):
        Evaluation.objects.filter(placement=everything.placement).delete()
        evaluation = Evaluation.objects.create(
            placement=everything.placement, received=4, tasks=4, guidance=4, recommend=4
        )
        later(OVER)
        placement = Placement.objects.get(pk=everything.placement.pk)
        assert (placement.slot, placement.rank, placement.travel_minutes) == (
            everything.slot,
            everything.placement.rank,
            everything.placement.travel_minutes,
        )
        assert placement.explanation == {}
        assert placement.student.given_name == "Vaarvik", "she is still at school"
        assert Evaluation.objects.get() == evaluation
        for rows in (
            "attendance",
            "absences",
            "visits",
        ):
            assert not getattr(placement, rows).exists(), rows
        assert not hasattr(placement, "agreement")
        assert not hasattr(placement, "feedback")
        assert not Candidate.objects.filter(step_free=True).exists()

    def test_it_is_written_down_that_and_how_much(self, everything):
        wishes = Preference.objects.filter(candidate__round=everything.round).count()
        later(OVER)
        event = AuditEvent.objects.get(verb="round.forgotten")
        assert (event.target_id, event.via, event.actor) == (everything.round.pk, "sweeper", None)
        assert event.detail["preference"] == wishes > 0

    def test_what_was_published_stays_published_without_its_file(self, everything):
        everything.run.state, everything.run.published_at = "published", OVER
        everything.run.published_by = everything.county_coordinator
        base = f.MatchingRunFactory(
            round=everything.round, number=70, computed=True, started_by=everything.coordinator
        )
        everything.run.adjusts, everything.run.changes = base, [{"by_hand": {}, "moves": []}]
        everything.run.save()
        later(OVER)
        run = MatchingRun.objects.get(round=everything.round)
        assert (run, run.problem.file, run.solution) == (everything.run, b"", {})
        assert run.assignments.exists()

    @pytest.mark.parametrize("who", ["county_coordinator", "student"])
    def test_its_pages_say_that_it_is_gone(self, client, everything, who):
        later(OVER)
        client.force_login(getattr(everything, who))
        at = everything.placement.pk
        page = client.get(reverse("placement", args=[at])).content.decode()
        assert "er slettet" in page
        assert reverse("attendance", args=[at]) not in page
        for gone in ("attendance", "agreement", "feedback"):
            assert client.get(reverse(gone, args=[at])).status_code == 404, gone
        assert client.get(reverse("placement_document", args=[at, "agreement"])).status_code == 404
        if who == "student":
            assert client.get(reverse("my_practice")).status_code == 200
            return
        assert client.get(reverse("run", args=[everything.run.pk])).status_code == 404
        for name in ("round", "placements", "round_fairness", "candidates", "runs"):
            assert client.get(reverse(name, args=[everything.round.pk])).status_code == 200, name

    def test_the_database_agrees_with_itself_afterwards(self, world):
        before = {x.name: broken(x) for x in invariants()}
        later(OVER)
        later(UNNAMED)
        assert {x.name: broken(x) for x in invariants()} == before


class TestAStudent:
    def test_nothing_is_left_of_who_she_was(self, everything):
        student = everything.candidate.student
        for kind in ("news", "student_placed"):
            OutboxMessage.objects.create(
                kind=kind, recipient=student.email, subject_id=everything.placement.pk
            )
        traces = {
            student.email,
            student.external_id,
            "Vaarvik Elevsen",
            str(everything.student.email),
        }
        held = everything_there_is()
        assert all(trace in held for trace in traces - {"Vaarvik Elevsen"})
        assert '"family_name": "Elevsen"' in held
        later(OVER)
        later(UNNAMED)
        held = everything_there_is()
        assert [trace for trace in traces if trace in held] == []
        assert '"family_name": "Elevsen"' not in held
        placement = Placement.objects.get(pk=everything.placement.pk)
        assert str(placement.student) == "Tidligere elev"
        assert placement.student.left_at is not None
        assert User.objects.get(pk=everything.student.pk).is_active is False
        assert AuditEvent.objects.filter(verb="student.forgotten", actor=None).count() == 2

    def test_left_long_ago_goes_with_her_last_round(self, everything):
        Student.objects.filter(pk=everything.candidate.student_id).update(
            left_at=dt.date(2027, 1, 8)
        )
        assert retention.forget_expired(OVER) == 2, "the round, and she who left"
        assert Student.objects.exclude(forgotten_at=None).get() == everything.candidate.student

    def test_who_is_more_than_a_student_keeps_her_account(self, everything):
        everything.student.memberships.create(role=Role.WORKPLACE_CONTACT)
        later(OVER)
        later(UNNAMED)
        user = User.objects.get(pk=everything.student.pk)
        assert (user.is_active, user.email) == (True, everything.student.email)
        assert user.roles == {Role.WORKPLACE_CONTACT}

    def test_a_home_that_few_share_is_not_told(self, world):
        alone = f.StudentFactory(
            school_class=world.school_class, municipality=f.MunicipalityFactory()
        )
        shared = f.MunicipalityFactory()
        for _ in range(5):
            f.StudentFactory(school_class=world.school_class, municipality=shared)
        later(OVER)
        later(UNNAMED)
        alone.refresh_from_db()
        assert alone.municipality == world.school.municipality
        assert Student.objects.filter(municipality=shared).count() == 5

    def test_her_page_and_the_search_do_not_know_her(self, client, everything):
        later(OVER)
        later(UNNAMED)
        client.force_login(everything.county_coordinator)
        gone = reverse("student", args=[everything.candidate.student_id])
        assert client.get(gone).status_code == 404
        for status in ("left", "all"):
            page = client.get(reverse("students"), {"status": status})
            assert page.context["page"].paginator.count == 0, status
        page = client.get(reverse("placements", args=[everything.round.pk])).content.decode()
        assert "Tidligere elev" in page


class TestTheReport:
    def test_it_counts_what_would_go_and_that_is_what_goes(self, as_admin, everything, monkeypatch):
        rule = retention.ROUNDS
        would = dict(rule.would(OVER))
        assert would["ønsker"] == Preference.objects.count()
        assert len(would) >= 10, would
        assert rule.would(OVER - SECOND) == []
        later(OVER)
        assert rule.would(OVER) == []
        counts = AuditEvent.objects.get(verb="round.forgotten").detail
        assert counts["preference"] == would["ønsker"]
        assert counts["attendance"] == would["oppmøte"]

    def test_the_page_says_it(self, as_admin, everything):
        page = as_admin.get("/admin/retention/")
        line = next(x for x in page.context["lines"] if str(x.what).startswith("Detaljer"))
        assert (line.held, line.due, line.first) == (1, 0, OVER)

    def test_the_sweeper_does_it(self, everything):
        County.objects.update(keep_months=3)
        everything.round.periods.update(start=dt.date(2026, 1, 5), end=dt.date(2026, 1, 10))
        call_command("sweep", "--once")
        assert Round.objects.get(pk=everything.round.pk).forgotten_at
