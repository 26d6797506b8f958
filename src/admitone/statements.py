"""Statements that the workers ask all day, compiled once: the ORM spends more time on writing SQL than a database on it.

What they mean is said once, by an ordinary queryset or model; values are bound as the ORM binds them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from random import randrange
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

from django.db import connections, transaction
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState

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
        self.shape = Shape.of(compiler.klass_info, compiler.select)
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.converters = [
            (place, step, expression)
            for place, (steps, expression) in compiler.get_converters([column[0] for column in compiler.select]).items()
            for step in steps
        ]

    def run(self, values: dict[str, Any]) -> list[Any]:
        params = [bind(self.connection, values[name]) if name else value for name, value in self.params]
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return [self.made(list(row)) for row in cursor.fetchall()]

    def made(self, row: list[Any]) -> Any:
        for place, step, expression in self.converters:
            if row[place] is not None:
                row[place] = step(row[place], expression, self.connection)
        found = self.shape.made(row)
        for name, place in self.annotations:
            setattr(found, name, row[place])
        return found


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns of a row are an object's, and the objects that it names, each with what binds both together."""

    model: type[Model]
    names: Sequence[str]
    columns: slice
    key: int
    related: Sequence[tuple[Shape, Callable[[Any, Any], None], Callable[[Any, Any], None]]]

    @classmethod
    def of(cls, info: dict[str, Any], select: Sequence[Any]) -> Shape:
        first, last = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[first:last]]
        inner = [
            (cls.of(one, select), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", ())
        ]
        return cls(info["model"], names, slice(first, last), first + names.index(info["model"]._meta.pk.attname), inner)

    def made(self, row: list[Any]) -> Any:
        """As `Model.from_db` does, without its look at every field: these columns are known to be the model's."""
        found = self.model.__new__(self.model)
        found._state = state = ModelState()
        state.adding, state.db = False, DATABASE
        found.__dict__.update(zip(self.names, row[self.columns], strict=True))
        for shape, name_it, name_back in self.related:
            other = None if row[shape.key] is None else shape.made(row)
            name_it(found, other)
            if other is not None:
                name_back(other, found)
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
    table = insertion(type(rows[0]), connection.vendor)
    tuples: list[str] = []
    bound: list[Any] = []
    for row in rows:
        values = table.values(row, connection)
        tuples.append(f"({', '.join([one.text if type(one) is Sql else '%s' for one in values])})")
        for one in values:
            bound.extend(one.params if type(one) is Sql else (one,))
    with connection.cursor() as cursor:
        cursor.execute(f"{table.sql} VALUES {', '.join(tuples)}{'' if strictly else ' ON CONFLICT DO NOTHING'}", bound)
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL that a row of `insert_all` has in place of a value."""

    text: str
    params: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """A statement about some columns of a model, and those with what binds a value of each type most quickly."""

    sql: str
    fields: Sequence[tuple[Field[Any, Any], Mapping[type, Callable[[Any], Any]]]]

    @classmethod
    def of(cls, sql: str, fields: Iterable[Field[Any, Any]], connection: Any) -> Columns:
        return cls(sql, [(field, quickest(field, connection)) for field in fields])

    def values(self, row: Model, connection: Any) -> list[Any]:
        """As the database takes them."""
        found = []
        for field, ways in self.fields:
            value = field.pre_save(row, add=True)
            way = ways.get(type(value))
            found.append(way(value) if way else field.get_db_prep_save(value, connection))
        return found


def quickest(field: Field[Any, Any], connection: Any) -> dict[type, Callable[[Any], Any]]:
    """How the field binds values of these very types; every other one it has to look at itself."""
    ways: dict[type, Callable[[Any], Any]] = {type(None): same, Sql: same}
    while isinstance(field, ForeignKey):
        field = field.target_field
    if isinstance(field, CharField | TextField):
        ways[str] = same
    elif isinstance(field, BooleanField):
        ways[bool] = same
    elif isinstance(field, IntegerField):
        ways[int] = same
    elif isinstance(field, DateTimeField):
        ways[datetime] = connection.ops.adapt_datetimefield_value
    elif isinstance(field, UUIDField):
        ways[UUID] = same if connection.features.has_native_uuid_field else attrgetter("hex")
    return ways


@contextmanager
def unhurried() -> Iterator[None]:
    """A transaction whose commit does not wait for the disk: a power cut may undo it, but tears nothing. Within another
    transaction it is a part of that one."""
    connection: Any = connections[DATABASE]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.unhurried(), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            yield


def same(value: Any) -> Any:
    return value


@cache
def insertion(model: type[Model], vendor: str) -> Columns:
    """Every column but those that the database counts."""
    connection = connections[DATABASE]
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.db_returning]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return Columns.of(f"INSERT INTO {quote(model._meta.db_table)} ({columns})", fields, connection)


def update(row: Model, *names: str) -> None:
    """UPDATE these columns of the row, in the caller's transaction."""
    connection = connections[DATABASE]
    table = alteration(type(row), names, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(table.sql, [*table.values(row, connection), bind(connection, row.pk)])


@cache
def alteration(model: type[Model], names: tuple[str, ...], vendor: str) -> Columns:
    connection = connections[DATABASE]
    quote = connection.ops.quote_name
    found = {field.name: field for field in model._meta.concrete_fields}
    fields = [found[name] for name in names]
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    key = quote(str(model._meta.pk and model._meta.pk.column))
    sql = f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {key} = %s"  # noqa: S608 - our own names
    return Columns.of(sql, fields, connection)
