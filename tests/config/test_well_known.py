"""The fixed addresses: text for machines, and a contact that has not run out."""

import datetime as dt

from django.utils import timezone


def test_nothing_is_indexed(client):
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode().split("\n")[:2] == ["User-agent: *", "Disallow: /"]


def test_whom_to_write_to_about_a_hole(client, settings):
    settings.DATA_PROTECTION_EMAIL = "personvern@fylke.example.no"
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    told = dict(line.split(": ", 1) for line in lines)
    assert told["Contact"] == "mailto:personvern@fylke.example.no"
    expires = dt.datetime.fromisoformat(told["Expires"])
    assert timezone.now() < expires < timezone.now() + dt.timedelta(days=365)
    settings.DATA_PROTECTION_EMAIL = ""
    assert client.get("/.well-known/security.txt").status_code == 404


def test_a_password_manager_is_led_to_the_profile(client):
    assert client.get("/.well-known/change-password")["Location"] == "/profile/"
