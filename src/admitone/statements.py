"""Statements that the workers ask all day, compiled once: the ORM spends more time on writing SQL than a database on it.

What they mean is said once, by an ordinary queryset or model; values are bound as the ORM binds them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import randrange
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
DATABASE = "default"
ROWS_AT_ONCE = 100  # times the columns of a table: fewer values than a statement may have
Value = UUID | int | str | datetime
STAND_INS: dict[Any, Callable[[], Any]] = {
    UUID: uuid4,
    str: lambda: f"-{uuid4()}-",
    int: lambda: uuid4().int >> 66,
    datetime: lambda: datetime(1000, 1, 1, tzinfo=UTC) + timedelta(microseconds=randrange(10**15)),  # noqa: S311
}


class Prepared(Generic[M]):
    """A queryset of whole rows, with `select_related` and `annotate` if it likes, of UUIDs, numbers, texts or instants.

    `build` is called once a connection, with a stand-in for every value, and so must not look at them.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **kinds: type[Value]) -> None:
        self.build, self.kinds = build, kinds
        self._local = threading.local()

    def all(self, **values: Value) -> list[M]:
        """The rows for these values."""
        connection = connections[DATABASE]
        found: Compiled | None = getattr(self._local, "compiled", None)
        if found is None or found.connection is not connection:
            found = self._local.compiled = Compiled(connection, self.build, self.kinds)
        return found.run(values)

    def first(self, **values: Value) -> M | None:
        """The first of the rows; a queryset that finds several ends with [:1]."""
        return next(iter(self.all(**values)), None)


class Compiled:
    """The statement of one connection, and how its columns become objects."""

    def __init__(self, connection: Any, build: Callable[..., Any], kinds: dict[str, Any]) -> None:
        self.connection = connection
        stand_ins = {name: STAND_INS[kind]() for name, kind in kinds.items()}
        compiler = build(**stand_ins).query.get_compiler(DATABASE)
        self.sql, bound = compiler.as_sql()
        names = {bind(connection, value): name for name, value in stand_ins.items()}
        self.params = [(names.get(value) if isinstance(value, Value) else None, value) for value in bound]
        info, select = compiler.klass_info, compiler.select
        self.model, first, last = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
        self.own = slice(first, last)
        self.names = [column[0].target.attname for column in select[self.own]]
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.related = get_related_populators(info, select, DATABASE)  # type: ignore[call-arg]  # stubs of a later one
        self.converters = compiler.get_converters([column[0] for column in select])

    def run(self, values: dict[str, Any]) -> list[Any]:
        params = [bind(self.connection, values[name]) if name else value for name, value in self.params]
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return [self.made(list(row)) for row in cursor.fetchall()]

    def made(self, row: list[Any]) -> Any:
        for place, (steps, expression) in self.converters.items():
            for step in steps:
                row[place] = step(row[place], expression, self.connection)
        found = self.model.from_db(DATABASE, self.names, row[self.own])
        for one in self.related:
            one.populate(row, found)
        for name, place in self.annotations:
            setattr(found, name, row[place])
        return found


def bind(connection: Any, value: Value) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) and not connection.features.has_native_uuid_field else value


def insert(row: Model) -> bool:
    """INSERT a row in the caller's transaction; False if a unique constraint knows it already. A key that the database
    counts stays unknown."""
    is_new = insert_all([row]) == 1
    row._state.adding, row._state.db = not is_new, DATABASE
    return is_new


def insert_all(rows: Sequence[Model], *, strictly: bool = False) -> int:
    """INSERT rows of one model; how many. Those that a unique constraint knows are left out, or `strictly` refused."""
    return sum(insert_some(rows[n : n + ROWS_AT_ONCE], strictly) for n in range(0, len(rows), ROWS_AT_ONCE))


def insert_some(rows: Sequence[Model], strictly: bool) -> int:
    connection = connections[DATABASE]
    fields, sql = insertion(type(rows[0]), connection.vendor)
    values = [value for row in rows for value in values_of(row, fields)]
    places = [f"({value.sql})" if isinstance(value, RawSQL) else "%s" for value in values]
    width = len(fields)
    tuples = ", ".join(f"({', '.join(places[n : n + width])})" for n in range(0, len(places), width))
    bound: list[Any] = []
    for value in values:
        bound.extend(value.params if isinstance(value, RawSQL) else (value,))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} VALUES {tuples}{'' if strictly else ' ON CONFLICT DO NOTHING'}", bound)
        return int(cursor.rowcount)


def values_of(row: Model, fields: tuple[Field[Any, Any], ...]) -> list[Any]:
    """As the database takes them; SQL in place of a value stays as it is."""
    connection = connections[DATABASE]
    found = ((field, field.pre_save(row, add=True)) for field in fields)
    return [raw if isinstance(raw, RawSQL) else field.get_db_prep_save(raw, connection) for field, raw in found]


@cache
def insertion(model: type[Model], vendor: str) -> tuple[tuple[Field[Any, Any], ...], str]:
    """The columns, and how the statement begins."""
    quote = connections[DATABASE].ops.quote_name
    fields = tuple(field for field in model._meta.concrete_fields if not field.db_returning)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return fields, f"INSERT INTO {quote(model._meta.db_table)} ({columns})"


def update(row: Model, *names: str) -> None:
    """UPDATE these columns of the row, in the caller's transaction."""
    connection = connections[DATABASE]
    fields, sql = alteration(type(row), names, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values_of(row, fields), bind(connection, row.pk)])


@cache
def alteration(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[tuple[Field[Any, Any], ...], str]:
    quote = connections[DATABASE].ops.quote_name
    found = {field.name: field for field in model._meta.concrete_fields}
    fields = tuple(found[name] for name in names)
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(model._meta.pk and model._meta.pk.column))
    return fields, f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {key} = %s"  # noqa: S608 - our own names
