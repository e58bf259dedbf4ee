"""No list shows people who are handled manually, nor secrets; looking is logged."""

import uuid

import pytest
from django.utils import timezone

from accounts import audit
from accounts.models import (
    AccessLog,
    AuditEvent,
    Invitation,
    Membership,
    OnceKey,
    OutboxMessage,
    User,
)
from accounts.policy import Role
from placements import models as placements
from schools import models as schools
from tests import factories as f
from tests.admin.pages import OURS, first, url


class TestPrivacy:
    @pytest.fixture
    def hidden(self, everything):
        """Somebody who was like all the others, and is now handled manually: all her rows remain."""
        word = "Skjermet"
        student = everything.waiting.student
        user = f.UserFactory(role=Role.STUDENT, name=f"{word} Bruker", email="skjermet@example.no")
        schools.Student.objects.filter(pk=student.pk).update(
            user=user, family_name=word, given_name=word, email="skjermet2@example.no"
        )
        for address in (user.email, "skjermet2@example.no"):
            OutboxMessage.objects.create(kind="news", recipient=address, subject_id=uuid.uuid4())
        audit.record("preferences.send", everything.waiting, by=user)
        placements.Conflict.objects.create(
            student=student, workplace=everything.workplace, registered_by=everything.coordinator
        )
        f.PreferenceFactory(candidate=everything.waiting, workplace=everything.workplace)
        run = everything.run
        placements.Question.objects.create(run=run, round=run.round, candidate=everything.waiting)
        schools.Clearance.objects.create(student=student, requirement=first(schools.Requirement))
        Invitation.objects.create(
            email=user.email, name=word, role=Role.STUDENT, expires_at=timezone.now()
        )
        OnceKey.objects.create(key=uuid.uuid4(), user=user)
        return student

    def pages_naming_her(self, client):
        pages = [url(model, "changelist") for model in OURS]
        pages += [f"{page}?q=skjerm" for page in pages]
        lists = [client.get(page, follow=True) for page in pages]
        return [
            answer.request["PATH_INFO"]
            for answer in lists
            if "skjermet" in answer.content.decode().lower()
        ]

    def hide(self, student):
        schools.Student.objects.filter(pk=student.pk).update(manual_handling=True)

    def test_no_list_and_no_search_names_her(self, as_admin, hidden):
        self.hide(hidden)
        assert self.pages_naming_her(as_admin) == []

    def test_the_test_would_see_her(self, as_admin, hidden):
        """The control: before she is handled manually, these pages do name her."""
        named = set(self.pages_naming_her(as_admin))
        about_her = [
            User, Membership, Invitation, OutboxMessage, AuditEvent, OnceKey, schools.Student,
            schools.Clearance, placements.Candidate, placements.Conflict, placements.Preference,
            placements.Assignment, placements.Question,
        ]  # fmt: skip
        assert {url(model, "changelist") for model in about_her} <= named

    def test_her_own_pages_are_not_there(self, as_admin, hidden):
        self.hide(hidden)
        answer = as_admin.get(url(schools.Student, "change", hidden.pk), follow=True)
        assert "Skjermet" not in answer.content.decode()

    def test_only_how_many_is_told(self, as_admin, hidden):
        self.hide(hidden)
        assert (
            "1 elev behandles manuelt"
            in as_admin.get(url(schools.Student, "changelist")).content.decode()
        )

    def test_looking_at_students_is_logged(self, as_admin, everything):
        as_admin.get(url(schools.Student, "changelist"))
        as_admin.get(url(placements.Placement, "change", everything.placement.pk))
        looks = AccessLog.objects.filter(view="admin").order_by("id")
        assert [(x.actor, x.count, x.target_id) for x in looks] == [
            (everything.administrator, 2, None),
            (everything.administrator, 1, everything.placement.student_id),
        ]

    def test_hashes_and_whole_lists_are_not_shown(self, as_admin):
        for model, names in (
            (Invitation, ["token_hash"]),
            (placements.CapacityLink, ["token_hash"]),
            (placements.SupervisorLink, ["token_hash"]),
            (placements.CalendarFeed, ["token_hash"]),
            (schools.Import, ["rows", "before"]),
            (User, ["password", "is_superuser"]),
            (placements.MatchingRun, ["problem", "solution"]),
        ):
            page = as_admin.get(url(model, "change", first(model).pk))
            shown = page.context["adminform"].fieldsets[0][1]["fields"]
            assert not set(names) & set(shown)
