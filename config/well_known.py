"""What machines look for at fixed addresses: whom to tell of a hole, and that nothing is to be indexed."""

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import public
from config.health import without_transaction

GOOD_FOR = dt.timedelta(days=180)  # RFC 9116 wants less than a year


@public
@require_safe
@without_transaction
def robots(request: HttpRequest) -> HttpResponse:
    """Only the public pages could be found, and nobody looks for those in a search engine."""
    return _text("User-agent: *\nDisallow: /\n")


@public
@require_safe
@without_transaction
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116. The copy that runs is the one that is looked after, so it never runs out."""
    if not settings.DATA_PROTECTION_EMAIL:
        raise Http404
    expires = (timezone.now() + GOOD_FOR).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _text(
        f"Contact: mailto:{settings.DATA_PROTECTION_EMAIL}\nExpires: {expires}\n"
        f"Preferred-Languages: nb, nn, en\n"
        f"Canonical: {request.build_absolute_uri()}\n"
    )


@public
@require_safe
@without_transaction
def change_password(request: HttpRequest) -> HttpResponseRedirect:
    """There are no passwords: what can be changed is the address that sign-in codes go to."""
    return redirect("profile")


def _text(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
