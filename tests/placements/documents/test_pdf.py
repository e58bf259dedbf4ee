"""The documents, opened by a reader that is not ours."""

import pytest
import weasyprint
from django.utils import translation

from accounts.models import User
from placements.documents import facts, pdf
from placements.documents.kinds import KINDS
from placements.models import Placement
from schools.models import Student
from tests import factories as f
from tests.placements.documents.reading import read, tags, text_of, violations

TITLES = {
    "letter": ("Praksisbrev", "Praksisbrev", "Practice letter"),
    "agreement": ("Praksisavtale", "Praksisavtale", "Practice agreement"),
    "police": ("Bekreftelse på formål", "Stadfesting på føremål", "Confirmation of purpose"),
    "attendance": ("Kryss av for hver dag", "Kryss av for kvar dag", "Tick off each day"),
    "evaluation": ("hva eleven bør øve", "kva eleven bør øve", "towards the end"),
}


def known(world):
    placement = Placement.objects.select_related(*facts.RELATED).get(pk=world.placement.pk)
    return facts.of([placement])[0]


def make(world, code):
    return facts.make(KINDS[code], known(world))


def test_every_kind_is_tried():
    assert set(TITLES) == set(KINDS)


@pytest.mark.parametrize("code", ["letter", "agreement", "police", "attendance", "evaluation"])
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
