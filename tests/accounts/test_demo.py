"""The demo's doors: open in the demo, and not there at all anywhere else."""

import mailbox
import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from accounts.policy import Role
from tests.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cast(db):
    roles = {
        "koordinator": Role.SCHOOL_COORDINATOR,
        "elev": Role.STUDENT,
        "admin": Role.ADMINISTRATOR,
    }
    return {
        key: UserFactory(email=f"{key}@demo.example", name=f"Demo {key}", role=role)
        for key, role in roles.items()
    }


class TestSigningIn:
    def test_one_click_and_one_is_somebody(self, client, cast):
        assert "Demo koordinator" in client.get("/demo/").content.decode()
        client.post("/demo/sign-in/koordinator/")
        assert client.get("/profile/").context["user"] == cast["koordinator"]
        client.post("/demo/sign-in/elev/")
        assert client.get("/profile/").context["user"] == cast["elev"]

    def test_a_link_signs_nobody_in(self, client, cast):
        assert client.get("/demo/sign-in/koordinator/").status_code == 405

    def test_only_the_cast_and_only_who_is_let_in(self, client, cast):
        UserFactory(email="kari@demo.example")
        assert client.post("/demo/sign-in/kari/").status_code == 404
        assert client.post("/demo/sign-in/fylke/").status_code == 404
        type(cast["elev"]).objects.update(is_active=False)
        assert client.post("/demo/sign-in/elev/").status_code == 404


class TestMails:
    @pytest.fixture
    def box(self, settings, tmp_path):
        settings.MAIL_CATCHER_DIR = str(tmp_path / "caught")
        return mailbox.Maildir(settings.MAIL_CATCHER_DIR)

    def test_the_newest_is_first(self, client, db, box):
        for number in range(12):
            self.put(box, subject=f"Nr {number}.")
        text = client.get("/demo/mail/").content.decode()
        places = [text.index(f"Nr {number}.") for number in range(12)]
        assert places == sorted(places, reverse=True)

    def put(self, box, text="Hei <b>du</b>", html=None, subject="Nytt"):
        message = EmailMessage()
        message["Subject"], message["To"], message["From"] = subject, "k@example.no", "p@example.no"
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        return box.add(message)

    def test_nothing_yet(self, client, db, settings):
        settings.MAIL_CATCHER_DIR = ""
        assert client.get("/demo/mail/").status_code == 200

    def test_they_are_listed_and_read_as_text(self, client, db, box):
        key = self.put(box, html="<script>alert(1)</script><img src='https://evil.example/x.png'>")
        assert "Nytt" in client.get("/demo/mail/").content.decode()
        text = client.get(f"/demo/mail/{key}/").content.decode()
        assert "Hei &lt;b&gt;du&lt;/b&gt;" in text
        assert "alert(1)" not in text
        assert "evil.example" not in text

    def test_links_to_us_can_be_clicked_and_others_not(self, client, db, box):
        key = self.put(box, "Se http://localhost:8000/c/abc/ og https://evil.example/x")
        text = client.get(f"/demo/mail/{key}/").content.decode()
        assert '<a href="/c/abc/">' in text
        assert '<a href="https://evil' not in text

    @pytest.mark.parametrize("key", ["nothing", "..", "%2e%2e%2fetc%2fpasswd"])
    def test_only_mails_are_read(self, client, db, box, key):
        assert client.get(f"/demo/mail/{key}/").status_code == 404


def names_in(**env):
    """The names of all addresses in a fresh process with these settings."""
    code = (
        "import django; django.setup();"
        "from django.urls import get_resolver;"
        "print(*sorted(map(str, get_resolver().reverse_dict)))"
    )
    base = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DEMO", "DEBUG", "PLAIN_STATIC", "SECRET_KEY"}
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**base, "DJANGO_SETTINGS_MODULE": "config.settings", **env},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_in_production_the_doors_do_not_exist():
    production = names_in(
        SECRET_KEY="k" * 60 + "0123456789abcdefghij",
        ALLOWED_HOSTS="praksisplass.example.no",
        SITE_URL="https://praksisplass.example.no",
        DATABASE_URL="postgresql://app@db/app",
        REDIS_URL="redis://redis:6379/0",
        EMAIL_HOST="smtp.example.no",
        DEFAULT_FROM_EMAIL="Praksisplass <p@example.no>",
    )
    assert "account_login" in production
    assert not [name for name in production if name.startswith("demo")]


def test_in_the_demo_they_do():
    """The control."""
    assert {"demo", "demo_sign_in", "demo_inbox", "demo_mail"} <= set(names_in(DEMO="true"))
