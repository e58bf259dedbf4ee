"""What each person comes here to do, in her own words: the pages under /help/.

An errand names the page where it is done and the pages it explains, so that "Help" at the foot of a page
leads to the right lines. A test opens every link as the person it is written for.
"""

from __future__ import annotations

from accounts.policy import Role
from placements.guides.base import Guide
from placements.guides.coordinators import ADMINISTRATOR, COUNTY, SCHOOL
from placements.guides.guests import STUDENT, VISITOR, WORKPLACE

GUIDES = (VISITOR, STUDENT, WORKPLACE, SCHOOL, COUNTY, ADMINISTRATOR)
BY_SLUG = {guide.slug: guide for guide in GUIDES}


def of(roles: frozenset[Role]) -> list[Guide]:
    """The guides of these roles; the visitor's for who has none."""
    return [guide for guide in GUIDES if guide.role in roles] or [VISITOR]


def place(roles: frozenset[Role], page: str) -> tuple[Guide, str]:
    """Which guide, and where in it, explains a page to who holds these roles."""
    mine = of(roles)
    for guide in mine:
        if anchor := guide.anchor(page):
            return guide, anchor
    return mine[0], ""
