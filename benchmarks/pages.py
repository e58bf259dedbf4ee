"""How much slower a list is than a bare view of the same server, at the same concurrency.

    uv run python -m benchmarks.pages                       servers of its own, 100 of everything
    uv run python -m benchmarks.pages 3 100 1000 10000      with so many of everything, one after the other
    uv run python -m benchmarks.pages 10000 --turns 5       the middle one of five turns
    uv run python -m benchmarks.pages 1000 --uncounted      a database that has not counted what came

A bare view is /health/live: it asks nothing and shows nothing, through the same middleware. It is asked
twice over: by the same signed-in visitor as the list, which pays for the session and the person as every
page does, and by nobody. Each is asked in turn, from the same threads, in the same run, before and after
the list, so that a slow machine is slow for all. What is promised is the ratio of the 95th percentiles,
the signed-in bare view's; the stricter one, nobody's, is printed beside it. Of several turns the middle
ratio is printed, and from which to which they went. The milliseconds are only of this machine. Ends with 1
if a promised ratio is above 8.

PostgreSQL counts its tables a minute or so after they were filled, and plans by what it has counted. Here
they are counted before each measurement, or (`--uncounted`) never.
"""

import argparse
import http.client
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlsplit

MOST, CONCURRENCY, REQUESTS = 8.0, 4, 200
BARE = "/health/live"
LISTS = (
    ("student", "/messages/"),
    ("workplace_contact", "/my-students/"),
    ("coordinator", "/students/"),
    ("coordinator", "/workplaces/"),
    ("county_coordinator", "/rounds/"),
    ("county_coordinator", "{round}candidates/"),
    ("county_coordinator", "{round}capacity/"),
    ("county_coordinator", "{round}placements/"),
    ("county_coordinator", "/outbox/"),
    ("administrator", "/invitations/"),
)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def ask(url: str, path: str, cookie: str, times: int) -> list[float]:
    """One visitor who asks again and again on one connection; how long each answer took."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return took


def together(url: str, path: str, cookie: str = "") -> list[float]:
    each = REQUESTS // CONCURRENCY
    with ThreadPoolExecutor(CONCURRENCY) as visitors:
        asked = [visitors.submit(ask, url, path, cookie, each) for _ in range(CONCURRENCY)]
        return [took for visitor in asked for took in visitor.result()]


class Turn(NamedTuple):
    ratio: float  # of the 95th percentiles
    medians: float
    nobody: float  # to the bare view that nobody asks for
    page: float  # 95th percentile, ms


def turn(url: str, path: str, cookie: str) -> Turn:
    # before and after: the machine may change its mind
    nobody, bare = together(url, BARE), together(url, BARE, cookie)
    page = together(url, path, cookie)
    bare, nobody = bare + together(url, BARE, cookie), nobody + together(url, BARE)
    high = p95(page)
    middles = statistics.median(page) / statistics.median(bare)
    return Turn(high / p95(bare), middles, high / p95(nobody), 1000 * high)


def measure(url: str, lists: list[tuple[str, str]], turns: int) -> int:
    above = 0
    for path, cookie in lists:
        together(url, path, cookie)  # warm
        taken = sorted(turn(url, path, cookie) for _ in range(turns))
        ratio, medians, nobody, page = map(statistics.median, zip(*taken, strict=True))
        above += ratio > MOST
        shown = "/".join(part if len(part) < 36 else "..." for part in path.split("/"))
        print(
            f"{shown:26} ratio {ratio:5.1f} ({taken[0].ratio:.1f}-{taken[-1].ratio:.1f})"
            f"{'  ABOVE' if ratio > MOST else '       '}"
            f"  (medians {medians:5.1f}; to nobody's {nobody:5.1f}; page {page:7.1f} ms)",
            flush=True,
        )
    return above


def main(sizes: list[int], turns: int, counted: bool) -> int:
    from tests import stack

    os.environ.update(DEMO="true", PLAIN_STATIC="true", DJANGO_SETTINGS_MODULE="config.settings")
    stack.start_servers()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from tests.cast import make_world
    from tests.growth import grow
    from tests.live import LiveStack

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    world = make_world("Vaarvik")

    def cookie(who: str) -> str:
        client = Client()
        client.force_login(getattr(world, who))
        return (
            f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        )

    def ask_all(sql: str) -> None:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(sql.format(connection.ops.quote_name(table)))

    ask_all("ALTER TABLE {} SET (autovacuum_enabled = false)")
    round_ = f"/rounds/{world.round.pk}/"
    lists = [(path.format(round=round_), cookie(who)) for who, path in LISTS]
    above, there = 0, 0
    with TemporaryDirectory() as folder:
        live = LiveStack(Path(folder))
        live.start_web()
        try:
            for size in sorted(sizes):
                grow(world, size - there)
                there = size
                if counted:
                    ask_all("ANALYZE {}")
                said = "counted" if counted else "not counted"
                print(
                    f"{size:,} of everything, {said}; {CONCURRENCY} visitors, {REQUESTS} requests,"
                    f" {turns} turns; ratio of the 95th percentiles",
                    flush=True,
                )
                above += measure(live.url, lists, turns)
        finally:
            live.stop("web", "mail")
    return 1 if above else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[100])
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--uncounted", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    asked = _asked()
    sys.exit(main(asked.sizes, asked.turns, counted=not asked.uncounted))
