"""What every test may ask for: the cast."""

import pytest

from tests.cast import World, make_world
from tests.live import live_stack, live_web

__all__ = ["live_stack", "live_web"]  # fixtures of the whole product, for journeys


@pytest.fixture
def world(db: None) -> World:
    """Our people and their things, in a published round."""
    return make_world("Vaarvik")


@pytest.fixture
def outsiders(db: None) -> World:
    """Other people, who own a full set of things of their own in another county."""
    return make_world("Fremmedstad")
