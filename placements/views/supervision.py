"""A workplace lets supervisors into a stay, and out again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import supervision as actions
from placements.forms.supervision import ShareForm
from placements.models import Placement, SupervisorLink, Workplace


def _placement(request: AuthenticatedRequest, pk: UUID) -> Placement:
    seen = Placement.objects.visible_to(request.user).stays().remembered()
    hers = seen.filter(slot__workplace__in=Workplace.objects.answered_by(request.user))
    related = "student", "period", "slot__workplace__parent__parent", "round"
    return get_object_or_404(hers.select_related(*related), pk=pk)


@requires(Permission.SHARE_STAYS)
@once
def supervisors(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Who follows this student by a link, and a form to let somebody in."""
    placement = _placement(request, pk)
    form = ShareForm(request.POST or None, supervisors=actions.supervisors_of(placement))
    if request.method == "POST" and form.is_valid():
        supervisor = form.cleaned_data["supervisor"]
        try:
            actions.share(
                placement,
                supervisor=supervisor,
                may_agree=form.cleaned_data["may_agree"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = _("%(name)s gets a mail with a link of her own.") % {"name": supervisor}
            messages.success(request, said)
            return redirect("placement_supervisors", pk=pk)
    audit.looked(request, "placement_supervisors", Placement, placement.pk)
    open_links = SupervisorLink.objects.visible_to(request.user).open().filter(placement=placement)
    return render(
        request,
        "placements/supervising/share.html",
        {
            "placement": placement,
            "links": open_links.select_related("supervisor").order_by("supervisor__name"),
            "form": form,
            "choices": actions.supervisors_of(placement).exists(),
        },
    )


@requires(Permission.SHARE_STAYS)
@require_POST
@once
def take_back(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    seen = SupervisorLink.objects.visible_to(request.user).select_related("placement", "supervisor")
    link = get_object_or_404(seen, pk=pk)
    actions.take_back(link, by=request.user)
    messages.success(request, _("The link of %(name)s is closed.") % {"name": link.supervisor})
    return redirect("placement_supervisors", pk=link.placement_id)
