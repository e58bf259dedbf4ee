"""Workplaces that offer places by themselves: what the database holds them to, and who decides."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import outbox
from accounts.errors import Conflict, DomainError
from accounts.models import AuditEvent, Membership, OutboxMessage, User
from placements.actions import offers
from placements.actions.workplaces import AlreadyThere
from placements.models import CapacityRequest, Contact, Offer, Round, Workplace
from placements.offer_matches import known
from schools.models.schools import reach
from tests import factories as f
from tests.accounts.conftest import at_once, smtp
from tests.cast import make_world

__all__ = ["at_once", "smtp"]

DAY = dt.timedelta(days=1)


@pytest.fixture
def world(db):
    """A county whose round takes capacity."""
    return make_world("Vaarvik", "open")


def offered(world, **fields):
    return f.OfferFactory(municipality=world.workplace.municipality, **fields)


def link_in(smtp, to):
    text = smtp.mails_to(to)[-1].get_body(("plain",)).get_content()
    return re.search(r"/become-a-workplace/(\S+)/", text).group(1)


class TestWhatTheDatabaseHolds:
    def refused(self, name, **fields):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            f.OfferFactory(**fields)

    def test_decided_wholly_or_not_at_all(self, world):
        by = {"decided_by": world.coordinator, "decided_at": timezone.now()}
        for fields in (
            {"state": "confirmed", **by},  # no workplace
            {"state": "declined", **by},  # no reason
            {"state": "declined", "reason": "Nei", "decided_at": timezone.now()},
            {"state": "declined", "reason": "Nei", "verified_at": None, **by},
            {"state": "confirmed", "workplace": world.workplace, "verified_at": None, **by},
            {"reason": "Nei"},
            {"workplace": world.workplace},
            {"state": "perhaps"},
        ):
            self.refused("offer_decided_wholly", **fields)

    def test_and_what_is_right_is_taken(self, world):
        """Control for the refusals above."""
        by = {"decided_by": world.coordinator, "decided_at": timezone.now()}
        f.OfferFactory(state="confirmed", workplace=world.workplace, **by)
        f.OfferFactory(state="declined", reason="Nei", **by)
        f.OfferFactory(verified_at=None)
        f.OfferFactory(organisation_number=f.organisation_number(1))
        assert Offer.objects.count() == 4

    def test_places_number_and_address(self, db):
        self.refused("offer_places_sane", places=0)
        self.refused("offer_places_sane", places=51)
        self.refused("offer_number_nine", organisation_number="12345678")
        self.refused("offer_email_lower", email="Kari@example.no")

    def test_a_link_opens_one_offer(self, db):
        f.OfferFactory(token_hash=b"x" * 32)
        with pytest.raises(IntegrityError, match="token_hash"), transaction.atomic():
            f.OfferFactory(token_hash=b"x" * 32)


class TestTheAddressIsShownToBeHers:
    def test_nobody_sees_it_before_the_link_is_opened(self, world, smtp):
        offer = offers.write(
            Offer(
                name="Nytt kontor",
                kind="gp_office",
                municipality=world.workplace.municipality,
                contact_name="Ny",
                email="ny@nytt.example.no",
                places=1,
                language="nn",
            )
        )
        assert not Offer.objects.visible_to(world.county_coordinator).filter(pk=offer.pk)
        outbox.deliver_due()
        letter = smtp.mails_to("ny@nytt.example.no")[-1]
        assert letter["Content-Language"] == "nn"
        token = link_in(smtp, "ny@nytt.example.no")
        found = offers.find(token)
        assert found == offer
        offers.verify(found)
        assert Offer.objects.visible_to(world.county_coordinator).filter(pk=offer.pk)
        verbs = AuditEvent.objects.filter(target_id=offer.pk).order_by("id")
        assert [e.verb for e in verbs] == ["offer.written", "offer.verified"]

    def test_the_key_is_kept_nowhere(self, world, smtp):
        offer = offered(world, verified_at=None)
        offers._mail("offer_verify", offer)
        outbox.deliver_due()
        token = link_in(smtp, offer.email)
        message = OutboxMessage.objects.get(kind="offer_verify")
        assert token not in message.text + message.path + message.subject
        assert "Åpne lenken" in message.text, "control: the words are kept"
        assert offers.find("x" * 43) is None

    def test_too_old_is_gone_and_cannot_be_verified(self, world, smtp):
        offer = offered(world, verified_at=None, created_at=timezone.now() - 6 * DAY)
        offers._mail("offer_verify", offer)
        outbox.deliver_due()
        token = link_in(smtp, offer.email)
        assert offers.find(token), "control: six days are not too many"
        Offer.objects.update(created_at=timezone.now() - 8 * DAY)
        assert offers.find(token) is None
        offers.verify(offer)
        assert not Offer.objects.verified().exists()

    def test_every_coordinator_of_the_county_is_told_once_in_her_language(
        self, world, outsiders, smtp
    ):
        User.objects.filter(pk=world.coordinator.pk).update(written_standard="nn")
        ended = f.UserFactory()
        Membership.objects.create(user=ended, role="county_coordinator", ended_at=timezone.now())
        world.county.coordinators.add(ended)
        offer = offered(world, verified_at=None)
        offers.verify(offer)
        offers.verify(offer)
        outbox.deliver_due()
        told = {to: letter["Content-Language"] for to, letter in smtp.kept}
        assert told == {world.county_coordinator.email: "nb", world.coordinator.email: "nn"}
        assert len(smtp.kept) == 2

    def test_a_coordinator_may_choose_not_to_get_it_by_mail(self, world, client, smtp):
        client.force_login(world.coordinator)
        page = client.get("/messages/settings/")
        assert "Nye praksissteder" in page.content.decode()
        assert "how-offers" in page.content.decode()


class TestConfirmed:
    def test_a_workplace_its_contact_and_the_question_in_one_go(self, world, smtp):
        offer = offered(
            world,
            name="Elvebakken legesenter",
            organisation_number=f.organisation_number(3),
            when="uke 6",
            message="Vi har laboratorium.",
            phone="73 00 11 22",
            language="nn",
        )
        workplace, asked = offers.confirm(
            offer, workplace=None, round=world.round, by=world.county_coordinator
        )
        assert asked
        assert (workplace.name, workplace.organisation_number, workplace.municipality) == (
            offer.name,
            offer.organisation_number,
            offer.municipality,
        )
        contact = workplace.contacts.get()
        assert (contact.email, contact.confirmed, contact.written_standard) == (
            offer.email,
            True,
            "nn",
        )
        assert CapacityRequest.objects.get(workplace=workplace).state == "asked"
        assert "uke 6" in workplace.notes.get().text
        outbox.deliver_due()
        subjects = [letter["Subject"] for letter in smtp.mails_to(offer.email)]
        assert any("Velkomen som praksisstad" in subject for subject in subjects)
        assert len(subjects) == 2, "welcome, and the question with its link"
        offer.refresh_from_db()
        assert (offer.state, offer.workplace, offer.decided_by) == (
            "confirmed",
            workplace,
            world.county_coordinator,
        )
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
        assert {"offer.confirmed", "workplace.create", "contact.add", "capacity.asked"} <= verbs

    def test_all_or_nothing(self, world):
        """The round takes no capacity any more: nothing at all is kept."""
        Round.objects.filter(pk=world.round.pk).update(state="matching")
        before = Workplace.objects.count(), Contact.objects.count(), AuditEvent.objects.count()
        offer = offered(world)
        with pytest.raises(DomainError):
            offers.confirm(offer, workplace=None, round=world.round, by=world.county_coordinator)
        assert (
            Workplace.objects.count(),
            Contact.objects.count(),
            AuditEvent.objects.count(),
        ) == before
        assert Offer.objects.get().state == "new"
        assert not OutboxMessage.objects.filter(kind__startswith="offer").exists()

    def test_a_known_workplace_gets_the_contact_and_is_in_use_again(self, world):
        Workplace.objects.filter(pk=world.workplace.pk).update(active=False)
        world.workplace.refresh_from_db()
        offer = offered(world)
        offers.confirm(offer, workplace=world.workplace, round=None, by=world.coordinator)
        world.workplace.refresh_from_db()
        assert world.workplace.active
        assert world.workplace.contacts.filter(email=offer.email, confirmed=True).exists()
        assert Workplace.objects.filter(municipality=offer.municipality).count() == 1

    def test_her_who_is_a_contact_already_is_not_added_twice(self, world):
        offer = offered(world, email=world.contact.email.lower())
        offers.confirm(offer, workplace=world.workplace, round=None, by=world.coordinator)
        assert world.workplace.contacts.count() == 1

    def test_one_number_is_one_workplace(self, world):
        Workplace.objects.filter(pk=world.workplace.pk).update(
            organisation_number=f.organisation_number(3)
        )
        offer = offered(world, organisation_number=f.organisation_number(3))
        with pytest.raises(AlreadyThere):
            offers.confirm(offer, workplace=None, round=None, by=world.coordinator)
        assert Offer.objects.get().state == "new"

    def test_only_what_is_verified(self, world):
        offer = offered(world, verified_at=None)
        for act in (
            lambda: offers.confirm(offer, workplace=None, round=None, by=world.coordinator),
            lambda: offers.decline(offer, reason="Nei", by=world.coordinator),
        ):
            with pytest.raises(DomainError, match="ikke åpnet"):
                act()


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_make_one_workplace(at_once):
    world = make_world("Vaarvik", "open")
    offer = offered(world)

    def one(_number):
        try:
            return offers.confirm(offer, workplace=None, round=None, by=world.coordinator)
        except Conflict:
            return None

    assert len(list(filter(None, at_once(one, 4)))) == 1
    assert Workplace.objects.filter(name=offer.name).count() == 1


class TestDeclined:
    def test_with_a_reason_and_a_kind_mail(self, world, smtp):
        offer = offered(world)
        offers.decline(offer, reason="Vi har nok plasser i år.", by=world.coordinator)
        outbox.deliver_due()
        text = smtp.mails_to(offer.email)[-1].get_body(("plain",)).get_content()
        assert "Takk" in text
        assert "Vi har nok plasser i år." in text
        with pytest.raises(Conflict):
            offers.confirm(offer, workplace=None, round=None, by=world.coordinator)

    def test_not_without_a_reason(self, world):
        with pytest.raises(DomainError):
            offers.decline(offered(world), reason="  ", by=world.coordinator)


class TestForgotten:
    def test_what_nobody_verified_after_seven_days(self, world):
        now = timezone.now()
        old = offered(world, verified_at=None, created_at=now - 7.1 * DAY)
        fresh = offered(world, verified_at=None, created_at=now - 6.9 * DAY)
        verified = offered(world, created_at=now - 30 * DAY)
        assert offers.forget_old() == 1
        assert set(Offer.objects.all()) == {fresh, verified}
        assert old.pk not in set(Offer.objects.values_list("pk", flat=True))

    def test_what_was_declined_after_a_year_and_a_summer(self, world):
        offer = offered(world)
        offers.decline(offer, reason="Nei", by=world.coordinator)
        assert offers.forget_old(timezone.now() + 399 * DAY) == 0
        assert offers.forget_old(timezone.now() + 401 * DAY) == 1

    def test_by_the_sweeper(self, world):
        from django.core.management import call_command

        offered(world, verified_at=None, created_at=timezone.now() - 8 * DAY)
        call_command("sweep", "--once")
        assert not Offer.objects.exists()


class TestKnown:
    def test_by_number_address_and_name(self, world, outsiders):
        number = f.organisation_number(5)
        by_number = f.WorkplaceFactory(
            municipality=world.workplace.municipality, organisation_number=number
        )
        by_name = f.WorkplaceFactory(
            municipality=world.workplace.municipality, name="Elvebakken Legesenter"
        )
        f.ContactFactory(workplace=outsiders.workplace, email=world.contact.email)
        offer = offered(
            world,
            name="Elvebakken legesenter",
            organisation_number=number,
            email=world.contact.email.lower(),
        )
        again = offered(world, email=offer.email)
        stranger = offered(world)
        about = known([offer, stranger], world.coordinator)
        found = [match.workplace for match in about[offer.pk].workplaces]
        assert found == [by_number, world.workplace, by_name], "the surest first; none elsewhere"
        assert about[offer.pk].offers == [again]
        assert about[stranger.pk].workplaces == about[stranger.pk].offers == []

    def test_in_as_many_questions_for_many(self, world, django_assert_num_queries):
        few = [offered(world) for _ in range(2)]
        many = [offered(world, email=world.contact.email.lower()) for _ in range(20)]
        user = User.objects.get(pk=world.coordinator.pk)
        reach(user)  # read once per request
        with django_assert_num_queries(3):
            known(few, user)
        with django_assert_num_queries(3):
            known(many, user)


def test_rows_of_the_county_only(world, outsiders):
    mine, theirs = offered(world), offered(outsiders)
    for user in (world.coordinator, world.county_coordinator):
        assert set(Offer.objects.visible_to(user)) == {mine}
    assert set(Offer.objects.visible_to(outsiders.coordinator)) == {theirs}
    for user in (world.student, world.workplace_contact, world.administrator):
        assert not Offer.objects.visible_to(user).exists()
