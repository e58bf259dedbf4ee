"""The benchmark runs, and would notice an answer that differs from the peer's."""

import pytest

import benchmarks.matching


def test_ours_and_the_peers_agree() -> None:
    seconds, wrong = benchmarks.matching.measure(60, repeat=1)
    assert wrong == []
    assert {"peer", "solve", "verify"} <= set(seconds)


def test_a_different_optimum_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = benchmarks.matching.peer

    def worse(problem):
        run = honest(problem)
        return lambda: (run()[0] + 1, *run()[1:])

    monkeypatch.setattr(benchmarks.matching, "peer", worse)
    _, wrong = benchmarks.matching.measure(60, repeat=1)
    assert len(wrong) == 1
    assert "the peer's" in wrong[0]
