"""What is done to the words of a document."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.errors import Conflict, DomainError
from accounts.models import User
from placements.documents import texts
from placements.models import DocumentText
from schools.models import County, School


class UnknownPlaceholder(DomainError):
    """A name in braces stands for nothing."""


def refuse_unknown(body: str) -> None:
    """Say by name what cannot be filled in."""
    if names := texts.unknown(body):
        listed = ", ".join(f"{{{name}}}" for name in names)
        raise UnknownPlaceholder(
            _("This is not a word we can fill in: %(names)s") % {"names": listed}
        )


@transaction.atomic
def write(
    kind: str,
    *,
    language: str,
    county: County,
    school: School | None,
    body: str,
    version: int,
    by: User,
) -> None:
    """Set the words of the county or the school. Nothing written: back to what it was made with."""
    refuse_unknown(body)
    County.objects.select_for_update(no_key=True).get(
        pk=county.pk
    )  # the first words have no row to lock
    now = DocumentText.objects.filter(
        county=county, school=school, kind=kind, language=language
    ).first()
    if (now.version if now else 0) != version:
        raise Conflict(_("Somebody else has changed the text while you were writing."), theirs=now)
    if not body.strip():
        if now:
            audit.record("document_text.reset", now, by=by, kind=kind, language=language)
            now.delete()
        return
    text = now or DocumentText(county=county, school=school, kind=kind, language=language)
    text.version = version + 1
    text.body, text.changed_by, text.changed_at = body, by, timezone.now()
    text.save()
    audit.record("document_text.write", text, by=by, kind=kind, language=language)
