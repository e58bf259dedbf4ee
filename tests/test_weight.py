"""What a page weighs the first time somebody opens it, as it travels: at most 250 kB with all it fetches."""

import gzip
import re
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest
from django.conf import settings

from accounts.policy import Role
from tests.cast import make_world
from tests.growth import grow
from tests.live import ROOT, LiveStack
from tests.test_matrix import ROLES, address, furnish

pytestmark = pytest.mark.browser

MOST = 250_000  # bytes
MAIN = {
    Role.STUDENT: "home my_practice preferences placement messages profile",
    Role.WORKPLACE_CONTACT: "home my_workplaces my_workplace_answer my_students attendance messages",
    Role.SCHOOL_COORDINATOR: "home round students student workplaces workplace candidates placements",
    Role.COUNTY_COORDINATOR: "home rounds round capacity candidates runs run placements outbox",
    Role.ADMINISTRATOR: "home invite document_texts messages profile",
}


@pytest.fixture(scope="module")
def packed(django_db_setup, tmp_path_factory):
    """A server with its style sheets and scripts gathered and compressed, as in production."""
    folder = tmp_path_factory.mktemp("packed")
    stack = LiveStack(folder)
    stack.env |= {"STATIC_ROOT": str(folder / "static")}
    stack.env.pop("PLAIN_STATIC")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=ROOT, env=stack.env, check=True,
    )  # fmt: skip
    try:
        stack.start_web()
        yield stack
    finally:
        stack.stop(*list(stack._running))


@pytest.fixture
def things(transactional_db):
    """With a hundred of everything: no list is short."""
    made = furnish(make_world("Vaarvik"))
    grow(made.world, 100)
    return made


def weigh(page, url):
    """The bytes of the page and all that it fetches, with nothing kept from before."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    weights = []
    session.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    session.detach()
    return sum(weights)


def too_heavy(page, urls):
    weights = {url: weigh(page, url) for url in urls if page.request.head(url).status != 405}
    assert weights
    print(*(f"{weight:>9,} {url}" for url, weight in sorted(weights.items())), sep="\n")
    assert min(weights.values()) > 10_000, "nothing was weighed"
    return {url: weight for url, weight in weights.items() if weight > MOST}


@pytest.mark.parametrize("role", list(Role))
def test_first_load_of_each_main_page(role, packed, open_page, things):
    page = open_page(packed.url, user=getattr(things.world, ROLES[role]))
    assert too_heavy(page, [address(name, things) for name in MAIN[role].split()]) == {}


def test_first_load_before_anybody_signs_in(packed, open_page, things):
    page = open_page(packed.url)
    assert too_heavy(page, ["/", "/sign-in/", "/privacy/"]) == {}


def asked(url, encoding):
    with urlopen(Request(url, headers={"Accept-Encoding": encoding})) as answer:
        return answer.headers, answer.read()


def test_a_page_travels_compressed_and_with_one_style_sheet(packed):
    headers, body = asked(f"{packed.url}/privacy/", "gzip")
    assert headers["Content-Encoding"] == "gzip"
    page = gzip.decompress(body).decode()
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    headers, _ = asked(packed.url + sheet, "br")
    assert headers["Content-Encoding"] == "br"
    assert "immutable" in headers["Cache-Control"]
    _, body = asked(packed.url + sheet, "identity")
    for name in settings.SHEETS:  # all of each, in its order; only the names of fonts are others
        lines = (ROOT / "static" / name).read_text("utf-8").splitlines()
        assert "\n".join(line for line in lines if "url(" not in line) in re.sub(
            r"(?m)^.*url\(.*\n", "", body.decode()
        )


def test_a_heavy_page_is_found(packed, open_page, things):
    """Negative control: with a picture too many on it, the same page is too heavy."""
    page = open_page(packed.url)
    page.route(
        "**/mark*.svg",
        lambda route: route.fulfill(
            body="<svg xmlns='http://www.w3.org/2000/svg'/>" + " " * MOST,
            content_type="image/svg+xml",
        ),
    )
    assert set(too_heavy(page, ["/privacy/"])) == {"/privacy/"}
