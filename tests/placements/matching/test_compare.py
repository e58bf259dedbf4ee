"""The other solvers answer the same question, and one that answers another would be noticed."""

from importlib.util import find_spec
from xml.etree import ElementTree

import pytest

from benchmarks import compare, plot
from benchmarks.instances import local_round
from benchmarks.peers import NEEDS, PEERS, Weighted

AT_HAND = [name for name in PEERS if find_spec(NEEDS.get(name, "numpy"))]
OPTIMAL = [name for name in AT_HAND if name not in compare.STABLE]


@pytest.mark.parametrize("name", OPTIMAL)
def test_every_weighted_solver_finds_our_optimum(name: str) -> None:
    problem = local_round(80, seed=3)
    assert PEERS[name](problem)() == compare.ours(problem, explained=True)()


def test_a_stable_matching_leaves_no_fewer_without_a_place() -> None:
    problem = local_round(80, seed=3)
    for stable in set(compare.STABLE) & set(AT_HAND):
        assert PEERS[stable](problem)()[0] >= PEERS[compare.BASE](problem)()[0]


def test_another_optimum_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(name, size, limit, figures) -> None:
        run = compare.SOLVERS[name](local_round(size))
        figures.seconds.append(0.5)
        figures.answer = run()

    def worse(problem):
        flows = Weighted.of(problem)
        first_come = flows.answer(flows.tail * 0)
        return lambda: first_come

    monkeypatch.setattr(compare, "_once", once)
    honest = compare.measure(60, ["ours", "OR-tools"], turns=2, limit=9)
    assert [figures.wrong for figures in honest.values()] == [[], []]
    monkeypatch.setitem(compare.SOLVERS, "LEMON", worse)
    found = compare.measure(60, ["LEMON", "OR-tools"], turns=1, limit=9)
    assert "LEMON has (0, 0, 0)" in found["LEMON"].wrong[0]
    assert "| LEMON | 0.5000 | 1.00 |" in compare.table(60, found, 9)


def test_one_that_takes_too_long_is_stopped_and_says_so() -> None:
    figures = compare.Figures()
    compare._once("networkx" if "networkx" in AT_HAND else "matching", 10_000, 1, figures)
    assert figures.too_slow
    assert not figures.wrong
    found = {"OR-tools": compare.Figures([0.1]), "networkx": figures}
    assert "| networkx | > 1 s |" in compare.table(10_000, found, 1)


def test_the_plot_has_a_line_and_a_name_for_each() -> None:
    text = plot.svg({"ours": {1_000: 0.01, 10_000: 0.2}, "a < b": {1_000: 3.0}})
    root = ElementTree.fromstring(text)
    names = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"ours", "a < b", "1,000", "10,000"} <= set(names)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 2
