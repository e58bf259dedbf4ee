"""The demo county: build it, take it away, or say who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from placements.demo.cast import DOMAIN, make_id
from placements.demo.county import build_county
from placements.demo.offers import build_offers
from placements.demo.rounds import SPECS, build_rounds
from placements.models import Round
from schools import units
from schools.models import School

SIGN_INS = [
    ("fylke", "county coordinator: start a matching run, publish it"),
    ("koordinator", "school coordinator: one school's students"),
    ("elev", "student, on a phone: wishes, placement, why"),
    ("legekontor", "GP office: how many, who is coming"),
    ("sykehus", "hospital: answers for a tree of units"),
    ("admin", "administrator: registers and people"),
]


class Command(BaseCommand):
    help = "Build a believable county to try everything in (only with DEMO=true; safe to repeat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print who can sign in")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo county is only for DEMO=true.")
        if options["sign_ins"]:
            for key, what in SIGN_INS:
                self.stdout.write(f"{key + '@' + DOMAIN:26} {what}")
            return
        if Round.objects.filter(pk=make_id("round", SPECS[-1].key)).exists():
            return
        if User.objects.filter(email=f"fylke@{DOMAIN}").exists():
            raise CommandError(
                "The demo county is half built. Empty the database (./run reset) first."
            )
        if School.objects.exists():
            raise CommandError(
                "This database has schools of its own; the demo county needs an empty one."
            )
        # Runs are executed through the ordinary actions, which must see committed rows, so the
        # county is one transaction and each round its own; the last round says that all is there.
        with transaction.atomic():
            county = build_county(timezone.localdate())
            units.read_in(settings.BASE_DIR / "data" / "demo-units.csv")
        build_rounds(county)
        build_offers(county)
