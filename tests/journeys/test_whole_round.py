"""From a class list to a placement a student can open: one round, in browsers, on the real parts.

A real web server, a real Celery worker, a sweeper and a mail server work beside the test; what one
person does is seen by the next one in her own browser.
"""

import datetime as dt
import re
from dataclasses import dataclass

import icalendar
import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import OutboxMessage, User
from accounts.policy import Role
from placements.actions import capacity
from placements.models import Candidate, MatchingRun, Period, Placement, Round, Slot, Workplace
from schools.models import Municipality, School, Student
from tests import factories as f
from tests.browser import PHONE, OpenPage, check_page, press, standing_still
from tests.live import LiveStack
from tests.tour import SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OFFICE = "Torget"  # in the sample list of workplaces


@dataclass
class Story:
    """What the steps hand on to each other."""

    live: LiveStack
    open_page: OpenPage
    coordinator: User
    desk: Page
    phone: Page  # the student's

    @property
    def round(self) -> Round:
        return Round.objects.get(name="Vår 2027, Vg3")

    @property
    def run(self) -> MatchingRun:
        return self.round.runs.order_by("-number")[0]

    def mails_to(self, address: str) -> int:
        return len(self.live.mails(address))


@pytest.fixture
def story(live_stack: LiveStack, open_page: OpenPage) -> Story:
    call_command("load_reference")
    trondheim = Municipality.objects.get(number="5001")
    school = School.objects.create(
        name="Charlottenlund videregående skole",
        municipality=trondheim,
        county=trondheim.county,
        contact_name="Praksiskoordinatoren",
        contact_phone="73 00 00 00",
    )
    coordinator = f.UserFactory(
        name="Terje Aalberg", email="terje@skole.example.no", role=Role.SCHOOL_COORDINATOR
    )
    school.coordinators.add(coordinator)
    return Story(
        live_stack,
        open_page,
        coordinator,
        desk=open_page(live_stack.url, coordinator),
        phone=open_page(live_stack.url, size=PHONE),
    )


def test_from_a_class_list_to_a_placement_with_its_reasons(story: Story) -> None:
    given_a_class_and_workplaces_read_from_lists(story)
    given_a_round_that_collects_places(story)
    when_a_workplace_answers_by_the_link_in_its_mail(story)
    when_the_round_opens_for_wishes(story)
    when_a_student_signs_in_by_code_and_sends_her_wishes(story)
    when_another_wishes_without_javascript(story)
    when_matching_is_run_and_watched(story)
    when_one_is_pinned_and_matching_runs_around_her(story)
    when_it_is_published(story)
    then_everybody_is_told_exactly_once(story)
    then_the_student_reads_where_when_and_why(story)
    then_the_workplace_sees_who_is_coming_and_answers(story)
    then_one_place_is_taken_back_and_repaired_with_the_fewest_moves(story)


def read_list(story: Story, address: str, sample: str) -> None:
    page = story.desk
    page.goto(address)
    check_page(page)
    page.locator("input[type=file]").set_input_files(SAMPLES / sample)
    for _step in ("which column is which", "what changes"):
        press(page.locator("main form[enctype] button").first)
        check_page(page)
    press(page.locator("form[action$='/confirm/'] button"))
    check_page(page)


def given_a_class_and_workplaces_read_from_lists(story: Story) -> None:
    read_list(story, "/students/import/", "elever.csv")
    read_list(story, "/workplaces/import/", "praksissteder.csv")
    assert Student.objects.count() == 24
    assert Workplace.objects.count() == 14


def given_a_round_that_collects_places(story: Story) -> None:
    page, today = story.desk, timezone.localdate()
    page.goto("/rounds/new/")
    check_page(page)
    page.locator("#id_name").fill("Vår 2027, Vg3")
    page.get_by_label("Helsesekretær").check()
    for name, days in (("capacity_day", 10), ("wishes_day", 20), ("publish_on", 30)):
        page.locator(f"#id_{name}").fill((today + dt.timedelta(days=days)).isoformat())
    page.locator("#id_periods-0-start").fill("2027-02-08")
    page.locator("#id_periods-0-last").fill("2027-03-05")
    page.locator(".sticky-actions button").click()
    page.wait_for_url(re.compile(r"/rounds/[0-9a-f-]{36}/$"))
    check_page(page)
    move_on(story, "collecting")
    page.goto(f"/rounds/{story.round.pk}/capacity/")
    press(page.locator("form[action$='/ask/'] button"))
    check_page(page)


def move_on(story: Story, to: str) -> None:
    page = story.desk
    page.goto(f"/rounds/{story.round.pk}/")
    page.locator("summary", has_text="Flytt runden videre").click()
    press(page.locator(f"button[name=to][value={to}]"))
    assert story.round.state == to


