import django.db.models.deletion
import django.db.models.functions.datetime
import schools.identity
import uuid
from django.conf import settings
from django.db import migrations, models

from accounts.sql import from_file


class Migration(migrations.Migration):
    """What is said during and after a stay: absence, visits, feedback, evaluation."""

    dependencies = [
        ('placements', '0010_agreement'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='placement',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('moved', 'Moved to another place'), ('workplace_closed', 'The workplace cannot after all'), ('student_left', 'The student has left the round'), ('no_supervisor', 'Nobody can supervise'), ('staff_change', 'Changes in staff'), ('too_many', 'More students than there is room for'), ('agreed', 'Agreed between student, school and workplace'), ('mistake', 'Entered by mistake'), ('other', 'Other')], max_length=20, verbose_name='reason'),
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('reported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='reported')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='placements.placement')),
            ],
            options={
                'verbose_name': 'absence report',
                'verbose_name_plural': 'absence reports',
                'ordering': ['day'],
                'constraints': [models.UniqueConstraint(fields=('placement', 'day'), name='absence_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Evaluation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('received', models.PositiveSmallIntegerField(choices=[(1, 'Not true'), (2, 'A little true'), (3, 'Mostly true'), (4, 'Quite true')], verbose_name='I was well received')),
                ('tasks', models.PositiveSmallIntegerField(choices=[(1, 'Not true'), (2, 'A little true'), (3, 'Mostly true'), (4, 'Quite true')], verbose_name='I got to practise what I am learning')),
                ('guidance', models.PositiveSmallIntegerField(choices=[(1, 'Not true'), (2, 'A little true'), (3, 'Mostly true'), (4, 'Quite true')], verbose_name='I got guidance when I needed it')),
                ('recommend', models.PositiveSmallIntegerField(choices=[(1, 'Not true'), (2, 'A little true'), (3, 'Mostly true'), (4, 'Quite true')], verbose_name='I would recommend the place to other students')),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='given')),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='evaluation', to='placements.placement')),
            ],
            options={
                'verbose_name': 'evaluation of the stay',
                'verbose_name_plural': 'evaluations of stays',
                'ordering': ['given_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('guidance__range', (1, 4)), ('received__range', (1, 4)), ('recommend__range', (1, 4)), ('tasks__range', (1, 4))), name='evaluation_answers_known')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('safety', models.PositiveSmallIntegerField(choices=[(1, 'Needs practice'), (2, 'On the way'), (3, 'Does well')], verbose_name='Health and safety')),
                ('cooperation', models.PositiveSmallIntegerField(choices=[(1, 'Needs practice'), (2, 'On the way'), (3, 'Does well')], verbose_name='Cooperation')),
                ('communication', models.PositiveSmallIntegerField(choices=[(1, 'Needs practice'), (2, 'On the way'), (3, 'Does well')], verbose_name='Communication')),
                ('independence', models.PositiveSmallIntegerField(choices=[(1, 'Needs practice'), (2, 'On the way'), (3, 'Does well')], verbose_name='Independence')),
                ('interest', models.PositiveSmallIntegerField(choices=[(1, 'Needs practice'), (2, 'On the way'), (3, 'Does well')], verbose_name='Professional interest')),
                ('words', models.CharField(blank=True, max_length=400, validators=[schools.identity.validate_no_identity_number], verbose_name='In a sentence')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='given')),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('placement', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='placements.placement')),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'constraints': [models.CheckConstraint(condition=models.Q(('communication__range', (1, 3)), ('cooperation__range', (1, 3)), ('independence__range', (1, 3)), ('interest__range', (1, 3)), ('safety__range', (1, 3))), name='feedback_levels_known')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(verbose_name='day')),
                ('kind', models.CharField(choices=[('visit', 'Visit'), ('call', 'Call')], max_length=5, verbose_name='kind')),
                ('note', models.CharField(blank=True, max_length=300, validators=[schools.identity.validate_no_identity_number], verbose_name='note')),
                ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='written')),
                ('placement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='placements.placement')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'visit or call',
                'verbose_name_plural': 'visits and calls',
                'ordering': ['-day', '-written_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['visit', 'call'])), name='visit_kind_known')],
            },
        ),
        from_file(__file__, "absence"),
    ]
