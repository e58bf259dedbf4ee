"""Rows by COPY: all fields as `create` would have them, and what a constraint refuses is refused."""

import pytest
from django.db import IntegrityError, transaction

from accounts.copying import copy_rows
from accounts.models import OutboxMessage
from tests import factories as f

FIELDS = ("kind", "recipient", "subject_id")
LEFT_OUT = {"id", "created_at", "next_try_at"}  # made anew for each, or by the database


@pytest.fixture
def row(db):
    return ("test", "berit@example.no", f.UserFactory().pk)


def values(message):
    return {
        field.name: getattr(message, field.attname)
        for field in OutboxMessage._meta.concrete_fields
        if field.name not in LEFT_OUT
    }


def test_what_is_not_given_is_as_in_create(row):
    copy_rows(OutboxMessage, FIELDS, [row, ("other", *row[1:])])
    copied = {message.kind: message for message in OutboxMessage.objects.all()}
    assert len({message.pk for message in copied.values()}) == 2
    copied["test"].delete()
    created = OutboxMessage.objects.create(**dict(zip(FIELDS, row, strict=True)))
    assert values(copied["test"]) == values(created)
    assert copied["other"].created_at == copied["test"].created_at


def test_rows_may_ask_the_database(row):
    """It would wait for ever while the connection is copying."""
    copy_rows(OutboxMessage, FIELDS, ((kind, *row[1:]) for kind in _kinds()))
    assert OutboxMessage.objects.get().kind == "0"


def _kinds():
    yield str(OutboxMessage.objects.count())


def test_what_a_constraint_refuses_is_an_integrity_error_with_its_name(row):
    copy_rows(OutboxMessage, FIELDS, [row])
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        copy_rows(OutboxMessage, FIELDS, [("other", *row[1:]), row])
    assert refusal.value.__cause__.diag.constraint_name == "outbox_told_once"
    assert OutboxMessage.objects.get().kind == "test", "all of them or none"


def test_once_leaves_what_is_there_as_it_is(row):
    copy_rows(OutboxMessage, FIELDS, [row], once=True)
    first = OutboxMessage.objects.get()
    copy_rows(OutboxMessage, FIELDS, [row, row, ("other", *row[1:])], once=True)
    assert OutboxMessage.objects.count() == 2
    assert OutboxMessage.objects.get(kind="test").pk == first.pk


@pytest.mark.parametrize(
    "odd", ["", "\\N", "\\.", "a\tb\nc\r\nd", "\\\\t", "'\"$$", "æøå\u2028🙂", "NULL"]
)
def test_no_text_is_taken_for_something_else(row, odd):
    """COPY has signs of its own for what is empty, for a new column, and for the end."""
    copy_rows(OutboxMessage, (*FIELDS, "publication", "error"), [(*row, odd, odd)], once=True)
    copied = OutboxMessage.objects.get()
    assert (copied.publication, copied.error) == (odd, odd)
