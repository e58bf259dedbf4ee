"""How much slower a list is than a bare view of the same server, at the same concurrency.

    uv run python -m benchmarks.pages                 servers of its own, 100 of everything
    uv run python -m benchmarks.pages 1000            with a thousand

A bare view is /health/live: it asks nothing and shows nothing, through the same middleware. It is asked
twice over: by the same signed-in visitor as the list, which pays for the session and the person as every
page does, and by nobody. Each is asked in turn, from the same threads, in the same run, before and after
the list, so that a slow machine is slow for all. What is promised is the ratio of the 95th percentiles,
the signed-in bare view's; the stricter one, nobody's, is printed beside it. The milliseconds are only of
this machine. Ends with 1 if the promised ratio is above 8.
"""

import http.client
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
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


def measure(url: str, lists: list[tuple[str, str]]) -> int:
    above = 0
    print(f"{CONCURRENCY} visitors, {REQUESTS} requests each page; ratio of the 95th percentiles")
    for path, cookie in lists:
        together(url, path, cookie)  # warm
        # before and after: the machine may change its mind
        nobody, bare = together(url, BARE), together(url, BARE, cookie)
        page = together(url, path, cookie)
        bare, nobody = bare + together(url, BARE, cookie), nobody + together(url, BARE)
        ratio = p95(page) / p95(bare)
        above += ratio > MOST
        shown = "/".join(part if len(part) < 36 else "..." for part in path.split("/"))
        print(
            f"{shown:32} bare {1000 * p95(bare):6.1f} ms  page {1000 * p95(page):7.1f} ms"
            f"  ratio {ratio:5.1f}{'  ABOVE' if ratio > MOST else '       '}"
            f"  (medians {statistics.median(page) / statistics.median(bare):5.1f};"
            f" to nobody's {p95(page) / p95(nobody):5.1f})",
            flush=True,
        )
    return 1 if above else 0


def main(rows: int) -> int:
    from tests import stack

    os.environ.update(DEMO="true", PLAIN_STATIC="true", DJANGO_SETTINGS_MODULE="config.settings")
    stack.start_servers()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.cast import make_world
    from tests.growth import grow
    from tests.live import LiveStack

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    world = make_world("Vaarvik")
    grow(world, rows)

    def cookie(who: str) -> str:
        client = Client()
        client.force_login(getattr(world, who))
        return (
            f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        )

    round_ = f"/rounds/{world.round.pk}/"
    with TemporaryDirectory() as folder:
        live = LiveStack(Path(folder))
        live.start_web()
        try:
            return measure(
                live.url, [(path.format(round=round_), cookie(who)) for who, path in LISTS]
            )
        finally:
            live.stop("web", "mail")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