def when_a_workplace_answers_by_the_link_in_its_mail(story: Story) -> None:
    asked = story.round.capacity_requests.filter(state="asked").select_related("workplace")
    assert asked.count() > 3
    first = next(r for r in asked if r.workplace.contacts.exists() and not r.workplace.parent)
    contact = first.workplace.contacts.get()
    letter = story.live.wait_for_mail(contact.email).get_body(("plain",)).get_content()
    address = re.search(r"https?://\S+/c/\S+", letter)[0]
    page = story.open_page(story.live.url, size=PHONE)
    page.goto(address)
    assert "/c/answer/" in page.url  # the token has left the address bar
    check_page(page)
    page.locator("[data-step='1']").first.click()
    page.locator("[data-step='1']").first.click()
    page.locator(".sticky-actions button").click()
    page.wait_for_url("**/c/receipt/")
    check_page(page)
    expect(page.locator("main")).to_contain_text("2 elever")
    story.live.until(lambda: story.mails_to(contact.email) == 2)  # the question and the receipt
    receipt = story.live.mails(contact.email)[-1].get_body(("plain",)).get_content()
    page.goto(re.search(r"https?://\S+/c/\S+", receipt)[0])
    assert page.locator("input[type=number]").first.input_value() == "2"
    first.refresh_from_db()
    assert (first.state, first.answered_via) == ("answered", "link")
    for other in story.round.capacity_requests.filter(state="asked"):
        capacity.answer(
            story.round,
            answers=[
                capacity.Answer(
                    request=other.pk,
                    version=other.version,
                    places=dict.fromkeys(Period.objects.values_list("pk", flat=True), 2),
                )
            ],
            via="phone",
            by=story.coordinator,
        )


def when_the_round_opens_for_wishes(story: Story) -> None:
    move_on(story, "open")
    assert (
        Candidate.objects.count()
        == Student.objects.filter(school_class__programme__code__startswith="HSHSE3").count()
    )
    story.desk.goto(f"/rounds/{story.round.pk}/candidates/")
    check_page(story.desk)


def wishing(number: int) -> Candidate:
    return Candidate.objects.select_related("student__user").order_by("student__sort_key")[number]


def when_a_student_signs_in_by_code_and_sends_her_wishes(story: Story) -> None:
    address = wishing(0).student.user.email
    story.live.until(lambda: story.mails_to(address) == 1)  # that the wishes are open
    page = story.phone
    page.goto("/sign-in/")
    check_page(page)
    page.locator("input[type=email]").fill(address)
    page.locator("main form button").first.click()
    page.wait_for_url("**/sign-in/code/**")
    check_page(page)
    story.live.until(lambda: story.mails_to(address) == 2)
    # In a line of its own, of the latest mail: an id in the link of the first may be all digits, too.
    text = story.live.mails(address)[-1].get_body(("plain",)).get_content()
    code = re.search(r"^\d[\d -]{6,8}\d$", text, re.MULTILINE)[0]
    page.locator("main form input:visible").first.fill(code)
    page.locator("main form button").first.click()
    page.wait_for_url("**/my-practice/")
    check_page(page)
    rank_two(page, wishing(0))
    press(page.locator("form[action$='/send/'] button"))
    check_page(page)
    assert wishing(0).wishes_state == "sent"


def rank_two(page: Page, candidate: Candidate) -> None:
    """Add two places, and put the second first."""
    page.goto(f"/candidates/{candidate.pk}/wishes/")
    for _ in range(2):
        press(page.locator("button[name=add]").first)
    chosen = list(candidate.preferences.order_by("rank").values_list("workplace", flat=True))
    press(page.locator("button[name=up]:not([disabled])").last)
    assert (
        list(candidate.preferences.order_by("rank").values_list("workplace", flat=True))
        == chosen[::-1]
    )


def when_another_wishes_without_javascript(story: Story) -> None:
    candidate = wishing(1)
    page = story.open_page(story.live.url, candidate.student.user, size=PHONE, javascript=False)
    rank_two(page, candidate)
    press(page.locator("form[action$='/send/'] button"))
    assert wishing(1).wishes_state == "sent"


def when_matching_is_run_and_watched(story: Story) -> None:
    move_on(story, "matching")
    start_a_run(story)
    page = story.desk
    expect(page.locator("main")).to_contain_text("Bevist")
    check_page(page)
    assert (story.run.state, story.run.summary["proven"]) == ("computed", True)


def start_a_run(story: Story, *, at: str = "runs") -> None:
    page = story.desk
    page.goto(f"/rounds/{story.round.pk}/{at}/")
    check_page(page)
    with standing_still(page):
        press(page.locator("form[action$='/runs/start/'] button[type=submit]").first)
        assert re.search(r"/runs/[0-9a-f-]{36}/(progress/)?$", page.url)
        check_page(page)
    page.wait_for_url(re.compile(r"/runs/[0-9a-f-]{36}/$"), timeout=60_000)


