"""Signing in by a code in a mail: for those who are known, and telling nothing about who is."""

import re
import statistics
import time

import pytest
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.policy import Role
from tests.factories import UserFactory

SIGN_IN, CODE = "/sign-in/", "/sign-in/code/"


@pytest.fixture(autouse=True)
def no_limits_yet(db):
    cache.clear()


@pytest.fixture
def kari(db):
    return UserFactory(email="kari@example.no", name="Kari Nordmann", role=Role.STUDENT)


def wait_for(sink, address, number=1):
    for _ in range(100):
        if len(sink.mails_to(address)) >= number:
            return sink.mails_to(address)[-1]
        time.sleep(0.05)
    pytest.fail("no mail came")


def code_in(mail):
    return re.search(r"\b\d{4}-\d{4}\b", mail.get_content()).group()


class TestTheWayIn:
    def test_a_code_in_a_mail_lets_her_in(self, client, kari, smtp):
        assert client.get(SIGN_IN).status_code == 200
        asked = client.post(f"{SIGN_IN}?next=/profile/", {"email": "Kari@Example.no "})
        assert asked.headers["Location"].startswith(CODE)
        mail = wait_for(smtp, "kari@example.no")
        before = client.cookies["session"].value
        answer = client.post(asked.headers["Location"], {"code": code_in(mail)})
        assert answer.headers["Location"] == "/profile/"
        assert client.cookies["session"].value != before, "the session changes its name"
        assert client.get("/profile/").context["user"] == kari
        assert code_in(mail) in mail["Subject"]

    def test_the_mail_is_in_her_language_whatever_the_page_is_in(self, client, kari, smtp):
        User.objects.filter(pk=kari.pk).update(written_standard="en")
        client.cookies["django_language"] = "nn"
        client.post(SIGN_IN, {"email": kari.email})
        mail = wait_for(smtp, kari.email)
        assert "Your code" in mail["Subject"]

    def test_a_wrong_code_three_times_and_the_right_one_is_dead(self, client, kari, smtp):
        client.post(SIGN_IN, {"email": kari.email})
        right = code_in(wait_for(smtp, kari.email))
        answers = [client.post(CODE, {"code": "0000-000"}) for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 302]
        client.post(CODE, {"code": right})
        assert client.get("/profile/").status_code == 302

    def test_errors_are_in_her_language(self, client, kari, smtp):
        client.cookies["django_language"] = "nn"
        client.post(SIGN_IN, {"email": kari.email})
        assert "Det er ikkje koden" in client.post(CODE, {"code": "0000"}).content.decode()

    def test_a_code_dies_after_ten_minutes(self, client, kari, smtp, monkeypatch):
        client.post(SIGN_IN, {"email": kari.email})
        right = code_in(wait_for(smtp, kari.email))
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 601)
        client.post(CODE, {"code": right})
        monkeypatch.undo()
        assert client.get("/profile/").status_code == 302

    def test_a_code_is_for_the_browser_that_asked(self, client, kari, smtp):
        client.post(SIGN_IN, {"email": kari.email})
        right = code_in(wait_for(smtp, kari.email))
        other = type(client)()
        assert other.post(CODE, {"code": right}).headers["Location"] == SIGN_IN
        assert other.get("/profile/").status_code == 302

    def test_who_was_shut_out_meanwhile_does_not_get_in(self, client, kari, smtp):
        client.post(SIGN_IN, {"email": kari.email})
        right = code_in(wait_for(smtp, kari.email))
        User.objects.filter(pk=kari.pk).update(is_active=False)
        assert client.post(CODE, {"code": right}).headers["Location"] == SIGN_IN
        assert client.get("/profile/").status_code == 302

    def test_a_mistyped_address_may_be_typed_again(self, client, kari, smtp):
        client.post(SIGN_IN, {"email": "kari@exmaple.no"})
        assert client.get(SIGN_IN).status_code == 200
        client.post(SIGN_IN, {"email": kari.email})
        client.post(CODE, {"code": code_in(wait_for(smtp, kari.email)).replace("-", " ")})
        assert client.get("/profile/").status_code == 200

    def test_a_strange_next_is_not_followed(self, client, kari, smtp):
        asked = client.post(f"{SIGN_IN}?next=https://evil.example/", {"email": kari.email})
        right = code_in(wait_for(smtp, kari.email))
        answer = client.post(asked.headers["Location"], {"code": right})
        assert answer.headers["Location"] == "/"

    def test_out_again(self, client, kari):
        client.force_login(kari)
        assert client.get("/sign-out/").status_code == 405, "a link must not sign anybody out"
        client.post("/sign-out/")
        assert client.get("/profile/").status_code == 302


