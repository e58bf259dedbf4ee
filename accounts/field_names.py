"""What fields are called that their models leave without a name.

Such a field is called what it points to, or what stands here. Otherwise Django makes a name from the
code, in English, and it shows in lists of the administration and in what is kept about a person.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "accepted_by": _("accepted by"),
    "agreed_by": _("agreed by"),
    "answered_by": _("answered by"),
    "cancel_requested_at": _("asked to stop"),
    "changed_by": _("changed by"),
    "committed_by": _("sealed by"),
    "created_at": _("created"),
    "created_by": _("decided by"),
    "days": _("practice days"),
    "decided_by": _("decided by"),
    "ended_by": _("ended by"),
    "given_by": _("given by"),
    "invited_by": _("invited by"),
    "language": _("language"),
    "lease_until": _("taken until"),
    "location": _("led to"),
    "made_by": _("moved by"),
    "noted_by": _("noted by"),
    "pinned_by": _("pinned by"),
    "pinned_slot": _("pinned to"),
    "published_by": _("published by"),
    "registered_at": _("written down"),
    "registered_by": _("written down by"),
    "seen_by": _("seen by"),
    "sha256": _("fingerprint of the text"),
    "started_at": _("from"),
    "topic": _("about what"),
    "undone_by": _("undone by"),
    "wishes_sent_by": _("wishes sent by"),
    "written_by": _("written by"),
}


def complete(models: Iterable[type[Model]]) -> None:
    """Name the fields that have no name of their own. Migrations do not see it."""
    for model in models:
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            own = getattr(field, "_verbose_name", None)  # what the model says, not Django's guess
            name = None if own is not None else _name(field)
            if name is not None:
                field.verbose_name = name  # type: ignore[assignment]  # translated late


def _name(field: Field[Any, Any]) -> str | Promise | None:
    there = field.related_model
    if field.name in NAMES or there is None or isinstance(there, str):
        return NAMES.get(field.name)
    return there._meta.verbose_name
