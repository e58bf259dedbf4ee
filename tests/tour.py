"""A tour of the demo county, person by person: every page that somebody opens in earnest.

Each tour takes an open page and stops at page after page, giving the stop's name. It finds its way
as people do, by the links, and so it also walks over a running copy.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page

from placements.demo.cast import make_id
from placements.demo.rounds import SPECS
from tests.browser import press

SAMPLES = Path(__file__).resolve().parent.parent / "docs" / "samples"
ROUNDS = {spec.key: f"/rounds/{make_id('round', spec.key)}/" for spec in SPECS}

# The rest of such a link's address, for `follow`: a placement itself, none of its parts.
A_PLACEMENT = (
    "]:not([href$='/placements/']):not([href*='/rounds/']):not([href$='.ics']):not([href$='.pdf'])"
    ":not([href$='/move/']):not([href$='/withdraw/']):not([href$='/add/'])[href"
)

# And of a round's question to a workplace: neither the list that it stands in nor its other parts.
AN_ANSWER = (
    "^='/my-workplaces/']:not([href='/my-workplaces/']):not([href*='/rounds/'])"
    ":not([href*='/about/'])[href"
)

Tour = Callable[[Page], Iterator[str]]


def sign_in(page: Page, key: str) -> None:
    """With one click, on the page that the demo has for it."""
    page.goto("/demo/")
    with page.expect_navigation():
        page.locator(f"form[action$='/{key}/'] button").click()


def follow(page: Page, href: str) -> None:
    """Go where the page's first link with such an address goes."""
    page.goto(page.locator(f"main a[href{href}]").first.get_attribute("href") or "")


def at(page: Page, *addresses: str) -> Iterator[str]:
    for address in addresses:
        page.goto(address)
        yield address
        row = page.locator("#result_list tbody th a").first
        if row.count():
            page.goto(row.get_attribute("href") or "")
            assert "/change/" in page.url, f"{page.url} is none of {address}"
            yield f"one of {address}"


def visitor(page: Page) -> Iterator[str]:
    """Somebody who has not signed in."""
    yield from at(
        page,
        "/",
        "/sign-in/",
        "/demo/",
        "/demo/mail/",
        "/privacy/",
        "/accessibility/",
        "/help/",
        "/help/words/",
        "/help/contact/",
        "/help/county/",
    )
    page.goto("/sign-in/")
    page.locator("input[type=email]").fill("ukjent@demo.example")
    press(page.locator("main form button"))
    yield "enter the code"
    page.locator("main form input:visible").first.fill("111111")
    press(page.locator("main form button").first)
    yield "a wrong code"
    yield from at(page, "/become-a-workplace/", "/become-a-workplace/thank-you/")
    yield from at(page, "/become-a-workplace/no-such-token/")
    page.goto("/become-a-workplace/")
    press(page.locator("main form button").last)
    yield "an offer with errors"
    yield from at(page, "/invitations/no-such-token/", "/c/no-such-token/", "/s/no-such-token/")
    yield from at(page, "/no-such-page/")


def county_coordinator(page: Page) -> Iterator[str]:
    """Rounds in every state, places, wishes, proposals, publishing, and what is published."""
    sign_in(page, "fylke")
    yield "home"
    yield from at(page, "/rounds/", "/rounds/new/")
    for key in ("draft", "collecting", "open", "matching", "published", "closed-1"):
        page.goto(ROUNDS[key])
        yield f"round {key}"
    yield from at(page, ROUNDS["open"] + "edit/", ROUNDS["collecting"] + "capacity/")
    yield from at(page, ROUNDS["collecting"] + "map/", ROUNDS["published"] + "map/")
    page.goto(ROUNDS["collecting"] + "capacity/")
    follow(page, "$='/enter/'")
    yield "enter an answer"
    yield from _by_link(page)
    yield from at(page, ROUNDS["open"] + "ties/")
    yield from at(page, ROUNDS["open"] + "candidates/")
    follow(page, "$='/wishes/'")
    yield "wishes of a student"
    yield from _proposals(page)
    yield from at(page, ROUNDS["published"] + "documents/", ROUNDS["published"] + "placements/")
    for verb in ("move", "withdraw"):
        page.goto(ROUNDS["published"] + "placements/")
        follow(page, f"$='/{verb}/'")
        yield f"{verb} a placement"
    yield from _repair(page)
    page.goto(ROUNDS["published"] + "placements/")
    if page.locator("main a[href*='/placements/add/']").count():
        follow(page, "*='/placements/add/'")
        yield "place by hand"
    page.goto(ROUNDS["published"] + "placements/")
    follow(page, f"*='/placements/'{A_PLACEMENT}")
    yield "a placement"
    yield from _stay(page, "agreement", "attendance", "feedback", "evaluation", "visits")
    yield from at(page, "/outbox/", "/outbox/?state=failed", "/messages/", "/offers/")
    for n, what in enumerate(("a new workplace's offer", "a known one's", "an offer declined")):
        page.goto("/offers/")
        press(page.locator("main th a[href^='/offers/']").nth(n))
        yield what
    yield from at(page, "/messages/settings/")
    yield from at(page, "/outbox/", "/outbox/?state=failed", "/messages/")
    yield from at(page, "/messages/settings/", "/help/", "/help/contact/")


