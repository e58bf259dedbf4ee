"""Nonsense in every field of every address, as every role: an answer, never a fault.

The names of fields are read off each page's own forms and filters; to them come a few that no form
has. What is sent is undone, so that one address does not spoil the next.
"""

import random
import re
import uuid

import pytest
from django.db import transaction
from django.test import Client

from accounts.policy import Role
from tests.test_matrix import ADDRESSES, ROLES, address, expected, furnish

NONSENSE = [
    "", " ", "\0", "%00", "-1", "0", "1e9", "NaN", "99999999999999999999", "2027-02-30", "æøå" * 40,
    "<script>alert(1)</script>", '"><img src=x onerror=1>', "{{7*7}}", '{"$ne":1}', "../../etc/passwd",
    "\u202e", "😀", "00000000-0000-0000-0000-000000000000", "12345678901", "a" * 5000, "=1+1",
]  # fmt: skip
UNASKED = [
    "state",
    "school",
    "user",
    "role",
    "version",
    "workplace",
    "request",
    "candidate",
    "slot",
]
FILTERS = ["q", "page", "sort", "kind", "state", "school", "parent", "candidate", "next", "slot"]
CONTROL = re.compile(r'<(?:input|select|textarea|button)[^>]*\bname="([^"]+)"')


def fields_of(client: Client, url: str) -> set[str]:
    page = client.get(url)
    text = "" if page.streaming else page.content.decode(errors="replace")
    return set(CONTROL.findall(text)) - {"once_key"}


def attack(client: Client, name: str, url: str, names: set[str]) -> list[str]:
    """Send nonsense both ways; what was answered with a fault."""
    chance, faults = random.Random(name), []
    query = {key: chance.choice(NONSENSE) for key in FILTERS if chance.random() < 0.4}
    form = {key: chance.choice(NONSENSE) for key in sorted(names)}
    for method, sent in (("get", query), ("post", form | {"once_key": str(uuid.uuid4())})):
        with transaction.atomic():
            try:
                status = getattr(client, method)(url, sent).status_code
                fault = f"{status}" if status >= 500 else ""
            except Exception as error:
                fault = repr(error)[:120]
            transaction.set_rollback(True)
        if fault:
            faults.append(f"{method} {name} {sent}: {fault}")
    return faults


@pytest.mark.parametrize("role", list(Role))
def test_nonsense_gets_an_answer(role, client, world):
    things, faults = furnish(world), []
    for name in ADDRESSES:
        if (
            expected(name, role)
            if isinstance(ADDRESSES[name].callback.permission_mark, tuple)
            else 0
        ):
            continue
        client.force_login(getattr(world, ROLES[role]))  # anew: one of the addresses ends sessions
        url = address(name, things)
        faults += attack(client, name, url, fields_of(client, url) | set(UNASKED))
    assert faults == []


def test_a_fault_is_noticed(client, world, monkeypatch):
    """Negative control: a view that trusts a number it was sent."""
    from accounts import untrusted

    monkeypatch.setattr(untrusted, "identity", uuid.UUID)
    client.force_login(world.county_coordinator)
    assert attack(
        client, "capacity_remind", address("capacity_remind", furnish(world)), {"request"}
    )
