"""Charts of a round: each week counted once, the need over it, and answers up to each day."""

import datetime as dt
import itertools
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from placements import round_weeks
from placements.plots import Curve, Heat, Weeks
from tests import factories as f
from tests.placements.test_maps import figures

MONDAY = dt.date(2027, 2, 8)  # week 6


def weeks(*rows) -> Weeks:
    head = ["Week", "Places", "Need", "Missing"]
    return Weeks(key="w", title="Places", says="Columns", rows=rows, head=head)


def curve(days, **how) -> Curve:
    given = {"whole": 10, "start": MONDAY, "limit": MONDAY + dt.timedelta(days=10)} | how
    given.setdefault("today", given["limit"])
    return Curve(key="c", title="Answers", says="So far", days=days, head=["Day", "n"], **given)


def outside(plot) -> list[str]:
    """Whatever is drawn beyond the drawing."""
    found = [
        f"bar {n}"
        for n, bar in enumerate(getattr(plot, "bars", []))
        if bar.x < plot.left
        or bar.x + bar.width > plot.right
        or bar.y < 0
        or bar.y + bar.height > plot.base + 0.1
    ]
    path = getattr(plot, "need", "") or getattr(plot, "curve", "")
    for point in path.replace("H", "L").removeprefix("M").split("L"):
        x, *y = (float(n) for n in point.split())
        if not plot.left <= x <= plot.right or (y and not 0 <= y[0] <= plot.base):
            found.append(f"path at {point}")
    return found


@pytest.mark.parametrize("number", [1, 5, 30, 52])
def test_everything_is_drawn_inside(number):
    plot = weeks(*((n, 3 * n % 17, 5 * n % 23) for n in range(number)))
    assert outside(plot) == []
    places = [x for x, _ in plot.marks]
    assert all(b - a >= 20 for a, b in itertools.pairwise(places))
    assert outside(curve([(MONDAY + dt.timedelta(days=n), 1) for n in range(number)])) == []


def test_what_is_outside_is_found(monkeypatch):
    """Negative control: a scale that is too short."""
    monkeypatch.setattr(Weeks, "most", 4)
    assert outside(weeks((6, 9, 12)))


@pytest.mark.parametrize(
    ("most", "ticks"), [(0, [0]), (3, [0, 1, 2, 3]), (8, [0, 2, 4, 6, 8]), (95, [0, 50])]
)
def test_few_round_lines(most, ticks):
    assert [n for _, n in weeks((6, most, 0)).ticks] == ticks


def test_a_late_answer_stands_after_the_deadline():
    late = curve([(MONDAY, 4), (MONDAY + dt.timedelta(days=15), 2)])
    assert late.sums == [(MONDAY, 4), (MONDAY + dt.timedelta(days=15), 6)]
    assert late.limit_x < late.right
    assert outside(late) == []


def test_the_line_goes_on_to_today_and_no_further():
    half = curve([(MONDAY, 4)], today=MONDAY + dt.timedelta(days=5))
    assert half.curve.endswith(f"H{half.x(MONDAY + dt.timedelta(days=5))}")
    assert half.x(MONDAY + dt.timedelta(days=5)) < half.right


def test_the_warmest_is_the_most_and_nothing_is_cold():
    heat = Heat("t", "w", [6, 7], [("A", [0, 64]), ("B", [1, 16])])
    assert [[cell.warmth for cell in row] for _, row in heat.cells] == [[0, 4], [1, 2]]
    assert heat.sums == [1, 80]


