"""Documents over the web: who gets which, and what is said where none can be made."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from placements.actions import answers
from placements.documents import pdf
from placements.documents.kinds import KINDS
from placements.models import Round
from tests.placements.documents.reading import text_of


def fetch(client, user, placement, kind="letter"):
    client.force_login(user)
    return client.get(reverse("placement_document", args=[placement.pk, kind]))


def test_the_letter_is_a_download(client, world):
    file = fetch(client, world.student, world.placement)
    assert file["Content-Type"] == "application/pdf"
    name = file["Content-Disposition"].split("filename=")[1]
    assert name == '"praksisbrev-vaarvik-elevsen.pdf"'
    assert world.workplace.name in text_of(file.content)
    assert not AccessLog.objects.exists()


def test_that_somebody_else_fetches_it_is_logged(client, world):
    fetch(client, world.coordinator, world.placement)
    look = AccessLog.objects.get()
    assert (look.actor, look.target_id, look.view) == (
        world.coordinator,
        world.placement.pk,
        "document",
    )


EXPECTED = {
    "letter": {"student", "school"},
    "agreement": {"student", "school", "workplace"},
    "police": {"student", "school", "workplace"},
    "attendance": {"student", "school", "workplace"},
    "evaluation": {"school", "workplace"},
    "hours": {"student", "school", "workplace"},
    "thanks": {"school", "workplace"},
}


@pytest.mark.parametrize("kind", EXPECTED)
def test_who_gets_which(client, world, outsiders, kind):
    people = {
        "student": world.student,
        "school": world.coordinator,
        "workplace": world.workplace_contact,
    }
    got = {
        side
        for side, user in people.items()
        if fetch(client, user, world.placement, kind).status_code == 200
    }
    assert got == EXPECTED[kind]
    for stranger in (outsiders.student, outsiders.coordinator, outsiders.workplace_contact):
        assert fetch(client, stranger, world.placement, kind).status_code == 404
    assert fetch(client, world.administrator, world.placement, kind).status_code == 403


def test_a_kind_that_does_not_exist(client, world):
    assert fetch(client, world.student, world.placement, "diploma").status_code == 404


def test_none_before_publication_and_none_of_an_ended_place(client, world):
    Round.objects.update(state="matching", published_at=None)
    assert fetch(client, world.student, world.placement).status_code == 404
    Round.objects.update(state="published", published_at=timezone.now())
    assert fetch(client, world.student, world.placement).status_code == 200  # control
    answers.decline(world.placement, reason="other", version=1, by=world.workplace_contact)
    assert fetch(client, world.student, world.placement).status_code == 404


def test_the_page_of_the_placement_links_to_what_its_reader_may_have(client, world):
    for user, side in ((world.student, "student"), (world.coordinator, "school")):
        client.force_login(user)
        page = client.get(reverse("placement", args=[world.placement.pk])).content.decode()
        linked = {kind for kind in KINDS if f"/documents/{kind}.pdf" in page}
        assert linked == {k for k, sides in EXPECTED.items() if side in sides}


def test_where_pango_is_missing_it_is_said_plainly(client, world, monkeypatch):
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)
    answer = fetch(client, world.student, world.placement)
    assert answer.status_code == 503
    assert "Pango mangler" in answer.content.decode()
