"""The year wheel (årshjul) of a round: its six steps, the one thing to do now, and its dates.

Everything is read from a round that `progress` has counted, with its periods at hand; nothing is
asked of the database here, so that a page may show as many rounds as there are.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from placements.models import Round
from placements.models.rounds import RoundState
from placements.templatetags.weeks import week_numbers

if TYPE_CHECKING:

    class Counted(Round):
        """A round as `progress` counts it."""

        students: int
        wishes_sent: int
        wishless: int
        unreminded_students: int
        placed: int
        confirmed: int
        places: int
        asked: int
        answered: int
        silent: int
        unreminded: int

        class Meta:
            abstract = True


@dataclass(frozen=True)
class Step:
    """One of the six steps of a round, as the step indicator shows it."""

    label: str
    done: int
    total: int
    url: str
    state: str  # done, current, ahead


@dataclass(frozen=True)
class Next:
    """The one thing to do now: a sentence, the main button, and where to read more.

    With `post` the button does it at once; without, it is a link to where it is done.
    """

    text: str
    action: str = ""
    url: str = ""
    post: dict[str, str] | None = field(default=None)
    see: str = ""
    see_url: str = ""


@dataclass(frozen=True)
class Deadline:
    """A date of the round: what happens, when, and how far away that is in words."""

    label: str
    on: dt.date
    away: str
    state: str  # past, next, ahead


def steps_of(round: Round, today: dt.date, *, decides: bool) -> list[Step]:
    """The six steps, one per state, each with how much of it is done.

    Proposals are only for those who decide on the round; to others that step is no link.
    """
    now = cast("Counted", round)
    last = _last_day(round)
    over = now.placed if last and last < today else 0
    rows = [
        (_("Students"), now.students, now.students, "candidates"),
        (_("Places"), min(now.places, now.students), now.students, "capacity"),
        (_("Wishes"), now.wishes_sent, now.students, "candidates"),
        (pgettext("round", "Matching"), now.placed, now.students, "runs" if decides else ""),
        (pgettext("round", "Published"), now.confirmed, now.placed, "placements"),
        (pgettext("round", "Closed"), over, now.placed, ""),
    ]
    at = list(RoundState).index(RoundState(round.state))
    closed = round.state == RoundState.CLOSED
    return [
        Step(
            label,
            done,
            total,
            reverse(view, args=[round.pk]) if view else "",
            "done" if n < at or closed else "current" if n == at else "ahead",
        )
        for n, (label, done, total, view) in enumerate(rows)
    ]


def next_of(round: Round, today: dt.date, *, decides: bool) -> Next:
    """What to do now; whoever only sees the round is told how far it is, and pointed to where to look."""
    now = cast("Counted", round)
    return {
        RoundState.DRAFT: _draft,
        RoundState.COLLECTING: _collecting,
        RoundState.OPEN: _open,
        RoundState.MATCHING: _matching,
        RoundState.PUBLISHED: _published,
        RoundState.CLOSED: _closed,
    }[RoundState(round.state)](now, today, decides)


def _move(round: Round, to: RoundState, text: str, action: str) -> Next:
    return Next(text, action, reverse("round_move", args=[round.pk]), {"to": to.value})


def _draft(round: Counted, today: dt.date, decides: bool) -> Next:
    if not decides:
        return Next(_("The round is being prepared."))
    edit = reverse("round_edit", args=[round.pk])
    if not round.periods.all():
        return Next(_("The round has no periods yet."), _("Add periods"), edit)
    text = _("Check periods, schools and deadlines, then start asking workplaces.")
    step = _move(round, RoundState.COLLECTING, text, _("Start collecting capacity"))
    return Next(step.text, step.action, step.url, step.post, _("Check the set-up"), edit)


def _collecting(round: Counted, today: dt.date, decides: bool) -> Next:
    grid = reverse("capacity", args=[round.pk])
    said = _("%(answered)d of %(asked)d workplaces have answered.") % {
        "answered": round.answered,
        "asked": round.asked,
    }
    if not decides:
        return Next(said, _("See places"), grid)
    if not round.asked:
        return Next(_("No workplace has been asked yet."), _("Ask workplaces"), grid)
    if round.silent:
        return _chase_workplaces(round, said)
    if not round.places:
        return Next(_("Everybody has answered, but nobody offers a place."), _("See places"), grid)
    step = _move(round, RoundState.OPEN, _("Everybody has answered."), _("Open for wishes"))
    return Next(step.text, step.action, step.url, step.post, _("See places"), grid)


def _chase_workplaces(round: Counted, said: str) -> Next:
    silent = reverse("capacity", args=[round.pk]) + "?state=asked"
    who = _("See who is missing")
    if not round.unreminded:
        return Next(f"{said} {_('Those who are missing have been reminded today.')}", who, silent)
    action = ngettext("Remind %d workplace", "Remind %d workplaces", round.unreminded)
    url = reverse("capacity_remind", args=[round.pk])
    return Next(said, action % round.unreminded, url, {"fresh": "1"}, who, silent)


def _open(round: Counted, today: dt.date, decides: bool) -> Next:
    missing = reverse("candidates", args=[round.pk]) + "?state=unsent"
    said = _("%(sent)d of %(students)d students have sent their wishes.") % {
        "sent": round.wishes_sent,
        "students": round.students,
    }
    who = _("See who is missing")
    takes_wishes = timezone.now() < round.wishes_deadline
    if round.wishless and takes_wishes:
        if not round.unreminded_students:
            told = _("Those who are missing have been reminded today.")
            return Next(f"{said} {told}", who, missing)
        action = ngettext("Remind %d student", "Remind %d students", round.unreminded_students)
        url = reverse("candidates_remind", args=[round.pk])
        return Next(said, action % round.unreminded_students, url, {}, who, missing)
    if not decides:
        return Next(said, _("See wishes"), reverse("candidates", args=[round.pk]))
    if not takes_wishes:
        over = _("The deadline has passed.")
        said = f"{said} {over}"
    step = _move(round, RoundState.MATCHING, said, _("Close wishes and start matching"))
    see = (who, missing) if round.wishless else ("", "")
    return Next(step.text, step.action, step.url, step.post, *see)


def _matching(round: Counted, today: dt.date, decides: bool) -> Next:
    if not decides:
        return Next(_("The places are being matched. You are told when they are published."))
    text = _("Everything is in. Start a matching run and see what it achieves.")
    return Next(text, _("Match"), reverse("runs", args=[round.pk]))


def _published(round: Counted, today: dt.date, decides: bool) -> Next:
    placements = reverse("placements", args=[round.pk])
    said = _("%(placed)d of %(students)d students have a place.") % {
        "placed": round.placed,
        "students": round.students,
    }
    if round.students_wait_until:
        day = date_format(timezone.localtime(round.students_wait_until), "j. F")
        text = _("Workplaces know, students do not. They are told on %(day)s.") % {"day": day}
        if decides:
            see = _("See placements")
            return Next(
                text, _("How it stands"), reverse("telling", args=[round.pk]), None, see, placements
            )
        return Next(text, _("See placements"), placements)
    last = _last_day(round)
    if decides and last and last < today:
        text = _("The practice is over.")
        step = _move(round, RoundState.CLOSED, text, _("Close the round"))
        return Next(step.text, step.action, step.url, step.post, _("See placements"), placements)
    unanswered = round.placed - round.confirmed
    if unanswered:
        waits = ngettext(
            "%d place is not confirmed by the workplace.",
            "%d places are not confirmed by the workplace.",
            unanswered,
        )
        return Next(
            f"{said} {waits % unanswered}", _("See who is missing"), placements + "?state=planned"
        )
    return Next(said, _("See placements"), placements)


def _closed(round: Counted, today: dt.date, decides: bool) -> Next:
    return Next(
        _("This round is closed."), _("See placements"), reverse("placements", args=[round.pk])
    )


def deadlines_of(round: Round, today: dt.date) -> list[Deadline]:
    """The dates of the round in order, from the workplaces' answer to the last day of practice."""
    dates = [
        (timezone.localdate(round.capacity_deadline), _("Workplaces answer by")),
        (timezone.localdate(round.wishes_deadline), _("Students send wishes by")),
        (round.publish_on, _("Planned publication")),
    ]
    for period in round.periods.all():
        name = period.name or week_numbers(period)
        dates.append((period.days[0], _("Practice begins: %s") % name))
        dates.append((period.days[-1], _("Practice ends: %s") % name))
    dates.sort()
    coming = next((on for on, _label in dates if on >= today), None)
    return [
        Deadline(
            label,
            on,
            away(on, today),
            "past" if on < today else "next" if on == coming else "ahead",
        )
        for on, label in dates
    ]


def away(on: dt.date, today: dt.date) -> str:
    """How far away a date is, in days when it is near and in weeks otherwise."""
    days = (on - today).days
    if days < 0:
        return _("has passed")
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days < 14:
        return _("in %d days") % days
    return _("in %d weeks") % (days // 7)


def _last_day(round: Round) -> dt.date | None:
    return max((period.days[-1] for period in round.periods.all()), default=None)
