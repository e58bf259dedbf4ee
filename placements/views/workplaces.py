"""The register of workplaces: "Whom can we ask, what do they require, and whom do we call?"."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import untrusted
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission
from placements import filling, saved, workplace_history
from placements.actions import workplaces
from placements.attention import offers
from placements.forms.bulk import BulkForm, asking, with_workplaces
from placements.forms.notes import NoteForm
from placements.forms.workplaces import (
    ContactForm,
    SupervisorForm,
    WorkplaceFilter,
    WorkplaceForm,
)
from placements.listing import Listing
from placements.models import Contact, Supervisor, Workplace
from placements.progress import count_answers
from placements.views.our_workplace import note_away
from placements.workplace_rows import HISTORY, SORTS, WorkplaceRow, fill, with_history
from schools.registers import counties_of


def _found(request: AuthenticatedRequest, pk: UUID) -> Workplace:
    seen = Workplace.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("municipality__county", "parent__parent"), pk=pk)


def _may_edit(user: User, workplace: Workplace) -> bool:
    """Her own county's: those outside it that she has asked are seen, not changed."""
    own = counties_of(user).filter(pk=workplace.municipality.county_id)
    return user.has_perm(Permission.EDIT_WORKPLACES) and own.exists()


def editable(request: AuthenticatedRequest, pk: UUID) -> Workplace:
    workplace = _found(request, pk)
    if not _may_edit(request.user, workplace):
        raise PermissionDenied
    return workplace


@requires(Permission.SEE_WORKPLACES)
def index(request: AuthenticatedRequest) -> HttpResponse:
    seen = Workplace.objects.visible_to(request.user)
    found = WorkplaceFilter(request.GET, seen, user=request.user)
    listing = Listing(request, SORTS)
    rows = found.qs
    chosen = found.form.cleaned_data.get("round")
    if (column := listing.sort.removeprefix("-")) in HISTORY:
        rows = with_history(rows, request.user, chosen, [column])
    page = listing.page(rows, WorkplaceRow)
    fill(list(page), [chosen] if chosen else found.under_way)
    rounds: list[Any] = asking(request.user, found.under_way)
    count_answers(rounds)
    choices = with_workplaces(rounds)
    return render(
        request,
        "placements/workplaces/list.html",
        {
            "filter": found,
            "listing": listing,
            "page": page,
            "chase": [r for r in rounds if r.unreminded and r.takes_capacity()],
            "bulk": BulkForm(choices=choices, count=page.paginator.count)
            if any(rows for _heading, rows in choices)
            else None,
            "saved": saved.of(request.user, "workplaces", listing.query),
            "offers": offers(request.user),
        },
    )


@requires(Permission.SEE_WORKPLACES)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    return _detail_page(request, _found(request, pk), ContactForm(), SupervisorForm())


def _detail_page(
    request: AuthenticatedRequest,
    workplace: Workplace,
    contact_form: ModelForm[Contact],
    supervisor_form: ModelForm[Supervisor],
) -> HttpResponse:
    inner = Workplace.objects.order_by("sort_key").prefetch_related(
        Prefetch("units", queryset=Workplace.objects.order_by("sort_key"))
    )
    bound = contact_form.is_bound or supervisor_form.is_bound
    return render(
        request,
        "placements/workplaces/detail.html",
        {
            "workplace": workplace,
            "may_edit": _may_edit(request.user, workplace),
            "requirements": workplace.requirements.all(),
            "learning_areas": workplace.learning_areas.all(),
            "contacts": workplace.contacts.current().order_by("name", "email"),
            "supervisors": workplace.supervisors.filter(active=True).order_by("name"),
            "units": inner.filter(parent=workplace),
            "contacts_above": Contact.objects.current()
            .filter(workplace__in=[w for w in (workplace.parent, _grandparent(workplace)) if w])
            .select_related("workplace")
            .order_by("workplace__parent", "name"),
            "history": workplace_history.of(workplace, request.user),
            "note_form": NoteForm(),
            "contact_form": contact_form,
            "supervisor_form": supervisor_form,
        },
        status=422 if bound else 200,
    )


def _grandparent(workplace: Workplace) -> Workplace | None:
    return workplace.parent.parent if workplace.parent else None


