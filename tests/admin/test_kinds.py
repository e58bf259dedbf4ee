"""Mails are called by words in the administration, whoever writes them."""

import uuid

import pytest
from django.utils import translation

from accounts import outbox
from accounts.models import OutboxMessage
from placements import outgoing
from tests.admin.pages import url


def test_every_kind_that_is_written_has_a_name():
    assert set(outbox.NAMES) == set(outbox.WRITERS)
    assert set(outgoing.KINDS) <= set(outbox.NAMES)
    with translation.override("nb"):
        names = [outbox.called(kind) for kind in outbox.WRITERS]
    assert len(set(names)) == len(names), "two kinds under one name"
    assert not [name for name in names if "_" in name]


@pytest.mark.django_db
def test_the_list_says_it_in_words_and_filters_by_them(as_admin):
    OutboxMessage.objects.all().delete()
    for kind in ("student_placed", "no_more_written"):
        OutboxMessage.objects.create(
            kind=kind, recipient=f"{kind}@example.no", subject_id=uuid.uuid4()
        )
    page = as_admin.get(url(OutboxMessage, "changelist")).content.decode()
    assert "Har fått plass" in page or outbox.called("student_placed") in page
    assert ">student_placed<" not in page
    assert ">no_more_written<" in page, "what has no name any more keeps its code"
    found = as_admin.get(url(OutboxMessage, "changelist"), {"kind": "student_placed"})
    assert [row.kind for row in found.context["cl"].result_list] == ["student_placed"]
    one = OutboxMessage.objects.get(kind="student_placed")
    page = as_admin.get(url(OutboxMessage, "change", one.pk)).content.decode()
    with translation.override("nb"):
        assert outbox.called("student_placed") in page
