"""A real Chromium for tests, and what is asked of every page: `check_page(page)`.

A journey takes the fixture `open_page` and a server (`live_web` or `live_stack`):

    page = open_page(live_web.url, user=coordinator)
    page.goto("/rounds/")
    press(page.get_by_role("link", name="Vår 2027"))
    check_everywhere(page)
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

import axe_playwright_python
import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    sync_playwright,
)

from accounts.models import User
from launch.install import BROWSERS

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLEST, PHONE, DESK = (320, 700), (390, 844), (1280, 900)
SCHEMES = ("light", "dark")
# A colour on its way is neither the old nor the new one: what moves, and will stop, is waited for.
SETTLED = """() => Promise.allSettled(document.getAnimations()
  .filter((moves) => Number.isFinite(moves.effect.getComputedTiming().endTime))
  .map((moves) => moves.finished)).then(() => null)"""

OpenPage = Callable[..., Page]
_faults: WeakKeyDictionary[Page, list[str]] = WeakKeyDictionary()
_scriptless: WeakSet[Page] = WeakSet()  # axe is a script, and does not run in these


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once for a file of tests."""
    program = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not program:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)("no Chromium here")
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=flags)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a window of its own on a server, signed in as `user` if one is given.

    `size`, `scheme` (light, dark), `javascript` and `language` are the visitor's.
    """
    contexts = []

    def open_(
        url: str,
        user: User | None = None,
        *,
        size: tuple[int, int] = DESK,
        scheme: str = "light",
        javascript: bool = True,
        language: str = "nb",
    ) -> Page:
        context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=javascript,
            locale=language,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}]
            )
        page = context.new_page()
        watch(page, urlsplit(url).netloc)
        if not javascript:
            _scriptless.add(page)
        return page

    yield open_
    for context in contexts:
        context.close()


def watch(page: Page, host: str) -> None:
    """Note what a visitor would not see: refused scripts, errors, and requests to strangers."""
    faults = _faults.setdefault(page, [])

    def on_console(message: ConsoleMessage) -> None:
        # A page that is meant to say 403 or 404 is reported by the browser as a failed load of itself.
        of_itself = message.text.startswith("Failed to load resource") and (
            message.location["url"] == page.url
        )
        if message.type == "error" and not of_itself:
            faults.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != host:
            faults.append(f"request to a stranger: {request.url}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))


def press(what: Locator) -> None:
    """Press a link or a button, and wait for the page that it leads to, all of it.

    A click alone comes back with the page's first bytes or before; what is looked at then is half a
    page, or the one before. `SLOW_PAGES` (tests/slow.py) shows who forgets it.
    """
    with what.page.expect_navigation():
        what.click()


@contextmanager
def standing_still(page: Page) -> Iterator[None]:
    """A page that asks how far its work has come gets no answer, or it leaves while it is looked at."""

    def hush(route: Route) -> None:
        if route.request.is_navigation_request():
            route.continue_()
        else:
            route.fulfill(status=204)

    page.route("**/progress/", hush)
    yield
    page.unroute("**/progress/", hush)


def faults_of(page: Page, rules: str = "all") -> list[str]:
    """Everything the page does wrong as it stands now; the notes kept so far are used up.

    `rules` are axe's: "all", those of "colour" alone, or "none".
    """
    page.wait_for_load_state()
    page.evaluate(SETTLED)
    noted = _faults[page][:]
    _faults[page].clear()
    by_axe = [] if rules == "none" or page in _scriptless else _violations(page, rules)
    return noted + sideways(page) + by_axe


def check_page(page: Page) -> None:
    """The page is accessible by axe's rules, fits its width, and was quiet and alone."""
    faults = faults_of(page)
    where = f"{page.url} at {(page.viewport_size or {}).get('width')} px"
    assert faults == [], "\n".join([where, *faults])


def check_everywhere(page: Page) -> None:
    """`check_page` on the smallest phone in light and on a desk in dark; a phone is wide enough, too.

    Contrast hangs on the scheme and layout on the width, so that two of the six combinations find
    what a page does wrong. All six, on every page, are walked at night (test_walk.py).
    """
    before = page.viewport_size
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert sideways(page) == []
    for (width, height), scheme in zip((SMALLEST, DESK), SCHEMES, strict=True):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        check_page(page)
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)


def sideways(page: Page) -> list[str]:
    """What makes the page scroll sideways, if it does."""
    found = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const wide = [...document.body.querySelectorAll("*")].filter(
            (e) => e.getBoundingClientRect().right > width + 1 && !e.closest(".scroll"));
          return [`scrolls sideways to ${document.documentElement.scrollWidth} px`]
            .concat(wide.slice(-3).map((e) => e.outerHTML.slice(0, 160)));
        }"""
    )
    return list(found)


def _violations(page: Page, rules: str) -> list[str]:
    """What axe finds, with the offending element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    result: dict[str, Any] = page.evaluate(
        """([tags, colour]) => axe.run(document, {
          runOnly: colour
            ? {type: 'rule', values: axe.getRules(tags)
                .filter((rule) => rule.tags.includes('cat.color')).map((rule) => rule.ruleId)}
            : {type: 'tag', values: tags},
          resultTypes: ['violations'],
        })""",
        [RULES, rules == "colour"],
    )
    return [
        f"axe {violation['id']}: {violation['help']}: {node['html'][:200]}"
        f" {'; '.join(check['message'] for check in node['any'][:1])}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
