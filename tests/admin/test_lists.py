"""Every list: what its rows are called, and that a hundred of them ask the database no more than three."""

import copy
import re

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import connection
from django.test.utils import CaptureQueriesContext

from placements import models as placements
from placements.admin import SlotAdmin
from schools.models import Student
from tests.admin.pages import OURS, first, label, url

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
OF_A_STUDENT = (
    placements.Placement,
    placements.Agreement,
    placements.Attendance,
    placements.Absence,
    placements.Visit,
    placements.Feedback,
    placements.Evaluation,
    placements.Consent,
    placements.Assignment,
    placements.Conflict,
    placements.Pairing,
    placements.Preference,
    placements.WorkplaceOrder,
)


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_row_is_called_something(everything, model):
    """No bare key, and not the name that Django gives what has none."""
    called = str(first(model))
    assert called.strip()
    assert not UUID.search(called), called
    assert "object (" not in called


@pytest.mark.parametrize("model", OF_A_STUDENT, ids=label)
def test_and_not_by_her_name_where_that_is_not_needed(everything, model):
    Student.objects.update(family_name="Etternavn", given_name="Fornavn")
    called = str(first(model)).casefold()
    assert "navn" not in called
    assert "kari" not in called, "what she wrote under an agreement"


def asked(client, page, monkeypatch, count):
    """How many questions the list asks when it shows its rows so many times over, each read anew."""

    def many(self, request):
        get_results(self, request)
        rows = list(self.result_list)
        self.result_list = [copy.deepcopy(row) for _ in range(count) for row in rows]

    get_results = ChangeList.get_results
    monkeypatch.setattr(ChangeList, "get_results", many)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(page)
    monkeypatch.setattr(ChangeList, "get_results", get_results)
    assert answer.status_code == 200
    assert len(answer.context["cl"].result_list) >= count
    return len(queries)


@pytest.mark.parametrize("model", OURS, ids=label)
def test_a_hundred_rows_ask_no_more_than_three(as_admin, model, monkeypatch):
    page = url(model, "changelist")
    asked(as_admin, page, monkeypatch, 1)  # what is asked once in a process
    three, hundred = (asked(as_admin, page, monkeypatch, n) for n in (3, 100))
    assert hundred == three
    assert hundred <= 20


def test_a_list_that_asks_for_each_row_would_be_seen(as_admin, monkeypatch):
    """The control: without what it reads at once, the same list asks more."""
    monkeypatch.setattr(SlotAdmin, "list_select_related", ())
    page = url(placements.Slot, "changelist")
    assert asked(as_admin, page, monkeypatch, 100) > asked(as_admin, page, monkeypatch, 3) + 90


@pytest.mark.parametrize("model", OURS, ids=label)
def test_no_cell_of_a_list_is_a_key(as_admin, model):
    page = as_admin.get(url(model, "changelist"))
    table = page.content.decode().partition('id="result_list"')[2].partition("</table>")[0]
    told = re.sub(r"<[^>]*>", " ", table)
    assert not UUID.search(told), told


def test_what_belongs_to_a_row_stands_on_its_page(as_admin, everything):
    for row, words in (
        (everything.round, [everything.school.name]),
        (everything.workplace, [everything.contact.email]),
        (everything.school, [everything.school_class.name]),
        (everything.county, ["Høstferie"]),
        (everything.run, ["Deler"]),
    ):
        page = as_admin.get(url(type(row), "change", row.pk)).content.decode()
        for word in words:
            assert word in page, (row, word)


def test_rules_are_told_in_words(as_admin, everything):
    """Nobody in an administration knows what wishes:squared is."""
    for row in (everything.round, everything.run):
        page = as_admin.get(url(type(row), "change", row.pk)).content.decode()
        assert "Flest mulig får plass" in page
        assert "wishes:squared" not in page


def test_the_registered_lists_are_those_asked_here():
    assert set(admin.site._registry) == set(OURS)