def test_each_week_of_each_period_is_counted(world):
    """Two periods in the same week add up; a week without practice days is not there."""
    round = f.RoundFactory(county=world.county)
    first = f.PeriodFactory(round=round, start=MONDAY, end=MONDAY + dt.timedelta(weeks=2))
    second = f.PeriodFactory(
        round=round, start=MONDAY + dt.timedelta(weeks=1), end=MONDAY + dt.timedelta(weeks=2)
    )
    f.SlotFactory(period=first, workplace=world.workplace, capacity=3)
    f.SlotFactory(period=second, workplace=world.workplace, capacity=2)
    student = f.StudentFactory(school_class=world.school_class)
    f.CandidateFactory(round=round, student=student, period=first)
    plot, free = round_weeks.against_need(round, [first, second])
    assert (list(plot.rows), free) == ([(6, 3, 1), (7, 5, 1)], 0)
    here = world.workplace.municipality.name
    heat = round_weeks.heat(round, [first, second], "municipality")
    assert (list(heat.columns), heat.rows) == ([6, 7], [(here, [3, 5])])
    by_kind = round_weeks.heat(round, [first, second], "kind")
    assert [row for _, row in by_kind.rows] == [[3, 5]]
    assert by_kind.rows[0][0] == world.workplace.get_kind_display()


def test_answers_over_time(world):
    round = f.RoundFactory(county=world.county)
    assert round_weeks.answers(round) is None
    now = timezone.now()
    for state, at in (("answered", now), ("declined", now - dt.timedelta(days=2)), ("asked", None)):
        f.CapacityRequestFactory(
            round=round, state=state, asked_at=now - dt.timedelta(days=9), answered_at=at
        )
    f.CapacityRequestFactory(round=round)  # not asked: not among them
    plot = round_weeks.answers(round)
    assert plot is not None
    assert (plot.whole, [n for _, n in plot.sums]) == (3, [1, 2])
    assert plot.start == timezone.localdate(now - dt.timedelta(days=9))


def test_a_school_sees_its_own_students_wishes(world, client):
    other = f.StudentFactory(
        school_class=f.SchoolClassFactory(
            school=f.SchoolFactory(municipality=world.school.municipality)
        )
    )
    f.CandidateFactory(
        round=world.round, student=other, wishes_state="sent", wishes_sent_at=timezone.now()
    )
    mine = round_weeks.wishes(world.round, world.coordinator)
    everybody = world.round.candidates.taking_part().count()
    assert (mine.whole if mine else 0) < everybody


@pytest.mark.parametrize("plot", [weeks((6, 3, 4), (7, 1, 0)), curve([(MONDAY, 4)])])
def test_a_chart_is_well_formed_and_its_table_says_the_same(plot):
    figure = figures(render_to_string("components/plot.html", {"plot": plot}))[0]
    svg = figure.find("svg")
    assert svg is not None
    assert svg.get("role") == "img"
    ids = {part.get("id") for part in svg.iter() if part.get("id")}
    assert set((svg.get("aria-labelledby") or "").split()) == ids
    rows = [["".join(c.itertext()) for c in row] for row in figure.findall(".//tbody/tr")]
    assert rows == [[str(cell) for cell in row] for row in plot.table]


def without_twin(template: str) -> bool:
    """Whether a template draws a chart, and has no table beside it that tells the same."""
    return "viewBox" in template and "<table" not in template


def test_every_picture_has_a_table():
    root = Path(__file__).resolve().parents[2] / "templates"
    templates = {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in root.rglob("*.html")
    }
    drawing = {name for name, text in templates.items() if "viewBox" in text}
    assert {"components/map.html", "components/plot.html", "components/chart.html"} <= drawing
    assert [name for name in drawing if without_twin(templates[name])] == []


def test_a_picture_without_a_table_is_found():
    """Negative control."""
    assert without_twin('<svg viewBox="0 0 1 1"></svg>')
    assert not without_twin('<svg viewBox="0 0 1 1"></svg><table></table>')


@pytest.mark.parametrize("by", ["", "?by=kind", "?by=nonsense"])
def test_the_page(by, client, world):
    client.force_login(world.coordinator)
    response = client.get(reverse("round_map", args=[world.round.pk]) + by)
    assert response.status_code == 200
    assert b'class="data heat"' in response.content


def test_weeks_in_a_row_that_lack_as_much_are_said_once():
    rows = [(51, 3, 5), (52, 3, 5), (53, 3, 5), (1, 5, 5), (2, 3, 5), (3, 1, 5)]
    assert weeks(*rows).gaps == [("51–53", 2), ("2", 2), ("3", 4)]
    assert weeks((1, 5, 5)).gaps == []
