"""Every page, in a real browser: accessible, no wider than the screen, quiet, and alone.

The pages are walked from the URLconf (see test_matrix.py), each as the role whose page it is.
"""

import pytest

from accounts.policy import GRANTS, Role
from tests.browser import DESK, PHONE, SMALLEST, check_everywhere, faults_of, sideways
from tests.cast import make_world
from tests.test_matrix import ADDRESSES, GUARDED, PUBLIC, ROLES, address, expected, furnish

pytestmark = pytest.mark.browser

# Not pages: files, and what only answers machines.
NOT_PAGES = {
    "placement_calendar", "placement_document", "calendar_feed", "run_problem", "run_solution", "health_live",
    "health_ready", *(name for name in ADDRESSES if name.endswith("_file")),
}  # fmt: skip


@pytest.fixture
def things(transactional_db):
    return furnish(make_world("Vaarvik"))


def pages_of(role: Role) -> list[str]:
    """The addresses whose page this role is shown."""
    return [
        name
        for name in GUARDED
        if name not in NOT_PAGES
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


@pytest.mark.parametrize("role", list(Role))
def test_every_page_of(role, live_web, open_page, things):
    page = open_page(live_web.url, user=getattr(things.world, ROLES[role]))
    assert walk(page, [address(name, things) for name in pages_of(role)]) == ""


def test_every_public_page(live_web, open_page, things):
    page = open_page(live_web.url)
    assert walk(page, [address(name, things) for name in sorted(PUBLIC - NOT_PAGES)]) == ""


def walk(page, addresses):
    """Open each on a phone, by axe too, and on a desk. An address that only takes POST shows no page."""
    faults, shown = [], 0
    for url in addresses:
        if page.request.head(url).status == 405:
            continue
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
