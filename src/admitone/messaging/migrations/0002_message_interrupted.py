from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_messaging")]

    operations = [
        migrations.AddField("message", "interrupted", models.SmallIntegerField(default=0)),
    ]
