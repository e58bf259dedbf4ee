import django.db.models.deletion
import django.db.models.functions.datetime
import schools.identity
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Schools and counties write their own words in letters and forms."""

    dependencies = [
        ('placements', '0006_lottery_sealed'),
        ('schools', '0003_import'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentText',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20, verbose_name='document')),
                ('language', models.CharField(choices=[('nb', 'Bokmål'), ('nn', 'Nynorsk'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('body', models.TextField(max_length=4000, validators=[schools.identity.validate_no_identity_number], verbose_name='text')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='changed')),
                ('changed_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('county', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.county', verbose_name='county')),
                ('school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='schools.school', verbose_name='school')),
            ],
            options={
                'verbose_name': 'document text',
                'verbose_name_plural': 'document texts',
                'constraints': [models.UniqueConstraint(fields=('county', 'school', 'kind', 'language'), name='document_text_once', nulls_distinct=False)],
            },
        ),
    ]
