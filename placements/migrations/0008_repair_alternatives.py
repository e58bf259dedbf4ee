from django.db import migrations, models


class Migration(migrations.Migration):
    """A repair worsens nobody's place unless somebody has said that it may."""

    dependencies = [("placements", "0007_document_texts")]

    operations = [
        migrations.AddField(
            model_name="matchingrun",
            name="may_worsen",
            field=models.BooleanField(default=False, verbose_name="may give a worse place"),
        ),
    ]
