"""What can be merged: one class a noun in `fields/`, registered by `@merge_fields("contact")`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from admitone.values import fields

if TYPE_CHECKING:
    from admitone.accounts.models import Account
    from admitone.values.context import Context

Kind = Literal["text", "email", "phone", "url", "date", "number"]


@dataclass(frozen=True, slots=True)
class Field:
    """One value: what people call it, and one as it may look. `trusted` if nobody outside the account can choose it."""

    label: Any
    sample: str
    kind: Kind = "text"
    trusted: bool = False


class Namespace:
    """A noun's values. `resolve` returns the fields it knows for this context; those missing are looked up.

    `open` is the first word of fields that accounts make themselves: contact.custom.size. `free`: every field is what
    the run was started with, by dotted names of any depth: hook.order.total.
    """

    key: ClassVar[str]
    label: ClassVar[Any]
    fields: ClassVar[Mapping[str, Field]]
    open: ClassVar[str] = ""
    free: ClassVar[bool] = False

    def resolve(self, context: Context) -> Mapping[str, str]:
        raise NotImplementedError

    def look_up(self, context: Context, names: set[str]) -> Mapping[str, Any]:
        """Fields that cost a statement, read only when asked for: texts, numbers, dates, True/False or tuples of texts."""
        return {}

    def own_fields(self, account: Account) -> Mapping[str, Field]:
        """Fields of this account alone, their names dotted: custom.size."""
        return {}


N = TypeVar("N", bound=type[Namespace])
_registered: dict[str, Namespace] = {}


def merge_fields(key: str) -> Callable[[N], N]:
    """Register a Namespace under the first word of its values."""

    def register(cls: N) -> N:
        if key in _registered:
            raise RuntimeError(f"two kinds of values are called {key}")
        cls.key = key
        _registered[key] = cls()
        return cls

    return register


@cache
def namespaces() -> dict[str, Namespace]:
    """Every noun by its key."""
    for module in pkgutil.iter_modules(fields.__path__):
        import_module(f"{fields.__name__}.{module.name}")
    return dict(sorted(_registered.items()))
