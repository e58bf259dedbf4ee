"""How much a server does for a list, counted in function calls: no clock, the same on a busy machine.

With a hundred of everything, and no more with a thousand or (at night) ten thousand: a page that reads or
offers all there is takes more steps, and is heavier. What is promised is a ratio of times
(`python -m benchmarks.pages`, docs/quality.md). This is what it comes from, so that a list that begins to
do half as much again is seen before anybody measures.
"""

import cProfile
from collections import defaultdict

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import lookup
from benchmarks.pages import BARE, LISTS
from tests.cast import make_world
from tests.growth import grow

pytestmark = pytest.mark.django_db

# Times a bare view's. The heaviest was at 10.3 when each of the ten lists took at most 6.3 times its time.
MOST = 12
# Times those with a hundred; what little is more are numbers of more digits.
MORE = 1.05
# Rows, with a thousand of everything.
TOUCHED = 50_000


def calls(client, url):
    for _ in range(3):  # what is made on the first look is there by then
        assert client.get(url).status_code == 200
    with cProfile.Profile() as profile:
        client.get(url)
    return sum(entry.callcount for entry in profile.getstats())


def looked_at(client, world, sizes):
    """Of each list, with so many of everything: its steps, a bare view's, and its weight."""
    found, there = defaultdict(list), 0
    for size in sizes:
        with connection.cursor() as cursor:  # ten thousand take a while
            cursor.execute("SET idle_in_transaction_session_timeout = 0")
        grow(world, size - there)
        there = size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for who, path in LISTS:
            client.force_login(getattr(world, who))
            url = path.format(round=f"/rounds/{world.round.pk}/")
            bare = calls(client, BARE)
            found[path].append((calls(client, url), bare, len(client.get(url).content)))
    print(dict(found))
    return found


def grown(found):
    return {
        path: sizes
        for path, sizes in found.items()
        if sizes[-1][0] > MORE * sizes[0][0] or sizes[-1][2] > MORE * sizes[0][2]
    }


def test_lists_take_few_steps_and_no_more_for_a_thousand(client):
    found = looked_at(client, make_world("Vaarvik"), (100, 1000))
    ratios = {path: sizes[0][0] / sizes[0][1] for path, sizes in found.items()}
    assert {path: ratio for path, ratio in ratios.items() if ratio > MOST} == {}
    assert grown(found) == {}


@pytest.mark.nightly
def test_lists_take_no_more_steps_for_ten_thousand(client):
    assert grown(looked_at(client, make_world("Vaarvik"), (100, 10_000))) == {}


def test_a_form_that_offers_all_there_is_is_found(client, monkeypatch):
    """Negative control: a select without end."""
    monkeypatch.setattr(lookup, "MOST", 10_000)
    assert list(grown(looked_at(client, make_world("Vaarvik"), (100, 300)))) == ["/invitations/"]


def touched(plan):
    """Rows that the nodes of a plan gave or threw away, all in all."""
    own = plan["Actual Rows"] + sum(v for key, v in plan.items() if key.startswith("Rows Removed"))
    return own * plan["Actual Loops"] + sum(map(touched, plan.get("Plans", [])))


def most_touched(client, url):
    """Of the questions of a page, how many rows the longest one touches."""
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    most = 0
    for query in queries.captured_queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query['sql']}")
                most = max(most, touched(cursor.fetchone()[0][0]["Plan"]))
    return most


def uncount():
    """Nothing left of earlier tests: how many pages their rows took is what plans would hang on."""
    with connection.cursor() as cursor:
        tables = {connection.ops.quote_name(t) for t in connection.introspection.table_names()}
        mine = sorted(tables - {'"django_migrations"', '"cache"'})
        cursor.execute(f"TRUNCATE {', '.join(mine)} CASCADE")


@pytest.mark.django_db(transaction=True)
def test_nobody_is_compared_with_everybody_before_the_database_has_counted_them(client):
    """What was filled a moment ago looks empty, and may be gone through for each row of something else."""
    uncount()
    world, most = make_world("Vaarvik"), {}
    grow(world, 1000)
    for who, path in LISTS:
        client.force_login(getattr(world, who))
        most[path] = most_touched(client, path.format(round=f"/rounds/{world.round.pk}/"))
    print(most)
    assert {path: rows for path, rows in most.items() if rows > TOUCHED} == {}
