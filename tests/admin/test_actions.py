"""What an administrator may do to people and mail, and the one thing she may not."""

from django.utils import timezone

from accounts.models import (
    AuditEvent,
    Invitation,
    Membership,
    OutboxMessage,
    User,
)
from accounts.policy import Role
from placements import models as placements
from tests import factories as f
from tests.admin.pages import first, url


class TestActions:
    def run(self, client, model, action, *chosen):
        page = url(model, "changelist")
        sent = {"action": action, "_selected_action": [str(row.pk) for row in chosen], "index": 0}
        return client.post(page, sent, follow=True)

    def test_people_are_shut_out_and_let_in(self, as_admin, everything):
        self.run(as_admin, User, "close", everything.coordinator)
        assert not User.objects.get(pk=everything.coordinator.pk).is_active
        self.run(as_admin, User, "reopen", everything.coordinator)
        assert User.objects.get(pk=everything.coordinator.pk).is_active
        verbs = AuditEvent.objects.filter(target_id=everything.coordinator.pk)
        assert [e.verb for e in verbs.order_by("id")] == ["user.closed", "user.reopened"]

    def test_somebody_is_signed_out_everywhere(self, as_admin, client, everything):
        other = type(client)()
        other.force_login(everything.coordinator)
        assert other.get("/profile/").status_code == 200
        self.run(as_admin, User, "sign_out", everything.coordinator)
        assert other.get("/profile/").status_code == 302

    def test_a_membership_ends_and_with_it_the_rights(self, as_admin, client, everything):
        other = type(client)()
        other.force_login(everything.coordinator)
        assert other.get("/students/").status_code == 200
        self.run(as_admin, Membership, "end", everything.coordinator.memberships.get())
        assert other.get("/students/").status_code == 403

    def test_the_last_administrator_stays(self, as_admin, everything):
        mine = everything.administrator.memberships.get()
        for model, action, row in (
            (Membership, "end", mine),
            (User, "close", everything.administrator),
        ):
            self.run(as_admin, model, action, row)
            assert as_admin.get("/admin/").status_code == 200
        f.UserFactory(role=Role.ADMINISTRATOR)
        self.run(as_admin, Membership, "end", mine)
        assert as_admin.get("/admin/").status_code == 403

    def test_an_offer_is_confirmed_and_only_when_its_address_is_verified(
        self, as_admin, everything
    ):
        offer = first(placements.Offer)
        unverified = f.OfferFactory(municipality=offer.municipality, verified_at=None)
        self.run(as_admin, placements.Offer, "confirm", offer, unverified)
        offer.refresh_from_db()
        unverified.refresh_from_db()
        assert (offer.state, offer.decided_by) == ("confirmed", everything.administrator)
        assert offer.workplace.contacts.get().email == offer.email
        assert (unverified.state, unverified.workplace) == ("new", None)

    def test_an_invitation_is_taken_back(self, as_admin):
        self.run(as_admin, Invitation, "take_back", first(Invitation))
        assert first(Invitation).revoked_at is not None

    def test_a_mail_is_sent_again_only_when_it_failed(self, as_admin):
        message = first(OutboxMessage)
        OutboxMessage.objects.update(state="sent", sent_at=timezone.now())
        self.run(as_admin, OutboxMessage, "send_again", message)
        assert first(OutboxMessage).state == "sent"
        OutboxMessage.objects.update(state="uncertain", sent_at=None)
        assert b"state__in=failed,uncertain" in as_admin.get("/admin/").content
        self.run(as_admin, OutboxMessage, "send_again", message)
        assert first(OutboxMessage).state == "pending"

    def test_a_personal_link_is_closed(self, as_admin):
        self.run(as_admin, placements.CapacityLink, "close", first(placements.CapacityLink))
        assert first(placements.CapacityLink).revoked_at is not None
        self.run(as_admin, placements.CalendarFeed, "close", first(placements.CalendarFeed))
        assert first(placements.CalendarFeed).revoked_at is not None
