"""A supervisor's pages about one stay: by the link in her mail, without an account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit, links
from accounts.decorators import public
from accounts.errors import Conflict, DomainError
from accounts.once import once
from accounts.views import remember_language
from placements.actions import agreements, attendance, reviews, supervision
from placements.documents import facts
from placements.forms.attendance import AttendanceForm
from placements.forms.reviews import FeedbackForm
from placements.models import Agreement, Consent, Feedback, Placement, SupervisorLink
from placements.models.agreements import Party
from placements.views.attendance import conflict as attendance_conflict
from placements.views.attendance import sums
from placements.views.reviews import feedback_conflict, feedback_context

COOKIE = "supervisor"
HOURS = 12


@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in the mail. It writes nothing: mail scanners open links too.

    The token leaves the address bar at once; a signed cookie for these pages alone carries on.
    """
    living = SupervisorLink.objects.open().filter(token_hash=links.hash_of(token))
    found = living.select_related("sent_by").first()
    if found is None:
        return _gone(request)
    response = redirect("supervisor_stay")
    response.set_signed_cookie(
        COOKIE,
        links.hash_of(token).hex(),
        salt=COOKIE,
        max_age=HOURS * 3600,
        path="/s/",
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )
    response["Referrer-Policy"] = "no-referrer"
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        remember_language(response, found.sent_by.written_standard)  # the mail's language
    return response


@public
def stay(request: HttpRequest) -> HttpResponse:
    """Who is coming, when, whom to call at the school, and what there is to do."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    placement = opened.placement
    _looked(request, opened, "placement")
    today = timezone.localdate()
    agreed = Consent.objects.filter(agreement__placement=placement, party=Party.WORKPLACE)
    return render(
        request,
        "placements/supervising/stay.html",
        {
            "link": opened,
            "placement": placement,
            "noted": placement.attendance.count(),
            "begun": sum(day <= today for day in placement.stay),
            "feedback": Feedback.objects.filter(placement=placement).exists(),
            "agreed": agreed.exists(),
        },
    )


@public
@once
def days(request: HttpRequest) -> HttpResponse:
    """Which days she was there."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    placement, today = opened.placement, timezone.localdate()
    form = AttendanceForm(
        request.POST if request.method == "POST" else None,
        days=[day for day in placement.stay if day <= today],
        noted=placement.attendance.all(),
        reported=placement.absences.all(),
    )
    if request.method == "POST":
        if not form.is_valid():
            messages.error(request, _("That could not be read. Try again."))
            return redirect("supervisor_attendance")
        try:
            by = _used(opened)
            changed = attendance.note(placement, marks=form.marks(), today=today, by=by)
        except Conflict as error:
            return attendance_conflict(request, error, form)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            saved = ngettext("%(n)d day noted.", "%(n)d days noted.", changed) % {"n": changed}
            messages.success(request, saved if changed else _("Nothing was changed."))
        return redirect("supervisor_attendance")
    rows = list(form.rows())
    context = {
        "rows": rows,
        "notes": True,
        "sums": sums(placement, list(form.noted.values()), today),
        "fillable": sum(not row.noted and not row.reported for row in rows),
        "next": next((day for day in placement.stay if day > today), None),
    }
    _looked(request, opened, "attendance")
    return _page(request, opened, "placements/stay/attendance.html", context)


@public
@once
def feedback(request: HttpRequest) -> HttpResponse:
    """Her feedback to the student."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    placement, today = opened.placement, timezone.localdate()
    given = Feedback.objects.filter(placement=placement).first()
    form: FeedbackForm | None = FeedbackForm(request.POST or None, instance=given)
    if request.method == "POST" and form and form.is_valid():
        said, version = form.said(), form.cleaned_data["version"]
        try:
            reviews.give_feedback(
                placement, said=said, version=version, today=today, by=_used(opened)
            )
        except Conflict as error:
            return feedback_conflict(request, error, form)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("supervisor_feedback")
        messages.success(request, _("Thank you! The student and the school can read it now."))
        return redirect("supervisor_stay")
    if not reviews.has_begun(placement, today):
        form = None
    context = feedback_context(placement, given, form, own=False)
    _looked(request, opened, "feedback")
    return _page(request, opened, "placements/stay/feedback.html", context)


@public
@once
def agreement(request: HttpRequest) -> HttpResponse:
    """The practice agreement: to read, and to agree to for the workplace if she has been given that."""
    opened = _opened(request)
    if opened is None:
        return _gone(request)
    placement = opened.placement
    if request.method == "POST":
        if not opened.may_agree:
            return redirect("supervisor_agreement")
        words = request.POST.get("sha256", "")
        try:
            agreements.agree(placement, party=Party.WORKPLACE, sha256=words, by=_used(opened))
        except Conflict as error:
            context = {"message": str(error), "placement": placement, "guest": True}
            return render(request, "placements/stay/agreement_changed.html", context, status=409)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Thank you! You have agreed."))
        return redirect("supervisor_agreement")
    known = Agreement.objects.filter(placement=placement).prefetch_related("consents").first()
    given = {consent.party: consent for consent in known.consents.all()} if known else {}
    text, language = agreements.words(placement)
    open_to_her = opened.may_agree and placement.occupies and Party.WORKPLACE.value not in given
    context = {
        "agreement": known,
        "parties": [(each, given.get(each)) for each in Party],
        "given": len(given),
        "text": text,
        "language": language,
        "sha256": agreements.seal(text),
        "may": open_to_her,
        "party": Party.WORKPLACE,
    }
    _looked(request, opened, "agreement")
    return _page(request, opened, "placements/stay/agreement.html", context)


def _opened(request: HttpRequest) -> SupervisorLink | None:
    """By the cookie that the mail's link has left, while the link holds."""
    try:
        kept = request.get_signed_cookie(COOKIE, salt=COOKIE, max_age=HOURS * 3600)
        token_hash = bytes.fromhex(kept or "")
    except (KeyError, ValueError, BadSignature):
        return None
    found = SupervisorLink.objects.open().filter(token_hash=token_hash)
    opened = found.select_related("supervisor").first()
    if opened is not None:
        related = Placement.objects.select_related(*facts.RELATED, "round")
        opened.placement = related.get(pk=opened.placement_id)
    return opened


def _looked(request: HttpRequest, opened: SupervisorLink, page: str) -> None:
    stay = opened.placement_id
    audit.looked(request, page, Placement, stay, via=supervision.VIA, link=opened.pk)


def _used(opened: SupervisorLink) -> Any:
    """Note that the link was used to do something, and return who did it."""
    SupervisorLink.objects.filter(pk=opened.pk).update(last_used_at=timezone.now())
    return opened.supervisor


def _page(
    request: HttpRequest, opened: SupervisorLink, template: str, context: dict[str, Any]
) -> HttpResponse:
    about = {"placement": opened.placement, "own": False, "guest": True}
    return render(request, template, {**about, **context})


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "placements/supervising/gone.html", status=410)
