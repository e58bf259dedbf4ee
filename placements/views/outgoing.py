"""The outbox: what has been written to whom in one's own rounds, and how it went."""

from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import audit, outbox
from accounts.decorators import AuthenticatedRequest, requires
from accounts.models import OutboxMessage, OutboxState
from accounts.once import once
from accounts.policy import Permission
from placements import outgoing
from placements.listing import page_of
from placements.rows import MessageRow


class OutboxFilter(django_filters.FilterSet):  # type: ignore[misc]  # it has no types
    q = django_filters.CharFilter(
        label=gettext_lazy("Search for an address"),
        field_name="recipient",
        lookup_expr="icontains",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=OutboxState.choices, empty_label=gettext_lazy("All")
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("About"),
        choices=list(outgoing.KINDS.items()),
        empty_label=gettext_lazy("All"),
    )

    class Meta:
        model = OutboxMessage
        fields = ("q", "state", "kind")


@requires(Permission.SEE_ROUNDS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    found = OutboxFilter(request.GET, outgoing.visible_to(request.user))
    page = page_of(found.qs, MessageRow, request.GET.get("page", ""))
    audit.looked(request, "outbox", OutboxMessage, len(page.object_list))
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "placements/outbox.html",
        {"filter": found, "page": page, "query": query.urlencode()},
    )


@requires(Permission.ASK_CAPACITY)
@require_POST
@once
def send_again(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    message = get_object_or_404(outgoing.visible_to(request.user), pk=pk)
    if outbox.send_again(message, by=request.user):
        messages.success(request, _("The mail is sent once more."))
    else:
        messages.info(request, _("The mail is already on its way, or has been sent."))
    return redirect("outbox")
