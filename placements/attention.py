"""What in a round needs somebody's eye: each a sentence and where to go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
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
    requests = CapacityRequest.objects.visible_to(user).filter(round__in=rounds).order_by()
    placements = Placement.objects.visible_to(user).filter(round__in=rounds)
    taking_part = Candidate.objects.visible_to(user).taking_part().filter(round__in=rounds)
    replaced = Placement.objects.filter(candidate=OuterRef("candidate")).occupying()
    open_things = Clearance.objects.filter(student=OuterRef("student")).exclude(
        status=ClearanceStatus.CLEARED
    )
    by_hand = RoundSchool.objects.filter(
        round__in=rounds,
        school__in=School.objects.visible_to(user),
        school__students__manual_handling=True,
        school__students__left_at=None,
    )
    counted = requests.values_list("round", "state").annotate(Count("pk"))
    answers = Counter({(round, state): number for round, state, number in counted})
    turned_away = _counted(placements.filter(state="declined").exclude(Exists(replaced)))
    unready = _counted(taking_part.filter(Exists(open_things)))
    manual = _counted(by_hand)
    unsigned = _counted(placements.without_agreement(timezone.localdate()))
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
    waiting = Offer.objects.visible_to(user).waiting().count()
    text = ngettext("%d new workplace offers places", "%d new workplaces offer places", waiting)
    return [(text % waiting, reverse("offers"))] if waiting else []


def _counted(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("round").annotate(Count("pk")))


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
