"""A feed is read without writing anything, so nothing remembers when."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_calendar_connections")]
    operations = [migrations.RemoveField(model_name="hostfeed", name="read_at")]
