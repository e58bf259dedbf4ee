import json
import zlib

from django.db import migrations, models

import placements.models.frozen

HAS_ANSWER = "run_computed_has_answer"


def pack(apps, schema_editor):
    """Sorted and compact, the bytes are those that were hashed."""
    runs = apps.get_model("placements", "MatchingRun").objects
    for run in runs.exclude(problem=None).only("problem").iterator(chunk_size=1):
        text = json.dumps(
            run.problem, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        runs.filter(pk=run.pk).update(frozen=text.encode())


def unpack(apps, schema_editor):
    runs = apps.get_model("placements", "MatchingRun").objects
    for run in runs.exclude(frozen=None).only("frozen").iterator(chunk_size=1):
        runs.filter(pk=run.pk).update(problem=json.loads(run.frozen))


class Migration(migrations.Migration):
    """A run keeps its input as the bytes that were hashed, not as a document to be written anew."""

    dependencies = [("placements", "0011_follow_up")]

    operations = [
        migrations.RemoveConstraint("matchingrun", HAS_ANSWER),
        migrations.AddField(
            "matchingrun",
            "frozen",
            placements.models.frozen.FrozenField(null=True, editable=False),
        ),
        migrations.RunPython(pack, unpack),
        migrations.RemoveField("matchingrun", "problem"),
        migrations.RenameField("matchingrun", "frozen", "problem"),
        migrations.AddConstraint(
            "matchingrun",
            models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["computed", "published", "superseded"]), _negated=True
                )
                | models.Q(
                    problem__isnull=False,
                    solution__isnull=False,
                    round_version__isnull=False,
                ),
                name=HAS_ANSWER,
            ),
        ),
    ]
