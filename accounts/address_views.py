"""Changing the address one signs in with."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import addresses
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.forms import NewAddressForm
from accounts.once import once


@requires()
@once
def ask(request: AuthenticatedRequest) -> HttpResponse:
    form = NewAddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if not ratelimit.consume(request, action="change_address", user=request.user, key=email):
            form.add_error(None, _("That was many tries in a short time. Try again in an hour."))
        else:
            try:
                addresses.ask(request.user, email=email, by=request.user)
            except DomainError as error:
                form.add_error("email", str(error))
            else:
                return redirect("address")
    return render(
        request,
        "accounts/address.html",
        {"form": form, "waiting": addresses.waiting(request.user)},
        status=422 if form.is_bound else 200,
    )


@requires()
@require_POST
@once
def drop(request: AuthenticatedRequest) -> HttpResponse:
    addresses.drop(request.user, by=request.user)
    messages.success(request, _("You keep the address you have."))
    return redirect("profile")


@requires()
@once
def confirm(request: AuthenticatedRequest, token: str) -> HttpResponse:
    """Behind the mail's link, for herself alone. Opening it changes nothing; the button does."""
    change = addresses.find(token, request.user)
    if change is None:
        return render(request, "accounts/address_gone.html", status=404)
    if request.method == "POST":
        try:
            email = addresses.confirm(token, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("address")
        messages.success(request, _("From now on you sign in with %(email)s.") % {"email": email})
        return redirect("profile")
    return render(request, "accounts/address_confirm.html", {"change": change})
