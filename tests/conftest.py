"""What every test may ask for: the cast."""

import pytest

from tests.browser import browser, open_page
from tests.cast import World, make_world
from tests.live import live_stack, live_web

# Fixtures of the whole product, and of a browser to look at it with, for journeys.
__all__ = ["browser", "live_stack", "live_web", "open_page"]


@pytest.fixture
def world(db: None) -> World:
    """Our people and their things, in a published round."""
    return make_world("Vaarvik")


@pytest.fixture
def outsiders(db: None) -> World:
    """Other people, who own a full set of things of their own in another county."""
    return make_world("Fremmedstad")
