"""The outbox of coordinators: their own rounds' mails, how they went, and once more."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import OutboxMessage
from placements.models import CapacityRequest
from tests import factories as f

pytestmark = pytest.mark.django_db


def put(kind, subject_id, recipient, **fields):
    return OutboxMessage.objects.create(
        kind=kind, subject_id=subject_id, recipient=recipient, **fields
    )


def shown(client, **query):
    return {m.recipient for m in client.get(reverse("outbox"), query).context["page"]}


def everything(world, at):
    """One of every way that a mail belongs to a round."""
    assert CapacityRequest.objects.filter(round=world.round).exists()
    put("student_placed", world.candidate.pk, f"elev@{at}")
    put("capacity_request", world.contact.pk, f"kontakt@{at}", publication=str(world.round.pk))
    put("capacity_reminder", world.contact.pk, f"minn@{at}", publication=f"{world.round.pk} -7 x")
    put("workplace_students", world.contact.pk, f"kommer@{at}", publication=str(world.run.pk))
    put("placement_declined", world.placement.pk, f"nei@{at}")
    offer = f.OfferFactory(municipality=world.workplace.municipality)
    put("offer_declined", offer.pk, f"tilbud@{at}")
    put("offer_verify", offer.pk, f"ukjent@{at}")
    put("invitation", uuid.uuid4(), f"invitert@{at}")


def test_her_own_rounds_mails_and_no_others(client, world, outsiders):
    everything(world, "oss.no")
    everything(outsiders, "dem.no")
    client.force_login(world.county_coordinator)
    names = ("elev", "kontakt", "minn", "kommer", "nei", "tilbud")
    assert shown(client) == {f"{name}@oss.no" for name in names}
    assert shown(client, kind="student_placed") == {"elev@oss.no"}
    assert shown(client, q="MINN") == {"minn@oss.no"}
    assert shown(client, state="failed") == set()
    client.force_login(world.coordinator)  # the round is the county's to decide on
    assert shown(client) == {"elev@oss.no", "nei@oss.no", "tilbud@oss.no"}


def test_a_refused_address_is_explained_and_sent_again_by_a_person(client, world):
    mail = put(
        "student_placed", world.candidate.pk, "feil@oss.no", state="failed", error="SMTP 550"
    )
    client.force_login(world.county_coordinator)
    again = reverse("outbox_send_again", args=[mail.pk])
    page = client.get(reverse("outbox"))
    (row,) = page.context["page"]
    assert (row.refused, row.again, again in page.content.decode()) == (True, True, True)
    client.post(again, {"once_key": uuid.uuid4()})
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("pending", "")
    assert again not in client.get(reverse("outbox")).content.decode()
