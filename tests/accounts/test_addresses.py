"""Another address to sign in with: shown to be hers, told to the old one, and once in the database."""

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import addresses, outbox, retention
from accounts.errors import DomainError
from accounts.models import AddressChange, AuditEvent, OutboxMessage, User
from accounts.policy import Role
from placements.models import Contact
from tests import factories as f

PAGE = "/profile/address/"
NEW = "kari.ny@example.no"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


@pytest.fixture
def kari(db):
    return f.UserFactory(
        name="Kari", email="kari@example.no", role=Role.WORKPLACE_CONTACT, written_standard="nn"
    )


@pytest.fixture
def as_kari(client, kari):
    client.force_login(kari)
    return client


def link_in(smtp, to=NEW):
    text = smtp.mails_to(to)[-1].get_body(("plain",)).get_content()
    return re.search(r"http://localhost:8000(/profile/address/\S+/)", text).group(1)


def asked(client, smtp, email=NEW):
    client.post(PAGE, {"email": email})
    outbox.deliver_due()
    return link_in(smtp, email.lower())


class TestChanging:
    def test_by_the_link_and_the_old_one_is_told(self, as_kari, kari, smtp):
        link = asked(as_kari, smtp, "Kari.Ny@example.no")
        assert NEW in as_kari.get(link).content.decode()
        kari.refresh_from_db()
        assert kari.email == "kari@example.no", "opening it changes nothing"
        as_kari.post(link)
        outbox.deliver_due()
        kari.refresh_from_db()
        assert kari.email == NEW
        letter = smtp.mails_to("kari@example.no")[-1]
        assert letter["Subject"] == "Du har ny adresse i Praksisplass"
        assert letter["Content-Language"] == "nn"
        assert NEW not in letter.get_body(("plain",)).get_content(), (
            "who reads it may be a stranger"
        )
        verbs = AuditEvent.objects.filter(target_id=kari.pk).order_by("id")
        assert [e.verb for e in verbs] == ["address.asked", "address.changed"]

    def test_she_stays_signed_in_and_signs_in_with_the_new_one_alone(
        self, as_kari, kari, smtp, client
    ):
        EmailAddress.objects.create(user=kari, email=kari.email, verified=True, primary=True)
        as_kari.post(asked(as_kari, smtp))
        assert as_kari.get("/profile/").status_code == 200
        assert not EmailAddress.objects.filter(user=kari).exists()
        for email, codes in ((NEW, 1), ("kari@example.no", 0)):
            assert len(codes_for(type(client)(), email)) == codes, email

    def test_no_one_signs_in_with_an_address_that_is_not_shown_to_be_hers(
        self, as_kari, kari, client
    ):
        as_kari.post(PAGE, {"email": NEW})
        assert codes_for(type(client)(), NEW) == []
        assert len(codes_for(type(client)(), kari.email)) == 1, "control: the old one stands"

    def test_the_link_is_hers_alone_and_works_once(self, as_kari, kari, smtp, client):
        link = asked(as_kari, smtp)
        assert type(client)().get(link).status_code == 302, "not without signing in"
        other = type(client)()
        other.force_login(f.UserFactory())
        assert other.get(link).status_code == 404
        assert other.post(link).status_code == 404
        assert as_kari.post(link).status_code == 302
        assert as_kari.get(link).status_code == 404

    def test_not_for_ever(self, as_kari, kari, smtp):
        link = asked(as_kari, smtp)
        AddressChange.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
        assert as_kari.post(link).status_code == 404
        assert retention.forget_expired() == 1
        assert not AddressChange.objects.exists()

    def test_asked_anew_the_first_link_dies(self, as_kari, kari, smtp):
        first = asked(as_kari, smtp)
        second = asked(as_kari, smtp, "kari.annen@example.no")
        assert as_kari.get(first).status_code == 404
        assert as_kari.get(second).status_code == 200

    def test_she_keeps_the_old_one_after_all(self, as_kari, kari, smtp):
        link = asked(as_kari, smtp)
        assert NEW in as_kari.get(PAGE).content.decode()
        as_kari.post(PAGE + "drop/")
        assert as_kari.get(link).status_code == 404
        assert NEW not in as_kari.get(PAGE).content.decode()

    def test_the_key_is_kept_nowhere(self, as_kari, smtp):
        token = asked(as_kari, smtp).split("/")[-2]
        message = OutboxMessage.objects.get(kind="address_verify")
        assert token not in message.text + message.path + message.subject


