"""Inviting: by whom, to what, once; and what the link in the mail does and does not."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts import invitations, outbox
from accounts.errors import DomainError
from accounts.links import hash_of
from accounts.models import AuditEvent, Invitation, Membership, OutboxMessage, User
from accounts.policy import Role
from placements.models import Contact
from schools.models import School
from tests.factories import UserFactory

PAGE = "/invitations/"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


def invite(by, role=Role.SCHOOL_COORDINATOR, scope=None, email="ny@example.no", language="nb"):
    return invitations.invite(
        email, name="Ny Person", role=role, scope_id=scope, language=language, by=by
    )


@pytest.fixture
def invited(world, smtp):
    """An invitation to the school, and the address in its mail."""
    invitation = invite(world.coordinator, scope=world.school.pk)
    outbox.deliver_due()
    return invitation, link_in(smtp)


def link_in(smtp, to="ny@example.no"):
    text = smtp.mails_to(to)[-1].get_body(("plain",)).get_content()
    return re.search(r"http://localhost:8000(/invitations/\S+/)", text).group(1)


class TestWhoMayInviteWhom:
    def test_a_coordinator_her_school_and_her_workplaces(self, world, outsiders):
        me = world.coordinator
        assert invite(me, scope=world.school.pk)
        assert invite(me, Role.WORKPLACE_CONTACT, world.workplace.pk)
        for role, scope in (
            (Role.SCHOOL_COORDINATOR, outsiders.school.pk),
            (Role.SCHOOL_COORDINATOR, None),
            (Role.WORKPLACE_CONTACT, outsiders.workplace.pk),
            (Role.COUNTY_COORDINATOR, world.county.pk),
            (Role.ADMINISTRATOR, None),
            (Role.STUDENT, world.candidate.student_id),
        ):
            with pytest.raises(DomainError):
                invite(me, role, scope, email="annen@example.no")

    def test_an_administrator_anywhere(self, world, outsiders):
        me = world.administrator
        for role, scope in (
            (Role.SCHOOL_COORDINATOR, outsiders.school.pk),
            (Role.COUNTY_COORDINATOR, world.county.pk),
            (Role.WORKPLACE_CONTACT, outsiders.workplace.pk),
            (Role.ADMINISTRATOR, None),
        ):
            assert invite(me, role, scope)

    @pytest.mark.parametrize("who", ["student", "workplace_contact"])
    def test_the_others_nobody(self, client, world, who):
        user = getattr(world, who)
        with pytest.raises(DomainError):
            invite(user, scope=world.school.pk)
        client.force_login(user)
        assert client.get(PAGE).status_code == 403

    def test_one_at_a_time(self, world):
        me = world.administrator
        first = invite(me, Role.ADMINISTRATOR)
        with pytest.raises(DomainError):
            invite(me, Role.ADMINISTRATOR, email="NY@example.no")
        invitations.revoke(first, by=me)
        assert invite(me, Role.ADMINISTRATOR)

    def test_one_that_was_never_answered_does_not_stand_in_the_way(self, world):
        old = invite(world.administrator, Role.ADMINISTRATOR)
        Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now())
        assert invite(world.administrator, Role.ADMINISTRATOR)


class TestTheLink:
    def test_only_its_hash_is_kept(self, invited):
        invitation, address = invited
        token = address.split("/")[2]
        invitation.refresh_from_db()
        assert bytes(invitation.token_hash) == hash_of(token)
        assert token not in str(
            list(Invitation.objects.values()) + list(OutboxMessage.objects.values())
        )

    def test_opening_changes_nothing(self, client, invited):
        """Mail scanners open links, too."""
        before = list(Invitation.objects.values())
        for _ in range(3):
            page = client.get(invited[1])
            assert page.status_code == 200
        assert "Ny Person" in page.content.decode()
        assert list(Invitation.objects.values()) == before
        assert not User.objects.filter(email="ny@example.no").exists()

    def test_accepting_makes_her_a_coordinator_of_that_school(self, client, invited, world):
        answer = client.post(invited[1], follow=True)
        assert answer.status_code == 200
        user = answer.context["user"]
        assert (user.email, user.name) == ("ny@example.no", "Ny Person")
        assert user.roles == {Role.SCHOOL_COORDINATOR}
        assert list(School.objects.visible_to(user)) == [world.school]
        assert AuditEvent.objects.filter(verb="invitation.accepted", actor=user).count() == 1

    def test_a_workplace_contact_answers_for_that_workplace(self, client, world, smtp):
        invite(world.coordinator, Role.WORKPLACE_CONTACT, world.workplace.pk)
        outbox.deliver_due()
        user = client.post(link_in(smtp), follow=True).context["user"]
        contact = Contact.objects.current().get(user=user)
        assert contact.workplace == world.workplace
        assert client.get("/my-workplaces/").status_code == 200

    def test_it_works_once(self, client, invited):
        client.post(invited[1])
        other = type(client)()
        assert other.get(invited[1]).status_code == 410
        other.post(invited[1])
        assert other.get("/profile/").status_code == 302
        assert Membership.objects.filter(user__email="ny@example.no").count() == 1

    def test_it_dies_when_taken_back(self, client, invited, world):
        client.force_login(world.coordinator)
        client.post(f"/invitations/{invited[0].pk}/revoke/")
        other = type(client)()
        assert other.get(invited[1]).status_code == 410
        other.post(invited[1])
        assert not User.objects.filter(email="ny@example.no").exists()

    def test_it_dies_after_two_weeks(self, client, invited):
        invitation = Invitation.objects.get()
        assert invitation.expires_at - invitation.created_at > dt.timedelta(days=13)
        Invitation.objects.update(expires_at=timezone.now())
        assert client.get(invited[1]).status_code == 410
        client.post(invited[1])
        assert not User.objects.filter(email="ny@example.no").exists()

    def test_another_token_opens_nothing(self, client, invited):
        assert client.get("/invitations/" + "a" * 43 + "/").status_code == 410

    def test_it_does_not_open_an_account_that_is_there_already(self, client, world, smtp):
        """The mail may have been forwarded: whoever holds the link is not therefore her."""
        kari = UserFactory(email="ny@example.no", role=Role.ADMINISTRATOR)
        invite(world.coordinator, scope=world.school.pk)
        outbox.deliver_due()
        client.post(link_in(smtp))
        assert client.get("/profile/").status_code == 302, "not signed in by the link"
        assert User.objects.get(pk=kari.pk).roles == {Role.ADMINISTRATOR, Role.SCHOOL_COORDINATOR}

    def test_it_does_not_let_in_who_was_shut_out(self, client, world, smtp):
        UserFactory(email="ny@example.no", is_active=False)
        invite(world.coordinator, scope=world.school.pk)
        outbox.deliver_due()
        client.post(link_in(smtp))
        assert not Membership.objects.filter(user__email="ny@example.no").exists()
        assert Invitation.objects.get().accepted_at is None

    def test_a_mail_for_one_taken_back_is_not_sent(self, world, smtp):
        invitations.revoke(invite(world.coordinator, scope=world.school.pk), by=world.coordinator)
        outbox.deliver_due()
        assert smtp.kept == []
        assert OutboxMessage.objects.get().state == "dropped"


class TestThePage:
    def test_it_offers_only_what_she_may(self, client, world, outsiders):
        client.force_login(world.coordinator)
        text = client.get(PAGE).content.decode()
        assert world.school.name in text
        assert world.workplace.name in text
        assert outsiders.canary not in text

    def test_it_shows_her_own_and_takes_back_only_those(self, client, invited, world):
        client.force_login(world.county_coordinator)
        assert "ny@example.no" not in client.get(PAGE).content.decode()
        assert client.post(f"/invitations/{invited[0].pk}/revoke/").status_code == 404
        client.force_login(world.coordinator)
        assert "ny@example.no" in client.get(PAGE).content.decode()

    def test_a_name_with_digits_is_refused_unstored(self, client, world):
        client.force_login(world.administrator)
        sent = {
            "role": "administrator",
            "name": "Kari 13097248022",
            "email": "k@e.no",
            "language": "nb",
        }
        assert client.post(PAGE, sent).status_code == 200
        assert not Invitation.objects.exists()

    def test_a_forged_scope_is_refused(self, client, world, outsiders):
        client.force_login(world.coordinator)
        sent = {
            "role": "school_coordinator",
            "scope": str(outsiders.school.pk),
            "name": "Kari",
            "email": "k@example.no",
            "language": "nb",
        }
        assert client.post(PAGE, sent).status_code == 200
        assert not Invitation.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.concurrency
def test_two_who_accept_at_once_make_one_user(world, smtp, at_once):
    invite(world.coordinator, scope=world.school.pk)
    outbox.deliver_due()
    token = link_in(smtp).split("/")[2]

    def accept(_):
        try:
            return invitations.accept(token)[1]
        except DomainError:
            return None

    assert sorted(map(str, at_once(accept, times=4))) == ["None", "None", "None", "True"]
    assert User.objects.filter(email="ny@example.no").count() == 1
