"""A hospital's own sheet of units and places: what is understood, and what is said of the rest."""

import datetime as dt

import pytest

from placements.models import Period, Workplace
from placements.unit_sheet import heading, read
from schools.tables import Refused, read_text

EARLY = Period(name="", start=dt.date(2027, 1, 18), end=dt.date(2027, 2, 13))  # week 3-6
LATE = Period(name="Vår", start=dt.date(2027, 3, 1), end=dt.date(2027, 4, 3))  # week 9-13
NORTH, SOUTH = Workplace(name="Nord sykehus"), Workplace(name="Sør sykehus")
WARD = Workplace(name="Medisinsk poliklinikk", parent=NORTH)
TWIN = Workplace(name="Medisinsk poliklinikk", parent=SOUTH)
LAB = Workplace(name="Laboratoriet", parent=NORTH, organisation_number="123456785")


def reading(text):
    return read(read_text(text), [WARD, TWIN, LAB], [EARLY, LATE])


def test_what_we_give_out_is_read_back():
    sheet = reading(f"Enhet;Hører til;{heading(EARLY)};{heading(LATE)}\nLaboratoriet;Nord;2;3")
    assert sheet.errors == []
    assert sheet.places == {(LAB.pk, EARLY.pk): 2, (LAB.pk, LATE.pk): 3}


@pytest.mark.parametrize("head", ["Uke 3-6", "3–6", "v. 3 til 6", "veke 3 - 6", "week 3 to 6"])
def test_weeks_as_people_write_them(head):
    assert reading(f"Eining;{head}\nlaboratoriet;2").places == {(LAB.pk, EARLY.pk): 2}


def test_a_title_above_other_columns_and_excels_noughts():
    sheet = reading("Praksis 2027\nLeder;Enhet;vår;I fjor\nKari;123456785;4,0;9\n;Sum;4;9")
    assert sheet.places == {(LAB.pk, LATE.pk): 4}
    assert sheet.errors == ["Row 4, “Sum” is none of the units you answer for, or two."]


def test_an_empty_cell_leaves_it_as_it_is():
    assert reading("Enhet;Uke 3-6;Vår\nLaboratoriet;;1").places == {(LAB.pk, LATE.pk): 1}


@pytest.mark.parametrize("cell", ["mange", "-1", "100", "2,5", "=1+1"])
def test_what_is_no_number_is_named_by_row_and_column(cell):
    (error,) = reading(f"Enhet;Uke 3-6\nLaboratoriet;{cell}").errors
    assert "Row 2" in error
    assert "“Uke 3-6”" in error
    assert cell in error


def test_two_of_one_name_are_told_apart_by_their_hospital():
    sheet = reading("Enhet;Uke 3-6\nNord sykehus Medisinsk poliklinikk;1")
    assert sheet.places == {(WARD.pk, EARLY.pk): 1}
    (error,) = reading("Enhet;Uke 3-6\nMedisinsk poliklinikk;1").errors
    assert "or two" in error


def test_a_unit_that_stands_twice_is_an_error():
    (error,) = reading("Enhet;Uke 3-6\nLaboratoriet;1\nlaboratoriet;2").errors
    assert "Row 3" in error
    assert "row 2" in error


def test_no_period_in_it_says_what_to_call_the_columns():
    with pytest.raises(Refused, match="“week 3–6”"):
        reading("Enhet;Antall\nLaboratoriet;1")


@pytest.fixture(autouse=True)
def _english():
    from django.utils import translation

    with translation.override("en"):
        yield
