"""Print, as JSON, the statements that requests run; the requests themselves are rolled back.

Run in the environment of the server that is measured. Standard input: a list of [method, path, body].
"""

from __future__ import annotations

import json
import sys
from typing import Any
from uuid import UUID

from admitone.cli.boot import boot


def main() -> None:
    boot()
    from django.test import Client

    requests = json.load(sys.stdin)
    client = Client(SERVER_NAME="127.0.0.1")
    traced(client, *requests[0])  # what is read or compiled once
    json.dump([traced(client, *request) for request in requests], sys.stdout)


def traced(client: Any, method: str, path: str, body: Any) -> list[list[Any]]:
    """[sql, params] of every statement but those that begin or end transactions."""
    from django.db import connection, transaction

    found: list[list[Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            found.append([sql, [plain(value) for value in params or ()]])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        options = {"data": json.dumps(body), "content_type": "application/json"} if body else {}
        answer = client.generic(method, path, **options)
        if answer.status_code not in (200, 201):
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.content[:500]!r}")
        transaction.set_rollback(True)
    return found


def plain(value: Any) -> Any:
    """As JSON takes it; the loop that runs the statements again gives ids and instants as text."""
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "dumps"):  # psycopg's Jsonb
        return json.dumps(value.obj)
    return value.isoformat() if hasattr(value, "isoformat") else value


if __name__ == "__main__":
    main()
