"""A browser that can be signed in as anybody."""

from functools import partial

import pytest
from django.test import Client

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def client() -> Client:
    """`client.force_login(user)` signs in by the backend that really does it here."""
    browser = Client()
    browser.force_login = partial(browser.force_login, backend=BACKEND)
    return browser
