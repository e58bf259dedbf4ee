"""What a guide is made of, and the answers that several of them give."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policy import Role


@dataclass(frozen=True)
class Errand:
    """One thing to do. `url` is where; `about` the pages (by name) that it explains."""

    key: str
    title: Promise
    text: Promise
    url: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    asked: Promise
    answer: Promise


@dataclass(frozen=True)
class Guide:
    """All of it for one role; `role` is None for who has not signed in."""

    slug: str
    role: Role | None
    title: Promise
    errands: tuple[Errand, ...]
    questions: tuple[Question, ...]

    def anchor(self, page: str) -> str:
        """Which errand explains the page; nothing if none does."""
        return next((errand.key for errand in self.errands if page in errand.about), "")


WHO_SEES = Question(
    _("Who sees what about a student?"),
    _(
        "The student herself, the coordinators of her school, and of her county. The workplace sees name,"
        " class and school once the place is published, and nothing else. Nobody sees a reason for"
        " absence or why she cannot be at a workplace: it is not written down."
    ),
)
IS_IT_RIGHT = Question(
    _("How do we know that nothing better was possible?"),
    _(
        "Each proposal carries a proof, and another program checks it before anybody sees it. On the"
        " proposal, “Check it yourself” gives both files, and says how to check them on any machine."
    ),
)
