"""Feedback from the workplace, evaluation by the student: each about one stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements.actions.supervision import recorded
from placements.locks import locked_placement
from placements.models import Evaluation, Feedback, Placement
from placements.models.supervision import Author, signed

LAST_WEEK = dt.timedelta(days=7)


class TooEarly(DomainError):
    """She has not been there yet, or not long enough."""


class AlreadyGiven(DomainError):
    """An evaluation is given once."""


def has_begun(placement: Placement, today: dt.date) -> bool:
    return bool(placement.stay) and placement.stay[0] <= today


def nearly_over(placement: Placement, today: dt.date) -> bool:
    """From a week before the last day; at once if it was broken off."""
    return bool(placement.stay) and placement.stay[-1] - LAST_WEEK <= today


def give_feedback(
    placement: Placement, *, said: Mapping[str, Any], version: int, today: dt.date, by: Author
) -> Feedback:
    """Give it, or give it anew: `version` is what the writer was looking at, 0 for none."""
    author: dict[str, Any] = signed(by, "given_by")
    with locked_placement(placement.pk) as now:
        if not has_begun(now, today):
            raise TooEarly(_("The practice has not begun yet."))
        was = Feedback.objects.filter(placement=now).first()
        if (was.version if was else 0) != version:
            raise Conflict(
                _("Somebody else has changed the feedback while you were writing."), theirs=was
            )
        if was:
            Feedback.objects.filter(pk=was.pk).update(
                **said, **author, given_at=Now(), version=F("version") + 1
            )
            was.refresh_from_db()
        feedback = was or Feedback.objects.create(placement=now, **author, **said)
        recorded("feedback.given", now, by=by, version=feedback.version)
    return feedback


def evaluate(
    placement: Placement, *, answers: Mapping[str, int], today: dt.date, by: User
) -> Evaluation:
    with locked_placement(placement.pk) as now:
        if not nearly_over(now, today):
            raise TooEarly(_("You can say what you think in the last week of the practice."))
        if Evaluation.objects.filter(placement=now).exists():
            raise AlreadyGiven(_("You have said what you think already. Thank you!"))
        evaluation = Evaluation.objects.create(placement=now, **answers)
        audit.record("evaluation.given", now, by=by)
    return evaluation
