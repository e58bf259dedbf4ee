"""What in a round needs somebody's eye: each a sentence and where to go."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from accounts.prepared import prepared
from placements import outgoing
from placements.models import Candidate, CapacityRequest, Offer, Placement, Round, RoundSchool
from placements.models.capacity import AnswerState
from placements.models.rounds import RoundState
from schools.models import Clearance, ClearanceStatus, School

Notes = list[tuple[str, str]]


def attention(user: User, rounds: Sequence[Round]) -> dict[UUID, Notes]:
    """What needs an eye in each of the rounds, in the same few questions however many there are."""
    if not rounds:
        return {}
    keys = [round.pk for round in rounds]
    answers = Counter({(round, state): n for round, state, n in _answers(user, keys)})
    turned_away: dict[UUID, int] = dict(_turned_away(user, keys))
    unready: dict[UUID, int] = dict(_unready(user, keys))
    manual: dict[UUID, int] = dict(_manual(user, keys))
    unsigned: dict[UUID, int] = dict(_unsigned(user, keys, timezone.localdate()))
    returned = Counter(outgoing.failed_rounds(user))
    return {
        round.pk: _notes(
            round,
            returned=returned[round.pk],
            declined=answers[round.pk, AnswerState.DECLINED],
            silent=answers[round.pk, AnswerState.ASKED],
            turned_away=turned_away.get(round.pk, 0),
            unready=unready.get(round.pk, 0),
            unsigned=unsigned.get(round.pk, 0),
            manual=manual.get(round.pk, 0),
        )
        for round in rounds
    }


def offers(user: User) -> Notes:
    """What is of no round: workplaces that offer places by themselves, and wait for an answer."""
    waiting = sum(number for _state, number in _offers(user))
    text = ngettext("%d new workplace offers places", "%d new workplaces offer places", waiting)
    return [(text % waiting, reverse("offers"))] if waiting else []


def _counted(rows: QuerySet[Any]) -> QuerySet[Any]:
    counted: QuerySet[Any] = rows.order_by().values_list("round").annotate(Count("pk"))
    return counted


@prepared
def _answers(user: User, rounds: Sequence[UUID]) -> QuerySet[Any]:
    requests = CapacityRequest.objects.visible_to(user).filter(round__in=rounds).order_by()
    return requests.values_list("round", "state").annotate(Count("pk"))


@prepared
def _turned_away(user: User, rounds: Sequence[UUID]) -> QuerySet[Any]:
    replaced = Placement.objects.filter(candidate=OuterRef("candidate")).occupying()
    declined = Placement.objects.visible_to(user).filter(round__in=rounds, state="declined")
    return _counted(declined.exclude(Exists(replaced)))


@prepared
def _unready(user: User, rounds: Sequence[UUID]) -> QuerySet[Any]:
    things = Clearance.objects.filter(student=OuterRef("student"))
    waiting = things.exclude(status=ClearanceStatus.CLEARED)
    taking_part = Candidate.objects.visible_to(user).taking_part().filter(round__in=rounds)
    return _counted(taking_part.filter(Exists(waiting)))


@prepared
def _manual(user: User, rounds: Sequence[UUID]) -> QuerySet[Any]:
    by_hand = RoundSchool.objects.filter(
        round__in=rounds,
        school__in=School.objects.visible_to(user),
        school__students__manual_handling=True,
        school__students__left_at=None,
    )
    return _counted(by_hand)


@prepared
def _unsigned(user: User, rounds: Sequence[UUID], today: dt.date) -> QuerySet[Any]:
    theirs = Placement.objects.visible_to(user).filter(round__in=rounds)
    return _counted(theirs.without_agreement(today))


@prepared
def _offers(user: User) -> QuerySet[Any]:
    waiting = Offer.objects.visible_to(user).waiting().order_by()
    return waiting.values_list("state").annotate(Count("pk"))


def _notes(
    round: Round,
    *,
    returned: int,
    declined: int,
    silent: int,
    turned_away: int,
    unready: int,
    unsigned: int,
    manual: int,
) -> Notes:
    asking = round.state in (RoundState.COLLECTING, RoundState.OPEN)
    capacity, students = reverse("capacity", args=[round.pk]), reverse("students")
    placements = reverse("placements", args=[round.pk])
    notes = [
        (
            returned,
            ngettext("%d mail came back", "%d mails came back", returned),
            reverse("outbox") + "?state=failed",
        ),
        (
            turned_away,
            ngettext(
                "%d declined place has no new one yet",
                "%d declined places have no new one yet",
                turned_away,
            ),
            placements + "?state=declined",
        ),
        (
            declined if asking or round.state == RoundState.MATCHING else 0,
            ngettext(
                "%d workplace says none this year", "%d workplaces say none this year", declined
            ),
            capacity + "?state=declined",
        ),
        (
            silent if asking else 0,
            ngettext("%d workplace has not answered", "%d workplaces have not answered", silent),
            capacity + "?state=asked",
        ),
        (
            unready,
            ngettext(
                "%d student has something left to get ready",
                "%d students have something left to get ready",
                unready,
            ),
            f"{students}?status=unready&round={round.pk}",
        ),
        (
            unsigned,
            ngettext(
                "%d practice agreement is not agreed by all",
                "%d practice agreements are not agreed by all",
                unsigned,
            ),
            placements + "?agreement=missing",
        ),
        (
            manual,
            ngettext("%d student is handled manually", "%d students are handled manually", manual),
            students,
        ),
    ]
    return [(text % number, url) for number, text, url in notes if number]
