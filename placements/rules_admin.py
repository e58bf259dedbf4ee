"""How the administration tells what a round or a proposal went by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.administration import Shown
from placements import rules
from placements.models import MatchingRun, Round


class WithRules(Shown):
    """Its rules are kept as the engine's words; they are shown as coordinators read them."""

    exclude: ClassVar[Any] = ("policy",)
    readonly_fields = ("rules_in_words",)

    @admin.display(description=_("rules"))
    def rules_in_words(self, row: Round | MatchingRun) -> str:
        return ", ".join(rules.words(level)[0] for level in row.policy)
