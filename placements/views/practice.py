"""The student's own pages: how far the round has come, then where, when, and why there."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.models import User
from accounts.policy import Permission
from placements import breadth, explanation, ics
from placements.documents.kinds import Side, kinds_for
from placements.maps import Map
from placements.models import Candidate, Contact, Placement
from placements.models.preferences import WishesState
from placements.models.rounds import RoundState
from placements.models.runs import RunState
from placements.notices import contacts_of
from placements.way_map import way
from schools.calendar import DayOff, days_off
from schools.models import Clearance, ClearanceStatus, Requirement, Student


@dataclass(frozen=True)
class Step:
    """One of the four steps the student sees."""

    label: str
    state: str  # done, current, ahead
    done: int = 0
    total: int = 0
    url: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that must be ready before she starts."""

    requirement: Requirement
    status: str
    due: dt.date

    @property
    def ready(self) -> bool:
        return self.status == ClearanceStatus.CLEARED

    @property
    def late(self) -> bool:
        return not self.ready and self.due < timezone.localdate()


@dataclass(frozen=True)
class Page:
    """A placement with all that its page shows."""

    placement: Placement
    days_off: list[DayOff]
    contacts: list[Contact]
    checklist: list[Item]
    map: Map | None

    @property
    def ready(self) -> int:
        return sum(item.ready for item in self.checklist)

    @property
    def why(self) -> tuple[str, list[str]] | None:
        """Which wish it was, and why not each one above it."""
        facts = self.placement.explanation
        if not facts:
            return None
        return explanation.result(facts), [explanation.reason(wish) for wish in facts["wishes"]]

    @property
    def decided_by(self) -> User:
        """The person who published the proposal, or who placed her by hand."""
        run = self.placement.run
        return run.published_by if run and run.published_by else self.placement.created_by


@dataclass(frozen=True)
class Practice:
    """One round as the student sees it: the steps, and what there is to see at this point."""

    candidate: Candidate
    placement: Placement | None
    lost: Placement | None

    @property
    def page(self) -> Page | None:
        return _page(self.placement) if self.placement else None

    @property
    def open(self) -> bool:
        round = self.candidate.round
        return round.state == RoundState.OPEN and round.wishes_deadline > timezone.now()

    @property
    def published(self) -> bool:
        round = self.candidate.round
        known = round.state in (RoundState.PUBLISHED, RoundState.CLOSED)
        return known and round.students_wait_until is None

    @property
    def told_on(self) -> dt.date:
        """The day she will know: as planned, or as her coordinator has chosen since."""
        until = self.candidate.round.students_wait_until
        return timezone.localdate(until) if until else self.candidate.round.publish_on

    @property
    def sent(self) -> bool:
        return self.candidate.wishes_state == WishesState.SENT

    @property
    def shortage(self) -> dict[str, int] | None:
        """The group of students and the places they share, in numbers only, as it was published."""
        run = (
            self.candidate.round.runs.filter(state=RunState.PUBLISHED).only("summary").first()
            if self.published and not self.placement and not self.lost
            else None
        )
        mine = str(self.candidate.pk)
        for hall in (run.summary or {}).get("shortages", []) if run else []:
            if mine in hall["unplaced"]:
                return {
                    "students": len(hall["candidates"]),
                    "places": hall["places"],
                    "surplus": hall["surplus"],
                }
        return None

    @property
    def urgency(self) -> int:
        """What she looks for first: what she must do, then where she is going, then what is on its way."""
        if self.open and not self.sent:
            return 0
        return 1 if self.placement else 2

    @property
    def steps(self) -> list[Step]:
        """Wishes open, sent, matching, published."""
        before = self.candidate.round.state in (RoundState.DRAFT, RoundState.COLLECTING)
        closed = not before and not self.open
        states = [
            "current" if before else "done",
            "done" if self.sent else "current" if self.open else "ahead",
            "done" if self.published else "current" if closed else "ahead",
            "done" if self.published else "ahead",
        ]
        labels = [
            _("Wishes open"),
            _("Sent") if self.sent or not closed else _("Not sent"),
            _("Being matched"),
            _("Published"),
        ]
        return [Step(*step) for step in zip(labels, states, strict=True)]


