"""Signing in and out, one's language and profile, and inviting people."""

from typing import Any

from allauth.account import views as allauth
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import invitations
from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.errors import DomainError
from accounts.forms import InvitationForm
from accounts.models import Invitation, Language, User
from accounts.once import once
from accounts.policy import DESCRIPTIONS, Permission, Role
from accounts.scopes import scopes_for

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

sign_in = public(allauth.RequestLoginCodeView.as_view())
confirm_code = public(allauth.ConfirmLoginCodeView.as_view())


@require_POST
@public
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language: of the person when signed in, else of this browser."""
    chosen = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    if chosen in Language.values:
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(written_standard=chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@requires()
def profile(request: AuthenticatedRequest) -> HttpResponse:
    roles = [(role.label, DESCRIPTIONS[role]) for role in Role if role in request.user.roles]
    return render(request, "accounts/profile.html", {"roles": roles})


@requires(Permission.INVITE_PEOPLE)
@once
def invite(request: AuthenticatedRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, user=request.user, scopes=scopes_for(request.user))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invitations.invite(
                data["email"],
                name=data["name"],
                role=Role(data["role"]),
                scope_id=data["scope_id"],
                language=data["language"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("invite")
    sent = Invitation.objects.filter(invited_by=request.user).order_by("-created_at")[:50]
    return render(request, "accounts/invite.html", {"form": form, "sent": sent})


@requires(Permission.INVITE_PEOPLE)
@require_POST
@once
def revoke_invitation(request: AuthenticatedRequest, pk: Any) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, invited_by=request.user)
    invitations.revoke(invitation, by=request.user)
    messages.success(request, _("The invitation is taken back. Its link no longer works."))
    return redirect("invite")


@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mail's link. Opening it changes nothing; the button accepts."""
    found = invitations.find(token)
    if request.method == "POST":
        try:
            user = invitations.accept(token)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("account_login")
        login(request, user, backend=BACKEND)
        messages.success(
            request, _("Welcome! You are signed in. Next time, sign in with your e-mail.")
        )
        return redirect("home")
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    with translation.override(found.language):
        return render(
            request, "accounts/invitation.html", {"invitation": found, "role": Role(found.role)}
        )


@public
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html")


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "accounts/accessibility.html",
        {"statement_url": settings.ACCESSIBILITY_STATEMENT_URL},
    )
