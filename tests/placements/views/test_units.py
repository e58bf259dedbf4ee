"""A hospital's coordinator fills all her units in at once: typed, shared out, read from a sheet."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from placements.actions import capacity
from placements.models import CapacityRequest, Contact, Round, Slot
from tests import factories as f

UNITS = ("Akuttmottak", "Laboratoriet", "Poliklinikken")
LAST_YEAR = (4, 2, 0)


@pytest.fixture
def hospital(world, client):
    """Our contact answers for a hospital with three units, asked, with numbers from last year."""
    Round.objects.filter(pk=world.round.pk).update(state="collecting", published_at=None)
    world.request.delete()
    world.hospital = f.WorkplaceFactory(
        name="Fylkessykehuset", municipality=world.workplace.municipality, receives_students=False
    )
    Contact.objects.filter(pk=world.contact.pk).update(workplace=world.hospital)
    world.contact.refresh_from_db()
    before = f.RoundFactory(
        county=world.county,
        state="closed",
        wishes_deadline=timezone.now() - dt.timedelta(days=300),
        capacity_deadline=timezone.now() - dt.timedelta(days=310),
    )
    then = f.PeriodFactory(round=before, start=dt.date(2026, 2, 9))
    world.units, world.requests = [], []
    for name, offered in zip(UNITS, LAST_YEAR, strict=True):
        unit = f.WorkplaceFactory(
            name=name, parent=world.hospital, municipality=world.workplace.municipality
        )
        f.SlotFactory(period=then, workplace=unit, capacity=offered)
        world.units.append(unit)
        world.requests.append(
            f.CapacityRequestFactory(round=world.round, workplace=unit, state="asked")
        )
    world.round.refresh_from_db()
    world.url = reverse("my_units", args=[world.round.pk])
    client.force_login(world.workplace_contact)
    return world


def cells(world, *numbers, **extra):
    data = {"do": "save"}
    for request, number in zip(world.requests, numbers, strict=True):
        request.refresh_from_db()
        data |= {
            f"{request.pk}-version": request.version,
            f"{request.pk}-places_{world.period.pk}": number,
            f"{request.pk}-reason": "",
        }
    return data | extra


def saved(world):
    slots = Slot.objects.filter(round=world.round, workplace__in=world.units).order_by(
        "workplace__sort_key"
    )
    return [slot.capacity for slot in slots]


def shown(world, response):
    table = response.context["table"]
    return [row[f"places_{world.period.pk}"].value() for row in table.rows]


def test_it_opens_on_last_years_numbers_and_saves_all_at_once(hospital, client):
    page = client.get(hospital.url)
    assert shown(hospital, page) == list(LAST_YEAR)
    assert page.context["table"].sums == [(hospital.period, 6, 6)]
    response = client.post(hospital.url, cells(hospital, 5, 2, 1))
    assert response["Location"] == reverse("my_workplaces")
    assert saved(hospital) == [5, 2, 1]
    assert set(CapacityRequest.objects.filter(round=hospital.round).values_list("state")) == {
        ("answered",)
    }


def test_one_wrong_cell_saves_nothing_and_says_which(hospital, client):
    response = client.post(hospital.url, cells(hospital, 5, -1, 1))
    assert response.status_code == 200
    assert saved(hospital) == []
    wrong = response.context["table"].rows[1]
    assert list(wrong.errors) == [f"places_{hospital.period.pk}"]
    assert (
        f'id="{wrong[f"places_{hospital.period.pk}"].auto_id}_error"' in response.content.decode()
    )


def test_an_empty_unit_answers_later_and_an_unchanged_one_is_left_alone(hospital, client):
    client.post(hospital.url, cells(hospital, 5, "", 1))
    assert saved(hospital) == [5, 1]
    states = CapacityRequest.objects.filter(round=hospital.round).order_by("workplace__sort_key")
    assert [r.state for r in states] == ["answered", "asked", "answered"]
    answered = AuditEvent.objects.filter(verb="capacity.answered")
    before = answered.count()
    client.post(hospital.url, cells(hospital, 5, 3, 1))
    assert saved(hospital) == [5, 3, 1]
    assert answered.count() == before + 1


def test_places_are_shared_out_as_last_year_and_nothing_is_saved(hospital, client):
    share = {f"share_{hospital.period.pk}": 9, "do": "share"}
    page = client.post(hospital.url, cells(hospital, 1, 1, 1) | share)
    assert shown(hospital, page) == [6, 3, 0]
    assert [row.filled for row in page.context["table"].rows] == [{hospital.period.pk}] * 3
    assert saved(hospital) == []


def test_who_says_none_gets_none_and_keeps_its_reason(hospital, client):
    first = hospital.requests[0]
    share = {f"share_{hospital.period.pk}": 4, "do": "share"}
    data = cells(hospital, "", 1, 1) | share | {f"{first.pk}-reason": "moving"}
    page = client.post(hospital.url, data)
    assert shown(hospital, page) == ["", 4, 0]
    assert page.context["table"].rows[0]["reason"].value() == "moving"


def test_enter_in_the_number_to_share_shares_it_out(hospital, client):
    """The browser then presses the first button of the form, which has no name."""
    data = cells(hospital, 1, 1, 1) | {f"share_{hospital.period.pk}": 6}
    del data["do"]
    assert shown(hospital, client.post(hospital.url, data)) == [4, 2, 0]
    assert saved(hospital) == []


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_the_sheet_we_give_out_comes_back(hospital, client, suffix):
    answer = client.get(reverse("my_units_file", args=[hospital.round.pk, suffix]))
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if suffix == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(data))
        assert book.worksheets[0]["A2"].value == UNITS[0]
        book.worksheets[0]["C2"] = 7
        book.save(changed := io.BytesIO())
        data = changed.getvalue()
    else:
        data = data.replace(
            f"{hospital.hospital.name};4".encode(), f"{hospital.hospital.name};7".encode()
        )
    file = SimpleUploadedFile(f"plasser.{suffix}", data)
    page = client.post(hospital.url, cells(hospital, 4, 2, 0) | {"do": "read", "file": file})
    assert shown(hospital, page) == [7, "2", "0"] or shown(hospital, page) == [7, 2, 0]
    assert saved(hospital) == []


def test_a_sheet_with_an_error_fills_nothing_in_and_says_where(hospital, client):
    text = f"Enhet;uke 6-9\n{UNITS[0]};7\n{UNITS[1]};mange"
    page = client.post(hospital.url, cells(hospital, 1, 1, 1) | {"do": "read", "pasted": text})
    assert shown(hospital, page) == ["1", "1", "1"]
    body = page.content.decode()
    assert "Rad 3" in body
    assert "mange" in body


def test_by_the_link_without_an_account(hospital, client):
    client.logout()
    Contact.objects.filter(pk=hospital.contact.pk).update(user=None)
    token = capacity.mint_link(hospital.round, hospital.contact)
    client.get(reverse("capacity_link", args=[token]))
    url = reverse("capacity_answer")
    assert shown(hospital, client.get(url)) == list(LAST_YEAR)
    assert client.post(url, cells(hospital, 5, 2, 1))["Location"] == reverse("capacity_receipt")
    assert saved(hospital) == [5, 2, 1]
    one = reverse("capacity_answer_one", args=[hospital.requests[0].pk])
    assert client.get(one).context["forms"][0].request == hospital.requests[0]
    sheet = client.get(reverse("capacity_units_file", args=["csv"]))
    assert UNITS[0].encode() in b"".join(sheet.streaming_content)


def test_without_a_link_there_is_no_sheet_and_anothers_unit_is_not_found(
    hospital, outsiders, client
):
    client.logout()
    assert client.get(reverse("capacity_units_file", args=["csv"])).status_code == 410
    token = capacity.mint_link(hospital.round, hospital.contact)
    client.get(reverse("capacity_link", args=[token]))
    foreign = reverse("capacity_answer_one", args=[outsiders.request.pk])
    assert client.get(foreign).status_code == 404


def test_who_answered_meanwhile_is_not_written_over(hospital, client):
    data = cells(hospital, 5, 2, 1)
    client.post(hospital.url, cells(hospital, 6, 2, 1))
    assert client.post(hospital.url, data).status_code == 409
    assert saved(hospital) == [6, 2, 1]


def test_as_many_questions_to_the_database_however_many_units(hospital, client):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(hospital.url)
        return len(found)

    queries()
    few = queries()
    for n in range(20):
        unit = f.WorkplaceFactory(name=f"Enhet {n}", parent=hospital.hospital)
        f.CapacityRequestFactory(round=hospital.round, workplace=unit, state="asked")
    assert queries() == few


def test_a_line_beside_a_no_and_what_one_learns_there(hospital, client):
    laboratory, patients = f.LearningAreaFactory(), f.LearningAreaFactory()
    hospital.units[1].learning_areas.add(laboratory)
    page = client.get(hospital.url)
    assert page.context["table"].rows[1]["areas"].value() == [str(laboratory.pk)]
    first, second, third = (str(request.pk) for request in hospital.requests)
    data = cells(hospital, 5, "", 1) | {
        f"{first}-areas": [str(patients.pk)],
        f"{second}-areas": [str(laboratory.pk)],
        f"{second}-reason": "moving",
        f"{second}-note": "Vi bygger om til påske",
    }
    client.post(hospital.url, data)
    offered = [set(unit.learning_areas.all()) for unit in hospital.units]
    assert offered == [{patients}, {laboratory}, set()]
    hospital.requests[1].refresh_from_db()
    assert (hospital.requests[1].state, hospital.requests[1].note) == (
        "declined",
        "Vi bygger om til påske",
    )
    third_before = CapacityRequest.objects.get(pk=third).version
    client.post(
        hospital.url,
        cells(hospital, 5, "", 1)
        | {
            f"{first}-areas": [str(patients.pk)],
            f"{second}-areas": [str(laboratory.pk)],
            f"{second}-reason": "moving",
            f"{second}-note": "Vi bygger om til sommeren",
        },
    )
    hospital.requests[1].refresh_from_db()
    assert hospital.requests[1].note == "Vi bygger om til sommeren"
    assert CapacityRequest.objects.get(pk=third).version == third_before


def test_areas_of_a_unit_that_has_not_answered_are_not_lost_in_silence(hospital, client):
    area = f.LearningAreaFactory()
    data = cells(hospital, 5, "", 1) | {f"{hospital.requests[1].pk}-areas": [str(area.pk)]}
    response = client.post(hospital.url, data)
    assert saved(hospital) == []
    assert list(response.context["table"].rows[1].errors) == [f"places_{hospital.period.pk}"]


def test_ticks_and_lines_survive_being_helped(hospital, client):
    area = f.LearningAreaFactory()
    first = hospital.requests[0].pk
    share = {f"share_{hospital.period.pk}": 9, "do": "share"}
    more = {f"{first}-areas": [str(area.pk)], f"{first}-note": "Snart"}
    page = client.post(hospital.url, cells(hospital, 1, 1, 1) | more | share)
    row = page.context["table"].rows[0]
    assert (row["areas"].value(), row["note"].value()) == ([str(area.pk)], "Snart")


def test_more_units_and_areas_ask_no_more(hospital, client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(hospital.url)
        return len(queries)

    asked()
    few = asked()
    for _ in range(5):
        unit = f.WorkplaceFactory(
            parent=hospital.hospital, municipality=hospital.workplace.municipality
        )
        unit.learning_areas.add(f.LearningAreaFactory())
        f.CapacityRequestFactory(round=hospital.round, workplace=unit, state="asked")
    assert asked() == few


def test_a_unit_is_called_by_its_own_name_where_the_hospitals_stands_beside(hospital, client):
    """On a phone, "Poliklinikken, Fylkessykehuset" above "Fylkessykehuset" is a line for nothing."""
    unit = hospital.units[0]
    type(unit).objects.filter(pk=unit.pk).update(name=f"{unit.name}, Fylkessykehuset")
    page = client.get(reverse("my_units", args=[hospital.round.pk])).content.decode()
    assert f">{unit.name}</a>" in page
    assert f">{unit.name}, Fylkessykehuset</a>" not in page
    assert page.count(f"{unit.name}: Kan dere ta imot elever i år?") == 0  # its whole name is said
    assert f"{unit.name}, Fylkessykehuset: Kan dere ta imot elever i år?" in page
