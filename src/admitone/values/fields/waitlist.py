from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import waiting_url
from admitone.accounts.queries import as_uuid
from admitone.booking.models import WaitlistEntry
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields
from admitone.values.when import WHEN, when


@merge_fields("waitlist")
class WaitlistValues(Namespace):
    """The place in the line of a full time that started the run."""

    label = _("Waiting list")
    fields = {
        **WHEN,
        "places": Field(_("Places"), "2", "number", trusted=True),
        "status": Field(_("Status"), "waiting", trusted=True),
        "url": Field(_("See or leave the waiting list"), "https://book.example.com/w/1Ab2Cd3", "url", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        given = context.given("waitlist")
        if not given:
            return {}
        return {
            **when(int(given["start_min"]), int(given["end_min"]), context.reader),
            "places": str(given["seats"]),
            **own(context, given),
        }


def own(context: Context, given: Mapping[str, object]) -> Mapping[str, str]:
    """What the entry says now; of a test run, which has none, how it would look."""
    key = as_uuid(given.get("entry"))
    if key is None:
        fields = WaitlistValues.fields
        return {name: fields[name].sample for name in ("status", "url")}
    entry = WaitlistEntry.objects.filter(id=key, account=context.account).first()
    return {"status": entry.status, "url": waiting_url(entry.id)} if entry else {}
