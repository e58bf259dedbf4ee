import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models

from accounts.sql import from_file


class Migration(migrations.Migration):
    """Attendance by day, and triggers that tie it to the days the student had."""

    dependencies = [
        ('placements', '0008_repair_alternatives'),
        ('schools', '0003_import'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('present', models.BooleanField(verbose_name='present')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='noted')),
            ],
            options={
                'verbose_name': 'attendance',
                'verbose_name_plural': 'attendance',
                'ordering': ['day'],
            },
        ),
        migrations.AddField(
            model_name='placement',
            name='ended_from',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='ended from'),
        ),
        migrations.AddField(
            model_name='placement',
            name='starts_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='first day'),
        ),
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('ended_from', None), ('state__in', ['declined', 'withdrawn']), _connector='OR'), name='placement_broken_off_has_ended'),
        ),
        migrations.AddField(
            model_name='attendance',
            name='noted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attendance',
            name='placement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='placements.placement'),
        ),
        migrations.AddConstraint(
            model_name='attendance',
            constraint=models.UniqueConstraint(fields=('placement', 'day'), name='attendance_once_a_day'),
        ),
        from_file(__file__, "attendance"),
    ]
