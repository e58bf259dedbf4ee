import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from accounts.sql import from_file

# A quota was of one slot; what it spoke of becomes its workplace and its period.
COPY = """
    UPDATE placements_quota AS quota
       SET round_id = slot.round_id, workplace_id = slot.workplace_id, period_id = slot.period_id
      FROM placements_slot AS slot
     WHERE slot.id = quota.slot_id;
    DELETE FROM placements_quota WHERE at_least = 0 AND at_most IS NULL;
"""


def _foreign_key(to, on_delete=django.db.models.deletion.CASCADE, **kwargs):
    return models.ForeignKey(on_delete=on_delete, related_name="quotas", to=to, **kwargs)


class Migration(migrations.Migration):
    """Quotas of workplaces, municipalities and periods; a least number or nobody; pairs of students."""

    dependencies = [
        ("placements", "0015_workplace_notes"),
        ("schools", "0001_initial"),
    ]

    operations = [
        migrations.AddField("slot", "minimum", models.PositiveSmallIntegerField(default=0, verbose_name="at least, or nobody")),
        migrations.AddConstraint("slot", models.CheckConstraint(condition=Q(minimum__lte=500), name="slot_minimum_sane")),
        migrations.AddField("quota", "round", _foreign_key("placements.round", null=True)),
        migrations.AddField("quota", "workplace", _foreign_key("placements.workplace", null=True, blank=True, verbose_name="workplace")),
        migrations.AddField("quota", "municipality", _foreign_key("schools.municipality", django.db.models.deletion.PROTECT, null=True, blank=True, verbose_name="municipality")),
        migrations.AddField("quota", "period", _foreign_key("placements.period", null=True, blank=True, verbose_name="period")),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint("quota", "quota_once"),
        migrations.RemoveField("quota", "slot"),
        migrations.AlterField("quota", "round", _foreign_key("placements.round")),
        migrations.AlterField("quota", "school", _foreign_key("schools.school", null=True, blank=True, verbose_name="school")),
        migrations.AddConstraint("quota", models.UniqueConstraint(fields=("round", "school", "workplace", "municipality", "period"), name="quota_once", nulls_distinct=False)),
        migrations.AddConstraint("quota", models.CheckConstraint(condition=Q(at_least__gt=0) | Q(at_most__isnull=False), name="quota_says_something")),
        migrations.AddConstraint("quota", models.CheckConstraint(condition=Q(workplace=None) | Q(municipality=None), name="quota_at_one_kind_of_place")),
        migrations.CreateModel(
            name="Pairing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("together", "together"), ("apart", "apart")], max_length=8, verbose_name="how")),
                ("one", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="placements.candidate", verbose_name="student")),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="placements.candidate", verbose_name="other student")),
                ("round", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="pairings", to="placements.round")),
            ],
            options={
                "verbose_name": "pair of students",
                "verbose_name_plural": "pairs of students",
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="pairing_once"),
                    models.CheckConstraint(condition=Q(one__lt=F("other")), name="pairing_in_order"),
                ],
            },
        ),
        from_file(__file__, "ties"),
    ]
