from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from schools import units


class Command(BaseCommand):
    help = "Read in a file of sub-units from Enhetsregisteret (CSV or JSON, .gz or not; safe to repeat)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--industry",
            nargs="*",
            default=units.HEALTH,
            help="first digits of the industry codes to keep (86 87 88)",
        )
        parser.add_argument(
            "--county",
            nargs="*",
            default=(),
            help="county numbers to keep (all), as 50",
        )

    def handle(
        self, *args: Any, file: Path, industry: list[str], county: list[str], **options: Any
    ) -> None:
        try:
            report = units.read_in(file, industries=industry, counties=county)
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from None
        self.stdout.write(
            f"{report.units} units read in; left out: {report.elsewhere} of other industries or"
            f" counties, {report.closed} closed, {len(report.broken)} without a valid number or name."
        )
