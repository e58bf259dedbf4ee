"""The administration's own pages: how things are, what is due to go, and the year of a county."""

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from accounts import heartbeat, retention
from accounts.admin_tools import TOOLS
from accounts.models import OnceKey, OutboxMessage
from config import checkup
from schools.models import SchoolBreak
from schools.year import SchoolYear, starts
from tests import factories as f
from tests.admin.test_no_way_round import rows

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def silent(db):
    """Nobody has reported to the table of heartbeats before."""
    cache.delete("alive:sweeper")


class TestWhoMay:
    @pytest.mark.parametrize(
        "who", ["student", "workplace_contact", "coordinator", "county_coordinator"]
    )
    def test_others_may_not(self, client, everything, who):
        assert {tool.name for tool in TOOLS} >= {"health", "retention", "school_year"}
        client.force_login(getattr(everything, who))
        for tool in TOOLS:
            assert client.get(tool.url).status_code == 403, tool.name

    def test_an_administrator_finds_them_on_the_first_page(self, as_admin):
        first = as_admin.get("/admin/").content.decode()
        for tool in TOOLS:
            assert f'href="{tool.url}"' in first
            assert as_admin.get(tool.url).status_code == 200, tool.name

    def test_looking_changes_nothing(self, as_admin):
        before = rows()
        for tool in TOOLS:
            as_admin.get(tool.url)
        assert rows() == before


class TestHealth:
    def test_a_sweeper_that_has_swept_is_well(self, as_admin):
        call_command("sweep", "--once")
        assert checkup.sweeper().state == checkup.GOOD
        assert "I orden" in as_admin.get("/admin/health/").content.decode()

    def test_a_silent_sweeper_is_not(self, as_admin, monkeypatch):
        assert checkup.sweeper().state == checkup.BAD, "never"
        heartbeat.beat(heartbeat.SWEEPER)
        late = timezone.now() + checkup.SILENT
        monkeypatch.setattr(timezone, "now", lambda: late)
        assert checkup.sweeper().state == checkup.BAD, "too long ago"
        page = as_admin.get("/admin/health/").content.decode()
        assert "Noe virker ikke." in page
        assert "manage.py sweep" in page

    def test_mail_that_waits_or_failed_is_told(self, as_admin):
        OutboxMessage.objects.all().delete()
        assert checkup.mail().state == checkup.GOOD
        message = OutboxMessage.objects.create(
            kind="news", recipient="a@example.no", subject_id=f.RoundFactory().pk
        )
        OutboxMessage.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
        assert checkup.mail().state == checkup.WARN, "waits"
        OutboxMessage.objects.filter(pk=message.pk).update(state="failed")
        assert checkup.mail().state == checkup.WARN, "failed"
        OutboxMessage.objects.filter(pk=message.pk).update(state="sent", sent_at=timezone.now())
        assert checkup.mail().state == checkup.GOOD

    def test_a_missing_migration_is_told(self, everything, monkeypatch):
        assert checkup.migrations().state == checkup.GOOD
        monkeypatch.setattr(
            checkup.MigrationExecutor, "migration_plan", lambda self, targets: [("one", False)]
        )
        assert checkup.migrations().state == checkup.BAD

    def test_no_worker_is_told(self, as_admin):
        assert checkup.workers().state == checkup.WARN, "the tests start none"

    def test_a_full_disk_is_told(self, monkeypatch):
        assert checkup.disk().todo == "" or checkup.disk().state == checkup.WARN
        monkeypatch.setattr(checkup, "LEAST_FREE", 1.0)
        assert checkup.disk().state == checkup.WARN


class TestRetention:
    def test_what_is_due_is_what_the_sweeper_takes(self, as_admin):
        OnceKey.objects.update(created_at=timezone.now() - 3 * DAY)
        Session.objects.create(session_key="x" * 32, expire_date=timezone.now() - DAY)
        page = as_admin.get("/admin/retention/")
        due = {str(line.what): line.due for line in page.context["lines"]}
        assert due["Skjemaer som er sendt"] == 1
        assert due["Innlogginger"] == 1
        assert page.context["late"] == sum(due.values()) > 0
        call_command("sweep", "--once")
        assert as_admin.get("/admin/retention/").context["late"] == 0

    def test_what_is_not_due_says_when(self, as_admin):
        made = timezone.now() - DAY
        OnceKey.objects.update(created_at=made)
        page = as_admin.get("/admin/retention/")
        line = next(x for x in page.context["lines"] if str(x.what) == "Skjemaer som er sendt")
        assert (line.due, line.soon, line.first) == (0, 1, made + 2 * DAY)

    def test_every_rule_is_applied_by_the_sweeper(self, everything):
        """The control of the report: no rule stands there that nobody carries out."""
        far = timezone.now() + 1000 * DAY
        assert {rule.due(far).model._meta.label for rule in retention.RULES} == {
            "accounts.OnceKey",
            "sessions.Session",
            "accounts.OutboxMessage",
            "schools.Import",
            "placements.Offer",
            "placements.Bundle",
            "accounts.AddressChange",
            "placements.Round",
            "schools.Student",
        }

    def test_what_is_kept_is_counted_too(self, as_admin, everything):
        def placed() -> int:
            kept = {str(x[0]): x[2] for x in as_admin.get("/admin/retention/").context["kept"]}
            return kept["Tildelte plasser, til elever med navn eller uten"]

        assert placed() == 0
        type(everything.round).objects.filter(pk=everything.round.pk).update(state="closed")
        assert placed() == 1


class TestSchoolYear:
    def test_a_break_and_a_holiday_are_in_the_picture_and_in_the_table(self, as_admin, everything):
        page = as_admin.get(
            "/admin/school_year/", {"county": str(everything.county.pk), "year": "2026"}
        )
        said = page.content.decode()
        assert len(re.findall(r'class="cell break"', said)) == 1 + 5, "the key, and five days"
        rows = {row.name: row for row in page.context["shown_year"].days_off}
        assert (rows["Høstferie"].days, rows["Høstferie"].weeks) == (5, "40")
        assert rows["Første juledag"].first == dt.date(2026, 12, 25)
        assert "Første juledag" in said

    def test_another_county_has_none_of_it(self, everything):
        other = f.CountyFactory()
        assert not [row for row in SchoolYear(other, 2026).days_off if row.pk]

    def test_weekdays_are_counted_without_what_is_off(self, everything):
        SchoolBreak.objects.all().delete()
        october = SchoolYear(everything.county, 2026).months[2]
        assert (october.first, october.weekdays) == (dt.date(2026, 10, 1), 22)
        SchoolBreak.objects.create(
            county=everything.county,
            name="Høstferie",
            start=dt.date(2026, 10, 5),
            end=dt.date(2026, 10, 10),
        )
        assert SchoolYear(everything.county, 2026).months[2].weekdays == 17
        december = SchoolYear(everything.county, 2026).months[4]
        assert december.weekdays == 23 - 1, "25 December is a Friday, the 26th a Saturday"

    def test_the_year_turns_in_august(self):
        assert [starts(dt.date(2027, m, 1)) for m in (1, 7, 8, 12)] == [2026, 2026, 2027, 2027]

    @pytest.mark.parametrize("query", [{"year": "x"}, {"county": "x"}, {"year": "1999"}])
    def test_nonsense_is_not_there(self, as_admin, query):
        assert as_admin.get("/admin/school_year/", query).status_code == 404