def _stay(page: Page, *parts: str) -> Iterator[str]:
    """What there is of the placement that is open, during and after practice."""
    placement = page.url
    for part in parts:
        page.goto(f"{placement}{part}/")
        yield f"{part} of a placement"


def start_run(page: Page) -> None:
    """Start matching in the round that waits for it, and watch until the proposal is shown."""
    page.goto(ROUNDS["matching"] + "runs/")
    page.locator("form[action$='/runs/start/'] button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/$"), timeout=60_000)


def _proposals(page: Page) -> Iterator[str]:
    """The round that is being matched gets two proposals."""
    runs = ROUNDS["matching"] + "runs/"
    yield from at(page, runs)
    for _ in range(2):
        start_run(page)
    yield "a proposal"
    proposal = page.url
    page.goto(proposal + "board/")
    yield "the board of a proposal"
    page.goto(proposal)
    follow(page, "*='/compare/'")
    yield "two proposals compared"
    page.goto(proposal)
    follow(page, "*='/candidates/'")
    yield "one student in a proposal"
    page.locator("form[action$='/pin/'] select").select_option(index=1)
    press(page.locator("form[action$='/pin/'] button"))
    yield "what pinning breaks"
    yield from at(page, proposal + "publish/", proposal + "recruit/", proposal + "what-if/")
    go = page.locator("form[action$='/what-if/start/'] button[type=submit]")
    page.locator("#id_places").fill("3")
    if page.locator("select#id_slot").count():
        page.locator("#id_slot").select_option(index=40)
    else:  # too many for a select: some of the name first
        page.locator("#id_slot").fill("helsestasjon")
        press(go)
        yield "what if, of those found"
        page.locator("select[name=slot]").select_option(index=1)
    go.click()
    page.wait_for_url(re.compile(r"/what-if/[0-9a-f-]{36}/$"), timeout=60_000)
    yield "what if there were more places"
    yield from _new_workplace(page, proposal + "what-if/")
    matching = ROUNDS["matching"]
    yield from at(page, matching + "rules/", matching + "lottery/", matching + "fairness/")
    page.goto(matching + "order/")
    yield "the workplaces' order"
    follow(page, "*='/order/'][href$='/']:not([href$='/order/'])[href")
    yield "one workplace's order"
    yield from _workplaces_first(page)


def _workplaces_first(page: Page) -> Iterator[str]:
    """Published to the workplaces alone, and taken back before any student knows."""
    start_run(page)
    page.goto(page.url + "publish/")
    page.locator("input[name=told][value=workplaces]").check()
    press(page.locator("main form[method=post] button[type=submit]"))
    yield "which day are students told"
    page.locator("#id_day").fill((timezone.localdate() + dt.timedelta(days=2)).isoformat())
    press(page.locator("main form[method=post] button[type=submit]"))
    yield "published to workplaces first"
    yield from at(page, ROUNDS["matching"], ROUNDS["matching"] + "placements/")
    page.goto(ROUNDS["matching"] + "telling/")
    press(page.locator("form[action$='/recall/'] button"))
    yield "taken back"


def _new_workplace(page: Page, address: str) -> Iterator[str]:
    """What if a workplace came that nobody knows yet: half filled in first, then whole."""
    page.goto(address)
    page.locator("#id_new_name").fill("Nytt legesenter")
    press(page.locator("form[action$='/what-if/start/'] button[type=submit]"))
    yield "a new workplace, half filled in"
    for field in ("municipality", "kind", "period"):
        page.locator(f"#id_new_{field}").select_option(index=1)
    page.locator("#id_new_places").fill("2")
    page.locator("form[action$='/what-if/start/'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/what-if/[0-9a-f-]{36}/$"), timeout=60_000)
    yield "what if there were a new workplace"


