"""What a school or a county has written in a document in place of our words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Record
from schools.identity import validate_no_identity_number
from schools.models import County, School


class DocumentText(Record):
    """The words of one kind of document in one language. A school's come before its county's."""

    county = models.ForeignKey(County, models.CASCADE, related_name="+", verbose_name=_("county"))
    school = models.ForeignKey(
        School, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("school")
    )
    kind = models.CharField(_("document"), max_length=20)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    body = models.TextField(_("text"), max_length=4000, validators=[validate_no_identity_number])
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("document text")
        verbose_name_plural = _("document texts")
        constraints = [
            models.UniqueConstraint(
                fields=["county", "school", "kind", "language"],
                name="document_text_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
