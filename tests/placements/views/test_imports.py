"""The import as a coordinator meets it, with every file we could think of."""

import json
import re
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.policy import Role
from placements.actions import imports
from schools.models import Import, Municipality, Student
from tests import factories as f
from tests.schools.lists import EVERYTHING, HEADERS, SAMPLES, listing, load_reference, row, state
from tests.schools.nasty import ERRORS, FNR, GOOD, REFUSED, cases

CASES = cases()
BACKEND = "accounts.backends.RoleBackend"
FILES = SAMPLES


@pytest.fixture
def coordinator(db):
    load_reference()
    trondheim = Municipality.objects.get(number="5001")
    school = f.SchoolFactory(municipality=trondheim)
    user = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    school.coordinators.add(user)
    return user


@pytest.fixture
def client(coordinator) -> Client:
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    return client


def upload(client: Client, content: bytes, name: str = "liste.csv", kind: str = "roster"):
    page = client.get(reverse(kind))
    initial = page.context["form"]
    data = {field.name: field.value() for field in initial if field.name not in ("file", "pasted")}
    if "school_year" in data:
        data["school_year"] = initial.fields["school_year"].choices[0][0]
    file = SimpleUploadedFile(name, content)
    return client.post(reverse(kind), {**data, "file": file})


def name_columns(client: Client, page, kind: str = "roster", **other):
    form = page.context["form"]
    data = {f.name: "" if f.value() is None or f.value() is False else f.value() for f in form}
    data.pop("default_municipality", None)
    data.pop("whole_register", None)
    return client.post(reverse(f"{kind}_columns"), {**data, **other})


def outcome(client: Client, content: bytes, kind: str = "roster") -> tuple[str, str]:
    """GOOD, ERRORS or REFUSED, and everything the pages said."""
    page = upload(client, content, kind=kind)
    said = page.content.decode()
    if "column_name" not in page.context["form"].fields:
        assert page.context["form"].errors, said
        return REFUSED, str(page.context["form"].errors)
    answer = name_columns(client, page, kind)
    if answer.status_code != 302:
        assert answer.context["form"].errors
        return REFUSED, str(answer.context["form"].errors)
    preview = client.get(answer.url)
    assert preview.status_code == 200
    plan = preview.context["plan"]
    for error in plan.errors:
        assert error.row > 1
        assert error.column
        assert re.search(r"\. \w|: |\.$", error.text), error
        assert error.text in preview.context["plan"].errors[plan.errors.index(error)].text
    return (ERRORS if plan.errors else GOOD), preview.content.decode()


def test_enough_nasty_files():
    assert len(CASES) >= 60
    assert len({name for name, _expected, _content in CASES}) == len(CASES)
    assert {expected for _name, expected, _content in CASES} == {GOOD, ERRORS, REFUSED}


@pytest.mark.parametrize(("name", "expected", "content"), CASES, ids=[case[0] for case in CASES])
def test_no_file_breaks_anything(client, name, expected, content):
    """No file ends in an error page, and none changes a row before it is confirmed."""
    before = state()
    started = time.monotonic()
    found, said = outcome(client, content() if callable(content) else content)
    assert found == expected, said
    assert time.monotonic() - started < 15
    assert state() == before
    assert FNR not in said
    if expected == REFUSED:
        assert not Import.objects.exists(), "nothing of a refused file is stored"


@pytest.mark.parametrize("case", [c for c in CASES if c[1] == ERRORS][:6], ids=lambda c: c[0])
def test_errors_cannot_be_confirmed_past(client, case):
    upload_ = name_columns(client, upload(client, case[2]))
    import_ = Import.objects.get()
    before = state(*EVERYTHING)
    fingerprint = imports.plan(import_).fingerprint
    client.post(reverse("import_confirm", args=[import_.pk]), {"fingerprint": fingerprint})
    assert state(*EVERYTHING) == before
    assert upload_.status_code == 302


def test_an_identity_number_is_named_by_row_and_not_repeated(client):
    content = listing(row(1), row(2) + f";{FNR}", headers=HEADERS + ";Notat").encode()
    said = upload(client, content).content.decode()
    assert "rad 3" in said
    assert FNR not in said
    assert "elev1@" not in said


def test_an_identity_number_sent_past_the_first_step_is_refused_too(client):
    page = upload(client, listing(row(1)).encode())
    rows = [[1, HEADERS.split(";")], [2, [*row(1).split(";")[:-1], FNR]]]
    name_columns(client, page, rows=json.dumps(rows))
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    "rows",
    ["", "[", "null", "7", '[["x"]]', '[[1,[["a"]]]]', '{"a":1}', "[" * 9000, '[[1e999,["a"]]]'],
)
def test_rows_the_browser_made_up(client, rows):
    page = upload(client, listing(row(1)).encode())
    assert name_columns(client, page, rows=rows).status_code in (200, 302)
    assert not Import.objects.filter(rows__contains=[[1, {}]]).exists()


def test_a_hundred_megabytes_are_not_kept(client):
    answer = upload(client, b"x" * (100 * 2**20))
    assert answer.status_code == 413
    assert "5 MB" in answer.content.decode()


def test_pasting_from_excel(client):
    page = client.get(reverse("roster"))
    form = page.context["form"]
    data = {
        "school": form["school"].value(),
        "school_year": form.fields["school_year"].choices[0][0],
        "pasted": listing(row(1), row(2)).replace(";", "\t"),
    }
    answer = name_columns(client, client.post(reverse("roster"), data))
    assert client.get(answer.url).context["plan"].counts["new"] == 2


def test_the_whole_way_and_back(client):
    preview = client.get(name_columns(client, upload(client, listing(row(1)).encode())).url)
    import_ = Import.objects.get()
    confirm = reverse("import_confirm", args=[import_.pk])
    form = {"fingerprint": preview.context["plan"].fingerprint}
    client.post(confirm, form)
    client.post(confirm, form)  # pressed twice
    assert Student.objects.count() == 1
    assert "Angre importen" in client.get(reverse("import", args=[import_.pk])).content.decode()
    client.post(reverse("import_undo", args=[import_.pk]))
    assert not Student.objects.exists()


def test_columns_are_remembered(client):
    odd = listing(row(1)).replace("Feidenavn", "Løpekode").replace("Fornavn", "Døpenavn").encode()
    first = upload(client, odd)
    refused = name_columns(client, first)
    assert set(refused.context["form"].errors) == {"column_external_id", "column_given_name"}
    answer = name_columns(client, first, column_external_id=3, column_given_name=0)
    assert answer.status_code == 302
    again = upload(client, odd)
    assert again.context["form"]["column_external_id"].value() == 3
    assert again.context["form"]["column_given_name"].value() == 0


def test_only_who_read_a_list_in_sees_it(client, coordinator):
    import_url = name_columns(client, upload(client, listing(row(1)).encode())).url
    colleague = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    coordinator.schools.get().coordinators.add(colleague)
    outsider = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    f.SchoolFactory().coordinators.add(outsider)
    for user, status in (
        (colleague, 403),
        (outsider, 404),
        (f.UserFactory(role=Role.STUDENT), 403),
    ):
        other = Client()
        other.force_login(user, backend=BACKEND)
        assert other.get(import_url).status_code == status


@pytest.mark.parametrize("name", sorted(p.name for p in FILES.iterdir() if p.suffix != ".md"))
def test_sample_files_go_through(client, name):
    kind = "roster" if name.startswith("elever") else "workplaces_import"
    found, said = outcome(client, (FILES / name).read_bytes(), kind)
    assert found == GOOD, said
