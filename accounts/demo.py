"""For the demo only: sign in as anybody of the cast with one click, and read the mails that went out.

Mounted when DEMO is true and at no other time.
"""

import datetime as dt
import email.policy
import mailbox
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.decorators import public
from accounts.models import User
from accounts.policy import DESCRIPTIONS, Role

CAST = ("fylke", "koordinator", "elev", "legekontor", "sykehus", "admin")
DOMAIN = "demo.example"


@dataclass(frozen=True)
class Mail:
    """One mail as the catcher kept it."""

    key: str
    to: str
    subject: str
    date: dt.datetime | None
    text: str

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The text cut at its links: (text, address or nothing). Only links to this site are links."""
        ours = urlsplit(settings.SITE_URL).netloc
        pieces = re.split(r"(https?://\S+)", self.text)
        return [
            (piece, urlsplit(piece)._replace(scheme="", netloc="").geturl())
            if urlsplit(piece).netloc == ours
            else (piece, "")
            for piece in pieces
        ]


@public
def people(request: HttpRequest) -> HttpResponse:
    found = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    cast_now = [(key, found[f"{key}@{DOMAIN}"]) for key in CAST if f"{key}@{DOMAIN}" in found]
    rows = [
        (key, user, [(role.label, DESCRIPTIONS[role]) for role in Role if role in user.roles])
        for key, user in cast_now
    ]
    return render(request, "accounts/demo.html", {"people": rows})


@require_POST
@public
def sign_in_as(request: HttpRequest, key: str) -> HttpResponse:
    if key not in CAST:
        raise Http404
    user = get_object_or_404(User, email=f"{key}@{DOMAIN}", is_active=True)
    login(request, user)
    return redirect("home")


def _box() -> mailbox.Maildir | None:
    folder = Path(settings.MAIL_CATCHER_DIR or "/nonexistent")
    return mailbox.Maildir(folder, create=False) if (folder / "new").is_dir() else None


def _read(key: str, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    return Mail(
        key=key,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        date=message["Date"].datetime if message["Date"] else None,
        text=body.get_content() if body else "",
    )


def _when(key: str) -> list[int]:
    """A Maildir's file names begin with seconds, microseconds and a count, not padded."""
    return [int(digits) for digits in re.findall(r"\d+", key)]


@public
def inbox(request: HttpRequest) -> HttpResponse:
    box = _box()
    keys = sorted(box.keys(), key=_when, reverse=True)[:200] if box is not None else []
    mails = [_read(key, box.get_bytes(key)) for key in keys] if box is not None else []
    return render(request, "accounts/demo_inbox.html", {"mails": mails})


@public
def mail(request: HttpRequest, key: str) -> HttpResponse:
    box = _box()
    if box is None or key not in box:
        raise Http404
    return render(request, "accounts/demo_mail.html", {"mail": _read(key, box.get_bytes(key))})
