from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0006_requests_to_answer'),
    ]

    operations = [
        migrations.AddField(
            model_name='booking',
            name='terms',
            field=models.JSONField(default=dict),
        ),
    ]
