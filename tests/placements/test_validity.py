"""Many rows are wrong exactly where `full_clean` says so of each, and are asked of in a few questions."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from placements import validity
from placements.models import Workplace
from schools.models import Municipality, School, SchoolBreak
from tests import factories as f
from tests.cast import make_world

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 3, 1)


@pytest.fixture
def mine():
    world = make_world("Vaarvik")
    Workplace.objects.filter(pk=world.workplace.pk).update(organisation_number=number(1))
    world.workplace.refresh_from_db()
    return world


number = f.organisation_number


def workplaces(world):
    here = {"municipality": world.workplace.municipality, "kind": "gp_office"}
    own_parent = Workplace(name="Seg selv", **here)
    own_parent.parent = own_parent
    known = Workplace.objects.get(pk=world.workplace.pk)
    known.phone = "73 00 00 01"
    return [
        known,
        Workplace(name="Nytt", organisation_number=number(2), **here),
        Workplace(name="x" * 200, **here),
        Workplace(name="Nytt to", organisation_number=number(1), **here),
        Workplace(name="Nytt tre", organisation_number="123456789", **here),
        Workplace(name=world.workplace.name.upper(), **here),
        Workplace(name=world.workplace.name, parent=world.workplace, **here),
        Workplace(name="Nytt fire", address="Hos 17054026641", **here),
        Workplace(name="Nytt fem", municipality=here["municipality"], kind="romskip"),
        Workplace(name="Uten sted", kind="gp_office"),
        own_parent,
    ]


def schools(world):
    where = {"municipality": world.school.municipality, "county": world.county}
    return [
        School(name="Ny skole", **where),
        School(name=world.school.name, **where),
        School(name="Annen", contact_email="ingen", **where),
    ]


def breaks(world):
    SchoolBreak.objects.create(
        county=world.county, name="Vinter", start=DAY, end=DAY + dt.timedelta(7)
    )
    return [
        SchoolBreak(county=world.county, name="Vår", start=DAY, end=DAY + dt.timedelta(1)),
        SchoolBreak(county=world.county, name="Vinter", start=DAY, end=DAY + dt.timedelta(1)),
        SchoolBreak(county=world.county, name="Baklengs", start=DAY, end=DAY),
    ]


def municipalities(world):
    new = {"county": world.county, "latitude": 60.0, "longitude": 10.0, "valid_from": DAY}
    return [
        Municipality(number="9998", name="Ny", **new),
        Municipality(number="12345", name="For lang", **new),
    ]


@pytest.mark.parametrize(
    ("model", "make", "wrong"),
    [
        (Workplace, workplaces, {2, 3, 4, 5, 7, 8, 9, 10}),
        (School, schools, {1, 2}),
        (SchoolBreak, breaks, {1, 2}),
        (Municipality, municipalities, {1}),
    ],
)
def test_as_row_by_row(mine, model, make, wrong):
    rows, alone = make(mine), {}
    for at, row in enumerate(rows):
        try:
            row.full_clean()
        except ValidationError as error:
            alone[at] = error.message_dict
    found = validity.faults(model, rows)
    assert {at: error.message_dict for at, error in found.items()} == alone
    assert set(alone) == wrong, "and all that is meant to be wrong is"


def test_a_few_questions_however_many(mine):
    def questions(number):
        rows = [
            Workplace(name=f"Nytt {n}", kind="gp_office", municipality=mine.workplace.municipality)
            for n in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert validity.faults(Workplace, rows) == {}
        return len(queries)

    assert questions(200) == questions(2) <= 3
