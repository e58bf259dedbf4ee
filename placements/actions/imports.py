"""What is done with a class list or workplace list: staged, confirmed, undone, thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from placements import register
from placements.actions import rounds
from placements.models import Round
from placements.models.rounds import RoundState
from schools import ledger, roster
from schools.columns import Column
from schools.imports import NotReady, Plan, choose, forget_expired
from schools.models import County, Import, ImportState, School
from schools.models.imports import KEPT
from schools.tables import Row


def _register(kind: str) -> ModuleType:
    return roster if kind == Import.Kind.STUDENTS else register


def columns(kind: str) -> tuple[Column, ...]:
    """The columns a list of this kind may have."""
    found: tuple[Column, ...] = _register(kind).COLUMNS
    return found


def plan(import_: Import) -> Plan:
    """What the import would do if it were confirmed now."""
    planned: Plan = _register(import_.kind).plan(import_)
    return planned


@transaction.atomic
def stage(
    rows: Sequence[Row],
    *,
    header: int,
    places: Mapping[str, int],
    kind: str,
    county: County,
    school: School | None = None,
    school_year: int | None = None,
    options: Mapping[str, Any],
    by: User,
) -> Import:
    """Keep the chosen columns of the rows for a day, waiting to be confirmed. The file is not kept."""
    forget_expired()
    # Whoever starts over has left the earlier attempt behind.
    Import.objects.filter(kind=kind, created_by=by, state=ImportState.STAGED).delete()
    mapping, staged = choose(rows, header, places, columns(kind))
    return Import.objects.create(
        kind=kind,
        county=county,
        school=school,
        school_year=school_year,
        mapping=mapping,
        options=dict(options),
        rows=staged,
        created_by=by,
        expires_at=timezone.now() + KEPT,
    )


@transaction.atomic
def confirm(import_: Import, *, fingerprint: str, by: User) -> Import:
    """Carry out the import, all of it or nothing, if it still does what was looked at."""
    import_, concerned = _locked(import_)
    if import_.state != ImportState.STAGED or import_.expires_at <= timezone.now():
        raise NotReady(_("This import is over. Read the file in again."))
    if plan(import_).fingerprint != fingerprint:
        raise NotReady(
            _("Somebody has changed the register since you looked. Look through the import again.")
        )
    try:
        with transaction.atomic():
            planned, written = _register(import_.kind).carry_out(import_)
    except (IntegrityError, DataError):
        raise NotReady(
            _("Somebody changed the same rows at the same moment. Nothing was imported: try again.")
        ) from None
    if planned.errors:
        raise NotReady(_("The list has errors. Nothing was imported."))
    import_.state = ImportState.APPLIED
    import_.applied_at = timezone.now()
    import_.expires_at = import_.applied_at + KEPT
    import_.counts = planned.counts
    import_.rows = []
    import_.before = written.record if planned.changes else {}
    import_.save()
    _touch(concerned, import_)
    audit.record("import.confirm", import_, by=by, **planned.counts)
    return import_


@transaction.atomic
def undo(import_: Import, *, by: User) -> None:
    """Put everything back as it was before the import, or say what stands in the way."""
    import_, concerned = _locked(import_)
    if not import_.undoable:
        raise NotReady(_("This import can no longer be undone."))
    later = Import.objects.filter(
        kind=import_.kind,
        county=import_.county,
        school=import_.school,
        state=ImportState.APPLIED,
        applied_at__gt=import_.applied_at,
    ).exclude(before={})
    if later.exists():
        raise NotReady(_("A later list has been imported on top of this one. Undo that one first."))
    if import_.before:
        ledger.undo(import_.before)
    import_.state = ImportState.UNDONE
    import_.undone_at = timezone.now()
    import_.before = {}
    import_.save()
    _touch(concerned, import_)
    audit.record("import.undo", import_, by=by, **import_.counts)


@transaction.atomic
def discard(import_: Import, *, by: User) -> None:
    """Throw away what was staged."""
    Import.objects.filter(pk=import_.pk, state=ImportState.STAGED).delete()
    audit.record("import.discard", import_, by=by)


def _locked(import_: Import) -> tuple[Import, list[Round]]:
    """Lock the rounds first, as everybody does, then the school or county, then the import."""
    concerned = Round.objects.exclude(state=RoundState.CLOSED)
    if import_.school_id:
        concerned = concerned.filter(round_schools__school=import_.school_id)
    else:
        concerned = concerned.filter(county=import_.county_id)
    ids = list(concerned.values_list("pk", flat=True))
    locked = list(Round.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    owner: models.QuerySet[Any] = (
        School.objects.filter(pk=import_.school_id)
        if import_.school_id
        else County.objects.filter(pk=import_.county_id)
    )
    owner.select_for_update(no_key=True).get()
    try:
        return Import.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=import_.pk
        ), locked
    except Import.DoesNotExist:
        raise NotReady(_("This import is over. Read the file in again.")) from None


def _touch(concerned: Sequence[Round], import_: Import) -> None:
    if any(import_.counts.get(what) for what in ("new", "changed", "gone")):
        for round in concerned:
            rounds.touch(round)
