"""Lists as files, and registers read in from them: seen first, then all of it or nothing, and audited."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.list_files import FILES
from accounts.models import AccessLog, AuditEvent, User
from accounts.policy import Role
from placements.models import Period, Workplace
from schools import models as schools
from schools.models import Municipality, School, SchoolBreak
from tests import factories as f
from tests.admin.pages import url
from tests.admin.test_no_way_round import rows

READ = (SchoolBreak, Municipality, School, Workplace)
BREAK = "Fylke;Navn;Første dag;Siste dag\r\n"


def text(client, model, **query):
    answer = client.get(url(model, "file", "csv"), query)
    assert answer.status_code == 200
    return b"".join(answer).decode("utf-8-sig")


def look(client, model, pasted):
    return client.post(url(model, "read"), {"pasted": pasted})


def store(client, model, seen):
    return client.post(url(model, "read"), {"staged": seen.context["staged"]}, follow=True)


class TestDownload:
    def test_the_lists_that_an_administrator_expects(self):
        assert set(FILES) == {User, *READ}
        assert {model for model, files in FILES.items() if files.read} == set(READ)

    @pytest.mark.parametrize(
        "who", ["student", "workplace_contact", "coordinator", "county_coordinator"]
    )
    def test_nobody_else_has_them(self, client, everything, who):
        client.force_login(getattr(everything, who))
        for model, files in FILES.items():
            assert client.get(url(model, "file", "csv")).status_code == 403, model
            if files.read:
                assert client.get(url(model, "read")).status_code == 403, model
                assert client.post(url(model, "read"), {"pasted": "x"}).status_code == 403, model

    @pytest.mark.parametrize("model", FILES, ids=lambda model: model.__name__)
    def test_as_excel_and_as_csv(self, as_admin, model):
        page = as_admin.get(url(model, "changelist")).content.decode()
        for suffix in ("xlsx", "csv"):
            address = url(model, "file", suffix)
            assert f'href="{address}"' in page
            answer = as_admin.get(address)
            assert answer.status_code == 200
            assert f".{suffix}" in answer["Content-Disposition"]
        assert as_admin.get(url(model, "file", "pdf")).status_code == 404

    def test_the_filters_of_the_page_hold(self, as_admin, everything):
        everybody = text(as_admin, User)
        assert everything.coordinator.email in everybody
        only = text(as_admin, User, memberships__role=Role.ADMINISTRATOR)
        assert everything.administrator.email in only
        assert everything.coordinator.email not in only

    def test_users_without_what_opens_their_accounts(self, as_admin, everything):
        User.objects.filter(pk=everything.coordinator.pk).update(password="geheim-hash")
        found = text(as_admin, User)
        assert "geheim" not in found
        assert "Skolekoordinator" in found or "koordinator" in found.lower()
        assert AccessLog.objects.filter(view="users_file").exists()

    def test_who_is_handled_manually_is_in_no_file(self, as_admin, everything):
        user = f.UserFactory(role=Role.STUDENT, name="Skjermet Bruker", email="skjermet@example.no")
        student = everything.waiting.student
        schools.Student.objects.filter(pk=student.pk).update(user=user)
        assert "skjermet@" in text(as_admin, User), "the control"
        schools.Student.objects.filter(pk=student.pk).update(manual_handling=True)
        assert "skjermet@" not in text(as_admin, User)

    def test_no_cell_is_a_formula(self, as_admin, everything):
        School.objects.filter(pk=everything.school.pk).update(contact_name="=1+1")
        assert "'=1+1" in text(as_admin, School)


class TestRead:
    def test_what_was_downloaded_changes_nothing(self, as_admin):
        for model in READ:
            seen = look(as_admin, model, text(as_admin, model))
            plan = seen.context["plan"]
            assert (plan.errors, plan.changes) == ([], []), model
            assert plan.unchanged == model.objects.count() > 0

    def test_looking_stores_nothing_and_storing_is_audited(self, as_admin, everything):
        county = everything.county.name
        before = rows(of=[SchoolBreak, AuditEvent])
        pasted = f"{BREAK}{county};Vinterferie;22.02.2027;26.02.2027\r\n"
        seen = look(as_admin, SchoolBreak, pasted)
        assert seen.context["plan"].counts["new"] == 1
        assert rows(of=[SchoolBreak, AuditEvent]) == before
        store(as_admin, SchoolBreak, seen)
        added = SchoolBreak.objects.get(name="Vinterferie")
        assert (added.start, added.end) == (dt.date(2027, 2, 22), dt.date(2027, 2, 27))
        event = AuditEvent.objects.get(verb="register.add", target_id=added.pk)
        assert event.actor == everything.administrator

    def test_a_changed_row_is_changed_and_the_others_stay(self, as_admin, everything):
        school = everything.school
        School.objects.filter(pk=school.pk).update(contact_name="Ola", contact_phone="73 11 11 11")
        changed = text(as_admin, School).replace("73 11 11 11", "73 00 00 00")
        seen = look(as_admin, School, changed)
        assert [c.what for c in seen.context["plan"].changes] == ["changed"]
        store(as_admin, School, seen)
        school.refresh_from_db()
        assert school.contact_phone == "73 00 00 00"
        event = AuditEvent.objects.get(verb="register.change", target_id=school.pk)
        assert event.detail == {"fields": ["contact_phone"]}

    def test_a_break_reaches_the_rounds_that_are_not_published(self, as_admin, everything):
        monday = dt.date(2027, 2, 1)
        period = f.PeriodFactory(
            round=f.RoundFactory(county=everything.county),
            start=monday,
            end=monday + dt.timedelta(days=14),
            weekdays=[1, 2, 3, 4, 5],
        )
        days = len(period.days)
        line = f"{everything.county.name};Vinterferie;01.02.2027;05.02.2027\r\n"
        store(as_admin, SchoolBreak, look(as_admin, SchoolBreak, BREAK + line))
        assert len(Period.objects.get(pk=period.pk).days) == days - 5

    def test_a_rule_that_says_no_leaves_all_as_it_was(self, as_admin, everything):
        monday = dt.date(2027, 2, 1)
        f.PeriodFactory(
            round=f.RoundFactory(county=everything.county),
            start=monday,
            end=monday + dt.timedelta(days=7),
            weekdays=[1, 2, 3, 4, 5],
        )
        before = rows(of=[SchoolBreak, Period, AuditEvent])
        line = f"{everything.county.name};Vinterferie;01.02.2027;05.02.2027\r\n"
        answer = store(as_admin, SchoolBreak, look(as_admin, SchoolBreak, BREAK + line))
        assert "praksisdager igjen" in " ".join(str(m) for m in answer.context["messages"])
        assert rows(of=[SchoolBreak, Period, AuditEvent]) == before

    @pytest.mark.parametrize(
        ("line", "column"),
        [
            ("Atlantis;Vinterferie;01.02.2027;05.02.2027", "Fylke"),
            ("{county};;01.02.2027;05.02.2027", "Navn"),
            ("{county};Vinterferie;i morgen;05.02.2027", "Første dag"),
            ("{county};Vinterferie;05.02.2027;01.02.2027", ""),
            ("{county};A;01.02.2027;05.02.2027\r\n{county};A;01.02.2027;05.02.2027", ""),
        ],
    )
    def test_what_is_wrong_is_told_by_row_and_column(self, as_admin, everything, line, column):
        seen = look(as_admin, SchoolBreak, BREAK + line.format(county=everything.county.name))
        errors = seen.context["plan"].errors
        assert [error.column for error in errors] == [column]
        assert b"M\xc3\xa5 rettes" in seen.content
        answer = store(as_admin, SchoolBreak, seen)
        assert not SchoolBreak.objects.filter(name__in=["Vinterferie", "A"]).exists()
        assert answer.status_code == 200

    def test_a_list_without_its_columns_is_refused(self, as_admin):
        answer = look(as_admin, SchoolBreak, "a;b\r\n1;2\r\n")
        assert "plan" not in answer.context
        assert answer.context["form"].errors

    def test_what_was_not_looked_at_is_not_stored(self, as_admin, everything):
        line = f"{everything.county.name};Vinterferie;01.02.2027;05.02.2027\r\n"
        seen = look(as_admin, SchoolBreak, BREAK + line)
        forged = re.sub(r"^.", lambda m: "x" if m[0] != "x" else "y", seen.context["staged"])
        as_admin.post(url(SchoolBreak, "read"), {"staged": forged})
        assert not SchoolBreak.objects.filter(name="Vinterferie").exists()
        SchoolBreak.objects.create(
            county=everything.county,
            name="Vinterferie",
            start=dt.date(2027, 2, 1),
            end=dt.date(2027, 2, 3),
        )
        store(as_admin, SchoolBreak, seen)
        assert SchoolBreak.objects.get(name="Vinterferie").end == dt.date(2027, 2, 3), "as it was"


class TestWorkplaces:
    """Read in like the other registers, and written by the action that coordinators use."""

    def head(self, client):
        return text(client, Workplace).splitlines()[0]

    def line(self, client, **cells):
        """A row of the list's own file, with what is said of it, and nothing else."""
        named = {
            "name": 0,
            "parent": 1,
            "kind": 2,
            "municipality": 3,
            "phone": 5,
            "number": 6,
            "contacts": 7,
            "emails": 8,
            "phones": 9,
            "requirements": 10,
            "areas": 11,
            "active": 16,
        }
        row = [""] * len(self.head(client).split(";"))
        for at in (12, 13, 16):
            row[at] = "Ja"
        for key, value in cells.items():
            row[named[key]] = value
        return f"{self.head(client)}\r\n{';'.join(row)}\r\n"

    def test_a_new_unit_of_a_hospital(self, as_admin, everything):
        where = everything.workplace.municipality.name
        whole = f.WorkplaceFactory(
            name="Stort sykehus", kind="hospital", municipality=everything.workplace.municipality
        )
        pasted = self.line(
            as_admin,
            name="Ny poliklinikk",
            parent="stort sykehus",
            kind="sykehus",
            municipality=where,
        )
        seen = look(as_admin, Workplace, pasted)
        assert seen.context["plan"].errors == []
        store(as_admin, Workplace, seen)
        added = Workplace.objects.get(name="Ny poliklinikk")
        assert (added.parent, added.kind, added.active) == (whole, "hospital", True)
        assert AuditEvent.objects.get(verb="workplace.create", target_id=added.pk)

    def test_a_change_is_told_to_the_rounds_and_keeps_what_the_file_does_not_have(
        self, as_admin, everything
    ):
        workplace = everything.workplace
        workplace.requirements.add(schools.Requirement.objects.first())
        was = everything.round.version
        changed = text(as_admin, Workplace).replace(workplace.phone, "73 00 00 99")
        seen = look(as_admin, Workplace, changed)
        assert [c.what for c in seen.context["plan"].changes] == ["changed"]
        store(as_admin, Workplace, seen)
        now = Workplace.objects.get(pk=workplace.pk)
        assert (now.phone, now.version) == ("73 00 00 99", workplace.version + 1)
        assert now.requirements.count() == 1
        assert type(everything.round).objects.get(pk=everything.round.pk).version == was + 1
        assert AuditEvent.objects.filter(verb="workplace.update", target_id=workplace.pk).exists()

    @pytest.mark.parametrize(
        ("cells", "column"),
        [
            ({"kind": "romskip"}, "Type"),
            ({"kind": "legekontor", "parent": "Atlantis"}, "Hører til"),
            ({"kind": "legekontor", "number": "123456789"}, "Organisasjonsnummer"),
            ({"kind": "legekontor", "active": "kanskje"}, "I bruk"),
            ({"kind": "legekontor", "requirements": "Svømmeknapp"}, "Krav"),
            ({"kind": "legekontor", "areas": "Romfart"}, "Læringsområder"),
            ({"kind": "legekontor", "emails": "ikke-en-adresse"}, "E-post til kontaktpersoner"),
            (
                {"kind": "legekontor", "emails": f"{'a' * 250}@b.no"},
                "E-post til kontaktpersoner",
            ),
            ({"kind": "legekontor", "emails": "a@b.no,A@b.no"}, "E-post til kontaktpersoner"),
            ({"kind": "legekontor", "contacts": "Kari"}, "E-post til kontaktpersoner"),
            (
                {"kind": "legekontor", "contacts": "Kari", "emails": "a@b.no,c@d.no"},
                "Kontaktpersoner",
            ),
            (
                {"kind": "legekontor", "phones": "1, 2, 3", "emails": "a@b.no,c@d.no"},
                "Telefon til kontaktpersoner",
            ),
        ],
    )
    def test_what_is_wrong_is_told(self, as_admin, everything, cells, column):
        where = everything.workplace.municipality.name
        pasted = self.line(as_admin, name="Ny", municipality=where, **cells)
        seen = look(as_admin, Workplace, pasted)
        errors = seen.context["plan"].errors
        assert [(error.row, error.column) for error in errors] == [(2, column)]
        store(as_admin, Workplace, seen)
        assert not Workplace.objects.filter(name="Ny").exists()

    def test_who_answers_what_is_required_and_what_is_learnt(self, as_admin, everything):
        requirement = schools.Requirement.objects.first()
        area = f.LearningAreaFactory(name_nb="Skiftestue")
        where = everything.workplace.municipality.name
        pasted = self.line(
            as_admin,
            name="Ny",
            kind="legekontor",
            municipality=where,
            contacts="Kari Kontakt, Ola Kontakt",
            emails="Kari@ny.example.no, ola@ny.example.no",
            phones="–, 73 00 00 01",
            requirements=requirement.name_nb.upper(),
            areas=f"skiftestue, {area.code}",
        )
        seen = look(as_admin, Workplace, pasted)
        assert seen.context["plan"].errors == []
        assert "Ola Kontakt" in seen.content.decode()
        store(as_admin, Workplace, seen)
        new = Workplace.objects.get(name="Ny")
        assert list(new.requirements.all()) == [requirement]
        assert list(new.learning_areas.all()) == [area]
        people = new.contacts.order_by("name").values_list("name", "email", "phone")
        assert list(people) == [
            ("Kari Kontakt", "kari@ny.example.no", ""),
            ("Ola Kontakt", "ola@ny.example.no", "73 00 00 01"),
        ]
        assert AuditEvent.objects.filter(verb="contact.add", actor=everything.administrator)
        again = look(as_admin, Workplace, text(as_admin, Workplace)).context["plan"]
        assert (again.errors, again.changes) == ([], []), "read back as written: nothing to do"

    def test_a_unit_whose_hospital_answers_gets_no_contact_of_its_own(self, as_admin, everything):
        unit = f.WorkplaceFactory(
            parent=everything.workplace, municipality=everything.workplace.municipality
        )
        assert everything.contact.email in text(as_admin, Workplace).split(unit.name)[1]
        plan = look(as_admin, Workplace, text(as_admin, Workplace)).context["plan"]
        assert (plan.errors, plan.changes) == ([], [])

    def test_an_empty_cell_keeps_and_a_name_takes_the_place(self, as_admin, everything):
        workplace = everything.workplace
        old, new = f.RequirementFactory(), f.RequirementFactory()
        workplace.requirements.add(old)
        here = {
            "name": workplace.name,
            "kind": workplace.get_kind_display(),
            "municipality": workplace.municipality.name,
        }
        for cell, expected in (("", old), (new.code, new)):
            seen = look(as_admin, Workplace, self.line(as_admin, **here, requirements=cell))
            assert seen.context["plan"].errors == []
            store(as_admin, Workplace, seen)
            assert list(workplace.requirements.all()) == [expected]
        assert everything.contact in workplace.contacts.filter(ended_at=None)

    def test_somebody_elses_number_is_refused_whole(self, as_admin, everything):
        taken = f.organisation_number(7)
        Workplace.objects.filter(pk=everything.workplace.pk).update(organisation_number=taken)
        where = everything.workplace.municipality.name
        pasted = self.line(as_admin, name="Ny", municipality=where, kind="legekontor", number=taken)
        assert look(as_admin, Workplace, pasted).context["plan"].errors
        assert not Workplace.objects.filter(name="Ny").exists()

    def test_as_many_questions_for_many_rows_as_for_a_few(self, as_admin, everything):
        """To look at them, to store new ones, and to store what is changed of them."""
        where = everything.workplace.municipality.name
        requirement = f.RequirementFactory()

        def questions(do):
            with CaptureQueriesContext(connection) as queries:
                answer = do()
            return len(queries), answer

        def all_of(name, number, **cells):
            head, line = self.line(
                as_admin, name=name, municipality=where, kind="legekontor", **cells
            ).splitlines()
            rows = [
                line.replace(name, f"{name} {n}").replace("a@", f"a{n}@") for n in range(number)
            ]
            pasted = "\r\n".join([head, *rows])
            looking, seen = questions(lambda: look(as_admin, Workplace, pasted))
            assert len(seen.context["plan"].changes) == number
            storing, _stored = questions(lambda: store(as_admin, Workplace, seen))
            return looking, storing

        asked = {"emails": "a@ny.example.no", "requirements": requirement.code}
        few, many = (all_of(name, n, **asked) for name, n in (("Noen", 3), ("Mange", 30)))
        assert few == many
        few, many = (all_of(name, n, phone="73 1") for name, n in (("Noen", 3), ("Mange", 30)))
        assert few == many
        assert Workplace.objects.filter(phone="73 1", requirements=requirement).count() == 33
        events = AuditEvent.objects.filter(actor=everything.administrator)
        verbs = ("workplace.create", "contact.add", "workplace.update")
        assert {events.filter(verb=verb).count() for verb in verbs} == {33}

    def test_a_list_without_what_they_belong_to(self, as_admin, everything):
        where = everything.workplace.municipality.name
        pasted = f"Navn;Type;Kommune\r\nFrittstående;legekontor;{where}\r\n"
        store(as_admin, Workplace, look(as_admin, Workplace, pasted))
        assert Workplace.objects.get(name="Frittstående").parent is None
