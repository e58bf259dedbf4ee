"""An earlier round as the beginning of a new one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import copies
from placements.views.rounds import decided_by


@requires(Permission.MANAGE_ROUNDS)
@require_POST
@once
def copy(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """The draft is opened to be looked over at once; nobody is told of it."""
    earlier = decided_by(request, pk)
    try:
        new = copies.copy(earlier, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("round", pk=pk)
    messages.success(
        request,
        _(
            "A draft with the same weeks, rules and workplaces, moved on. Look it over and save:"
            " nothing is sent before you start the round."
        ),
    )
    if new.capacity_deadline <= timezone.now():
        messages.warning(request, _("Some deadlines have passed already. Choose new ones."))
    return redirect("round_edit", pk=new.pk)
