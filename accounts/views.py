"""Signing in and out, one's language and profile, and inviting people."""

from typing import Any, cast

from allauth.account import views as allauth
from allauth.account.internal.stagekit import clear_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import invitations, people
from accounts.decorators import AuthenticatedRequest, public, requires
from accounts.errors import DomainError
from accounts.forms import InvitationForm, ProfileForm
from accounts.models import Invitation, Language, User
from accounts.once import once
from accounts.policy import DESCRIPTIONS, Permission, Role
from accounts.scopes import scopes_for

confirm_code = public(allauth.ConfirmLoginCodeView.as_view())


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a code. Coming back here is starting again: the address may have been mistyped."""
    if not request.user.is_authenticated:
        clear_login(request)
    return cast(HttpResponse, allauth.RequestLoginCodeView.as_view()(request))


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
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or target[:1] != "/":
        target = "/"
    response: HttpResponse = HttpResponseRedirect(target)
    if chosen in Language.values:
        if isinstance(request.user, User):
            people.speak(request.user, language=chosen)
        remember_language(response, chosen)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the language in this browser, for the pages before signing in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


@requires()
@once
def profile(request: AuthenticatedRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        language = form.cleaned_data["language"]
        people.introduce(
            request.user, name=form.cleaned_data["name"], language=language, by=request.user
        )
        with translation.override(language):
            messages.success(request, _("Saved."))
        response = redirect("profile")
        remember_language(response, language)
        return response
    roles = [(role.label, DESCRIPTIONS[role]) for role in Role if role in request.user.roles]
    return render(request, "accounts/profile.html", {"form": form, "roles": roles})


@requires()
@require_POST
def sign_out_elsewhere(request: AuthenticatedRequest) -> HttpResponse:
    """End her sessions in every other browser; this one goes on."""
    people.sign_out_everywhere(request.user, by=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("profile")


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
                scope_id=data.get("scope_id"),
                language=data["language"],
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("invite")
    sent = Invitation.objects.filter(invited_by=request.user).order_by("-created_at")[:50]
    context = {"form": form, "sent": sent, "now": timezone.now()}
    return render(request, "accounts/invite.html", context)


@requires(Permission.INVITE_PEOPLE)
@require_POST
@once
def revoke_invitation(request: AuthenticatedRequest, pk: Any) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, invited_by=request.user)
    invitations.revoke(invitation, by=request.user)
    messages.success(request, _("The invitation is taken back. Its link no longer works."))
    return redirect("invite")


@public
@once
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mail's link. Opening it changes nothing; the button accepts."""
    found = invitations.find(token)
    if request.method == "POST":
        try:
            user, is_new = invitations.accept(token)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("account_login")
        with translation.override(user.written_standard):
            if is_new:
                login(request, user)
                said = _("Welcome! You are signed in. Next time, sign in with your e-mail.")
            else:
                said = _("Thank you. You have been here before, so sign in with your e-mail.")
        if is_new or request.user != user:
            messages.success(request, said)
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
