"""Missed calls that a phone system of one's own reports."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from admitone.api.call import ApiRequest, account_of, actor_of
from admitone.api.fields import At, Body, Id, Instant, Line, Name, Out, example
from admitone.calls.missing import missed
from admitone.calls.reporting import reported
from admitone.logic.clock import iso

router = Router(tags=["Missed calls"])


class NewMissedCall(Body):
    """A call that nobody took."""

    model_config = example(**{"from": "+4915112345678", "number": "+4930901820", "id": "call-4711"})

    caller: Annotated[Line, Field(alias="from", description="Who called; empty for a withheld number.")]
    number: Annotated[Line, Field(description="Ours that was called; needed where there are several.")] = ""
    id: Annotated[Name, Field(description="Yours: the same id is one call, however often it is sent.")] = ""
    at: Annotated[Instant | None, Field(description="When; now if left out.")] = None


class MissedCallOut(Out):
    """A missed call in the log. `note` says why nothing follows from it: withheld, short, repeated, own, late."""

    id: Id
    contact: Id | None
    number: Id | None
    caller: str
    note: str
    at: At


@router.post("", response={201: MissedCallOut}, summary="Report a missed call")
def report_missed_call(request: ApiRequest, payload: NewMissedCall) -> dict[str, Any]:
    """The caller's contact is found or made, and workflows that begin with *Missed call* start; repeated calls within the
    number's quiet hours are only logged."""
    said = {"from": payload.caller, "number": payload.number, "id": payload.id}
    said["at"] = iso(payload.at) if payload.at else ""
    account = account_of(request)
    call = reported(account, said, request.call.now)
    row = missed(account=account, call=call, actor=actor_of(request), now=request.call.now)
    return {
        "id": str(row.id),
        "contact": str(row.contact_id) if row.contact_id else None,
        "number": str(row.number_id) if row.number_id else None,
        "caller": row.caller,
        "note": row.note,
        "at": iso(row.at),
    }
