"""Personal links: random, kept only as a hash, and mortal."""

import base64
import datetime as dt

import pytest
from django.utils import timezone

from accounts import links
from placements.models import CapacityLink

DAY = dt.timedelta(days=1)


@pytest.fixture
def minted(world):
    return links.mint(
        CapacityLink,
        expires_at=timezone.now() + DAY,
        email=world.contact.email,
        round=world.round,
        contact=world.contact,
    )


def test_a_token_has_256_bits_and_fits_an_address():
    tokens = {links.new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_the_token_opens_its_link_and_is_not_kept(minted):
    token, link = minted
    assert links.find(CapacityLink, token) == link
    assert bytes(CapacityLink.objects.get(pk=link.pk).token_hash) == links.hash_of(token)
    assert len(links.hash_of(token)) == 32
    kept = str(CapacityLink.objects.filter(pk=link.pk).values().get())
    assert token not in kept


@pytest.mark.parametrize("wrong", ["", "x", "é", "a" * 43, "a" * 5000])
def test_another_token_opens_nothing(minted, wrong):
    assert links.find(CapacityLink, wrong) is None
    assert links.find(CapacityLink, minted[0][:-1]) is None
    assert links.find(CapacityLink, minted[0].swapcase()) is None


def test_it_dies_at_its_hour(minted):
    token, link = minted
    just_before = link.expires_at - dt.timedelta(seconds=1)
    assert links.find(CapacityLink, token, at=just_before) == link
    assert links.find(CapacityLink, token, at=link.expires_at) is None


def test_revoked_it_is_dead_at_once(minted):
    token, link = minted
    assert links.revoke(CapacityLink.objects.filter(pk=link.pk)) == 1
    assert links.find(CapacityLink, token) is None
    assert links.revoke(CapacityLink.objects.filter(pk=link.pk)) == 0
