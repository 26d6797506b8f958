from typing import Any

from django.db import migrations

CREATE = """
CREATE FUNCTION admitone_jobs_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted WHERE status = 'ready') THEN PERFORM pg_notify('admitone_jobs', ''); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER jobs_announce AFTER INSERT ON jobs_job
REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION admitone_jobs_announce();
"""
DROP = "DROP TRIGGER IF EXISTS jobs_announce ON jobs_job; DROP FUNCTION IF EXISTS admitone_jobs_announce();"


def on_postgresql(sql: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs")]
    operations = [migrations.RunPython(on_postgresql(CREATE), on_postgresql(DROP))]
