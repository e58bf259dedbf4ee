from typing import Any

from django.core.management.base import BaseCommand

import placements.reference
import schools.reference


class Command(BaseCommand):
    help = "Load counties, municipalities, programmes, requirements and learning areas (safe to repeat)."

    def handle(self, *args: Any, **options: Any) -> None:
        schools.reference.load()
        placements.reference.load()
