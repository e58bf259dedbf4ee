"""The personal link, the two-minute answer, and the coordinator's grid."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import outbox
from accounts.models import AuditEvent, OutboxMessage
from placements.actions import capacity
from placements.models import CapacityLink, CapacityRequest, Contact, Round, Slot
from tests import factories as f


@pytest.fixture
def asked(world):
    """Our workplace is asked while the round collects; its link's token."""
    Round.objects.filter(pk=world.round.pk).update(state="collecting", published_at=None)
    world.round.refresh_from_db()
    world.token = capacity.mint_link(world.round, world.contact)
    return world


def fingerprint():
    """A hash of every row of every table but the migrations'."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT LIKE 'django_migrations' ORDER BY 1"
        )
        prints = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            prints[table] = cursor.fetchone()[0]
    return prints


def form_of(request, period, places, **extra):
    request.refresh_from_db()
    return {
        f"{request.pk}-version": request.version,
        f"{request.pk}-places_{period.pk}": places,
        f"{request.pk}-reason": "",
        **extra,
    }


def test_a_scanner_that_opens_the_link_changes_nothing(asked, client):
    before = fingerprint()
    for _ in range(5):
        for method in (client.get, client.head):
            assert method(reverse("capacity_link", args=[asked.token])).status_code == 302
            assert method(reverse("capacity_answer")).status_code == 200
    assert fingerprint() == before


def test_the_fingerprint_sees_a_change(asked):
    """Negative control."""
    before = fingerprint()
    Slot.objects.filter(pk=asked.slot.pk).update(capacity=5)
    assert fingerprint() != before


def test_the_token_leaves_the_address_and_is_told_to_nobody(asked, client):
    response = client.get(reverse("capacity_link", args=[asked.token]))
    assert response["Location"] == reverse("capacity_answer")
    assert response["Referrer-Policy"] == "no-referrer"
    assert asked.token not in client.get(reverse("capacity_answer")).content.decode()
    cookie = client.cookies["capacity"]
    assert (cookie["path"], cookie["httponly"]) == ("/c/", True)


def test_it_opens_in_the_language_of_the_mail_unless_the_browser_has_another(asked, client):
    """Somebody without an account has no page where she could have chosen."""
    Contact.objects.filter(pk=asked.contact.pk).update(user=None, written_standard="nn")
    client.get(reverse("capacity_link", args=[asked.token]))
    assert 'lang="nn"' in client.get(reverse("capacity_answer")).content.decode()
    client.post(reverse("set_language"), {"language": "nb", "next": "/"})
    client.get(reverse("capacity_link", args=[asked.token]))
    assert 'lang="nb"' in client.get(reverse("capacity_answer")).content.decode()


@pytest.mark.parametrize("spoil", ["unknown", "expired", "revoked", "contact ended"])
def test_a_dead_link_says_what_to_do(asked, client, spoil):
    token = asked.token
    client.get(reverse("capacity_link", args=[token]))  # and a cookie from before does not help
    if spoil == "unknown":
        token, _ = "y" * 43, client.cookies.clear()
    elif spoil == "expired":
        CapacityLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif spoil == "revoked":
        CapacityLink.objects.update(revoked_at=timezone.now())
    else:
        Contact.objects.filter(pk=asked.contact.pk).update(ended_at=timezone.now())
    responses = [client.get(reverse("capacity_answer"))]
    if spoil != "contact ended":
        responses.append(client.get(reverse("capacity_link", args=[token])))
    assert {r.status_code for r in responses} == {410}


def test_last_years_answer_is_filled_in_and_one_click_sends_it(asked, client):
    last_year = f.RoundFactory(
        county=asked.county,
        state="closed",
        wishes_deadline=timezone.now() - dt.timedelta(days=300),
        capacity_deadline=timezone.now() - dt.timedelta(days=310),
    )
    then = f.PeriodFactory(round=last_year, start=dt.date(2026, 2, 9))
    f.SlotFactory(period=then, workplace=asked.workplace, capacity=4)
    client.get(reverse("capacity_link", args=[asked.token]))
    page = client.get(reverse("capacity_answer"))
    assert "i fjor: 4" in page.content.decode()
    (form,) = page.context["forms"]
    assert form[f"places_{asked.period.pk}"].value() == 4
    response = client.post(reverse("capacity_answer"), form_of(asked.request, asked.period, 4))
    assert response["Location"] == reverse("capacity_receipt")
    assert "4 elever" in client.get(reverse("capacity_receipt")).content.decode()
    asked.slot.refresh_from_db()
    assert asked.slot.capacity == 4


def test_the_link_opens_its_own_workplaces_only(asked, outsiders, client):
    client.get(reverse("capacity_link", args=[asked.token]))
    client.post(
        reverse("capacity_answer"),
        {
            **form_of(asked.request, asked.period, 3),
            **form_of(outsiders.request, outsiders.period, 9),
        },
    )
    outsiders.slot.refresh_from_db()
    asked.slot.refresh_from_db()
    assert (asked.slot.capacity, outsiders.slot.capacity) == (3, 2)


def test_nobody_is_thanked_before_she_has_answered(asked, client):
    client.get(reverse("capacity_link", args=[asked.token]))
    CapacityRequest.objects.filter(pk=asked.request.pk).update(state="asked")
    assert client.get(reverse("capacity_receipt")).url == reverse("capacity_answer")
    client.post(reverse("capacity_answer"), form_of(asked.request, asked.period, 3))
    assert "Takk" in client.get(reverse("capacity_receipt")).content.decode()


def test_a_reminder_says_hello_first(asked, mailoutbox):
    CapacityRequest.objects.filter(pk=asked.request.pk).update(state="asked")
    waiting = list(asked.round.capacity_requests.unanswered().select_related("workplace"))
    capacity.remind(asked.round, requests=waiting, by=asked.county_coordinator)
    outbox.deliver_due()
    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    for text in (mail.body, html[html.index("<body") :]):
        hello, reminder, question = map(text.index, ("Hei!", "ikke hørt fra", "Snart skal"))
        assert hello < reminder < question


@pytest.mark.parametrize("places", ["-1", "100", "to", ""])
def test_a_senseless_number_is_told_by_its_week(asked, client, places):
    client.get(reverse("capacity_link", args=[asked.token]))
    response = client.post(reverse("capacity_answer"), form_of(asked.request, asked.period, places))
    assert response.status_code == 200
    assert "ds-validation-message" in response.content.decode()
    asked.slot.refresh_from_db()
    assert asked.slot.capacity == 2


def test_an_old_page_meets_a_409(asked, client):
    client.get(reverse("capacity_link", args=[asked.token]))
    form = form_of(asked.request, asked.period, 3)
    CapacityRequest.objects.filter(pk=asked.request.pk).update(version=7)
    assert client.post(reverse("capacity_answer"), form).status_code == 409


def test_the_mail_carries_a_link_that_works(asked, client, monkeypatch):
    capacity.remind(
        asked.round,
        requests=[CapacityRequest.objects.select_related("workplace").get(pk=asked.request.pk)],
        by=asked.county_coordinator,
    )
    message = OutboxMessage.objects.get(kind="capacity_reminder")
    letter = outbox.WRITERS["capacity_reminder"](message)
    path = letter.context["url"].partition("/c/")[2]
    assert client.get(f"/c/{path}").status_code == 302
    assert client.get(reverse("capacity_answer")).status_code == 200


def test_no_reminder_for_those_who_have_answered_meanwhile(asked):
    CapacityRequest.objects.filter(pk=asked.request.pk).update(
        state="answered", answered_at=timezone.now()
    )
    message = OutboxMessage(
        kind="capacity_reminder",
        recipient=asked.contact.email,
        subject_id=asked.contact.pk,
        publication=f"{asked.round.pk} x",
    )
    assert outbox.WRITERS["capacity_reminder"](message) is None


def test_grid_counts_words_and_enters_by_phone(asked, client):
    client.force_login(asked.county_coordinator)
    page = client.get(reverse("capacity", args=[asked.round.pk])).content.decode()
    assert asked.workplace.name in page
    url = reverse("capacity_enter", args=[asked.round.pk, asked.workplace.pk])
    response = client.post(url, form_of(asked.request, asked.period, 6))
    assert response.status_code == 302
    asked.request.refresh_from_db()
    assert (asked.request.answered_via, asked.request.answered_by) == (
        "phone",
        asked.county_coordinator,
    )


@pytest.mark.parametrize("extra", [0, 3, 40])
def test_grid_takes_the_same_queries_however_many(asked, client, extra):
    for _ in range(extra):
        workplace = f.WorkplaceFactory(municipality=asked.workplace.municipality)
        f.CapacityRequestFactory(round=asked.round, workplace=workplace, state="asked")
        f.SlotFactory(period=asked.period, workplace=workplace)
    client.force_login(asked.county_coordinator)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(reverse("capacity", args=[asked.round.pk]))
    assert len(queries) == GRID_QUERIES


def test_signed_in_contact_answers_her_own(asked, outsiders, client):
    client.force_login(asked.workplace_contact)
    assert asked.workplace.name in client.get(reverse("my_workplaces")).content.decode()
    url = reverse("my_workplace_answer", args=[asked.request.pk])
    assert client.post(url, form_of(asked.request, asked.period, 5)).status_code == 302
    asked.slot.refresh_from_db()
    assert asked.slot.capacity == 5
    foreign = reverse("my_workplace_answer", args=[outsiders.request.pk])
    assert client.get(foreign).status_code == 404


def test_signed_in_she_passes_it_on_for_the_unit_alone(asked, outsiders, client):
    """The colleague is asked about the unit whose question it was, and about nothing above it."""
    f.ContactFactory(user=asked.workplace_contact)  # another place of hers, that was there first
    Contact.objects.filter(pk=asked.contact.pk).update(email="a@lade.example.no")
    unit = f.WorkplaceFactory(parent=asked.workplace, municipality=asked.workplace.municipality)
    below = f.CapacityRequestFactory(round=asked.round, workplace=unit, state="asked")
    client.force_login(asked.workplace_contact)
    answer = client.get(reverse("my_workplace_answer", args=[below.pk])).content.decode()
    url = reverse("my_workplace_forward", args=[below.pk])
    assert url in answer
    assert unit.name in client.get(url).content.decode()
    colleague = {"name": "Berit", "email": "berit@lade.example.no"}
    assert client.post(url, colleague).url == reverse("my_workplace_answer", args=[below.pk])
    new = Contact.objects.current().get(email="berit@lade.example.no")
    assert new.workplace == unit
    assert list(asked.round.capacity_requests.answered_for(new)) == [below]
    assert OutboxMessage.objects.filter(kind="capacity_request", recipient=new.email).exists()
    row = AuditEvent.objects.get(verb="contact.passed_on")
    assert (row.actor, row.via) == (asked.workplace_contact, "signed_in")
    foreign = reverse("my_workplace_forward", args=[outsiders.request.pk])
    assert client.get(foreign).status_code == 404
    assert client.post(foreign, colleague).status_code == 404


def test_by_the_link_one_unit_of_several_is_passed_on_alone(asked, outsiders, client):
    """The hospital's contact keeps the rest, and the colleague's link opens that one question."""
    Contact.objects.filter(pk=asked.contact.pk).update(email="a@lade.example.no")
    unit = f.WorkplaceFactory(parent=asked.workplace, municipality=asked.workplace.municipality)
    below = f.CapacityRequestFactory(round=asked.round, workplace=unit, state="asked")
    client.get(reverse("capacity_link", args=[asked.token]))
    one = reverse("capacity_answer_one", args=[below.pk])
    url = reverse("capacity_forward_one", args=[below.pk])
    assert url in client.get(one).content.decode()
    assert reverse("capacity_forward") in client.get(reverse("capacity_answer")).content.decode()
    response = client.post(url, {"name": "Berit", "email": "berit@lade.example.no"})
    assert response.url == one
    assert Contact.objects.current().get(email="berit@lade.example.no").workplace == unit
    foreign = reverse("capacity_forward_one", args=[outsiders.request.pk])
    assert client.get(foreign).status_code == 404


def test_it_is_passed_on_to_few_in_an_hour(asked, client, settings):
    """A link in the wrong hands must not send mail to a list of addresses."""
    settings.ACCOUNT_RATE_LIMITS = {"pass_on": "2/h/key"}
    Contact.objects.filter(pk=asked.contact.pk).update(email="a@lade.example.no")
    client.get(reverse("capacity_link", args=[asked.token]))
    answers = [
        client.post(reverse("capacity_forward"), {"name": "B", "email": f"b{n}@lade.example.no"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 200]
    assert "en time" in answers[-1].content.decode()
    assert Contact.objects.filter(email__startswith="b").count() == 2


def test_her_page_has_what_is_open_first_and_the_rest_out_of_the_way(asked, client):
    """One button for the units of a round; what is past is a line each and cannot be answered."""
    ward = f.WorkplaceFactory(municipality=asked.workplace.municipality)
    f.ContactFactory(workplace=ward, user=asked.workplace_contact)
    other = f.CapacityRequestFactory(round=asked.round, workplace=ward, state="asked")
    past = f.CapacityRequestFactory(
        round=f.RoundFactory(county=asked.round.county, state="published"),
        workplace=ward,
        state="answered",
        answered_at=timezone.now(),
        answered_via="phone",
    )
    client.force_login(asked.workplace_contact)
    page = client.get(reverse("my_workplaces")).content.decode()
    table, unit, old = (
        page.index(reverse("my_units", args=[asked.round.pk])),
        page.index(reverse("my_workplace_answer", args=[other.pk])),
        page.index("Svart tidligere"),
    )
    assert table < unit < old < page.rindex(past.round.name)
    assert reverse("my_workplace_answer", args=[past.pk]) not in page
    assert unit < page.index('id="first-steps"')  # the question comes before how to begin
    about = page[page.index("Om oss") :]
    assert about.count(reverse("our_workplace", args=[ward.pk])) == 1


GRID_QUERIES = 23  # of which the learning areas are four, and the rows of the page four
