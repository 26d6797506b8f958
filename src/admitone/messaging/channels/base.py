"""What every channel is handed, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar
from uuid import UUID

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Parcel:
    """One rendered message and who it is from; `id` names it for ever, however often it is tried.

    `unsubscribe` is the address where its reader is left alone from then on, "" if it carries none.
    """

    id: UUID
    at: datetime
    from_name: str
    from_email: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str = ""
    ics: str = ""
    ics_method: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`words` are the provider's own, or the id by which it will report; `status` is what the message becomes."""

    words: str
    status: Literal["sent", "outbox"] = "sent"


class Refused(Exception):
    """The provider did not take it. `permanent`: trying the same again cannot help. `words` are its own.

    `unsure`: it had all of it and did not answer; the reader may have it already.
    """

    def __init__(self, words: str, *, permanent: bool, unsure: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.permanent = permanent
        self.unsure = unsure


class Channel(Generic[P]):
    """`deliver` may take seconds and is never called inside a transaction. `Params` is a dataclass of its settings."""

    key: ClassVar[str]
    Params: ClassVar[type[Any]]

    def deliver(self, parcel: Parcel, params: P) -> Receipt:
        """Hand the parcel over once; raises Refused."""
        raise NotImplementedError
