import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calendars', '0001_calendars'),
    ]

    operations = [
        migrations.AddField(
            model_name='calendar',
            name='count_days',
            field=models.IntegerField(default=30),
        ),
        migrations.AddField(
            model_name='calendar',
            name='guest_picks_host',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='calendar',
            name='strategy',
            field=models.CharField(default='availability', max_length=12),
        ),
        migrations.AddField(
            model_name='calendarhost',
            name='required',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='calendarhost',
            name='schedule',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='calendar_hosts', to='calendars.schedule'),
        ),
    ]
