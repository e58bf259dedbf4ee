"""Registers are edited here, and every edit is audited."""

from django.contrib.admin.models import LogEntry

from accounts.models import (
    AuditEvent,
)
from placements import models as placements
from schools import models as schools
from tests.admin.pages import first, url


class TestRegisters:
    def test_a_change_is_audited_by_column_and_not_in_djangos_log(self, as_admin, everything):
        requirement = first(schools.Requirement)
        data = {"code": requirement.code, "name_nb": "Nytt navn", "due_days": 10}
        assert (
            as_admin.post(url(schools.Requirement, "change", requirement.pk), data).status_code
            == 302
        )
        event = AuditEvent.objects.get(verb="register.change")
        assert (event.actor, event.target_id) == (everything.administrator, requirement.pk)
        assert event.detail == {"fields": ["name_nb", "due_days"]}
        assert not LogEntry.objects.exists()

    def test_one_may_be_added(self, as_admin):
        data = {"code": "ny", "name_nb": "Nytt krav", "due_days": 10}
        as_admin.post(url(schools.Requirement, "add"), data)
        added = schools.Requirement.objects.get(code="ny")
        assert AuditEvent.objects.get(verb="register.add").target_id == added.pk

    def test_a_wrong_break_may_go(self, as_admin):
        wrong = first(schools.SchoolBreak)
        as_admin.post(url(schools.SchoolBreak, "delete", wrong.pk), {"post": "yes"})
        assert not schools.SchoolBreak.objects.exists()
        assert AuditEvent.objects.get(verb="register.delete").target_id == wrong.pk

    def test_coordinators_are_chosen_among_coordinators(self, as_admin, everything):
        page = as_admin.get(url(schools.School, "change", everything.school.pk))
        choices = page.context["adminform"].form.fields["coordinators"].queryset
        assert list(choices) == [everything.coordinator]

    def test_history_is_the_audit(self, as_admin, everything):
        answer = as_admin.get(url(placements.Round, "history", everything.round.pk), follow=True)
        assert answer.status_code == 200
        assert {e.target_id for e in answer.context["cl"].result_list} == {everything.round.pk}


class TestWorkplaces:
    def data(self, workplace, **changes):
        return {
            "kind": workplace.kind,
            "name": workplace.name,
            "municipality": str(workplace.municipality_id),
            "receives_students": "on",
            "step_free": "on",
            "active": "on",
            "seen_version": workplace.version,
            **changes,
        }

    def test_it_is_changed_by_its_action(self, as_admin, everything):
        workplace, round = everything.workplace, everything.round
        page = url(placements.Workplace, "change", workplace.pk)
        area = first(placements.LearningArea)
        sent = self.data(workplace, phone="73 22 22 22", learning_areas=[str(area.pk)])
        assert as_admin.post(page, sent).status_code == 302
        workplace.refresh_from_db()
        assert (workplace.phone, workplace.version) == ("73 22 22 22", 2)
        assert list(workplace.learning_areas.all()) == [area]
        assert placements.Round.objects.get(pk=round.pk).version == round.version + 1
        assert AuditEvent.objects.filter(verb="workplace.update").count() == 1

    def test_who_was_second_is_told(self, as_admin, everything):
        workplace = everything.workplace
        page = url(placements.Workplace, "change", workplace.pk)
        placements.Workplace.objects.filter(pk=workplace.pk).update(version=5, phone="1")
        answer = as_admin.post(page, self.data(workplace, phone="2"), follow=True)
        assert workplace.name in " ".join(str(m) for m in answer.context["messages"])
        assert placements.Workplace.objects.get(pk=workplace.pk).phone == "1"

    def test_a_new_one(self, as_admin, everything):
        sent = self.data(everything.workplace, name="Nytt legekontor", seen_version="")
        assert as_admin.post(url(placements.Workplace, "add"), sent).status_code == 302
        added = placements.Workplace.objects.get(name="Nytt legekontor")
        assert AuditEvent.objects.get(verb="workplace.create").target_id == added.pk
