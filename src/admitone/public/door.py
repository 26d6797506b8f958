"""One way into a calendar: a one-time link, its scheduling link or its permanent link. The page treats them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from admitone.accounts.idempotency import Idempotency
from admitone.booking.services import Booked, book
from admitone.events import GUEST
from admitone.links.queries import Opened, known_of
from admitone.links.services import redeem
from admitone.logic.bookings import Person, clean_guest
from admitone.logic.intake import fitting
from admitone.logic.plan import CalendarPlan
from admitone.logic.series import Repeat
from admitone.public import owner
from admitone.public.owner import PublicContact


@dataclass(frozen=True, slots=True)
class Door:
    """`scope` is the id that forms and idempotency keys are bound to; `policy` is empty where nobody is expected."""

    kind: str
    plan: CalendarPlan
    path: str
    scope: str
    contact: PublicContact
    token: str = ""
    offered: Sequence[Sequence[int]] | None = None
    person: Person | None = None
    policy: str = ""
    zone: str = ""
    note: str = ""
    expires_at: datetime | None = None
    max_uses: int = 1
    duration: int | None = None  # the length that its guest chose; `plan` is already for it
    party: int = 1  # places they want
    series: int = 1  # appointments that may be booked at once, one after the other
    of_group: bool = False  # the link leaves it to its guest which calendar of a group it books
    known: Mapping[str, Any] = field(default_factory=dict)  # of the booking form's questions, by the link
    back: str = ""  # where another calendar of the group can be chosen

    @property
    def is_one_time(self) -> bool:
        return self.kind == "one_time_link"

    @property
    def link_id(self) -> UUID | None:
        """Of a one-time link: what is kept for its holder is free to them."""
        return UUID(self.scope) if self.is_one_time else None

    @property
    def needs_code(self) -> bool:
        return self.policy == "verify"

    @property
    def is_locked(self) -> bool:
        """The guest is the bound contact and nobody else."""
        return self.policy in ("refuse", "verify")

    def book(
        self,
        start: int,
        guest: Mapping[str, Any],
        *,
        key: str,
        code: str,
        now: datetime,
        host: str = "",
        repeat: Repeat | None = None,
    ) -> Booked:
        """Raises Problem; the calendar, the host and the length come from the link or the plan, never from the form.

        `host` is whom the guest wishes to meet, where the calendar lets them choose.
        """
        guest = fitting(self.plan, {**guest, "party": self.party} if self.party > 1 else guest)
        if self.is_one_time:
            return redeem(
                token=self.token,
                start=start,
                guest=guest,
                now=now,
                idempotency_key=key,
                code=code,
                host=host,
                duration=self.duration,
                repeat=repeat,
                calendar=self.plan.calendar_id if self.of_group else "",
            )
        wishes = {name: wish for name, wish in (("host", host), ("duration", self.duration)) if wish}
        asked = Idempotency.of(UUID(self.scope), key, {"start": start, **guest, **wishes, **_asked(repeat)})
        cleaned = clean_guest(self.plan, guest)
        return book(
            plan=self.plan,
            start=start,
            guest=cleaned,
            source=self.kind,
            actor=GUEST,
            now=now,
            idempotency=asked,
            host=host,
            duration=self.duration,
            repeat=repeat,
        )


def _asked(repeat: Repeat | None) -> dict[str, Any]:
    return {"repeat": [repeat.every, repeat.count]} if repeat else {}


def one_time(opened: Opened, token: str, back: str = "") -> Door:
    link, person = opened.link, opened.person
    return Door(
        kind="one_time_link",
        plan=opened.plan,
        path=f"/o/{token}",
        scope=str(link.id),
        contact=owner.of_link(opened),
        token=token,
        offered=link.offered,
        person=person,
        policy=link.contact_policy if person else "",
        zone=link.contact.timezone if person and link.contact else "",
        note=link.note,
        expires_at=link.expires_at,
        max_uses=link.max_uses,
        series=link.series,
        known=known_of(opened),
        of_group=opened.of_group,
        back=back,
    )


def open_to_all(plan: CalendarPlan, kind: str, path: str, back: str = "") -> Door:
    """A scheduling_link or permanent_link of a public calendar."""
    return Door(
        kind=kind,
        plan=plan,
        path=path,
        scope=plan.calendar_id,
        contact=owner.of_plan(plan),
        series=plan.series_max,
        back=back,
    )