class TestNothingIsTold:
    def answers(self, client, email):
        asked = client.post(SIGN_IN, {"email": email})
        page = client.get(CODE).content.decode()
        wrong = client.post(CODE, {"code": "0000-000"}).content.decode()
        secrets = r'name="(csrfmiddlewaretoken|once_key)" value="[^"]*"'
        return (asked.status_code, asked.headers["Location"]), *(
            re.sub(secrets, "", text) for text in (page, wrong)
        )

    def test_known_and_unknown_get_the_same_answers(self, client, kari, smtp):
        assert self.answers(client, kari.email) == self.answers(type(client)(), "x@example.no")

    def test_so_do_those_who_were_shut_out(self, client, smtp):
        gone = UserFactory(email="gone@example.no", is_active=False)
        assert self.answers(client, gone.email) == self.answers(type(client)(), "x@example.no")
        assert smtp.kept == []

    def test_only_the_known_get_mail(self, client, kari, smtp):
        client.post(SIGN_IN, {"email": "x@example.no"})
        client.post(SIGN_IN, {"email": kari.email})
        wait_for(smtp, kari.email)
        assert {to for to, _ in smtp.kept} == {kari.email}

    def test_a_slow_mail_server_does_not_tell(self, client, kari, smtp, settings):
        """The answer does not wait for the mail; without the thread it would, for the known alone."""
        settings.ACCOUNT_RATE_LIMITS = {}
        smtp.on_data = lambda: time.sleep(1)

        def seconds(email):
            start = time.perf_counter()
            type(client)().post(SIGN_IN, {"email": email})
            return time.perf_counter() - start

        seconds("warm@example.no")
        known = statistics.median(seconds(kari.email) for _ in range(3))
        unknown = statistics.median(seconds("x@example.no") for _ in range(3))
        assert abs(known - unknown) < 0.3
        wait_for(smtp, kari.email, 3)

    def test_a_mail_server_that_is_away_does_not_tell(self, client, kari, settings, smtp):
        settings.EMAIL_PORT = 1
        assert client.post(SIGN_IN, {"email": kari.email}).status_code == 302

    def test_there_is_no_sign_up(self, client, db):
        client.post(SIGN_IN, {"email": "x@example.no"})
        assert not User.objects.filter(email="x@example.no").exists()
        for name in ("account_signup", "account_reset_password", "account_change_password"):
            with pytest.raises(NoReverseMatch):
                reverse(name)


class TestLimits:
    def test_three_codes_a_minute_for_an_address(self, client, kari, smtp):
        answers = [type(client)().post(SIGN_IN, {"email": kari.email}) for _ in range(4)]
        assert [a.status_code for a in answers] == [302, 302, 302, 200]
        wait_for(smtp, kari.email, 3)

    def test_the_unknown_are_limited_alike(self, client, db):
        answers = [client.post(SIGN_IN, {"email": "x@example.no"}) for _ in range(4)]
        assert [a.status_code for a in answers] == [302, 302, 302, 200]

    def test_a_class_may_sign_in_at_once_from_one_school(self, client, db):
        answers = [
            type(client)().post(SIGN_IN, {"email": f"elev{n}@example.no"}) for n in range(35)
        ]
        assert {a.status_code for a in answers} == {302}

    def test_they_live_in_the_database_and_need_no_redis(self, client, db, settings):
        settings.REDIS_URL = "redis://localhost:1/0"
        assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
        for _ in range(3):
            client.post(SIGN_IN, {"email": "x@example.no"})
        assert client.post(SIGN_IN, {"email": "x@example.no"}).status_code == 200

    def test_behind_a_proxy_they_count_people(self, client, db, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "1/m/ip"}

        def ask(address, email):
            sent = {"HTTP_X_FORWARDED_FOR": f"6.6.6.6, {address}"}
            return type(client)().post(SIGN_IN, {"email": email}, **sent).status_code

        assert [ask("10.0.0.1", "a@example.no"), ask("10.0.0.2", "b@example.no")] == [302, 302]
        assert ask("10.0.0.1", "c@example.no") == 200
