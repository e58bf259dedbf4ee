"""The words of the documents: read, changed, looked at before they are used."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.decorators import AuthenticatedRequest, requires
from accounts.errors import Conflict
from accounts.models import User
from accounts.once import once
from accounts.policy import Permission, Role
from placements.actions import texts as actions
from placements.documents import facts, pdf, sample, texts
from placements.documents.kinds import KINDS, Kind
from placements.forms.documents import TextForm
from placements.models import DocumentText
from schools.models import County, School


@dataclass(frozen=True)
class Owner:
    """Whose words they are: a county's, or one school's."""

    county: County
    school: School | None

    @property
    def pk(self) -> UUID:
        return self.school.pk if self.school else self.county.pk

    def __str__(self) -> str:
        return str(self.school or self.county)


def owners(user: User) -> list[Owner]:
    """Those whose words she may change: her schools', her counties'; an administrator every county's."""
    found: list[Owner] = []
    if Role.SCHOOL_COORDINATOR in user.roles:
        schools = School.objects.filter(coordinators=user).select_related("county")
        found += [Owner(school.county, school) for school in schools]
    if Role.ADMINISTRATOR in user.roles:
        counties = County.objects.current(timezone.localdate())
    else:
        counties = (
            County.objects.filter(coordinators=user)
            if Role.COUNTY_COORDINATOR in user.roles
            else County.objects.none()
        )
    return [*found, *(Owner(county, None) for county in counties.order_by("number"))]


def _chosen(request: AuthenticatedRequest) -> tuple[list[Owner], Owner]:
    mine = owners(request.user)
    wanted = request.GET.get("owner", "")
    for owner in mine:
        if not wanted or str(owner.pk) == wanted:
            return mine, owner
    raise Http404


@requires(Permission.EDIT_TEXTS)
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Every document, and in which languages its words are her own."""
    mine, owner = _chosen(request)
    own = set(
        DocumentText.objects.filter(county=owner.county, school=owner.school).values_list(
            "kind", "language"
        )
    )
    rows = [
        (kind, [(code, name, (kind.code, code) in own) for code, name in settings.LANGUAGES])
        for kind in KINDS.values()
    ]
    context = {"owners": mine, "owner": owner, "rows": rows}
    return render(request, "placements/documents/texts.html", context)


@requires(Permission.EDIT_TEXTS)
@once
def edit(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """The words of one document in one language."""
    chosen, language = KINDS.get(kind), request.GET.get("language", "nb")
    if chosen is None or language not in dict(settings.LANGUAGES):
        raise Http404
    _mine, owner = _chosen(request)
    now = DocumentText.objects.filter(
        county=owner.county, school=owner.school, kind=kind, language=language
    ).first()
    with translation.override(language):
        default = str(chosen.text)
    version = now.version if now else 0
    form = TextForm(
        request.POST or None, initial={"body": now.body if now else default, "version": version}
    )
    shown = now.body if now else default
    if request.method == "POST" and form.is_valid():
        shown = form.cleaned_data["body"] or default
        if "pdf" in request.POST:
            try:
                data = facts.make(chosen, sample.facts(language, owner.county, owner.school), shown)
            except pdf.NoDocuments as error:
                form.add_error(None, str(error))
            else:
                return HttpResponse(
                    data,
                    content_type="application/pdf",
                    headers={
                        "Content-Disposition": f'attachment; filename="{kind}-{language}.pdf"'
                    },
                )
        elif "preview" not in request.POST:
            try:
                actions.write(
                    kind,
                    language=language,
                    county=owner.county,
                    school=owner.school,
                    **form.cleaned_data,
                    by=request.user,
                )
            except Conflict as error:
                rows = [
                    (
                        _("Text"),
                        form.cleaned_data["body"],
                        error.theirs.body if error.theirs else default,
                    )
                ]
                context = {"message": str(error), "theirs": error.theirs, "rows": rows}
                return render(request, "409.html", context, status=409)
            messages.success(request, _("The text is saved and used from now on."))
            return redirect(f"{reverse('document_texts')}?owner={owner.pk}")
    return render(
        request,
        "placements/documents/text.html",
        {
            "kind": chosen,
            "language": language,
            "language_name": dict(settings.LANGUAGES)[language],
            "owner": owner,
            "form": form,
            "placeholders": texts.PLACEHOLDERS.items(),
            "preview": _preview(language, owner, shown),
            "others": _others(chosen, owner, language),
        },
    )


def _preview(language: str, owner: Owner, text: str) -> list[str]:
    with translation.override(language):
        return texts.fill(text, sample.facts(language, owner.county, owner.school).values())


def _others(kind: Kind, owner: Owner, language: str) -> list[tuple[str, str, list[str]]]:
    """The same document in the other languages as it is now, to be read beside what is being written."""
    theirs = DocumentText.objects.filter(county=owner.county, kind=kind.code)
    own = {t.language: t.body for t in theirs.filter(school=None)}
    if owner.school:
        own |= {t.language: t.body for t in theirs.filter(school=owner.school)}
    found = []
    for code, name in settings.LANGUAGES:
        if code != language:
            with translation.override(code):
                text = own.get(code) or str(kind.text)
            found.append((code, str(name), _preview(code, owner, text)))
    return found
