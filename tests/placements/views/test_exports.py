"""Every table as a file: for whom its page is, with the rows that she sees, in few queries."""

import csv
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog
from placements.models import Attendance, Feedback, Placement, Slot
from placements.models.reviews import CRITERIA
from schools.models import Student
from tests import factories as f

ROUND = ("capacity_file", "candidates_file", "placements_file", "attendance_file", "feedback_file")
ALL = ("students_file", "workplaces_file", *ROUND, "run_file")


@pytest.fixture
def world(world):
    """Our workplace has noted two days and said what it thinks."""
    for day, present in zip(world.placement.days, (True, False), strict=False):
        Attendance.objects.create(
            placement=world.placement, day=day, present=present, noted_by=world.workplace_contact
        )
    said = dict.fromkeys(CRITERIA, 3) | {"interest": 1, "words": "=Blid"}
    Feedback.objects.create(placement=world.placement, given_by=world.workplace_contact, **said)
    return world


def url_of(name, world, suffix="csv"):
    pk = [world.round.pk] if name in ROUND else [world.run.pk] if name == "run_file" else []
    return reverse(name, args=[*pk, suffix])


def fetch(client, user, url):
    client.force_login(user)
    return client.get(url)


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows(client, user, url):
    data = body(fetch(client, user, url)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data, newline=""), delimiter=";"))


