"""The agreement of three: words locked by the first one, each agrees once, and everybody sees who has."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import OutboxMessage
from placements.actions import agreements as actions
from placements.documents import facts
from placements.documents.kinds import KINDS
from placements.models import Agreement, Consent, DocumentText, Placement
from placements.models.agreements import Party
from tests.placements.documents.reading import text_of, violations


def page(placement, name="agreement"):
    return reverse(name, args=[placement.pk])


def press(client, user, placement, sha256=None):
    client.force_login(user)
    if sha256 is None:
        sha256 = client.get(page(placement)).context["sha256"]
    return client.post(page(placement, "agreement_agree"), {"sha256": sha256})


def test_each_agrees_and_all_see_who(client, world):
    for user in (world.workplace_contact, world.student, world.coordinator):
        assert press(client, user, world.placement).status_code == 302
        again = press(client, user, world.placement)
        assert again.status_code == 302
    agreement = Agreement.objects.get()
    assert {c.party: c.agreed_by for c in agreement.consents.all()} == {
        "workplace": world.workplace_contact,
        "student": world.student,
        "school": world.coordinator,
    }
    assert agreement.completed_at is not None
    for user in (world.student, world.workplace_contact, world.county_coordinator):
        client.force_login(user)
        text = client.get(page(world.placement)).content.decode()
        assert world.student.name in text
        assert world.workplace_contact.name in text
        assert "Alle tre har godtatt" in text
        assert "Jeg godtar" not in text


def test_nobody_else_sees_it_or_agrees(client, world, outsiders):
    for user, status in [
        (outsiders.student, 404),
        (outsiders.workplace_contact, 404),
        (outsiders.coordinator, 404),
        (world.administrator, 403),
    ]:
        client.force_login(user)
        assert client.get(page(world.placement)).status_code == status
        assert client.post(page(world.placement, "agreement_agree")).status_code == status
    assert not Agreement.objects.exists()


def test_what_was_read_is_what_is_agreed(client, world):
    client.force_login(world.student)
    seen = client.get(page(world.placement)).context["sha256"]
    DocumentText.objects.create(
        county=world.county,
        school=world.school,
        kind="agreement",
        language="nb",
        body="Nye ord om {student}.",
        changed_by=world.coordinator,
    )
    assert press(client, world.student, world.placement, seen).status_code == 409
    assert not Agreement.objects.exists()
    press(client, world.student, world.placement)
    assert Agreement.objects.get().text == f"Nye ord om {world.placement.student.name}."
    DocumentText.objects.all().delete()
    client.force_login(world.coordinator)
    assert "Nye ord om" in client.get(page(world.placement)).content.decode()


def test_the_paper_says_who_agreed_when(client, world):
    press(client, world.student, world.placement)
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    data = facts.make(KINDS["agreement"], facts.of([placement])[0])
    assert violations(data) == []
    text = text_of(data)
    assert f"Elev {world.student.name}" in text
    assert "Ikke ennå" in text
    assert "Dato og underskrift" not in text


class TestTheReminder:
    def later(self, days):
        return timezone.now() + dt.timedelta(days=days)

    def test_once_after_a_week_to_those_who_are_missing(self, client, world):
        press(client, world.student, world.placement)
        assert actions.remind_late(self.later(6)) == 0
        assert actions.remind_late(self.later(8)) == 1
        assert actions.remind_late(self.later(30)) == 0
        told = set(OutboxMessage.objects.filter(kind="agreement_waiting").values_list("recipient"))
        assert told == {
            (world.workplace_contact.email,),
            (world.coordinator.email,),
            (world.county_coordinator.email,),
        }

    def test_it_says_where_and_never_who(self, client, world):
        press(client, world.student, world.placement)
        actions.remind_late(self.later(8))
        message = OutboxMessage.objects.get(recipient=world.workplace_contact.email)
        written = outbox.WRITERS[message.kind](message)
        text = str(written.context)
        assert world.workplace.name in text
        assert world.placement.student.family_name not in text
        press(client, world.workplace_contact, world.placement)
        assert outbox.WRITERS[message.kind](message) is None

    def test_not_when_everybody_has_agreed_or_it_has_ended(self, client, world):
        for user in (world.workplace_contact, world.student, world.coordinator):
            press(client, user, world.placement)
        assert actions.remind_late(self.later(8)) == 0
        Agreement.objects.update(completed_at=None)
        assert actions.remind_late(self.later(8)) == 1  # negative control: it would have been


class TestTheDatabase:
    def refuses(self, name, act):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        assert caught.value.__cause__.diag.constraint_name == name

    def test_words_and_consents_stay_as_they_were(self, client, world):
        press(client, world.student, world.placement)
        self.refuses("agreement_unchanged", lambda: Agreement.objects.update(text="Annet."))
        self.refuses("consent_unchanged", lambda: Consent.objects.update(name="En annen"))
        self.refuses(
            "consent_once_per_party",
            lambda: Consent.objects.create(
                agreement=Agreement.objects.get(),
                party=Party.STUDENT,
                name="x",
                agreed_by=world.coordinator,
            ),
        )

    def test_the_seal_is_that_of_the_words(self, world):
        self.refuses(
            "agreement_words_hashed",
            lambda: Agreement.objects.create(
                placement=world.placement, language="nb", text="Ord.", sha256="0" * 64
            ),
        )
