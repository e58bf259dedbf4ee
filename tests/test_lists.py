"""Every list asks the database the same, however long it is: at 3, 100 and (at night) 10,000 rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.policy import Role
from placements.rows import Row, StudentRow
from schools.models import Student
from tests.cast import make_world
from tests.growth import grow
from tests.test_look import NOT_PAGES, pages_of
from tests.test_matrix import ROLES, address, furnish

pytestmark = pytest.mark.django_db


def asked(client, url):
    """The queries of a page, seen a second time: what is made on the first look is there by then."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    return response.status_code, [query["sql"] for query in queries.captured_queries]


def addresses(role, things):
    """Every page of the role, and of each list its second page."""
    names = [name for name in pages_of(role) if name not in NOT_PAGES]
    return {name: address(name, things) for name in sorted(names)}


@pytest.fixture
def things():
    return furnish(make_world("Vaarvik"))


def more_than_before(client, things, roles, sizes, only=""):
    """Pages that ask more often when there is more to show: (role, page, how often at each size).

    All roles look at the same rows: to make ten thousand of everything takes longer than to look.
    """
    times = {}
    there = 0
    for role in roles:  # who looked at what is itself shown on some pages: so all have looked once
        client.force_login(getattr(things.world, ROLES[role]))
        for name, url in addresses(role, things).items():
            if only in ("", name):
                client.get(url)
    for size in sizes:
        with connection.cursor() as cursor:  # ten thousand take a while
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
        grow(things.world, size - there)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for role in roles:
            client.force_login(getattr(things.world, ROLES[role]))
            for name, url in addresses(role, things).items():
                if only not in ("", name):
                    continue
                status, queries = asked(client, url)
                assert status in (200, 302, 405), (role, name, status)
                times.setdefault((role.value, name), []).append(len(queries))
        there = size
    return {page: counts for page, counts in times.items() if counts[-1] > counts[0]}


@pytest.mark.parametrize("role", list(Role))
def test_as_many_queries_for_100_as_for_3(role, client, things):
    assert more_than_before(client, things, [role], (3, 100)) == {}


@pytest.mark.nightly
def test_as_many_queries_for_10000_as_for_3(client, things):
    assert more_than_before(client, things, list(Role), (3, 10_000)) == {}


def test_a_list_that_asks_for_each_row_is_found(client, things, monkeypatch):
    """Negative control: let a row ask for its class by itself, and it shows."""
    read = Row.read_counted.__func__

    def one_by_one(cls, rows, some, **more):
        found, of_all = read(cls, rows, some, **more)
        for row in found:
            row.school_class = Student.objects.get(pk=row.pk).school_class.name
        return found, of_all

    monkeypatch.setattr(StudentRow, "read_counted", classmethod(one_by_one))
    found = more_than_before(client, things, [Role.SCHOOL_COORDINATOR], (3, 30), only="students")
    assert ("school_coordinator", "students") in found
