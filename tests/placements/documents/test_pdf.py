"""The documents, opened by a reader that is not ours."""

import pytest
import weasyprint
from django.utils import translation

from accounts.models import User
from placements.documents import facts, pdf
from placements.documents.kinds import KINDS
from placements.documents.stay import Stay
from placements.models import Attendance, Feedback, Placement
from placements.models.reviews import CRITERIA
from schools.models import Student
from tests import factories as f
from tests.placements.documents.reading import read, tags, text_of, violations

TITLES = {
    "letter": ("Praksisbrev", "Praksisbrev", "Practice letter"),
    "agreement": ("Praksisavtale", "Praksisavtale", "Practice agreement"),
    "police": ("Bekreftelse på formål", "Stadfesting på føremål", "Confirmation of purpose"),
    "attendance": ("Kryss av for hver dag", "Kryss av for kvar dag", "Tick off each day"),
    "hours": ("Timeoversikt", "Timeoversikt", "Hours report"),
    "thanks": ("Takkebrev", "takkar", "Thank-you certificate"),
    "evaluation": ("hva eleven bør øve", "kva eleven bør øve", "towards the end"),
}


def known(world):
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    return facts.of([placement])[0]


def make(world, code):
    return facts.make(KINDS[code], known(world))


def test_every_kind_is_tried():
    assert set(TITLES) == set(KINDS)


@pytest.mark.parametrize("code", sorted(set(KINDS) - {"thanks"}))
def test_each_is_pdf_ua_and_says_who_and_where(world, code):
    data = make(world, code)
    assert violations(data) == []
    assert read(data).trailer["/Root"]["/Lang"] == "nb"
    assert world.candidate.student.name in read(data).metadata.title
    text = text_of(data)
    for part in (world.candidate.student.name, world.workplace.name, "uke 6–9", "08.00–15.30"):
        assert part in text
    assert "{" not in text
    assert {"/H1", "/P"} <= set(tags(data))
    assert "/TH" in tags(data)


def test_what_pdf_ua_lacks_is_noticed():
    """Negative control: an ordinary PDF of an untitled page."""
    plain = weasyprint.HTML(string="<p>x").write_pdf()
    assert {"no language", "not tagged", "no structure", "no title"} <= set(violations(plain))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_each_is_in_the_recipients_language_whoever_asks(world, n):
    language = ["nb", "nn", "en"][n]
    Student.objects.update(written_standard=language)
    User.objects.filter(pk=world.student.pk).update(written_standard=language)
    User.objects.filter(pk=world.workplace_contact.pk).update(written_standard="en")
    with translation.override("en" if language != "en" else "nb"):
        data = make(world, "police")
        sheet = make(world, "attendance")
    assert read(data).trailer["/Root"]["/Lang"] == language
    assert TITLES["police"][n] in text_of(data)
    assert TITLES["attendance"][2] in text_of(sheet)  # the workplace's own


def test_the_letter_says_what_the_page_says(world):
    requirement = f.RequirementFactory(name_nb="Taushetserklæring")
    world.workplace.requirements.add(requirement)
    text = text_of(make(world, "letter"))
    for part in (
        f"Hei, {world.candidate.student.name}!",
        world.workplace.meet_at,
        world.workplace.address,
        "73 11 11 11",
        world.contact.name,
        world.school.contact_name,
        "Taushetserklæring",
    ):
        assert part in text


def test_the_sheet_has_a_row_for_each_practice_day(world):
    data = make(world, "attendance")
    assert tags(data).count("/TR") == len(world.period.days) + 4
    assert "man. 8. feb. 2027 (uke 6)" in text_of(data)
    assert len(read(data).pages) == 1


def noted(world, present=3, absent=1):
    """The workplace has noted the first days of the stay."""
    for n, day in enumerate(world.placement.days[: present + absent]):
        Attendance.objects.create(
            placement=world.placement,
            day=day,
            present=n < present,
            noted_by=world.workplace_contact,
        )


def test_the_sheet_is_filled_in_from_what_is_noted(world):
    blank = text_of(make(world, "attendance"))
    assert "×" not in blank
    noted(world)
    text = text_of(make(world, "attendance"))
    assert text.count("×") == 4
    assert "3 til stede, 1 borte, 16 ikke ført. 22,5 timer" in text


def test_the_hours_are_counted_week_by_week_from_attendance(world):
    noted(world, present=6, absent=1)
    text = text_of(make(world, "hours"))
    assert "6 (8. feb. 2027) 5 5 0 37,5" in text
    assert "7 (15. feb. 2027) 5 1 1 7,5" in text
    assert "Til sammen 20 6 1 45" in text
    assert "13 praksisdager er ikke ført" in text


def test_days_after_she_left_do_not_count(world):
    noted(world)
    world.placement.refresh_from_db()
    world.placement.ended_from = world.placement.days[2]
    stay = Stay.of(world.placement, world.placement.attendance.all())
    assert (stay.days, stay.present, stay.open, stay.hours) == (2, 2, 0, 15)


def test_the_thanks_name_the_supervisors_and_no_student(world):
    f.SupervisorFactory(workplace=world.workplace, name="Berit Veileder")
    f.SupervisorFactory(workplace=world.workplace, name="Sluttet Veileder", active=False)
    Student.objects.filter(pk=world.candidate.student_id).update(given_name="Hemmelig")
    noted(world)
    data = make(world, "thanks")
    text = text_of(data)
    assert violations(data) == []
    for part in (world.workplace.name, world.school.name, "Berit Veileder"):
        assert part in text
    assert "3 dager, 22,5 timer" in text
    for hidden in ("Hemmelig", "Elevsen", "Sluttet"):
        assert hidden not in text
        assert hidden not in str(read(data).metadata.title)
    assert "hemmelig" not in facts.file_name(KINDS["thanks"], known(world))


def test_the_evaluation_shows_what_the_supervisor_has_said(world):
    said = dict.fromkeys(CRITERIA, 3) | {"interest": 1, "words": "Alltid blid og presis."}
    Feedback.objects.create(placement=world.placement, given_by=world.workplace_contact, **said)
    data = make(world, "evaluation")
    assert violations(data) == []
    text = text_of(data)
    assert "Alltid blid og presis." in text
    assert text.count("×") == len(CRITERIA)
    assert len(read(data).pages) == 1


def test_the_evaluation_fits_one_page(world):
    assert len(read(make(world, "evaluation")).pages) == 1


def test_a_name_is_text_and_never_code(world):
    Student.objects.filter(pk=world.candidate.student_id).update(
        given_name="{workplace} <b>{{ 7|add:7 }}</b>"
    )
    text = text_of(make(world, "letter"))
    assert "{workplace} <b>{{ 7|add:7 }}</b>" in text


def test_nothing_is_fetched_but_our_font(tmp_path, caplog):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    sources = [secret.as_uri(), "font:/../../../manage.py"]
    images = "".join(f'<img alt="" src="{source}">' for source in sources)
    page = f'<html lang="nb"><title>t</title>{images}<p>Hei'
    assert text_of(pdf.render(page)) == "Hei 1 / 1"
    assert caplog.text.count("not ours") == 2


def test_letters_every_file_system_takes(world):
    Student.objects.filter(pk=world.candidate.student_id).update(
        given_name="Åse", family_name="Sørnæss/../x"
    )
    assert facts.file_name(KINDS["letter"], known(world)) == "praksisbrev-ase-sornaessx.pdf"
