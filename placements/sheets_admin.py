"""Lists of the administration as files, and registers read in from them: seen before they are stored."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.admin_tools import shown
from accounts.errors import DomainError
from accounts.list_files import FILES, Download, Files, Read
from accounts.models import Membership, User
from placements.actions import sheets as actions
from placements.exports import registers
from placements.exports.answer import CHUNK, file_answer
from placements.exports.cells import Column, Table
from placements.forms.imports import ListForm
from placements.models import Workplace
from placements.register_sheets import SHEETS
from placements.sheets import Sheet
from placements.workplace_sheet import WORKPLACES, with_all
from schools.columns import guess, header_row
from schools.imports import choose
from schools.tables import Refused

SALT = "administration.read"
HOURS = 12
LANGUAGES = dict(settings.LANGUAGES)


def users(rows: Any) -> Table:
    """Who has an account, without anything that opens it."""
    columns = [
        Column(_("Name"), _("The person's name."), lambda r: r.name, 28),
        Column(_("E-mail"), _("The address she signs in with."), lambda r: r.email, 34),
        Column(_("Roles"), _("The roles she holds now."), _roles, 30),
        Column(_("In use"), _("Whether she may sign in."), lambda r: r.is_active, 9),
        Column(
            _("Language"),
            _("What she is written to in."),
            lambda r: str(LANGUAGES.get(r.written_standard, "")),
            12,
        ),
        Column(_("Last signed in"), _("Empty if never."), lambda r: r.last_login, 18),
    ]
    return Table(_("Users"), columns, rows)


def _roles(user: Any) -> str:
    return ", ".join(str(membership.get_role_display()) for membership in user.current)


def _users(request: HttpRequest, rows: QuerySet[Any, Any], suffix: str) -> HttpResponseBase:
    audit.looked(request, "users_file", User, rows.count())
    held = Membership.objects.filter(ended_at=None).order_by("role")
    found = rows.prefetch_related(Prefetch("memberships", held, to_attr="current"))
    return file_answer(users(found.iterator(CHUNK)), suffix)


def _workplaces(request: HttpRequest, rows: QuerySet[Any, Any], suffix: str) -> HttpResponseBase:
    audit.looked(request, "workplaces_file", Workplace, rows.count())
    found = with_all(rows).select_related("municipality")
    return file_answer(registers.workplaces(found.iterator(CHUNK)), suffix)


def _written(sheet: Sheet) -> Download:
    def download(request: HttpRequest, rows: QuerySet[Any, Any], suffix: str) -> HttpResponseBase:
        found = rows.select_related(*sheet.select).iterator(CHUNK)
        return file_answer(sheet.table(found), suffix)

    return download


def _read(sheet: Sheet) -> Read:
    """Two steps: the file is read and shown; what was shown rides along, signed, and is then stored."""
    name = f"{sheet.model._meta.app_label}_{sheet.model._meta.model_name}"

    def read(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and "staged" in request.POST:
            return _stored(request, sheet, f"admin:{name}_read", f"admin:{name}_changelist")
        form = ListForm(
            request.POST or None,
            request.FILES or None,
            too_large="UPLOAD_TOO_LARGE" in request.META,
        )
        more: dict[str, Any] = {}
        if request.method == "POST" and form.is_valid():
            try:
                more = _looked_at(sheet, form)
            except Refused as error:
                form.add_error("file", str(error))
        title = _("Read in: %(list)s") % {"list": sheet.name}
        columns = [(column.label, column.help, column.required) for column in sheet.columns]
        back = reverse(f"admin:{name}_changelist")
        context = {"form": form, "columns": columns, "back": back, **more}
        return shown(request, "admin/read.html", title, **context)

    return read


def _looked_at(sheet: Sheet, form: ListForm) -> dict[str, Any]:
    header = header_row(form.rows, sheet.columns) if form.rows else 0
    places = guess(form.rows[header].cells if form.rows else [], sheet.columns, {})
    _mapping, staged = choose(form.rows, header, places, sheet.columns)
    plan, _rows = actions.look(sheet, staged)
    kept = {"rows": staged, "fingerprint": plan.fingerprint}
    return {"plan": plan, "staged": signing.dumps(kept, salt=SALT, compress=True)}


def _stored(request: HttpRequest, sheet: Sheet, again: str, back: str) -> HttpResponse:
    try:
        kept = signing.loads(request.POST["staged"], salt=SALT, max_age=HOURS * 3600)
        staged = [(number, cells) for number, cells in kept["rows"]]
        by = cast(User, request.user)
        plan = actions.read_in(sheet, staged, fingerprint=kept["fingerprint"], by=by)
    except signing.BadSignature:
        messages.error(request, _("The list has stood open too long. Read it in again."))
        return redirect(again)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(again)
    count = len(plan.changes)
    said = ngettext("%(count)s row is read in.", "%(count)s rows are read in.", count)
    messages.success(request, said % {"count": count})
    return redirect(back)


FILES[User] = Files(_users)
FILES[Workplace] = Files(_workplaces, _read(WORKPLACES))
for one in SHEETS:
    FILES[one.model] = Files(_written(one), _read(one))