@requires(Permission.EDIT_WORKPLACES)
@once
def new(request: AuthenticatedRequest) -> HttpResponse:
    above = _above(request)
    initial: dict[str, object] = {}
    if above:
        initial = {"parent": above.pk, "kind": above.kind, "municipality": above.municipality_id}
    filled = None
    if number := request.GET.get("number", "").strip()[:40]:
        filled = filling.look_up(number, request.user)
        initial |= filled.initial or {}
    form = WorkplaceForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            workplace = workplaces.create(
                form.save(commit=False),
                requirements=form.cleaned_data["requirements"],
                learning_areas=form.cleaned_data["learning_areas"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("The workplace is registered. Add somebody who answers for it.")
            )
            return redirect("workplace", pk=workplace.pk)
    return render(
        request,
        "placements/workplaces/form.html",
        {"form": form, "above": above, "filled": filled, "can_fill": filling.possible()},
    )


@requires(Permission.EDIT_WORKPLACES)
@once
def edit(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = editable(request, pk)
    form = WorkplaceForm(request.POST or None, instance=workplace, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            workplaces.update(
                form.save(commit=False),
                version=form.cleaned_data["version"] or 0,
                requirements=form.cleaned_data["requirements"],
                learning_areas=form.cleaned_data["learning_areas"],
                by=request.user,
            )
        except Conflict as error:
            context = {"message": str(error), "rows": _differences(form, error.theirs)}
            return render(request, "409.html", context, status=409)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The workplace is saved."))
            return redirect("workplace", pk=pk)
    return render(
        request, "placements/workplaces/form.html", {"form": form, "workplace": workplace}
    )


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def contact_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = editable(request, pk)
    form = ContactForm(request.POST, instance=Contact(workplace=workplace))
    if form.is_valid():
        try:
            workplaces.add_contact(form.save(commit=False), by=request.user)
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(request, _("The contact is added."))
            return redirect("workplace", pk=pk)
    return _detail_page(request, workplace, form, SupervisorForm())


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def contact_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    workplace = editable(request, contact.workplace_id)
    workplaces.end_contact(contact, by=request.user)
    messages.success(request, _("%(name)s is no longer a contact.") % {"name": contact})
    return redirect("workplace", pk=workplace.pk)


@requires(Permission.EDIT_WORKPLACES)
@require_POST
def contact_away(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk, ended_at=None)
    workplace = editable(request, contact.workplace_id)
    note_away(request, contact)
    return redirect("workplace", pk=workplace.pk)


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def supervisor_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = editable(request, pk)
    form = SupervisorForm(request.POST, instance=Supervisor(workplace=workplace))
    if form.is_valid():
        workplaces.add_supervisor(form.save(commit=False), by=request.user)
        messages.success(request, _("The supervisor is added."))
        return redirect("workplace", pk=pk)
    return _detail_page(request, workplace, ContactForm(), form)


@requires(Permission.EDIT_WORKPLACES)
@require_POST
@once
def supervisor_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = Supervisor.objects.filter(workplace__in=Workplace.objects.visible_to(request.user))
    supervisor = get_object_or_404(seen, pk=pk)
    workplace = editable(request, supervisor.workplace_id)
    workplaces.end_supervisor(supervisor, by=request.user)
    messages.success(request, _("%(name)s is no longer a supervisor.") % {"name": supervisor})
    return redirect("workplace", pk=workplace.pk)


def _above(request: AuthenticatedRequest) -> Workplace | None:
    """The workplace that the new one is to be a unit of, when the link says so."""
    if pk := untrusted.identity(request.GET.get("parent", "")):
        return Workplace.objects.visible_to(request.user).filter(pk=pk).first()
    return None


def _differences(form: WorkplaceForm, theirs: Workplace) -> list[tuple[str, object, object]]:
    """What this person wrote beside what is saved now, where they differ."""
    rows = []
    for name in form.fields:
        if name in ("version", "requirements", "learning_areas"):
            continue
        yours, now = form.cleaned_data[name], getattr(theirs, name)
        if (yours or None) != (now or None):
            rows.append((str(form.fields[name].label), _said(yours), _said(now)))
    return rows


def _said(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value or "–"
