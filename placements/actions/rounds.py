"""What is done to a round."""

from django.db.models import F

from placements.models import Round


def touch(round: Round) -> None:
    """Note that something matching depends on has changed: proposals computed before are out of date."""
    Round.objects.filter(pk=round.pk).update(version=F("version") + 1)
