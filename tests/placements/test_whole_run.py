"""The benchmark of a whole run makes a round as it says, and runs it to recorded assignments."""

import dataclasses

import pytest

from benchmarks import whole_run
from benchmarks.instances import local_round
from placements import matching
from placements.models import MatchingRun


@pytest.mark.django_db
def test_it_goes_from_rows_to_recorded_assignments(capsys):
    whole_run.measure(whole_run.generate(600), turns=1, profile=None)
    said = capsys.readouterr().out
    assert "600 candidates, 60 slots each; 570 placed" in said
    assert "x solve and verify alone" in said
    run = MatchingRun.objects.get()
    assert (run.state, run.assignments.count()) == ("computed", 570)


@pytest.mark.django_db
def test_what_is_not_recorded_as_the_engine_says_is_noticed(capsys, monkeypatch):
    record = whole_run.recorded

    def one_missing(run):
        found = record(run)
        found.popitem()
        return found

    monkeypatch.setattr(whole_run, "recorded", one_missing)
    assert whole_run.measure(whole_run.generate(120), turns=1, profile=None) == 1
    assert "not what the engine says" in capsys.readouterr().out


def test_the_bar_is_on_the_engines_own_time(capsys):
    """Solve and verify alone stand beside it, with no bar."""
    turn = {"the problem": 0.5, "solve": 0.25, "verify": 0.125, "the reasons": 0.125}
    assert whole_run.tell([2.0], [turn]) == 2
    said = capsys.readouterr().out
    assert "2.00 x (the bar: 3)" in said
    assert "5.33 x solve and verify alone (0.38 s)" in said


def test_the_engine_starts_from_nothing_each_time(monkeypatch):
    """What the run has worked out already would make it look faster, and the run slower."""
    problem = local_round(50)
    known = problem.sha256
    seen = []
    solve = matching.solve

    def noted(problem):
        seen.append(set(vars(problem)) - {"sha256"})
        return solve(problem)

    monkeypatch.setattr(matching, "solve", noted)
    solution, wrong, spent = whole_run.engine(problem)
    assert (solution.problem_sha256, wrong) == (known, [])
    assert seen == [{field.name for field in dataclasses.fields(problem)}]
    assert list(spent) == ["the problem", "solve", "verify", "the reasons"]
    assert not {"sha256", "roster"} & set(vars(whole_run.fresh(problem)))
