"""The benchmark of parts makes a round that falls into as many as it says, and into one by itself."""

import pytest

from benchmarks import whole_run
from placements import matching, snapshot
from placements.matching.policies import DEFAULT
from placements.models import Round


def parts(round_id):
    problem = snapshot.take(Round.objects.get(pk=round_id), policy=list(DEFAULT), seed="1")
    return [len(part.candidates) for part in matching.parts(problem, 100)]


@pytest.mark.django_db
def test_rings_are_parts_of_the_same_size_and_one_ring_is_none():
    assert parts(whole_run.generate(720, rings=3)) == [240, 240, 240]
    assert parts(whole_run.generate(720)) == []
