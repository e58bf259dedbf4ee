"""Class lists and workplace lists, the same five steps: read, name the columns, look, confirm, undo."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import DomainError
from accounts.once import once
from accounts.policy import Permission
from placements.actions import imports
from placements.forms.imports import ColumnsForm, SourceForm
from schools.imports import remembered
from schools.models import Import, ImportState
from schools.tables import Refused

SHOWN = 200  # changes of one sort, errors: nobody reads more at once

_VERB = {
    Import.Kind.STUDENTS: Permission.IMPORT_STUDENTS,
    Import.Kind.WORKPLACES: Permission.EDIT_WORKPLACES,
}
_START = {Import.Kind.STUDENTS: "roster", Import.Kind.WORKPLACES: "workplaces_import"}


def _allowed(request: AuthenticatedRequest, kind: str) -> None:
    if not request.user.has_perm(_VERB[Import.Kind(kind)]):
        raise PermissionDenied


def _found(request: AuthenticatedRequest, pk: UUID) -> Import:
    """The import, if she may know of it; only who read a list in sees the people in it."""
    seen = Import.objects.visible_to(request.user).select_related("school", "county", "created_by")
    import_ = get_object_or_404(seen, pk=pk)
    _allowed(request, import_.kind)
    if import_.state == ImportState.STAGED and import_.created_by != request.user:
        raise PermissionDenied
    return import_


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
def start(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Choose or paste a list. What it holds comes back in the next page, and is not stored."""
    _allowed(request, kind)
    form = SourceForm(
        request.POST or None,
        request.FILES or None,
        kind=kind,
        user=request.user,
        too_large="UPLOAD_TOO_LARGE" in request.META,
    )
    if request.method == "POST" and form.is_valid():
        scope = form.scope()
        columns = ColumnsForm(
            kind=kind,
            user=request.user,
            columns=imports.columns(kind),
            found=form.rows,
            remembered=remembered(kind, school=scope["school"], county=scope["county"])
            or remembered(kind, created_by=request.user),
            initial={"school": scope["school"], "county": scope["county"]}
            | {"school_year": scope["school_year"]},
        )
        return _columns_page(request, kind, columns)
    recent = (
        Import.objects.visible_to(request.user)
        .filter(kind=kind)
        .exclude(state=ImportState.STAGED)
        .select_related("school", "county", "created_by")[:5]
    )
    return render(
        request,
        "placements/imports/source.html",
        {"form": form, "kind": kind, "recent": recent, "columns": imports.columns(kind)},
        status=413 if "UPLOAD_TOO_LARGE" in request.META else 200,
    )


def _columns_page(request: AuthenticatedRequest, kind: str, form: ColumnsForm) -> HttpResponse:
    return render(
        request,
        "placements/imports/columns.html",
        {"form": form, "kind": kind, "start": _START[Import.Kind(kind)], "rows": form.row_count},
    )


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
def columns(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Which column is which. From here on the chosen columns, and no others, are kept for a day."""
    _allowed(request, kind)
    if request.method != "POST":
        return redirect(_START[Import.Kind(kind)])
    form = ColumnsForm(request.POST, kind=kind, user=request.user, columns=imports.columns(kind))
    if not form.table:
        messages.error(request, _("The list was lost on the way. Read it in again."))
        return redirect(_START[Import.Kind(kind)])
    if form.is_valid():
        try:
            import_ = imports.stage(
                form.table,
                header=form.header,
                places=form.places(),
                options=form.options(),
                by=request.user,
                **form.scope(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("import", pk=import_.pk)
    return _columns_page(request, kind, form)


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
def detail(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    """Before: what would change. After: what did, and the way back."""
    import_ = _found(request, pk)
    start_url = _START[Import.Kind(import_.kind)]
    context = {"import": import_, "kind": import_.kind, "start": start_url, "shown": SHOWN}
    if import_.state != ImportState.STAGED:
        return render(request, "placements/imports/done.html", context)
    if not Import.objects.waiting().filter(pk=pk).exists():
        return render(request, "placements/imports/over.html", context)
    planned = imports.plan(import_)
    if import_.kind == Import.Kind.STUDENTS:
        audit.looked(request, "import", Import, import_.pk)
    labels = {column.key: column.label for column in imports.columns(import_.kind)}
    context |= {
        "plan": planned,
        "mapping": [(header, labels[key]) for key, header in import_.mapping.items()],
        "rows": len(import_.rows),
        "sorts": [(what, planned.of(what)) for what in ("new", "changed", "gone")],
    }
    return render(request, "placements/imports/preview.html", context)


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
@require_POST
@once
def confirm(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    import_ = _found(request, pk)
    if import_.state == ImportState.APPLIED:  # the button was pressed twice
        return redirect("import", pk=pk)
    try:
        imports.confirm(import_, fingerprint=request.POST.get("fingerprint", ""), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The list is imported."))
    return redirect("import", pk=pk)


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
@require_POST
@once
def undo(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    import_ = _found(request, pk)
    if import_.state == ImportState.UNDONE:
        return redirect("import", pk=pk)
    try:
        imports.undo(import_, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The import is undone. Everything is as it was."))
    return redirect("import", pk=pk)


@requires(Permission.IMPORT_STUDENTS, Permission.EDIT_WORKPLACES)
@require_POST
@once
def discard(request: AuthenticatedRequest, pk: UUID) -> HttpResponse:
    import_ = _found(request, pk)
    imports.discard(import_, by=request.user)
    messages.info(request, _("The list is thrown away. Nothing was changed."))
    return redirect(_START[Import.Kind(import_.kind)])
