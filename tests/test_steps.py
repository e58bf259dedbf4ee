"""How much a server does for a list, counted in function calls: no clock, the same on a busy machine.

What is promised is a ratio of times (`python -m benchmarks.pages`, docs/quality.md). This is what it comes
from, so that a list that begins to do half as much again is seen before anybody measures.
"""

import cProfile

import pytest

from benchmarks.pages import BARE, LISTS
from tests.cast import make_world
from tests.growth import grow

pytestmark = pytest.mark.django_db

# Times a bare view's. The heaviest was at 10.3 when each of the ten lists took at most 6.3 times its time.
MOST = 12


def calls(client, url):
    for _ in range(3):  # what is made on the first look is there by then
        assert client.get(url).status_code == 200
    with cProfile.Profile() as profile:
        client.get(url)
    return sum(entry.callcount for entry in profile.getstats())


def test_lists_take_few_steps(client):
    world = make_world("Vaarvik")
    grow(world, 100)
    steps = {}
    for who, path in LISTS:
        client.force_login(getattr(world, who))
        bare = calls(client, BARE)
        steps[path] = calls(client, path.format(round=f"/rounds/{world.round.pk}/")) / bare
    print(steps)
    assert {path: ratio for path, ratio in steps.items() if ratio > MOST} == {}
