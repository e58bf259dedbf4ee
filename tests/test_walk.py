"""The whole demo county, walked as each of its people in a real browser, in either written standard.

Every stop of tests/tour.py is looked at on the smallest phone, a phone and a desk, for what sticks out
sideways and by axe; and once more with scripts switched off. It is long, and so it is walked at night:
`./run test --nightly tests/test_walk.py`.

What cannot differ is not asked twice. A scheme changes colours and nothing else, so in dark axe's rules
for colours are asked; a language changes words and their length, so in nynorsk all of axe's rules are
asked once, where the words have the least room, and every width is measured.
"""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.urls import Resolver404, resolve

from accounts.demo import CAST
from accounts.models import User
from accounts.policy import Role
from config.celery import app as celery
from tests.browser import DESK, PHONE, SCHEMES, SMALLEST, faults_of
from tests.test_look import NOT_PAGES, shows_something
from tests.test_matrix import ADDRESSES
from tests.tour import TOURS

# The tests themselves only look; what they look at is committed before them, once.
pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.django_db]

STANDARDS = ("nb", "nn")
WALKED: dict[str, set[str]] = {}  # the names of the addresses at which a tour has stopped


@pytest.fixture(scope="module")
def county(live_web, browser, django_db_blocker) -> Iterator[str]:
    """The demo county with everything running, built once: the tours leave it as people would.

    After `browser`, whose event loop changes which connection to the database is ours.
    """
    with django_db_blocker.unblock():
        call_command("load_reference", verbosity=0)
        call_command("demo", verbosity=0)
        connections.close_all()
    celery.control.purge()
    live_web.start_work()
    yield live_web.url
    live_web.stop("sweeper", "worker", patience=20)
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)
        connections.close_all()


@pytest.fixture(scope="module")
def standard(county, request, django_db_blocker) -> str:
    """Everybody has chosen this written standard."""
    with django_db_blocker.unblock():
        User.objects.update(written_standard=request.param)
        cache.clear()  # an hour later: nobody may ask for one new address four times in an hour
        connections.close_all()
    return request.param


def looked_at(page, stop: str, standard: str) -> list[str]:
    """What is wrong with the page as it stands, at every size and in either scheme."""
    faults, before = [], page.viewport_size
    for size in (SMALLEST, PHONE, DESK):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for scheme in SCHEMES if standard == STANDARDS[0] else SCHEMES[:1]:
            page.emulate_media(color_scheme=scheme)
            rules = "all" if scheme == SCHEMES[0] else "colour"
            if standard != STANDARDS[0] and size != SMALLEST:
                rules = "none"
            faults += [
                f"{stop} at {size[0]} px, {scheme}: {fault}" for fault in faults_of(page, rules)
            ]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
    return faults


def walked(page, tour, standard: str) -> list[str]:
    """Every fault of a tour, and every page of it that is in another language than her own."""
    faults, stops = [], WALKED.setdefault(tour, set())
    page.set_default_navigation_timeout(60_000)  # how fast a page comes is asked elsewhere
    for stop in TOURS[tour](page):
        page.wait_for_load_state()
        stops.add(name_of(page.url))
        faults += looked_at(page, stop, standard)
        spoken = page.locator("html").get_attribute("lang")
        if spoken != standard:
            faults.append(f"{stop} says that it is {spoken}")
        if page.get_by_text("Traceback").count() or page.title().startswith("500"):
            faults.append(f"{stop} broke")
    assert stops, "no page was opened"
    return faults


# Pages at which no tour stops, and why.
NOT_WALKED = {
    "account_request_login_code": "the same page as account_login",
    "capacity_answer_one": "the page of capacity_answer, for one of several units",
    "capacity_forward_one": "the page of capacity_forward, for one of several units",
    "gallery": "for those who build pages; tests/test_look.py looks at it",
    **dict.fromkeys(
        ["roster_columns", "workplaces_import_columns"],
        "shown again where the choice of columns cannot be (tests/journeys/test_import.py looks); else a step"
        " of an import that is walked",
    ),
    "bundle": "it changes by itself; tests/journeys/test_documents.py looks at it",
    "run_progress": "it leaves by itself; tests/journeys/test_whole_round.py looks at it",
    # Buttons: opened, each leads back to the page that it stands on.
    **dict.fromkeys(
        ["agreement_agree", "attendance_note", "candidate_why", "evaluation_give", "feedback_give",
         "placement_accept", "preferences_send", "visit_remove"],
        "a button of a page that is walked",
    ),
}  # fmt: skip


