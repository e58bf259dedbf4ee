import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from accounts.sql import from_file


class Migration(migrations.Migration):
    """Lots that are sealed before the wishes are in, and a trigger that holds every run to them."""

    dependencies = [
        ('placements', '0005_what_if'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lottery',
            fields=[
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='lottery', serialize=False, to='placements.round')),
                ('rules', models.TextField(editable=False, verbose_name='rules')),
                ('event', models.CharField(blank=True, editable=False, max_length=200, verbose_name='public event')),
                ('secret', models.CharField(editable=False, max_length=64)),
                ('commitment', models.CharField(editable=False, max_length=64, verbose_name='seal')),
                ('outcome', models.CharField(blank=True, editable=False, max_length=200, verbose_name='outcome')),
                ('committed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='sealed')),
                ('revealed_at', models.DateTimeField(editable=False, null=True, verbose_name='opened')),
                ('committed_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'lottery',
                'verbose_name_plural': 'lotteries',
            },
        ),
        from_file(__file__, "lottery"),
    ]