def when_one_is_pinned_and_matching_runs_around_her(story: Story) -> None:
    page, first = story.desk, story.run
    where = first.assignments.get(candidate=wishing(0)).slot
    other = Slot.objects.filter(round=story.round, capacity__gt=0).exclude(pk=where.pk)[0]
    page.goto(f"/runs/{first.pk}/candidates/{wishing(0).pk}/")
    check_page(page)
    page.locator("form[action$='/pin/'] select").select_option(str(other.pk))
    press(page.locator("form[action$='/pin/'] button").first)
    check_page(page)
    press(page.locator("form[method=post][action$='/pin/'] button"))
    assert wishing(0).pinned_slot == other
    page.goto(f"/runs/{first.pk}/")
    page.locator("form[action$='/runs/start/'] button[type=submit]").first.click()
    page.wait_for_url(
        lambda url: str(first.pk) not in url and re.search(r"/runs/[0-9a-f-]{36}/$", url),
        timeout=60_000,
    )
    assert story.run.state == "computed"
    check_page(page)
    assert story.run.assignments.get(candidate=wishing(0)).slot == other
    page.goto(f"/runs/{story.run.pk}/compare/{first.pk}/")
    check_page(page)


def when_it_is_published(story: Story) -> None:
    page = story.desk
    story.phone.goto("/my-practice/")
    proposed = story.run.assignments.get(candidate=wishing(0)).slot.workplace.name
    assert "Hvorfor denne plassen?" not in story.phone.locator("main").inner_text()
    assert not Placement.objects.exists(), f"{proposed} is nobody's before it is published"
    page.goto(f"/runs/{story.run.pk}/publish/")
    check_page(page)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url("**/placements/")
    check_page(page)
    assert story.round.state == "published"
    assert Placement.objects.occupying().count() == story.run.summary["placed"]


def then_everybody_is_told_exactly_once(story: Story) -> None:
    told = OutboxMessage.objects.filter(publication=str(story.run.pk))
    assert told.filter(kind__startswith="student").count() == Candidate.objects.count()
    story.live.until(lambda: not told.exclude(state="sent").exists(), 90)
    delivered = [mail["Message-ID"].strip("<").partition("@")[0] for mail in story.live.mails()]
    for message in told:
        assert delivered.count(str(message.pk)) == 1, message.kind


def then_the_student_reads_where_when_and_why(story: Story) -> None:
    page = story.phone
    page.goto("/my-practice/")
    check_page(page)
    placement = Placement.objects.occupying().get(candidate=wishing(0))
    main = page.locator("main")
    expect(main).to_contain_text(placement.slot.workplace.name)
    expect(main).to_contain_text("uke 6–9")
    expect(main).to_contain_text("Hvorfor denne plassen?")
    page.goto(f"/placements/{placement.pk}/")
    check_page(page)
    with page.expect_download() as download:
        page.locator("a[href$='/calendar.ics']").first.click()
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    assert len(calendar.walk("VEVENT")) == len(placement.days)


def then_the_workplace_sees_who_is_coming_and_answers(story: Story) -> None:
    placement = Placement.objects.occupying().filter(slot__workplace__contacts__user__isnull=False)[
        0
    ]
    contact = placement.slot.workplace.contacts.get()
    page = story.open_page(story.live.url, contact.user, size=PHONE)
    page.goto("/my-students/")
    check_page(page)
    expect(page.locator("main")).to_contain_text(placement.student.name)
    press(page.locator(f"form[action='/placements/{placement.pk}/accept/'] button"))
    check_page(page)
    placement.refresh_from_db()
    assert placement.state == "confirmed"


def then_one_place_is_taken_back_and_repaired_with_the_fewest_moves(story: Story) -> None:
    page = story.desk
    before = dict(Placement.objects.occupying().values_list("candidate", "slot"))
    leaving = Placement.objects.occupying().filter(state="planned").first()
    sent = len(story.live.mails())
    page.goto(f"/placements/{leaving.pk}/withdraw/")
    check_page(page)
    page.locator("main form select").first.select_option("workplace_closed")
    press(page.locator("main form[method=post] button[type=submit]").last)
    leaving.refresh_from_db()
    assert (leaving.state, leaving.end_reason) == ("withdrawn", "workplace_closed")
    start_a_run(story, at="placements")
    page.goto(f"/runs/{story.run.pk}/publish/")
    check_page(page)
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url("**/placements/")
    after = dict(Placement.objects.occupying().values_list("candidate", "slot"))
    moved = {c for c in before if c != leaving.candidate_id and before[c] != after.get(c)}
    assert moved == set()
    assert after.get(leaving.candidate_id) not in (None, leaving.slot_id)
    assert len(story.live.mails()) >= sent
