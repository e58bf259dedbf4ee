"""Lists in, and out again: new, changed, gone, nothing; all or nothing; undone exactly."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.policy import Role
from placements.actions import imports
from placements.models import Candidate, Contact, Round, Workplace
from schools import tables
from schools.columns import guess, header_row
from schools.imports import NotReady, forget_expired
from schools.ledger import BuiltUpon
from schools.models import Import, ImportState, Municipality, School, SchoolClass, Student
from tests import factories as f
from tests.schools.lists import SAMPLES, listing, load_reference, row, state

YEAR = 2026


@pytest.fixture
def school(db):
    load_reference()
    trondheim = Municipality.objects.get(number="5001")
    return f.SchoolFactory(municipality=trondheim, name="Charlottenlund videregående skole")


@pytest.fixture
def coordinator(school):
    user = f.UserFactory(role=Role.SCHOOL_COORDINATOR)
    school.coordinators.add(user)
    return user


def read(source: str | bytes, kind: str = "students"):
    rows = tables.read_text(source) if isinstance(source, str) else tables.read_file("list", source)
    columns = imports.columns(kind)
    header = header_row(rows, columns)
    return rows, header, guess(rows[header].cells, columns, {})


def stage(source, school: School, by: User, kind: str = "students", **options) -> Import:
    rows, header, places = read(source, kind)
    students = kind == "students"
    return imports.stage(
        rows,
        header=header,
        places=places,
        kind=kind,
        county=school.county,
        school=school if students else None,
        school_year=YEAR if students else None,
        options=options,
        by=by,
    )


def run(source, school: School, by: User, kind: str = "students", **options) -> Import:
    import_ = stage(source, school, by, kind, **options)
    planned = imports.plan(import_)
    assert planned.errors == []
    return imports.confirm(import_, fingerprint=planned.fingerprint, by=by)


def counts(new: int, changed: int = 0, gone: int = 0, unchanged: int = 0) -> dict[str, int]:
    return {"new": new, "changed": changed, "gone": gone, "unchanged": unchanged}


# --- students ---------------------------------------------------------------------------------------


def test_new_students_get_class_and_sign_in(school, coordinator):
    done = run(listing(row(1), row(2)), school, coordinator)
    assert done.counts == counts(2)
    student = Student.objects.get(external_id="elev1@feide.example")
    assert (student.school_class.name, student.school_class.school_year) == ("3HSA", YEAR)
    assert student.school_class.programme.code == "HSHSE3----"
    assert student.phone == "41 23 45 67"
    assert student.user is not None
    assert student.user.email == "elev1@elev.example"
    assert student.user.roles == {Role.STUDENT}
    assert not student.user.has_usable_password()
    assert AuditEvent.objects.filter(verb="import.confirm", target_id=done.pk).count() == 1


def test_the_same_list_twice_changes_nothing(school, coordinator):
    run(listing(row(1), row(2)), school, coordinator)
    before = state()
    assert run(listing(row(1), row(2)), school, coordinator).counts == counts(0, unchanged=2)
    assert state() == before


def test_who_has_chosen_another_address_herself_keeps_her_sign_in(school, coordinator):
    run(listing(row(1)), school, coordinator)
    user = User.objects.get(email="elev1@elev.example")
    User.objects.filter(pk=user.pk).update(email="elev1@hjemme.example")
    again = run(listing(row(1, phone="99 88 77 66")), school, coordinator)
    assert again.counts == counts(0, changed=1)
    assert Student.objects.get().user == user
    assert User.objects.get(pk=user.pk).email == "elev1@hjemme.example"
    assert not User.objects.filter(email="elev1@elev.example").exists()
    run(listing(row(1, email="elev1@nytt.example")), school, coordinator)
    assert Student.objects.get().user.email == "elev1@nytt.example", "the school says another one"


def test_changed_gone_and_back(school, coordinator):
    run(listing(row(1), row(2), row(3, **{"class": "3HSB"})), school, coordinator)
    second = listing(row(1, phone="99 88 77 66", municipality="5031"))
    assert run(second, school, coordinator).counts == counts(0, changed=1, gone=1)
    by_id = {s.external_id.split("@")[0]: s for s in Student.objects.all()}
    assert by_id["elev1"].municipality.name == "Malvik"
    assert by_id["elev2"].left_at == timezone.localdate()
    assert by_id["elev3"].left_at is None, "a class that is not in the list is left alone"
    assert run(listing(row(1, municipality=""), row(2)), school, coordinator).counts == counts(
        0, changed=2
    )
    assert Student.objects.get(pk=by_id["elev2"].pk).left_at is None
    assert Student.objects.get(pk=by_id["elev1"].pk).municipality.name == "Malvik"


def test_those_handled_manually_are_left_alone_and_counted(school, coordinator):
    run(listing(row(1), row(2), row(3)), school, coordinator)
    Student.objects.filter(external_id__startswith="elev1").update(manual_handling=True)
    Student.objects.filter(external_id__startswith="elev2").update(manual_handling=True)
    hidden = state()
    import_ = stage(listing(row(1, family="Endret"), row(3)), school, coordinator)
    planned = imports.plan(import_)
    assert (planned.manual, planned.counts) == (1, counts(0, unchanged=1))
    assert "Adab" not in repr(planned.changes)
    imports.confirm(import_, fingerprint=planned.fingerprint, by=coordinator)
    assert state() == hidden


def test_a_list_never_takes_over_somebody_elses_sign_in(school, coordinator):
    """An address in a list is a claim. It must not become a way to sign in as a coordinator."""
    victim = f.UserFactory(email="sjef@fylke.example", role=Role.COUNTY_COORDINATOR)
    planned = imports.plan(stage(listing(row(1, email=victim.email)), school, coordinator))
    assert [error.row for error in planned.errors] == [2]
    run(listing(row(1)), school, coordinator)
    was = Student.objects.get().user
    run(listing(row(1, email="ny@elev.example")), school, coordinator)
    now = Student.objects.get().user
    assert now != was
    assert now.email == "ny@elev.example"
    assert User.objects.get(pk=was.pk).email == "elev1@elev.example"
    assert User.objects.get(pk=was.pk).roles == frozenset(), "the old address opens nothing"


def test_a_student_who_moves_school_takes_her_sign_in_along(school, coordinator):
    run(listing(row(1)), school, coordinator)
    user = Student.objects.get().user
    other = f.SchoolFactory(municipality=school.municipality)
    planned = imports.plan(stage(listing(row(1)), other, coordinator))
    assert [error.row for error in planned.errors] == [2], "she still attends the other school"
    run(listing(row(2)), school, coordinator)
    run(listing(row(1)), other, coordinator)
    assert Student.objects.get(school=other).user == user
    assert Student.objects.get(school=school, external_id__startswith="elev1").user is None


def test_an_error_anywhere_changes_nothing(school, coordinator):
    run(listing(row(1)), school, coordinator)
    before = state()
    bad = listing(row(1, family="Ny"), row(2), row(3, municipality="Atlantis"), row(4, email="x"))
    import_ = stage(bad, school, coordinator)
    planned = imports.plan(import_)
    assert [(error.row, error.column) for error in planned.errors] == [
        (4, "Kommune"),
        (5, "E-post"),
    ]
    with pytest.raises(NotReady):
        imports.confirm(import_, fingerprint=planned.fingerprint, by=coordinator)
    assert state() == before


def test_what_is_carried_out_is_what_was_looked_at(school, coordinator):
    import_ = stage(listing(row(1)), school, coordinator)
    seen = imports.plan(import_).fingerprint
    f.StudentFactory(
        school_class=f.SchoolClassFactory(school=school, name="3HSA"),
        external_id="elev1@feide.example",
    )
    with pytest.raises(NotReady):
        imports.confirm(import_, fingerprint=seen, by=coordinator)


def test_undo_restores_exactly(school, coordinator):
    run(listing(row(1), row(2), row(3)), school, coordinator)
    before = state()
    second = listing(
        row(1, family="Hagen", email="ada@elev.example", **{"class": "2HEA"}), row(2), row(9)
    )
    done = run(second, school, coordinator)
    assert state() != before
    imports.undo(done, by=coordinator)
    assert state() == before
    done.refresh_from_db()
    assert (done.state, done.before, done.rows) == (ImportState.UNDONE, {}, [])


def test_undo_of_the_first_list_leaves_nothing(school, coordinator):
    before = state()
    imports.undo(run(listing(row(1), row(2)), school, coordinator), by=coordinator)
    assert state() == before
    assert not Student.objects.exists()


@pytest.mark.parametrize("newer", ["candidate", "edited", "signed_in", "clearance", "classmate"])
def test_undo_is_refused_when_something_newer_depends_on_it(school, coordinator, newer):
    done = run(listing(row(1)), school, coordinator)
    student = Student.objects.get()
    match newer:
        case "candidate":
            f.CandidateFactory(student=student)
        case "edited":
            Student.objects.update(phone="22 22 22 22")
        case "signed_in":
            User.objects.filter(student=student).update(last_login=timezone.now())
        case "clearance":
            student.clearances.create(requirement=f.RequirementFactory())
        case "classmate":
            f.StudentFactory(school_class=student.school_class)
    before = state()
    with pytest.raises(BuiltUpon) as refused:
        imports.undo(done, by=coordinator)
    assert str(refused.value)
    assert state() == before


def test_undo_in_order_and_within_a_day(school, coordinator):
    first = run(listing(row(1)), school, coordinator)
    second = run(listing(row(1), row(2)), school, coordinator)
    with pytest.raises(NotReady):
        imports.undo(first, by=coordinator)
    Import.objects.filter(pk=second.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(NotReady):
        imports.undo(second, by=coordinator)


def test_people_are_forgotten_after_a_day(school, coordinator):
    done = run(listing(row(1)), school, coordinator)
    stage(listing(row(2)), school, coordinator)
    assert forget_expired(timezone.now() + dt.timedelta(hours=23)) == 0
    assert forget_expired(timezone.now() + dt.timedelta(hours=25)) == 2
    done.refresh_from_db()
    assert (done.rows, done.before) == ([], {})
    assert done.mapping["external_id"] == "Feidenavn"


def test_columns_nobody_chose_are_not_stored(school, coordinator):
    source = listing(
        row(1) + ";hemmelig",
        headers="Fornavn;Etternavn;Klasse;Feidenavn;E-post;Mobil;Kommune;Diagnose",
    )
    import_ = stage(source, school, coordinator)
    assert "hemmelig" not in repr((import_.rows, import_.mapping, import_.options))
    assert "Diagnose" not in repr(import_.mapping)


def test_a_changed_list_makes_proposals_out_of_date(school, coordinator):
    run(listing(row(1)), school, coordinator)
    round = f.RoundFactory(county=school.county, schools=[school])
    other = f.RoundFactory(county=school.county)
    run(listing(row(1)), school, coordinator)
    assert Round.objects.get(pk=round.pk).version == 1
    run(listing(row(1, municipality="Malvik")), school, coordinator)
    assert Round.objects.get(pk=round.pk).version == 2
    assert Round.objects.get(pk=other.pk).version == 1


@pytest.mark.parametrize(
    ("name", "expected"), [("elever.csv", 24), ("elever.xlsx", 24), ("elever-visma.csv", 21)]
)
def test_sample_class_lists(school, coordinator, name, expected):
    done = run((SAMPLES / name).read_bytes(), school, coordinator)
    assert done.counts == counts(expected)
    assert set(SchoolClass.objects.values_list("name", flat=True)) == {"3HSB", "2HEB"}
    assert not Student.objects.filter(family_name__regex="^[A-ZÆØÅ]{3,}$").exists()
    assert not Student.objects.exclude(user__memberships__role=Role.STUDENT).exists()
    before = state()
    assert run((SAMPLES / name).read_bytes(), school, coordinator).counts == counts(
        0, unchanged=expected
    )
    assert state() == before


def test_clean_and_excel_samples_are_the_same_list(school, coordinator):
    run((SAMPLES / "elever.csv").read_bytes(), school, coordinator)
    again = run((SAMPLES / "elever.xlsx").read_bytes(), school, coordinator)
    assert again.counts == counts(0, unchanged=24)


# --- workplaces -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["praksissteder.csv", "praksissteder.xlsx", "praksissteder-rot.csv"]
)
def test_sample_workplace_lists(school, coordinator, name):
    empty = state()
    done = run((SAMPLES / name).read_bytes(), school, coordinator, "workplaces")
    assert done.counts == counts(14)
    hospital = Workplace.objects.get(name="St. Olavs hospital, Leangen")
    assert hospital.units.count() == 3
    assert not hospital.receives_students
    assert Contact.objects.count() == 13
    unit = hospital.units.get(name="Fysikalsk medisin")
    assert {r.code for r in unit.requirements.all()} == {"confidentiality", "tuberculosis", "mrsa"}
    before = state()
    again = run((SAMPLES / name).read_bytes(), school, coordinator, "workplaces")
    assert again.counts == counts(0, unchanged=14)
    assert state() == before
    imports.undo(done, by=coordinator)
    assert state() == empty


def test_the_messy_workplace_list_is_the_clean_one(school, coordinator):
    run((SAMPLES / "praksissteder.csv").read_bytes(), school, coordinator, "workplaces")
    messy = (SAMPLES / "praksissteder-rot.csv").read_bytes()
    assert run(messy, school, coordinator, "workplaces").counts == counts(0, unchanged=14)


def test_workplaces_missing_from_a_whole_register_are_put_out_of_use(school, coordinator):
    gone = f.WorkplaceFactory(municipality=school.municipality)
    elsewhere = f.WorkplaceFactory()
    source = "Navn;Type;Kommune\nLade legesenter;legekontor;Trondheim\n"
    assert run(source, school, coordinator, "workplaces").counts == counts(1)
    done = run(source, school, coordinator, "workplaces", whole_register=True)
    assert done.counts == counts(0, gone=1, unchanged=1)
    assert not Workplace.objects.get(pk=gone.pk).active
    assert Workplace.objects.get(pk=elsewhere.pk).active


def test_empty_cells_never_erase(school, coordinator):
    run(
        "Navn;Type;Kommune;Adresse\nA;legekontor;Trondheim;Gata 1\n",
        school,
        coordinator,
        "workplaces",
    )
    done = run("Navn;Type;Kommune;Adresse\nA;;Trondheim;\n", school, coordinator, "workplaces")
    assert done.counts == counts(0, unchanged=1)
    assert Workplace.objects.get().address == "Gata 1"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("Lade;legekontor;Trondheim;123456789;", "Organisasjonsnummer"),
        ("Lade;butikk;Trondheim;;", "Type"),
        ("Lade;;Trondheim;;", "Type"),
        ("Lade;legekontor;Oslo;;", "Kommune"),
        ("Lade;legekontor;7030;;", "Kommune"),
        ("Lade;legekontor;;;", "Kommune"),
        (";legekontor;Trondheim;;", "Navn"),
        ("Lade;legekontor;Trondheim;;Finnes ikke", "Hører til"),
        ("Lade;legekontor;Trondheim;;Lade", "Hører til"),
        ("A;legekontor;Trondheim;;B\nB;legekontor;Trondheim;;A", "Hører til"),
        ("Lade;legekontor;Trondheim;;\nLade;legekontor;Trondheim;;", "Navn"),
        (
            "\n".join(
                f"N{n};sykehus;Trondheim;;{f'N{n + 1}' if n < 3000 else ''}" for n in range(3001)
            ),
            "Hører til",
        ),
    ],
)
def test_wrong_workplaces_are_named_by_row_and_column(school, coordinator, cells, column):
    before = state()
    source = f"Navn;Type;Kommune;Orgnr;Tilhører\n{cells}\n"
    planned = imports.plan(stage(source, school, coordinator, "workplaces"))
    assert column in {error.column for error in planned.errors}
    assert all(error.row >= 2 and error.text for error in planned.errors)
    assert state() == before


def test_an_undone_workplace_list_that_was_built_upon_stays(school, coordinator):
    done = run("Navn;Type;Kommune\nA;legekontor;Trondheim\n", school, coordinator, "workplaces")
    f.CapacityRequestFactory(workplace=Workplace.objects.get())
    before = state()
    with pytest.raises(BuiltUpon):
        imports.undo(done, by=coordinator)
    assert state() == before


def test_the_hash_sees_every_register(school, coordinator):
    """The control of the controls: a test that compares `state()` would notice."""
    seen = {state()}
    for change in (
        lambda: run(listing(row(1)), school, coordinator),
        lambda: Membership.objects.update(ended_at=timezone.now()),
        lambda: f.ContactFactory(),
        lambda: Workplace.objects.get().requirements.add(f.RequirementFactory()),
        lambda: Candidate.objects.none() or User.objects.update(name="x"),
    ):
        change()
        assert state() not in seen
        seen.add(state())
