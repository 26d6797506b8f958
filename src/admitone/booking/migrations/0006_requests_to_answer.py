from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_accounts"),
        ("booking", "0005_series_and_waitlist"),
        ("calendars", "0004_calendars_in_full"),
        ("contacts", "0003_notes_tasks_imports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["answer_by"], name="booking_to_answer"
            ),
        ),
    ]
