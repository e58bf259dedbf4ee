"""The address of a button, opened as a page: after signing in again, or by going back."""

from django.urls import reverse


def test_it_says_so_in_her_language_and_leads_on(client, world):
    client.force_login(world.student)
    answer = client.get(reverse("calendar_renew"))
    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Denne adressen hører til en knapp" in page
    assert f'href="{reverse("home")}"' in page


def test_a_machine_is_told_nothing_more(client, db):
    assert client.post(reverse("health_live")).content == b""
