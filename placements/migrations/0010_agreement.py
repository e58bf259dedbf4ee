import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models

from accounts.sql import from_file


class Migration(migrations.Migration):
    """The agreement of a placement: words that are locked, and who agreed to them."""

    dependencies = [
        ('placements', '0009_attendance'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('language', models.CharField(choices=[('nb', 'Bokmål'), ('nn', 'Nynorsk'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('text', models.TextField(editable=False, verbose_name='text')),
                ('sha256', models.CharField(editable=False, max_length=64)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='locked')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reminded')),
                ('completed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='agreed by all')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='agreement', to='placements.placement')),
            ],
            options={
                'verbose_name': 'practice agreement',
                'verbose_name_plural': 'practice agreements',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('party', models.CharField(choices=[('student', 'Student'), ('workplace', 'Workplace'), ('school', 'School')], max_length=10, verbose_name='party')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('agreed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='agreed')),
                ('agreed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='placements.agreement')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['agreed_at'],
            },
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(condition=models.Q(('completed_at', None), ('reminded_at', None)), fields=['created_at'], name='agreement_to_remind'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('agreement', 'party'), name='consent_once_per_party'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('party__in', ['student', 'workplace', 'school'])), name='consent_party_known'),
        ),
        from_file(__file__, "agreement"),
    ]
