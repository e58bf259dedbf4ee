"""The board's pages: a move without JavaScript, two at once, what it costs, and how heavy it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from placements import board
from placements.actions import runs, ties
from placements.models import MatchingRun
from placements.views.board import CHOICES
from tests import factories as f
from tests.placements.county import small_county


@pytest.fixture
def county(db):
    county = small_county()
    county.place("Heimdal", 2)
    return county


def worked_out(run):
    runs.execute(run.pk)
    return MatchingRun.objects.select_related("round").get(pk=run.pk)


@pytest.fixture
def run(county):
    return worked_out(runs.start(county.round, by=county.by))


@pytest.fixture
def browser(client, county):
    client.force_login(county.by)
    return client


def at(run):
    return board.places(run, board.standing(run))


def someone(county, run, where):
    return next(pk for pk, slot in at(run).items() if slot == county.slots[where].pk)


def post(browser, run, what, **data):
    data.setdefault("seen", board.token(run))
    return browser.post(reverse(f"run_board_{what}", args=[run.pk]) + "?q=a", data, follow=True)


def test_move_undo_redo_and_propose_by_forms(county, run, browser):
    who = someone(county, run, "Lade")
    page = post(browser, run, "move", candidate=who, to=county.slots["Heimdal"].pk, reason="Nær")
    text = page.content.decode()
    assert page.redirect_chain[-1][0].endswith("/board/?q=a")
    assert "er flyttet til Heimdal" in text
    assert "Begrunnelse:" in text
    assert "Nær" in text
    assert "dårligere" in text
    post(browser, run, "undo")
    assert at(run)[who] == county.slots["Lade"].pk
    post(browser, run, "redo")
    assert at(run)[who] == county.slots["Heimdal"].pk
    post(browser, run, "propose")
    made = worked_out(MatchingRun.objects.get(adjusts=run))
    shown = browser.get(reverse("run", args=[made.pk])).content.decode()
    assert "Justert for hånd" in shown
    assert "Nær" in shown
    assert "Bevist: det finnes ikke noe bedre" not in shown
    publish = browser.get(reverse("run_publish", args=[made.pk]))
    assert publish.status_code == 200


def test_refused_with_the_reason(county, run, browser):
    page = post(browser, run, "move", candidate=someone(county, run, "Lade"), to="")
    assert "Velg hvor eleven skal være." in page.content.decode()
    page = post(browser, run, "move", to=county.slots["Heimdal"].pk)
    assert "Velg en elev på tavla." in page.content.decode()
    page = post(
        browser, run, "move", candidate=someone(county, run, "Lade"), to=county.slots["Torget"].pk
    )
    assert "Alle plassene er tatt" in page.content.decode()
    assert not run.moves.exists()


def test_the_second_of_two_sees_the_board_as_it_is(county, run, browser):
    seen = board.token(run)
    post(browser, run, "move", candidate=someone(county, run, "Lade"), to="none", seen=seen)
    page = post(
        browser, run, "move", candidate=someone(county, run, "Torget"), to="none", seen=seen
    )
    assert page.status_code == 409
    assert "Noen andre har flyttet en elev" in page.content.decode()
    assert run.moves.count() == 1


def test_two_practices_of_one_student_are_told_apart_wherever_the_proposal_names_her(
    county, browser
):
    anna = county.candidates["Anna"]
    after = f.PeriodFactory(round=county.round, start=county.period.end)
    county.place("Strinda", 4, period=after)
    second = ties.add_need(anna, by=county.by)
    run = worked_out(runs.start(county.round, by=county.by))

    def said(address, *args):
        page = browser.get(reverse(address, args=[run.pk, *args])).content.decode()
        return [page.count(f"{anna.student.name} (Praksis {n} av 2)") for n in (1, 2)]

    assert all(said("run_board")), "each on the board"
    assert all(said("run")), "each in the proposal"
    # Her other practice may be named further down, as what would have to move: only the heading is certain.
    for need, number in ((anna, 1), (second, 2)):
        page = browser.get(reverse("candidate", args=[run.pk, need.pk])).content.decode()
        assert f"<h1>{anna.student.name} (Praksis {number} av 2)</h1>" in page
    page = post(browser, run, "move", candidate=anna.pk, to="none")
    assert f"{anna.student.name} (Praksis 1 av 2) er nå uten plass" in page.content.decode()
    other = county.candidates["Berit"].student
    assert f"{other.name} (" not in page.content.decode(), "who has one practice is not numbered"


def test_another_rounds_student_or_place_is_no_choice(county, run, browser):
    other = small_county()
    page = post(browser, run, "move", candidate=other.candidates["Anna"].pk, to="none")
    assert "Velg en elev på tavla." in page.content.decode()
    post(
        browser,
        run,
        "move",
        candidate=someone(county, run, "Lade"),
        to=other.slots["Torget"].pk,
        reason="x",
    )
    assert not run.moves.exists()


def test_who_is_handled_by_hand_is_not_on_the_board(county, run, browser):
    student = county.candidates["Anna"].student
    assert "Anna" in browser.get(reverse("run_board", args=[run.pk])).content.decode()
    type(student).objects.filter(pk=student.pk).update(manual_handling=True)
    assert "Anna" not in browser.get(reverse("run_board", args=[run.pk])).content.decode()


def test_the_filter_narrows_the_cards(county, run, browser):
    page = browser.get(reverse("run_board", args=[run.pk]), {"q": "heim"})
    assert [card.slot.workplace.name for card in page.context["cards"]] == ["Heimdal"]
    place = county.school.municipality
    page = browser.get(reverse("run_board", args=[run.pk]), {"municipality": place.pk})
    assert len(page.context["cards"]) == 3


def test_queries_do_not_grow_and_the_page_is_light(county, browser):
    def queries():
        run = worked_out(runs.start(county.round, by=county.by))
        url = reverse("run_board", args=[run.pk])
        browser.get(url)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page = browser.get(url)
        return len(caught), len(page.content)

    few, _size = queries()
    for number in range(40):
        county.place(f"Sted{number}", 2)
        county.student(f"Elev{number}", "Torget")
    many, size = queries()
    assert many <= few + 1
    assert size < 250_000


def test_the_place_that_stands_last_of_many_can_be_found_and_moved_to(county, browser):
    for number in range(CHOICES):
        county.place(f"Sted{number}", 1)
    last = county.place("Ålen", 1)
    run = worked_out(runs.start(county.round, by=county.by))
    url = reverse("run_board", args=[run.pk])
    page = browser.get(url)
    assert len(page.context["choices"]) == CHOICES
    assert "Det er flere." in page.content.decode()
    found = browser.get(url, {"place": "åle"})
    assert [slot for slot, _free in found.context["choices"]] == [last]
    assert "Det er flere." not in found.content.decode()
    assert len(found.context["cards"]) == len(page.context["cards"])  # only the list is narrowed
    who = someone(county, run, "Lade")
    post(browser, run, "move", candidate=who, to=last.pk, reason="Nær")
    assert at(run)[who] == last.pk
