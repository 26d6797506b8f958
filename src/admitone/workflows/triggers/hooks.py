from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.models import Account
from admitone.accounts.queries import as_uuid
from admitone.events.models import Event
from admitone.logic import bodies
from admitone.workflows.filters import chosen, gone, hooks
from admitone.workflows.models import Enrollment, InboundRequest
from admitone.workflows.registry import Faults, Trigger, params, trigger


@trigger("hook.received")
class HookReceived(Trigger):
    """Another program posted to an inbound webhook; what it sent is there as hook values."""

    label = _("Inbound webhook")
    category = _("Other programs")
    events = ("hook.received",)
    provides = frozenset({"hook"})

    @params
    class Params:
        hook: UUID | None = None

    labels = {"hook": _("Inbound webhook")}
    helps = {"hook": _("None chosen means any; then only fields that all of them send can be used.")}
    editors = {"hook": "hook"}

    @classmethod
    def matches(cls, params: Any, event: Event) -> bool:
        return chosen(event.facts.get("hook"), [params.hook] if params.hook else [])

    @classmethod
    def check(cls, params: Any, account: Account) -> Faults:
        return gone("hook", hooks(account), [params.hook] if params.hook else [])

    @classmethod
    def context(cls, event: Event) -> dict[str, str]:
        return {"request": event.facts["request"]}

    @classmethod
    def values(cls, params: Any, account: Account) -> frozenset[str]:
        rows = hooks(account)
        schemas = (rows.filter(pk=params.hook) if params.hook else rows).values_list("schema", flat=True)
        known = [frozenset(f"hook.{path}" for path in schema) for schema in schemas]
        return frozenset.intersection(*known) if known else frozenset()

    @classmethod
    def given(cls, noun: str, enrollment: Enrollment) -> Mapping[str, Any]:
        key = as_uuid(enrollment.context.get("request"))
        rows = InboundRequest.objects.filter(hook__account=enrollment.account_id)
        rows = rows.filter(pk=key) if key else rows.order_by("-id")  # a test run takes what came last
        found = rows.values_list("body", flat=True).first()
        return bodies.flat(found) if found else {}
