"""The mails of a coordinator's own rounds: which they are, and what each kind is called.

Sign-in codes are never in the outbox, and invitations belong to whoever sent them.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext_lazy as _

from accounts import untrusted
from accounts.models import OutboxMessage, OutboxState, User
from placements.models import Agreement, Candidate, MatchingRun, Offer, Placement, Round

TO_STUDENTS = {
    "wishes_opened": _("Open for wishes"),
    "wishes_reminder": _("Reminder about wishes"),
    "student_placed": _("Got a place"),
    "student_moved": _("Got another place"),
    "student_waiting": _("Has no place yet"),
    "student_withdrawn": _("Place withdrawn"),
    "swap_declined": _("Swap not approved"),
}
TO_WORKPLACES = {
    "capacity_request": _("Question about places"),
    "capacity_reminder": _("Reminder about places"),
    "capacity_receipt": _("Receipt for an answer"),
}
KINDS = {
    **TO_STUDENTS,
    **TO_WORKPLACES,
    "workplace_students": _("Who is coming"),
    "placement_declined": _("A place was declined"),
    "agreement_waiting": _("Agreement waits"),
    "agreement_missing": _("Agreement not begun"),
    "offer_confirmed": _("Offer confirmed"),
    "offer_declined": _("Offer declined"),
}


AT_MOST = 1000


def visible_to(user: User) -> QuerySet[OutboxMessage]:
    """To students she sees; to workplaces only of the rounds that she decides on. Newest first."""
    rounds = list(Round.objects.managed_by(user).order_by().values_list("pk", flat=True))
    runs = MatchingRun.objects.filter(round__in=rounds).order_by().values_list("pk", flat=True)
    told = [str(pk) for pk in runs]
    changed = Placement.objects.filter(round__in=rounds).values(key=Cast("pk", CharField()))
    seen = Q(kind__in=TO_STUDENTS, subject_id__in=Candidate.objects.visible_to(user).values("pk"))
    seen |= Q(
        kind__in=["placement_declined", "agreement_missing"],
        subject_id__in=Placement.objects.visible_to(user).values("pk"),
    )
    seen |= Q(
        kind__in=["offer_confirmed", "offer_declined"],
        subject_id__in=Offer.objects.visible_to(user).values("pk"),
    )
    seen |= Q(
        kind="agreement_waiting", subject_id__in=Agreement.objects.visible_to(user).values("pk")
    )
    seen |= Q(kind__in=TO_WORKPLACES, about__in=[str(pk) for pk in rounds])
    seen |= Q(kind="workplace_students") & (Q(about__in=told) | Q(about__in=changed))
    mails = OutboxMessage.objects.alias(about=Left("publication", 36))
    return mails.filter(seen).order_by("-created_at", "pk")


def failed_rounds(user: User) -> Iterable[UUID]:
    """The round of each mail that came back, once per mail; what is of no round any more is left out."""
    failed = OutboxMessage.objects.filter(state=OutboxState.FAILED, kind__in=KINDS)
    if not failed.exists():  # on most days none has, and it is a long question whose they are
        return
    hers = visible_to(user).filter(state=OutboxState.FAILED)
    rows = list(hers.values_list("subject_id", "publication")[:AT_MOST])
    about = [(subject, untrusted.identity(text[:36])) for subject, text in rows]
    told = {pk for _subject, pk in about if pk}
    named = {subject for subject, _pk in about}
    of: dict[UUID, UUID] = {}
    for model, ids in (
        (Candidate, named),
        (Placement, named | told),
        (MatchingRun, told),
    ):
        of.update(model.objects.filter(pk__in=ids).values_list("pk", "round"))
    of.update(Agreement.objects.filter(pk__in=named).values_list("pk", "placement__round"))
    of.update((pk, pk) for pk in Round.objects.filter(pk__in=told).values_list("pk", flat=True))
    for subject, pk in about:
        round = of.get(subject) or (of.get(pk) if pk else None)
        if round:
            yield round
