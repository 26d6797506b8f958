"""Every refusal of the product: one code, one sentence, one HTTP status (docs/errors.md is checked against this table)."""

from __future__ import annotations

from typing import Any

#: code -> (HTTP status, sentence for people)
PROBLEMS: dict[str, tuple[int, str]] = {
    "link_unknown": (404, "There is no such booking link."),
    "link_used": (410, "This link has already been used. It worked for one booking."),
    "link_deleted": (410, "This link has been withdrawn."),
    "link_expired": (410, "This link has expired."),
    "link_not_open": (409, "This link is not open yet."),
    "calendar_paused": (409, "This calendar is not taking bookings at the moment."),
    "calendar_deleted": (409, "This calendar was deleted: its appointments can be cancelled, not moved."),
    "form_closed": (409, "This form is not taking answers at the moment."),
    "hook_paused": (409, "This address is paused and takes nothing at the moment."),
    "slot_taken": (409, "That time has just been taken. Nothing was booked: choose another one."),
    "slot_unavailable": (422, "That time cannot be booked."),
    "contact_limit": (409, "You have as many appointments here as one person can have at a time. Nothing was booked."),
    "waitlist_closed": (409, "There is no waiting list for this time."),
    "series_conflict": (409, "Not every date of this series is open. Nothing has been booked."),
    "contact_mismatch": (403, "This link was made for another person. The link has not been used."),
    "code_required": (403, "Enter the code that was mailed to the address this link is for."),
    "code_invalid": (403, "That code is wrong or too old. Ask for a new one."),
    "idempotency_key_reused": (422, "This idempotency key was used with another request."),
    "rate_limited": (429, "Too many requests. Wait and try again."),
    "disqualified": (422, "With that answer it cannot be booked here. Nothing was booked; a link has not been used."),
    "invalid": (422, "Some values need to be corrected."),
    "too_large": (413, "The request is too large."),
    "unsupported_media_type": (415, "Send JSON with the header Content-Type: application/json."),
    "malformed": (400, "The request could not be read."),
    "unauthorized": (401, "A valid API key is needed: Authorization: Bearer KEY."),
    "forbidden": (403, "This key or role may not do that."),
    "not_found": (404, "There is no such thing here."),
    "method_not_allowed": (405, "That method is not allowed here."),
    "booking_not_active": (409, "This booking has been cancelled or is over."),
    "draft_changed": (409, "This has just been changed in another place. What you typed is still here."),
    "booking_locked": (409, "This booking can no longer be changed by its guest."),
    "slug_taken": (409, "That address is already in use."),
    "host_in_use": (409, "A calendar has this host, or they have appointments ahead. Change those first."),
    "schedule_in_use": (409, "A calendar opens by this schedule. Choose another one there first."),
    "last_owner": (409, "A sub-account needs at least one owner."),
    "demo_refused": (409, "Demo data is not added where real accounts exist."),
    "contact_merged": (410, "This contact was merged into another one."),
    "appointments_ahead": (409, "Cancel this contact's upcoming appointments first, or together with the erasure."),
    "internal": (500, "Something went wrong on our side. Nothing was changed."),
    "not_ready": (503, "The service is not ready."),
}


class Problem(Exception):
    """A refusal with a stable `code`; `fields` maps a field name to its sentence, `extra` joins the JSON answer."""

    def __init__(self, code: str, detail: str = "", *, fields: dict[str, str] | None = None, **extra: Any) -> None:
        self.code = code
        self.status, self.title = PROBLEMS[code]
        self.detail = detail or self.title
        self.fields = fields or {}
        self.extra = extra
        super().__init__(f"{code}: {self.detail}")

    def conflict(self) -> Problem:
        """The same refusal as 409: for an owner who changes what can no longer change, where a guest would see 410."""
        self.status = 409
        return self
