"""Enhetsregisteret's file read in, and a new workplace's form filled from it."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from schools import units
from schools.models import RegisteredUnit
from tests import factories as f
from tests.factories import organisation_number

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "demo-units.csv"
pytestmark = pytest.mark.django_db


def as_json(number: str, name: str = "LADE LEGESENTER AS", **more: object) -> dict[str, object]:
    return {
        "organisasjonsnummer": number,
        "navn": name,
        "naeringskode1": {"kode": "86.211"},
        "beliggenhetsadresse": {
            "adresse": ["c/o Senteret", "Elvegata 3"],
            "postnummer": "7011",
            "poststed": "TRONDHEIM",
            "kommunenummer": "5001",
        },
        **more,
    }


@pytest.fixture
def live(settings):
    """A register that answers for one number, on a port of our own."""
    asked = []

    class Register(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            known = self.path.endswith(organisation_number(1))
            self.send_response(200 if known else 404)
            self.end_headers()
            self.wfile.write(json.dumps(as_json(organisation_number(1))).encode())

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Register)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BUSINESS_REGISTER_URL = f"http://127.0.0.1:{server.server_port}/api/"
    yield asked
    server.shutdown()
    server.server_close()


class TestTheFile:
    def test_what_is_open_and_of_health_is_kept(self):
        report = units.read_in(SAMPLE)
        assert (report.units, report.closed, report.elsewhere, report.broken) == (3, 1, 1, [])
        first = RegisteredUnit.objects.get(name__startswith="Nidelva")
        assert (first.name, first.address, first.municipality) == (
            "Nidelva Legesenter AS",
            "Elvegata 3, 7011 Trondheim",
            "5001",
        )

    def test_again_renews_and_one_county_is_enough(self, capsys):
        call_command("import_units", str(SAMPLE), "--county", "46")
        assert not RegisteredUnit.objects.exists()
        units.read_in(SAMPLE)
        RegisteredUnit.objects.update(name="Som det het før")
        call_command("import_units", str(SAMPLE), "--county", "50")
        assert RegisteredUnit.objects.filter(name="Som det het før").count() == 0
        assert RegisteredUnit.objects.count() == 3
        assert "3 units read in" in capsys.readouterr().out

    def test_json_packed(self, tmp_path):
        rows = [
            as_json(organisation_number(1)),
            as_json("123456789"),
            as_json(organisation_number(2), slettedato="2026-01-01"),
        ]
        for name, content in (("a.json", rows), ("b.json", {"_embedded": {"underenheter": rows}})):
            path = tmp_path / f"{name}.gz"
            path.write_bytes(gzip.compress(json.dumps(content).encode()))
            report = units.read_in(path)
            assert (report.units, report.closed, report.broken) == (1, 1, [3])
        assert "c/o Senteret, Elvegata 3" in RegisteredUnit.objects.get().address

    def test_a_file_that_is_none(self, tmp_path):
        (tmp_path / "x.json").write_text("<html>")
        for name in ("x.json", "missing.csv"):
            with pytest.raises(CommandError, match=name):
                call_command("import_units", str(tmp_path / name))

    def test_the_database_refuses_what_is_no_number(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            RegisteredUnit.objects.create(number="12345678", name="x")
        RegisteredUnit.objects.create(number="123456785", name="x")

    @pytest.mark.parametrize(
        ("shouted", "written"),
        [
            ("HELSE OG OMSORG I HEIM KF", "Helse og Omsorg i Heim KF"),
            ("St. Olavs hospital HF", "St. Olavs hospital HF"),
        ],
    )
    def test_names_are_not_shouted(self, shouted, written):
        assert units.as_written(shouted) == written


class TestTheForm:
    @pytest.fixture
    def page(self, client, world):
        client.force_login(world.coordinator)
        RegisteredUnit.objects.create(
            number=organisation_number(1),
            above=organisation_number(2),
            name="Nidelva Legesenter AS",
            industry="86.211",
            address="Elvegata 3, 7011 Trondheim",
            municipality=world.workplace.municipality.number,
        )
        return lambda number: client.get(reverse("workplace_new"), {"number": number})

    def test_is_filled_in_and_saved_by_nobody_but_her(self, page, client, world):
        number = organisation_number(1)
        trust = f.WorkplaceFactory(
            municipality=world.workplace.municipality,
            kind="hospital",
            organisation_number=organisation_number(2),
        )
        before = type(trust).objects.count()
        answer = page(f"NO {number[:3]} {number[3:6]} {number[6:]} MVA")
        assert {k: answer.context["form"].initial[k] for k in ("name", "address", "kind")} == {
            "name": "Nidelva Legesenter AS",
            "address": "Elvegata 3, 7011 Trondheim",
            "kind": "gp_office",
        }
        assert answer.context["form"].initial["municipality"] == trust.municipality_id
        assert answer.context["form"].initial["parent"] == trust.pk
        assert 'value="Nidelva Legesenter AS"' in answer.content.decode()
        assert type(trust).objects.count() == before

    def test_one_that_is_registered_already_is_pointed_at(self, page, world):
        world.workplace.organisation_number = organisation_number(1)
        world.workplace.save()
        answer = page(organisation_number(1))
        assert reverse("workplace", args=[world.workplace.pk]) in answer.content.decode()
        assert "name" not in answer.context["form"].initial

    def test_a_slip_and_an_unknown_number_are_told_apart(self, page):
        assert "er ikke et organisasjonsnummer" in page("123456789").content.decode()
        unknown = page(organisation_number(7)).content.decode()
        assert "finnes ikke i registeret" in unknown

    def test_a_municipality_of_another_county_is_left_open(self, page):
        RegisteredUnit.objects.update(municipality="4601")
        assert "municipality" not in page(organisation_number(1)).context["form"].initial

    def test_without_a_register_nothing_is_offered(self, client, world):
        client.force_login(world.coordinator)
        text = client.get(reverse("workplace_new")).content.decode()
        assert "look-up" not in text


class TestTheLiveRegister:
    def test_is_not_asked_unless_the_installation_wants_it(self, live, settings):
        settings.BUSINESS_REGISTER_URL = ""
        with pytest.raises(units.NotFound):
            units.find(organisation_number(1))
        assert live == []

    def test_answers_for_what_the_copy_lacks(self, live):
        unit = units.find(organisation_number(1))
        assert (unit.name, unit.municipality) == ("Lade Legesenter AS", "5001")
        assert live == [f"/api/underenheter/{organisation_number(1)}"]
        assert not RegisteredUnit.objects.exists()

    def test_its_no_and_its_silence_are_no_fault(self, live, settings):
        for _ in range(2):
            with pytest.raises(units.NotFound):
                units.find(organisation_number(3))
            settings.BUSINESS_REGISTER_URL = "http://127.0.0.1:9/api"