def _by_link(page: Page) -> Iterator[str]:
    """The workplaces are reminded, and one opens the link in its mail."""
    page.goto(ROUNDS["collecting"] + "capacity/")
    remind = page.locator("form[action$='/remind/'] button")
    if remind.count():
        press(remind.first)
        yield "workplaces reminded"
    _open_mail(page, "/c/")
    yield "a mail"
    page.goto(page.locator("article a[href*='/c/']").first.get_attribute("href") or "")
    yield "an answer by the link in the mail"
    yield from at(page, "/c/forward/")
    page.goto("/c/answer/")
    press(page.locator("main form[method=post] button[type=submit]").last)
    yield "thanked for the answer"


def _open_mail(page: Page, part: str) -> None:
    """The newest mail with such a link, as soon as it has come: of each kind the newest is looked into."""
    for _try in range(60):
        page.goto("/demo/mail/")
        newest: dict[str, str] = {}
        for mail in page.locator("main th a").all():
            about = (mail.text_content() or "").partition(":")[0]
            newest.setdefault(about, mail.get_attribute("href") or "")
        for address in newest.values():
            page.goto(address)
            if page.locator(f"article a[href*='{part}']").count():
                return
        page.wait_for_timeout(1000)
    raise LookupError(f"No mail with a link to {part} has come.")


def _repair(page: Page) -> Iterator[str]:
    """A workplace cannot take its student after all; the repairs that are possible, side by side."""
    page.goto(ROUNDS["published"] + "placements/")
    page.goto(page.locator("main a[href$='/withdraw/']").last.get_attribute("href") or "")
    page.locator("#id_reason").select_option("no_supervisor")
    press(
        page.locator("main form[action$='/withdraw/'] button, main form[method=post] button").last
    )
    page.goto(ROUNDS["published"] + "placements/")
    yield "somebody waits again"
    page.locator("main button[name='repair']").first.click()
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/$"), timeout=60_000)
    yield "repairs side by side"


def school_coordinator(page: Page) -> Iterator[str]:
    """Students and workplaces, both read from lists; people; oneself."""
    sign_in(page, "koordinator")
    yield "home"
    yield from at(page, ROUNDS["open"], "/students/", "/students/?q=finnes-ikke")
    page.goto("/students/")
    follow(page, "^='/students/']:not([href*='import'])[href")
    yield "a student"
    page.goto(page.url + "manual/")
    yield "handled by hand"
    yield from _import(page, "/students/import/", "elever.csv")
    yield from _import(page, "/workplaces/import/", "praksissteder.csv")
    yield from at(
        page,
        "/workplaces/",
        "/workplaces/map/",
        "/workplaces/areas/",
        "/workplaces/new/",
        "/workplaces/import/",
    )
    page.goto("/workplaces/")
    follow(page, "^='/workplaces/'][href*='-'")
    yield "a workplace"
    page.goto(page.url + "edit/")
    yield "a workplace changed"
    page.goto("/workplaces/new/")
    press(page.locator("main form[method=post] button").last)
    yield "a form with errors"
    yield from at(page, "/documents/texts/", "/documents/texts/letter/")
    yield from at(page, "/invitations/", "/profile/", ROUNDS["open"] + "edit/")
    yield from at(page, "/profile/address/", "/profile/address/no-such-token/")
    page.goto("/profile/address/")
    page.locator("#id_email").fill("ny.koordinator@demo.example")
    press(page.locator("main form button").last)
    yield "a new address that waits"
    press(page.locator("form[action$='/drop/'] button"))


def _import(page: Page, address: str, sample: str) -> Iterator[str]:
    page.goto(address)
    yield "import: choose a list"
    page.locator("input[type=file]").set_input_files(SAMPLES / sample)
    for select in page.locator("main form select").all():
        if not select.input_value():
            select.select_option(index=1)
    for step in ("import: which column is which", "import: what changes"):
        press(page.locator("main form[enctype] button").first)
        yield step
    confirm = page.locator("form[action$='/confirm/'] button")
    if confirm.count():  # the same list twice changes nothing
        press(confirm)
        yield "import: done"


