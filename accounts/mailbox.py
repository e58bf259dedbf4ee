"""What has been written to oneself: every mail's words, also those that never reached her inbox."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import choices
from accounts.decorators import AuthenticatedRequest, requires
from accounts.forms import MessageChoicesForm
from accounts.models import OutboxMessage
from accounts.once import once

PAGE = 20


@requires()
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Newest first. Reading the list marks nothing: opening a message does, or the button."""
    written = OutboxMessage.objects.written_to(request.user)
    return render(
        request,
        "accounts/messages.html",
        {
            "page": Paginator(written, PAGE).get_page(request.GET.get("page")),
            "unread": written.filter(read_at=None).count(),
        },
    )


@requires()
@once
def choose(request: AuthenticatedRequest) -> HttpResponse:
    """One table: what she may be told of, and how."""
    form = MessageChoicesForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        choices.choose(
            request.user, form.how(), sms=form.sms(), mobile=form.cleaned_data.get("mobile")
        )
        messages.success(request, _("Saved."))
        return redirect("message_choices")
    return render(request, "accounts/message_choices.html", {"form": form})


@requires()
@require_POST
def open_one(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Mark it as read and go where it leads. Twice is once."""
    message = get_object_or_404(OutboxMessage.objects.written_to(request.user), pk=pk)
    OutboxMessage.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())
    leads = url_has_allowed_host_and_scheme(message.path, allowed_hosts=None)
    return redirect(message.path if leads and message.path[:1] == "/" else "messages")


@requires()
@require_POST
def read_all(request: AuthenticatedRequest) -> HttpResponse:
    OutboxMessage.objects.written_to(request.user).filter(read_at=None).update(
        read_at=timezone.now()
    )
    return redirect("messages")