@requires(Permission.SEE_OWN_PLACEMENT)
def my_practice(request: AuthenticatedRequest) -> HttpResponse:
    """The student's home."""
    mine = (
        Candidate.objects.visible_to(request.user)
        .filter(student__user=request.user, withdrawn_at=None)
        .with_needs()
        .exclude(round__state=RoundState.DRAFT)
        .select_related("round__county", "school", "student__municipality")
        .prefetch_related(
            Prefetch("preferences__workplace"),
            Prefetch("placements", _with_everything(request.user).order_by("created_at")),
        )
        .order_by("-round__wishes_deadline", "need")
    )
    practices = [_practice(candidate) for candidate in mine]
    now = [p for p in practices if p.candidate.round.state != RoundState.CLOSED] or practices[:1]
    return render(
        request,
        "placements/practice/home.html",
        {
            "practices": sorted(now, key=lambda practice: practice.urgency),
            "kinds": kinds_for(Side.STUDENT),
            "earlier": [p for p in practices if p not in now and p.placement],
        },
    )


@requires(Permission.SEE_OWN_PLACEMENT)
def my_areas(request: AuthenticatedRequest) -> HttpResponse:
    """What she has met in practice, and what not yet."""
    student = get_object_or_404(Student.objects.visible_to(request.user), user=request.user)
    areas = breadth.history(student)
    return render(request, "placements/practice/areas.html", {"areas": areas})


@requires(Permission.SEE_OWN_PLACEMENT, Permission.SEE_PLACEMENTS)
def placement(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """One placement, as the student sees it; her coordinators see the same."""
    found = _found(request, pk)
    own = found.student.user_id == request.user.pk
    kinds = kinds_for(Side.STUDENT if own else Side.SCHOOL)
    gone = found.round.forgotten_at is not None
    return render(
        request,
        "placements/practice/placement.html",
        {
            "page": _page(found),
            "own": own,
            "which": found.candidate.which,
            "kinds": kinds if found.occupies and not gone else [],
        },
    )


@requires(Permission.SEE_OWN_PLACEMENT, Permission.SEE_PLACEMENTS)
def calendar(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The days of a placement, for any calendar."""
    found = _found(request, pk)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return HttpResponse(
        ics.calendar(found, host=host),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="praksis.ics"'},
    )


def _found(request: AuthenticatedRequest, pk: UUID) -> Placement:
    """The placement, if she may see it; that somebody else than the student looks is logged."""
    found = get_object_or_404(_with_everything(request.user), pk=pk)
    if found.student.user_id != request.user.pk:
        audit.looked(request, "placement", Placement, found.pk)
    return found


def _with_everything(user: User) -> QuerySet[Placement]:
    """Published placements of the students she may see (a contact's go by another page)."""
    return (
        Placement.objects.visible_to(user)
        .filter(student__in=Student.objects.visible_to(user))
        .filter(round__state__in=[RoundState.PUBLISHED, RoundState.CLOSED])
        .select_related(
            "candidate",
            "slot__workplace__municipality",
            "slot__workplace__parent",
            "period",
            "round__county",
            "run__published_by",
            "created_by",
            "school",
            "student__municipality",
        )
        .prefetch_related(
            "slot__workplace__requirements",
            Prefetch("student__clearances", Clearance.objects.visible_to(user)),
        )
    )


def _practice(candidate: Candidate) -> Practice:
    placements = list(candidate.placements.all())
    now = next((p for p in placements if p.occupies), None)
    lost = placements[-1] if placements and not now else None
    return Practice(candidate, now, lost)


def _page(placement: Placement) -> Page:
    period, workplace = placement.period, placement.slot.workplace
    off = days_off(placement.round.county, period.start, period.end, period.weekdays)
    status = {c.requirement_id: c.status for c in placement.student.clearances.all()}
    return Page(
        placement=placement,
        days_off=off,
        contacts=contacts_of([workplace.pk])[workplace.pk][:1],
        map=way(placement) if placement.occupies else None,
        checklist=[
            Item(
                requirement=requirement,
                status=status.get(requirement.pk, ClearanceStatus.REQUIRED),
                due=period.start - dt.timedelta(days=requirement.due_days),
            )
            for requirement in workplace.requirements.all()
        ],
    )