def student(page: Page) -> Iterator[str]:
    sign_in(page, "elev")
    yield "my practice"
    follow(page, "$='/wishes/'")
    yield "my wishes"
    page.goto("/my-practice/")
    if page.locator("main a[href$='/agreement/']").count():
        agreement = page.locator("main a[href$='/agreement/']").first.get_attribute("href") or ""
        page.goto(agreement.removesuffix("agreement/"))
        yield "my placement"
        yield from _stay(
            page, "agreement", "attendance", "feedback", "evaluation", "absence", "swap"
        )
    yield from at(
        page,
        "/calendar/",
        "/messages/",
        "/messages/settings/",
        "/help/",
        "/help/contact/",
        "/profile/",
        "/my-data/",
        "/my-practice/areas/",
        ROUNDS["published"] + "lottery/",
    )


def gp_office(page: Page) -> Iterator[str]:
    sign_in(page, "legekontor")
    yield "home"
    yield from at(page, "/my-workplaces/")
    follow(page, "*='/about/'")
    yield "our workplace: requirements and colleagues"
    page.goto("/my-workplaces/")
    follow(page, AN_ANSWER)
    yield "answer"
    follow(page, "$='/forward/'")
    yield "passed on to a colleague"
    yield from at(page, "/my-students/")
    if page.locator("main a[href$='/decline/']").count():
        follow(page, "$='/decline/'")
        yield "decline"
        page.goto("/my-students/")
    if page.locator("main a[href$='/agreement/']").count():
        placement = page.locator("main a[href$='/agreement/']").first.get_attribute("href") or ""
        for part in ("agreement", "attendance", "feedback"):
            yield from at(page, placement.replace("agreement", part))
        yield from _supervisor(page, placement.replace("agreement", "supervisors"))
    yield from at(page, "/my-students/evaluations/", "/messages/", "/messages/settings/", "/help/")


def _supervisor(page: Page, address: str) -> Iterator[str]:
    """A supervisor is let in, and follows her student by the link in her mail."""
    yield from at(page, address)
    if not page.locator("main select[name=supervisor]").count():
        page.goto(page.locator("main a[href*='/about/']").last.get_attribute("href") or "")
        page.locator("details:has(form[action$='/supervisors/']) > summary").click()
        form = page.locator("form[action$='/supervisors/']")
        form.locator("[name=name]").fill("Veilederen")
        form.locator("[name=email]").fill("veileder@demo.example")
        press(form.locator("button[type=submit]"))
        page.goto(address)
    page.locator("main select[name=supervisor]").select_option(index=1)
    press(page.locator("main form[method=post]:has(select[name=supervisor]) button[type=submit]"))
    yield "a supervisor is let in"
    _open_mail(page, "/s/")
    page.goto(page.locator("article a[href*='/s/']").first.get_attribute("href") or "")
    yield "a supervisor's page"
    yield from at(page, "/s/attendance/", "/s/feedback/", "/s/agreement/")


def hospital(page: Page) -> Iterator[str]:
    sign_in(page, "sykehus")
    yield from at(page, "/my-workplaces/", "/my-students/")
    page.goto("/my-workplaces/")
    if page.locator("main a[href^='/my-workplaces/rounds/']").count():
        follow(page, "^='/my-workplaces/rounds/'")
        yield "all units in one table"
        page.locator("details.card summary").first.click()
        for field in page.locator("input[name^='share_']").all():
            field.fill("12")
        press(page.locator("button[value='share']"))
        yield "places shared out over the units"
        page.goto("/my-workplaces/")
    follow(page, AN_ANSWER)
    yield "answer"


def administrator(page: Page) -> Iterator[str]:
    """The registers, a thing in each, and what has been written to whom."""
    sign_in(page, "admin")
    yield "home"
    yield from at(page, "/invitations/", "/documents/texts/", "/messages/", "/profile/", "/admin/")
    lists = page.locator("main a[href^='/admin/'], #content a[href^='/admin/']").all()
    addresses = dict.fromkeys(link.get_attribute("href") or "" for link in lists)
    for address in addresses:
        page.goto(address)
        yield address
        row = page.locator("#result_list tbody th a").first
        if row.count():
            page.goto(row.get_attribute("href") or "")
            assert "/change/" in page.url, f"{page.url} is none of {address}"
            yield f"one of {address}"


TOURS: dict[str, Tour] = {
    tour.__name__: tour
    for tour in (
        visitor,
        county_coordinator,
        school_coordinator,
        student,
        gp_office,
        hospital,
        administrator,
    )
}
