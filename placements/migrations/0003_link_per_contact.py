import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A link opens what one contact answers for in one round: a hospital answers for its whole tree."""

    dependencies = [("placements", "0002_guarantees")]

    operations = [
        migrations.RemoveField(model_name="capacitylink", name="request"),
        migrations.AddField(
            model_name="capacitylink",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="capacity_links",
                to="placements.contact",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="capacitylink",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="capacity_links",
                to="placements.round",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="contact",
            name="confirmed",
            field=models.BooleanField(
                default=True,
                help_text="A colleague named through a link, at another mail domain, waits for a coordinator.",
                verbose_name="confirmed",
            ),
        ),
    ]