@pytest.mark.parametrize("name", ALL)
def test_csv_and_excel_say_the_same(client, world, name):
    answer = fetch(client, world.county_coordinator, url_of(name, world))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert '.csv"' in answer["Content-Disposition"]
    text = body(answer).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    file = fetch(client, world.county_coordinator, url_of(name, world, "xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == lines[0]
    assert sheet.max_row == len(lines) > 1
    assert [row[0].value for row in sheet.iter_rows()] == [line[0] for line in lines]


@pytest.mark.parametrize("name", ALL)
def test_no_other_kind_of_file(client, world, name):
    url = url_of(name, world, "exe")
    assert fetch(client, world.county_coordinator, url).status_code == 404


@pytest.mark.parametrize("name", ALL)
def test_only_those_whose_page_it_is_and_only_their_rows(client, world, outsiders, name):
    url = url_of(name, world)
    for user in (world.student, world.workplace_contact, world.administrator):
        assert fetch(client, user, url).status_code == 403
    answer = fetch(client, outsiders.county_coordinator, url)
    if name in ("students_file", "workplaces_file"):
        text = body(answer).decode()
        assert world.canary not in text
        assert outsiders.canary in text  # control
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ALL)
def test_each_download_of_people_is_logged(client, world, name):
    body(fetch(client, world.county_coordinator, url_of(name, world)))
    looks = AccessLog.objects.filter(view=name)
    assert looks.count() == (0 if name == "capacity_file" else 1)


def test_who_is_handled_manually_is_in_no_file(client, world):
    Placement.objects.all().delete()
    Student.objects.filter(pk=world.candidate.student_id).update(manual_handling=True)
    for name in ALL:
        assert (
            "Elevsen"
            not in body(fetch(client, world.county_coordinator, url_of(name, world))).decode()
        ), name
    text = body(fetch(client, world.county_coordinator, url_of("students_file", world))).decode()
    assert "Ventesen" in text  # control


def test_a_name_cannot_become_a_formula(client, world):
    attack = '=HYPERLINK("http://evil.example")'
    Student.objects.filter(pk=world.candidate.student_id).update(family_name=attack)
    for name in ("students_file", "candidates_file", "placements_file", "run_file"):
        found = rows(client, world.county_coordinator, url_of(name, world))
        assert f"'{attack}" in [row["Etternavn"] for row in found], name
        file = fetch(client, world.county_coordinator, url_of(name, world, "xlsx")).content
        sheet = openpyxl.load_workbook(io.BytesIO(file)).worksheets[0]
        assert {cell.data_type for cell in sheet["A"]} == {"s"}, name


def test_the_same_filters_as_on_the_page(client, world):
    url = url_of("students_file", world) + "?q=Ventesen"
    assert [row["Etternavn"] for row in rows(client, world.coordinator, url)] == ["Ventesen"]
    url = url_of("placements_file", world) + "?state=declined"
    assert rows(client, world.coordinator, url) == []
    url = url_of("capacity_file", world) + "?state=declined"
    assert rows(client, world.coordinator, url) == []
    url = url_of("run_file", world) + "?q=Elevsen"
    found = rows(client, world.county_coordinator, url)
    assert [row["Etternavn"] for row in found] == ["Elevsen"]


def test_placements_say_where_and_when(client, world):
    (row,) = rows(client, world.coordinator, url_of("placements_file", world))
    assert row["Praksissted"] == world.workplace.name
    assert row["Første dag"] == "08.02.2027"
    assert row["Siste dag"] == "05.03.2027"
    assert row["Uker"] == "uke 6–9"
    assert row["Reise, minutter"] == "22"
    assert row["Publisert"] == f"{timezone.localtime(world.placement.created_at):%d.%m.%Y %H:%M}"


def test_a_proposal_names_also_those_without_a_place(client, world):
    world.run.assignments.filter(candidate=world.waiting).delete()
    found = rows(client, world.county_coordinator, url_of("run_file", world))
    assert {row["Etternavn"]: bool(row["Praksissted"]) for row in found} == {
        "Elevsen": True,
        "Ventesen": False,
    }


def test_wishes_stand_in_order(client, world):
    second = f.WorkplaceFactory(name="Andrevalg")
    f.PreferenceFactory(candidate=world.candidate, workplace=second, rank=2)
    found = rows(client, world.coordinator, url_of("candidates_file", world))
    hers = next(row for row in found if row["Etternavn"] == "Elevsen")
    assert (hers["Ønske 1"], hers["Ønske 2"], hers["Ønske 3"]) == (
        world.workplace.name,
        "Andrevalg",
        "",
    )


def test_attendance_has_days_and_hours(client, world):
    (row,) = rows(client, world.coordinator, url_of("attendance_file", world))
    wanted = {"Etternavn": "Elevsen", "Praksisdager": "20", "Til stede": "1", "Fravær": "1"}
    assert wanted.items() <= row.items()
    assert (row["Ikke ført"], row["Timer"]) == ("18", "7,5")


def test_feedback_is_in_words_and_no_formula(client, world):
    (row,) = rows(client, world.coordinator, url_of("feedback_file", world))
    assert (row["Samarbeid"], row["Faglig interesse"]) == ("Får det til", "Må øve")
    assert row["Med en setning"] == "'=Blid"


def test_the_grid_has_places_for_each_period(client, world):
    (row,) = rows(client, world.coordinator, url_of("capacity_file", world))
    places = [value for key, value in row.items() if key.startswith("Plasser, uke 6–9")]
    assert places == [str(Slot.objects.get(pk=world.slot.pk).capacity)]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_as_many_queries_for_many_as_for_few(client, world, name, suffix):
    url = url_of(name, world, suffix)
    body(fetch(client, world.county_coordinator, url))

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            body(client.get(url))
        return len(queries)

    few = count()
    for _ in range(4):
        workplace = f.WorkplaceFactory(municipality=world.workplace.municipality)
        f.ContactFactory(workplace=workplace)
        slot = f.SlotFactory(period=world.period, workplace=workplace)
        student = f.StudentFactory(school_class=world.school_class)
        candidate = f.CandidateFactory(student=student, round=world.round)
        f.PreferenceFactory(candidate=candidate, workplace=workplace)
        f.PlacementFactory(candidate=candidate, slot=slot, created_by=world.coordinator)
        world.run.assignments.create(round=world.round, candidate=candidate, slot=slot, rank=1)
    assert count() == few


@pytest.mark.parametrize(
    ("page", "file"),
    [
        ("students", "students_file"),
        ("workplaces", "workplaces_file"),
        ("capacity", "capacity_file"),
        ("candidates", "candidates_file"),
        ("placements", "placements_file"),
        ("placements", "attendance_file"),
        ("placements", "feedback_file"),
        ("run", "run_file"),
    ],
)
def test_each_page_links_to_its_files_with_its_filters(client, world, page, file):
    pk = {"run": [world.run.pk], "students": [], "workplaces": []}.get(page, [world.round.pk])
    url = reverse(page, args=pk)
    text = fetch(client, world.county_coordinator, url).content.decode()
    for suffix in ("csv", "xlsx"):
        assert f'href="{url_of(file, world, suffix)}"' in text
    if page == "students":
        text = client.get(url, {"q": "Elevsen"}).content.decode()
        assert f'href="{url_of(file, world)}?q=Elevsen"' in text


def test_a_workplace_counts_the_hours_of_its_own_students(client, world, outsiders):
    (row,) = rows(client, world.workplace_contact, reverse("my_hours_file", args=["csv"]))
    assert (row["Etternavn"], row["Timer"], row["Praksissted"]) == (
        "Elevsen",
        "7,5",
        world.workplace.name,
    )
    assert AccessLog.objects.filter(view="my_hours_file").count() == 1
    assert rows(client, outsiders.workplace_contact, reverse("my_hours_file", args=["csv"])) != [
        row
    ]
    page = client.get(reverse("my_students")).content.decode()
    assert reverse("my_hours_file", args=["xlsx"]) in page


def test_a_page_is_compressed_and_a_file_is_not(client, world):
    client.force_login(world.county_coordinator)
    packed = {"accept-encoding": "gzip"}
    page = client.get(reverse("students"), headers=packed)
    assert page["Content-Encoding"] == "gzip"
    for suffix in ("csv", "xlsx"):
        answer = client.get(reverse("students_file", args=[suffix]), headers=packed)
        assert answer.getvalue()
        assert "Content-Encoding" not in answer
