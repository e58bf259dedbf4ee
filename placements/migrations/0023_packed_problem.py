from django.db import migrations

import placements.models.frozen


class Migration(migrations.Migration):
    """The same column of bytes: new rows hold the problem packed, old ones its file as before."""

    dependencies = [("placements", "0022_forgotten")]

    operations = [
        migrations.AlterField(
            "matchingrun",
            "problem",
            placements.models.frozen.FrozenProblemField(null=True, editable=False),
        ),
        migrations.AlterField(
            "runpart",
            "problem",
            placements.models.frozen.FrozenProblemField(editable=False),
        ),
    ]
