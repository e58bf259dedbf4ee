"""Every page, in a real browser: accessible, no wider than the screen, quiet, and alone.

The pages are walked from the URLconf (see test_matrix.py), each as the role whose page it is.
"""

import pytest

from accounts.policy import GRANTS, Role
from tests.browser import DESK, PHONE, SMALLEST, check_everywhere, faults_of, sideways
from tests.cast import make_world
from tests.test_matrix import (
    ADDRESSES,
    GUARDED,
    PUBLIC,
    ROLES,
    address,
    expected,
    furnish,
    may_know,
)

pytestmark = pytest.mark.browser

# Not pages: files, and what only answers machines.
NOT_PAGES = {
    "placement_calendar", "placement_document", "calendar_feed", "run_problem", "run_solution", "health_live",
    "health_ready", "robots", "security", "change_password",
    *(name for name in ADDRESSES if name.endswith("_file")),
}  # fmt: skip


@pytest.fixture
def things(transactional_db):
    return furnish(make_world("Vaarvik"))


def shows_something(name: str) -> bool:
    """Whether it may be opened at all: an address that only takes POST shows no page."""
    view = ADDRESSES[name].callback
    while view:
        names = view.__code__.co_freevars if hasattr(view, "__code__") else ()
        if "request_method_list" in names:
            methods = view.__closure__[names.index("request_method_list")].cell_contents
            return "GET" in methods
        view = getattr(view, "__wrapped__", None)
    return True


def test_what_only_takes_post_is_told_from_a_page(client, things):
    """By asking: what is left out of the walk answers 405, and nothing else does."""
    refused, asked = set(), [name for name in GUARDED if name not in NOT_PAGES]
    for name in asked:
        for role in Role:
            if not expected(name, role) and may_know(name, role):
                client.force_login(getattr(things.world, ROLES[role]))
                if client.get(address(name, things)).status_code == 405:
                    refused.add(name)
                break
    assert refused == {name for name in asked if not shows_something(name)}
    assert refused


def pages_of(role: Role) -> list[str]:
    """The addresses whose page this role is shown."""
    return [
        name
        for name in GUARDED
        if shows_something(name)
        and name not in NOT_PAGES
        and not expected(name, role)
        and any(verb in GRANTS[role] for verb in ADDRESSES[name].callback.permission_mark or [0])
    ]


def test_the_gallery_shows_every_part_without_fault(live_web, open_page):
    page = open_page(live_web.url)
    page.goto("/demo/components/")
    check_everywhere(page)


def test_the_gallery_stands_without_javascript(live_web, open_page):
    page = open_page(live_web.url, javascript=False, size=SMALLEST)
    page.goto("/demo/components/")
    check_everywhere(page)
    assert page.locator("[data-stepper] button:visible").count() == 0
    assert page.locator("[data-stepper] input:visible").count() == 1


def public_pages() -> list[str]:
    return sorted(filter(shows_something, PUBLIC - NOT_PAGES))


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of(role, live_web, open_page, things):
    page = open_page(live_web.url, user=getattr(things.world, ROLES[role]))
    assert walk(page, [address(name, things) for name in pages_of(role)]) == ""


def test_every_public_page(live_web, open_page, things):
    page = open_page(live_web.url)
    assert walk(page, [address(name, things) for name in public_pages()]) == ""


def walk(page, addresses):
    """Open each on a phone, by axe too, and on a desk."""
    faults, shown = [], 0
    for url in addresses:
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.goto(url)
        shown += 1
        faults += [f"{url} on a phone: {fault}" for fault in faults_of(page)]
        page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
        faults += [f"{url} on a desk: {fault}" for fault in sideways(page)]
    assert shown, "no page was opened"
    return "\n".join(faults)


WIDE = "'<p class=nowrap>' + 'wide '.repeat(400)"
INLINE = "'<b style=color:red>x</b>'"
ADD = "document.querySelector('main').insertAdjacentHTML('beforeend', {})"


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (ADD.format("'<img src=/static/img/mark.svg>'"), "axe image-alt"),
        ("document.querySelector('main p').style.color = '#eee'", "axe color-contrast"),
        (ADD.format(WIDE), "scrolls sideways"),
        (ADD.format(INLINE), "console: "),
        ("document.head.appendChild(document.createElement('script')).text = '1'", "console: "),
        ("setTimeout(() => { throw new Error('planted') })", "script: planted"),
        ("fetch('https://example.org/').catch(() => 0)", "console: "),
        ("location.href = 'http://127.0.0.1:1/'", "request to a stranger: "),
    ],
)
def test_a_planted_fault_is_found(plant, found, live_web, open_page):
    """Negative control: each thing the check looks for is seen when it is there, and not before."""
    page = open_page(live_web.url)
    page.goto("/privacy/")
    assert faults_of(page) == []
    page.evaluate(f"() => {{ {plant} }}")
    page.wait_for_timeout(200)
    assert [fault for fault in faults_of(page) if fault.startswith(found)]