def not_walked(walked: set[str]) -> set[str]:
    """The pages of the product, and the lists of its administration, at which nobody has stopped."""
    pages = {name for name in ADDRESSES if shows_something(name) and name not in NOT_PAGES}
    lists = {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for model in admin.site._registry
    }
    return (pages | lists) - walked


def name_of(url: str) -> str:
    """The name that the URLconf has for an address; none for what is no page of ours."""
    with contextlib.suppress(Resolver404):
        return resolve(urlsplit(url).path).view_name
    return ""


def none_found(faults: list[str]) -> None:
    """All of them, whole: whoever mends them wants the list."""
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def test_the_tours_are_of_everybody():
    """Whoever has a role in the demo is walked with; a new role is red until it has a tour."""
    assert set(TOURS) >= {
        "student",
        "gp_office",
        "hospital",
        "school_coordinator",
        "county_coordinator",
        "administrator",
        "visitor",
    }
    assert len(TOURS) > len(CAST) >= len(Role)


@pytest.mark.parametrize("standard", STANDARDS, indirect=True)
@pytest.mark.parametrize("tour", TOURS)
def test_every_stop_of(tour, standard, county, open_page):
    page = open_page(county, language=standard)
    none_found(walked(page, tour, standard))


@pytest.mark.parametrize("standard", STANDARDS, indirect=True)
@pytest.mark.parametrize("tour", TOURS)
def test_every_stop_without_javascript_of(tour, standard, county, open_page):
    """The same pages are reached and used; only axe, a script, is away."""
    page = open_page(county, size=PHONE, javascript=False, language=standard)
    none_found(walked(page, tour, standard))


def test_no_page_is_left_out(county, open_page):
    """Every page is a stop of some tour, or is named above; what is named is no stop of any."""
    for tour in TOURS.keys() - WALKED.keys():  # those that were not walked just now
        page = open_page(county)
        WALKED[tour] = {name_of(page.url) for _stop in TOURS[tour](page)}
    walked = set().union(*WALKED.values())
    assert not_walked(walked) == set(NOT_WALKED)
    without = walked - {"round_map", "admin:schools_school_changelist"}
    assert not_walked(without) - set(NOT_WALKED) == walked - without  # or it would not be seen


def test_a_planted_fault_is_found_on_the_way(county, open_page, monkeypatch):
    """Negative control: a tour over a page that somebody has spoilt, in each way, is red."""
    page = open_page(county)

    def spoilt(page):
        page.goto("/privacy/")
        yield "whole"
        page.evaluate(
            """() => {
              const main = document.querySelector('main');
              main.insertAdjacentHTML('beforeend', '<img src=/static/img/mark.svg>');
              main.insertAdjacentHTML('beforeend', '<p class=nowrap>' + 'wide '.repeat(400));
              Object.assign(main.lastElementChild.style, {color: '#777', background: '#666'});
            }"""
        )
        yield "spoilt"

    monkeypatch.setitem(TOURS, "spoilt", spoilt)
    faults = walked(page, "spoilt", "nb")
    assert [fault for fault in faults if fault.startswith("whole")] == []
    for width, _ in (SMALLEST, PHONE, DESK):
        for scheme in SCHEMES:
            mine = [fault for fault in faults if f"spoilt at {width} px, {scheme}: " in fault]
            assert any("axe image-alt" in fault for fault in mine) == (scheme == "light")
            assert any("axe color-contrast" in fault for fault in mine)
            assert any("scrolls sideways" in fault for fault in mine)
    assert "spoilt says that it is nb" in walked(page, "spoilt", "nn")
