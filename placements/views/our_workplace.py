"""The workplace's own page: what it requires, what students need to know, who answers, who supervises."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import colleagues, workplaces
from placements.forms.our_workplace import AboutForm, AwayForm, ColleagueForm
from placements.forms.workplaces import SupervisorForm
from placements.models import Contact, Supervisor, Workplace


def _mine(request: AuthenticatedRequest, pk: UUID) -> Workplace:
    mine = Workplace.objects.answered_by(request.user)
    return get_object_or_404(mine.select_related("parent", "municipality"), pk=pk)


@requires(Permission.EDIT_OWN_WORKPLACE)
@once
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Everything on one page; saved here are the facts and the requirements."""
    workplace = _mine(request, pk)
    form = AboutForm(request.POST or None, instance=workplace)
    if request.method == "POST" and form.is_valid():
        try:
            workplaces.update(
                form.save(commit=False),
                version=form.cleaned_data["version"],
                requirements=form.cleaned_data["requirements"],
                learning_areas=form.cleaned_data["learning_areas"],
                by=request.user,
            )
        except Conflict as error:
            return render(request, "409.html", {"message": str(error)}, status=409)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. It stands until you change it."))
            return redirect("our_workplace", pk=pk)
    return _page(request, workplace, about=form)


def _page(
    request: AuthenticatedRequest,
    workplace: Workplace,
    *,
    about: AboutForm | None = None,
    colleague: ColleagueForm | None = None,
    supervisor: ModelForm[Supervisor] | None = None,
) -> HttpResponse:
    contacts = workplace.contacts.filter(ended_at=None).order_by("-confirmed", "name", "email")
    mine = Workplace.objects.answered_by(request.user).exclude(pk=workplace.pk)
    return render(
        request,
        "placements/our_workplace.html",
        {
            "workplace": workplace,
            "about": about or AboutForm(instance=workplace),
            "colleague": colleague or ColleagueForm(),
            "supervisor": supervisor or SupervisorForm(),
            "contacts": [c for c in contacts if c.confirmed],
            "waiting": [c for c in contacts if not c.confirmed],
            "supervisors": workplace.supervisors.filter(active=True).order_by("name"),
            "others": mine.filter(active=True).order_by("sort_key"),
        },
        status=422 if colleague or supervisor else 200,
    )


@requires(Permission.EDIT_OWN_WORKPLACE)
@require_POST
@once
def colleague_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = _mine(request, pk)
    form = ColleagueForm(request.POST, instance=Contact(workplace=workplace))
    if form.is_valid():
        data = form.cleaned_data
        try:
            colleague = colleagues.invite(
                workplace,
                name=data["name"],
                email=data["email"],
                phone=data["phone"],
                hands_over=data["hands_over"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error("email", str(error))
        else:
            messages.success(
                request,
                _(
                    "%(name)s answers for the workplace now, and can sign in with her e-mail address."
                )
                % {"name": colleague}
                if colleague.confirmed
                else _("The address is at another domain, so the coordinator confirms it first."),
            )
            still = Workplace.objects.answered_by(request.user).filter(pk=pk).exists()
            return redirect("our_workplace", pk=pk) if still else redirect("my_workplaces")
    return _page(request, workplace, colleague=form)


@requires(Permission.EDIT_OWN_WORKPLACE)
@require_POST
@once
def colleague_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    contact = get_object_or_404(
        Contact.objects.filter(
            workplace__in=Workplace.objects.answered_by(request.user), ended_at=None
        ),
        pk=pk,
    )
    try:
        colleagues.leave(contact, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is no longer a contact.") % {"name": contact})
    here = Workplace.objects.answered_by(request.user).filter(pk=contact.workplace_id)
    if here.exists():
        return redirect("our_workplace", pk=contact.workplace_id)
    return redirect("my_workplaces")


@requires(Permission.EDIT_OWN_WORKPLACE)
@require_POST
def colleague_away(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    hers = Contact.objects.filter(workplace__in=Workplace.objects.answered_by(request.user))
    contact = get_object_or_404(hers, pk=pk, ended_at=None)
    note_away(request, contact)
    return redirect("our_workplace", pk=contact.workplace_id)


def note_away(request: AuthenticatedRequest, contact: Contact) -> None:
    """Write down until when the contact is away; an empty day means that she is there."""
    form = AwayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the day as a date."))
        return
    try:
        workplaces.away(contact, form.cleaned_data["back_on"], by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Noted. Others are written to meanwhile, if there are any."))


@requires(Permission.EDIT_OWN_WORKPLACE)
@require_POST
@once
def supervisor_add(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    workplace = _mine(request, pk)
    form = SupervisorForm(request.POST, instance=Supervisor(workplace=workplace))
    if form.is_valid():
        workplaces.add_supervisor(form.save(commit=False), by=request.user)
        messages.success(request, _("The supervisor is added."))
        return redirect("our_workplace", pk=pk)
    return _page(request, workplace, supervisor=form)


@requires(Permission.EDIT_OWN_WORKPLACE)
@require_POST
@once
def supervisor_end(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    hers = Supervisor.objects.filter(workplace__in=Workplace.objects.answered_by(request.user))
    supervisor = get_object_or_404(hers, pk=pk)
    workplaces.end_supervisor(supervisor, by=request.user)
    messages.success(request, _("%(name)s is no longer a supervisor.") % {"name": supervisor})
    return redirect("our_workplace", pk=supervisor.workplace_id)