class TestWhoHasIt:
    def test_nobody_learns_that_it_is_somebody_elses_but_who_reads_its_mail(
        self, as_kari, kari, smtp
    ):
        f.UserFactory(email=NEW)
        assert as_kari.post(PAGE, {"email": NEW}).status_code == 302
        outbox.deliver_due()
        sent = as_kari.post(link_in(smtp), follow=True)
        assert "Nokon andre loggar inn" in sent.content.decode()
        kari.refresh_from_db()
        assert kari.email == "kari@example.no"
        assert AddressChange.objects.exists(), "nothing is half done"

    def test_the_database_has_each_address_once_however_it_is_spelled(self, kari):
        other = f.UserFactory()
        for email, constraint in (("kari@example.no", "email"), ("Kari@example.no", "lower")):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                User.objects.filter(pk=other.pk).update(email=email)
        User.objects.filter(pk=other.pk).update(email="fri@example.no")

    def test_the_database_has_one_change_a_person_in_lower_case(self, kari):
        ends = timezone.now()
        with pytest.raises(IntegrityError, match="address_change_lower"), transaction.atomic():
            AddressChange.objects.create(user=kari, email="A@example.no", expires_at=ends)
        AddressChange.objects.create(user=kari, email="a@example.no", expires_at=ends)
        with pytest.raises(IntegrityError, match="user"), transaction.atomic():
            AddressChange.objects.create(user=kari, email="b@example.no", expires_at=ends)

    def test_the_same_is_no_change(self, as_kari, kari):
        sent = as_kari.post(PAGE, {"email": "Kari@Example.no"})
        assert sent.status_code == 422
        with pytest.raises(DomainError):
            addresses.ask(kari, email=kari.email, by=kari)

    def test_three_an_hour_to_one_address(self, as_kari):
        answers = [as_kari.post(PAGE, {"email": NEW}).status_code for _ in range(4)]
        assert answers == [302, 302, 302, 422]


@pytest.mark.django_db(transaction=True)
def test_two_want_the_same_address_at_once(at_once):
    cache.clear()
    people = [f.UserFactory(), f.UserFactory()]
    for number, user in enumerate(people):
        change = addresses.ask(user, email=NEW, by=user)
        token_for(change, f"token{number}")

    def one(number):
        try:
            return addresses.confirm(f"token{number}", by=people[number])
        except DomainError:
            return None

    assert sorted(at_once(one), key=str) == [None, NEW]
    assert User.objects.filter(email=NEW).count() == 1


class TestWhatGoesWithHer:
    def change(self, user, email=NEW):
        token_for(addresses.ask(user, email=email, by=user), "token")
        addresses.confirm("token", by=user)
        user.refresh_from_db()

    def test_her_messages_and_what_is_still_to_be_sent(self, kari, as_kari):
        for kind, state in (("wishes_opened", "sent"), ("student_placed", "pending")):
            OutboxMessage.objects.create(
                kind=kind,
                recipient=kari.email,
                subject_id=kari.pk,
                subject="Noko nytt",
                state=state,
                sent_at=timezone.now() if state == "sent" else None,
                written_at=timezone.now(),
            )
        self.change(kari)
        assert OutboxMessage.objects.filter(recipient=NEW, subject="Noko nytt").count() == 2
        assert "Noko nytt" in as_kari.get("/messages/").content.decode()
        assert OutboxMessage.objects.get(kind="address_changed").recipient == "kari@example.no"

    def test_there_and_back_again(self, kari):
        old = kari.email
        OutboxMessage.objects.create(kind="wishes_opened", recipient=old, subject_id=kari.pk)
        OutboxMessage.objects.create(kind="wishes_opened", recipient=NEW, subject_id=kari.pk)
        self.change(kari)
        self.change(kari, old)
        assert kari.email == old
        assert OutboxMessage.objects.filter(kind="wishes_opened").count() == 2

    def test_her_workplaces_write_to_the_new_one(self, kari):
        mine = f.ContactFactory(user=kari, email=kari.email)
        twice = f.ContactFactory(user=kari, email=kari.email)
        known = f.ContactFactory(workplace=twice.workplace, email="Kari.Ny@example.no")
        strangers = f.ContactFactory()
        self.change(kari)
        emails = set(Contact.objects.filter(user=kari, ended_at=None).values_list("email", "pk"))
        assert emails == {(NEW, mine.pk), ("Kari.Ny@example.no", known.pk)}
        assert Contact.objects.get(pk=strangers.pk).email == strangers.email

    def test_a_student_is_written_to_where_she_signs_in(self, world):
        student = world.candidate.student
        self.change(world.student)
        student = type(student).objects.get(pk=student.pk)
        assert (student.address, student.email) == (NEW, "vaarvik.student@example.no")


def token_for(change, token):
    from accounts.links import hash_of

    AddressChange.objects.filter(pk=change.pk).update(token_hash=hash_of(token))


def codes_for(client, email):
    """The codes that go out when somebody asks to sign in with the address."""
    import threading
    from unittest.mock import patch

    threads = []
    with patch.object(threading.Thread, "start", lambda thread: threads.append(thread)):
        client.post("/sign-in/", {"email": email})
    return threads
