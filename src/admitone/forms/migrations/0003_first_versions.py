from django.db import migrations


def keep(apps, schema_editor):
    """Forms that there are already: what they ask now is their first version."""
    Form, FormVersion = apps.get_model("forms", "Form"), apps.get_model("forms", "FormVersion")
    for form in Form.objects.iterator():
        FormVersion.objects.create(
            form=form,
            version=form.version,
            fields=form.fields,
            rules=form.rules,
            consent_text=form.consent_text,
            created_at=form.updated_at,
        )


class Migration(migrations.Migration):
    dependencies = [("forms", "0002_versions")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
