"""The benchmark of a whole run makes a round as it says, and runs it to recorded assignments."""

import pytest

from benchmarks import whole_run
from placements.models import MatchingRun


@pytest.mark.django_db
def test_it_goes_from_rows_to_recorded_assignments(capsys):
    whole_run.measure(whole_run.generate(600), turns=1, profile=None)
    said = capsys.readouterr().out
    assert "600 candidates, 60 slots each; 570 placed" in said
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
