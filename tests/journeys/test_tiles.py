"""The map of workplaces on tiles: drawn when the setting says so, by a host that is let in alone."""

import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests import factories as f
from tests.browser import PHONE, faults_of
from tests.cast import make_world
from tests.live import LiveStack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def png() -> bytes:
    """One grey pixel."""

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\x00\xc8")) + part(b"IEND", b"")
    )


@pytest.fixture
def tiles():
    """A server of tiles, and what it was asked for."""
    asked: list[tuple[str, str | None]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Referer"]))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(png())

        def log_message(self, *args: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def stack(tiles, django_db_setup, tmp_path):
    stack = LiveStack(tmp_path)
    stack.env |= {"MAP_TILES_URL": tiles[0] + "/{z}/{y}/{x}.png", "MAP_TILES_CREDIT": "© Kart & co"}
    try:
        stack.start_web()
        yield stack
    finally:
        stack.stop(*list(stack._running))


def test_circles_on_tiles_lead_to_the_list(stack, tiles, open_page):
    host, asked = tiles
    world = make_world("Vaarvik")
    f.WorkplaceFactory(
        municipality=f.MunicipalityFactory(
            county=world.county, name="Nabobygd", latitude=63.0, longitude=9.0
        )
    )
    page = open_page(stack.url, user=world.coordinator, size=PHONE)
    page.goto("/workplaces/map/")
    expect(page.locator(".tiles .leaflet-tile-loaded").first).to_be_visible()
    expect(page.locator(".tiles .leaflet-control-attribution")).to_have_text("© Kart & co")
    assert asked
    assert {referer for _path, referer in asked} == {None}, (
        "the tiles' owner is not told where from"
    )
    own = [fault for fault in faults_of(page) if f"stranger: {host}" not in fault]
    assert own == []
    assert page.locator("svg.map").count() == 1
    page.locator(".tiles path.tile-spot").first.click()
    page.wait_for_url("**/workplaces/?**municipality=**")


def test_without_scripts_the_drawn_map_is_all_there_is(stack, tiles, open_page):
    world = make_world("Vaarvik")
    page = open_page(stack.url, user=world.coordinator, javascript=False)
    page.goto("/workplaces/map/")
    expect(page.locator("svg.map")).to_be_visible()
    expect(page.locator(".tiles")).to_be_hidden()
    assert tiles[1] == []
