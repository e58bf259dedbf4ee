"""Publishing a proposal: everything that will be written to anybody is read first, here."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.outbox import Letter
from accounts.policy import Permission
from placements.actions import publication
from placements.actions.telling import CannotTell
from placements.emails import publication as letters
from placements.forms.telling import PublishForm
from placements.models import Candidate, Contact, MatchingRun, Slot
from placements.models.runs import RunState
from placements.notices import Notice, contacts_of
from placements.report import summary_of
from placements.views.runs import found


@dataclass(frozen=True)
class Draft:
    """One mail as it will be sent."""

    to: str
    email: str
    language: str
    subject: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Pile:
    """All mails with one kind of news."""

    title: str
    drafts: list[Draft]


@requires(Permission.PUBLISH_RUNS)
@once
def publish(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    run = found(request, pk)
    form = None if run.repairs else PublishForm(request.POST or None)
    decided = request.method == "POST" and (form is None or form.is_valid())
    if decided and (answer := _publish(request, run, form)):
        return answer
    if run.state != RunState.COMPUTED or run.round_version != run.round.version:
        messages.warning(request, _("This proposal cannot be published as it stands."))
        return redirect("run", pk=run.pk)
    plan = publication.changes(MatchingRun.objects.select_related("round").get(pk=run.pk))
    notices = plan.notices(students=run.round.students_wait_until is None)
    who = Candidate.objects.named().in_bulk([new.candidate_id for _old, new in plan.moved])
    audit.looked(request, "run_publish", Candidate, len(notices))
    return render(
        request,
        "placements/runs/publish.html",
        {
            "run": run,
            "round": run.round,
            "plan": plan,
            "moved": [(who[new.candidate_id].name, old, new) for old, new in plan.moved],
            "piles": _piles(run, notices, plan),
            "mails": len(notices),
            "confirmed": [p for p in plan.ended if p.state == "confirmed"],
            "unreachable": _unreachable(plan),
            "form": form,
        },
        status=422 if form and form.errors else 200,
    )


def _publish(
    request: AuthenticatedRequest, run: MatchingRun, form: PublishForm | None
) -> HttpResponse | None:
    """None: the day that she chose will not do."""
    until = form.students_wait_until if form else None
    try:
        published = publication.publish(run, by=request.user, students_wait_until=until)
    except CannotTell as error:
        if form:
            form.add_error("day", str(error))
        return None
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("run", pk=run.pk)
    if published.round.students_wait_until:
        messages.success(request, _("Published to the workplaces. Students are told later."))
        return redirect("telling", pk=run.round_id)
    placed = summary_of(published)["placed"]
    messages.success(
        request,
        ngettext(
            "Published. %d student has a place, and the mails are on their way.",
            "Published. %d students have a place, and the mails are on their way.",
            placed,
        )
        % placed,
    )
    return redirect("placements", pk=run.round_id)


def _unreachable(plan: publication.Changes) -> list[str]:
    """Workplaces that nobody can be written to about, by name."""
    slots: list[Slot] = [row.slot for row in plan.written] + [row.slot for row in plan.ended]
    names = {slot.workplace_id: slot.workplace.name for slot in slots}
    return sorted(names[pk] for pk, contacts in contacts_of(names).items() if not contacts)


def _piles(run: MatchingRun, notices: list[Notice], plan: publication.Changes) -> list[Pile]:
    titles = {
        "student_placed": _("Students who have got a place"),
        "student_moved": _("Students who get another place"),
        "student_waiting": _("Students without a place"),
        "workplace_students": _("Workplaces"),
    }
    write = _Writer(run, notices, plan)
    piles = [
        Pile(title, [write.draft(notice) for notice in notices if notice.kind == kind])
        for kind, title in titles.items()
    ]
    return [pile for pile in piles if pile.drafts]


class _Writer:
    """Writes each mail as the outbox will, before what it tells of has happened."""

    def __init__(self, run: MatchingRun, notices: list[Notice], plan: publication.Changes) -> None:
        about = [notice.subject_id for notice in notices]
        self.round = run.round
        told = Candidate.objects.with_needs().select_related("student", "round")
        self.candidates = told.in_bulk(about)
        self.contacts = Contact.objects.select_related("workplace").in_bulk(about)
        slots = [row.slot for row in plan.written] + [row.slot for row in plan.kept]
        self.slots = Slot.objects.select_related("workplace__parent").in_bulk(
            [slot.pk for slot in slots]
        )
        self.held = [self.slots[slot.pk] for slot in slots]

    def draft(self, notice: Notice) -> Draft:
        with translation.override(notice.language):
            letter = self._letter(notice)
        context = letter.context
        return Draft(
            to=notice.name,
            email=notice.recipient,
            language=notice.language,
            subject=context["subject"],
            paragraphs=[*context["paragraphs"], f"{context['action']}: {context['url']}"],
        )

    def _letter(self, notice: Notice) -> Letter:
        if notice.kind != "workplace_students":
            return letters.to_student(notice.kind, self.candidates[notice.subject_id])
        contact = self.contacts[notice.subject_id]
        return letters.to_workplace(contact, self.round, self._coming(contact.workplace_id))

    def _coming(self, workplace: UUID) -> int:
        def above(slot: Slot) -> set[UUID | None]:
            unit = slot.workplace
            return {unit.pk, unit.parent_id, unit.parent.parent_id if unit.parent else None}

        return sum(workplace in above(slot) for slot in self.held)
