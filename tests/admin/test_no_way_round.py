"""Everything to be seen, by administrators alone, and nothing that goes round an action."""

import uuid

import pytest
from django.contrib import admin
from django.db import models
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.admin_tools import TOOLS
from accounts.list_files import FILES
from accounts.models import (
    AccessLog,
    AuditEvent,
    Membership,
)
from placements import models as placements
from placements.admin import QuotaAdmin
from schools import models as schools
from tests import factories as f
from tests.admin.pages import OURS, OWNED, REGISTERS, first, label, url


def rows(*, of=OWNED):
    """Every value of every owned row; lookers leave traces, which are append-only in any case."""
    return {
        label(model): sorted(map(repr, model.objects.values_list()))
        for model in of
        if model is not AccessLog
    }


def forged(model, row):
    """A form that would change every column of the row."""
    data = {"_save": "1", "once_key": str(uuid.uuid4())}
    for field in model._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.BooleanField):
            value = not value
        elif isinstance(field, models.IntegerField):
            value = (value or 0) + 1
        elif isinstance(field, models.CharField) and field.choices:
            value = next(key for key, _ in field.choices if key != value)
        elif isinstance(field, models.CharField):
            value = f"{value}x"
        data[field.name] = "" if value is None else str(value)
    return data


class TestWhatIsThere:
    def test_all_our_models_and_no_others(self):
        assert set(admin.site._registry) == set(OURS)

    def test_the_addresses_are_those_tested_here(self):
        """Another address under /admin/ must be thought about: it makes this red."""

        def names(resolver):
            for entry in resolver.url_patterns:
                if hasattr(entry, "url_patterns"):
                    yield from names(entry)
                else:
                    yield entry.name

        (site,) = [p for p in get_resolver().url_patterns if getattr(p, "namespace", "") == "admin"]
        pages = {
            f"{m._meta.app_label}_{m._meta.model_name}_{page}"
            for m in OURS
            for page in ("changelist", "add", "history", "delete", "change")
        }
        pages |= {
            f"{m._meta.app_label}_{m._meta.model_name}_{page}"
            for m, files in FILES.items()
            for page in ("file", *(["read"] if files.read else []))
        }
        tools = {tool.name for tool in TOOLS}
        site_wide = {"index", "login", "logout", "autocomplete", "jsi18n", "app_list", None, *tools}
        assert set(names(site)) == pages | site_wide

    def test_there_are_no_passwords(self, as_admin):
        with pytest.raises(NoReverseMatch):
            reverse("admin:password_change")
        assert as_admin.get("/admin/password_change/").status_code == 404
        assert b'type="password"' not in as_admin.get("/admin/").content

    def test_it_is_signed_into_as_everything_else(self, client, db):
        answer = client.get("/admin/schools/student/", follow=True)
        assert answer.redirect_chain[-1][0].startswith("/sign-in/?next=")
        assert "/admin/schools/student/" in answer.redirect_chain[0][0].replace("%2F", "/")


class TestWhoMay:
    @pytest.mark.parametrize(
        "who", ["student", "workplace_contact", "coordinator", "county_coordinator"]
    )
    def test_others_may_not(self, client, everything, who):
        client.force_login(getattr(everything, who))
        for model in OURS:
            row = first(model)
            pages = [url(model, "changelist"), url(model, "add"), url(model, "change", row.pk)]
            for page in [*pages, url(model, "delete", row.pk), url(model, "history", row.pk)]:
                assert client.get(page).status_code == 403, page
                assert client.post(page, {}).status_code == 403, page
        for page in ("/admin/", "/admin/autocomplete/", "/admin/jsi18n/", "/admin/schools/"):
            assert client.get(page).status_code == 403, page

    def test_an_administrator_sees_every_page(self, as_admin):
        for model in OURS:
            assert as_admin.get(url(model, "changelist")).status_code == 200, label(model)
            assert as_admin.get(url(model, "change", first(model).pk)).status_code == 200, label(
                model
            )
            searched = as_admin.get(url(model, "changelist"), {"q": "a"})
            assert searched.status_code == 200, label(model)
        assert as_admin.get("/admin/").status_code == 200
        assert as_admin.get("/admin/placements/").status_code == 200

    def test_a_former_administrator_may_not(self, as_admin, everything):
        Membership.objects.filter(user=everything.administrator).update(ended_at=timezone.now())
        assert as_admin.get("/admin/").status_code == 403


class TestNoWayRound:
    @pytest.mark.parametrize("model", OWNED, ids=label)
    def test_posting_changes_nothing_that_actions_own(self, as_admin, model):
        row = first(model)
        before = rows()
        data = forged(model, row)
        for page in (
            url(model, "add"),
            url(model, "change", row.pk),
            url(model, "delete", row.pk),
        ):
            assert as_admin.post(page, {**data, "post": "yes"}).status_code == 403, page
        for action in ("delete_selected", "nonsense", ""):
            as_admin.post(
                url(model, "changelist"),
                {"action": action, "_selected_action": str(row.pk), "post": "yes", "index": 0},
            )
        as_admin.post(url(model, "changelist"), {**data, "form-TOTAL_FORMS": 1, "_save": 1})
        assert rows() == before

    def test_opening_changes_nothing(self, as_admin):
        before = rows()
        for model in OURS:
            for page in (url(model, "changelist"), url(model, "change", first(model).pk)):
                as_admin.get(page)
        assert rows() == before

    @pytest.mark.parametrize("model", sorted(REGISTERS, key=label), ids=label)
    def test_a_register_changes_itself_alone(self, as_admin, model):
        before = rows(of=[m for m in OWNED if m is not AuditEvent])
        as_admin.post(url(model, "change", first(model).pk), forged(model, first(model)))
        if model is not schools.SchoolBreak:
            assert (
                as_admin.post(url(model, "delete", first(model).pk), {"post": "yes"}).status_code
                == 403
            )
        assert_same_but_versions(rows(of=[m for m in OWNED if m is not AuditEvent]), before, model)

    def test_the_guard_would_notice(self, as_admin, monkeypatch):
        """The control: give one read-only page a form, and the same post changes its row."""
        monkeypatch.setattr(QuotaAdmin, "has_change_permission", lambda *args: True)
        before = rows()
        quota = first(placements.Quota)
        data = {**forged(placements.Quota, quota), "at_least": 0, "at_most": 2}
        data.update(round=str(quota.round_id), school=str(quota.school_id))
        as_admin.post(url(placements.Quota, "change", quota.pk), data)
        assert rows() != before


def assert_same_but_versions(now, before, model):
    """Changing a workplace makes the rounds it is asked in newer, which is its action's duty."""
    if model is placements.Workplace:
        now.pop("placements.Round"), before.pop("placements.Round")
    assert now == before


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_list_asks_the_database_little_however_long(
    as_admin, everything, count, django_assert_max_num_queries
):
    for _ in range(count):
        student = f.StudentFactory(school_class=everything.school_class)
        f.CandidateFactory(student=student, round=everything.round)
    for model in (schools.Student, placements.Candidate, placements.Placement):
        with django_assert_max_num_queries(20):
            as_admin.get(url(model, "changelist"))


def test_the_content_security_policy_holds_here_too(as_admin):
    policy = as_admin.get("/admin/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
