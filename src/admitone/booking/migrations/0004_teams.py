from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0003_completed'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='host_reason',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(fields=['calendar', 'start_min'], name='session_by_start'),
        ),
    ]
