import admitone.logic.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_accounts'),
        ('calendars', '0002_teams'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlockedTime',
            fields=[
                ('id', models.UUIDField(default=admitone.logic.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('start_min', models.BigIntegerField()),
                ('end_min', models.BigIntegerField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Holiday',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('name', models.CharField(max_length=200)),
                ('open', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['date'],
            },
        ),
        migrations.AlterModelOptions(
            name='override',
            options={'ordering': ['date', 'mode']},
        ),
        migrations.RemoveConstraint(
            model_name='override',
            name='override_once_per_date',
        ),
        migrations.AddField(
            model_name='calendar',
            name='cutoff_at',
            field=models.IntegerField(default=1080),
        ),
        migrations.AddField(
            model_name='calendar',
            name='cutoff_days',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='calendar',
            name='per_month_limit',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='calendar',
            name='per_week_limit',
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='hours',
            name='every',
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='hours',
            name='phase',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='override',
            name='mode',
            field=models.CharField(default='replace', max_length=8),
        ),
        migrations.AddField(
            model_name='schedule',
            name='holiday_country',
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddField(
            model_name='schedule',
            name='holiday_subdivision',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='schedule',
            name='holidays_read_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='hours',
            constraint=models.CheckConstraint(condition=models.Q(('every__range', (1, 2)), ('phase__gte', 0), ('phase__lt', models.F('every'))), name='hours_in_a_fortnight'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.UniqueConstraint(fields=('schedule', 'date', 'mode'), name='override_once_per_mode'),
        ),
        migrations.AddField(
            model_name='blockedtime',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked_times', to='accounts.account'),
        ),
        migrations.AddField(
            model_name='blockedtime',
            name='calendar',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='blocked_times', to='calendars.calendar'),
        ),
        migrations.AddField(
            model_name='blockedtime',
            name='host',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='blocked_times', to='calendars.host'),
        ),
        migrations.AddField(
            model_name='holiday',
            name='schedule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holidays', to='calendars.schedule'),
        ),
        migrations.AddIndex(
            model_name='blockedtime',
            index=models.Index(fields=['host', 'end_min', 'start_min'], name='blocked_by_host'),
        ),
        migrations.AddIndex(
            model_name='blockedtime',
            index=models.Index(fields=['calendar', 'end_min', 'start_min'], name='blocked_by_calendar'),
        ),
        migrations.AddConstraint(
            model_name='blockedtime',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('calendar__isnull', True), ('host__isnull', False)), models.Q(('calendar__isnull', False), ('host__isnull', True)), _connector='OR'), name='blocked_for_one'),
        ),
        migrations.AddConstraint(
            model_name='blockedtime',
            constraint=models.CheckConstraint(condition=models.Q(('start_min__lt', models.F('end_min'))), name='blocked_has_length'),
        ),
        migrations.AddConstraint(
            model_name='holiday',
            constraint=models.UniqueConstraint(fields=('schedule', 'date'), name='holiday_once_per_date'),
        ),
    ]
