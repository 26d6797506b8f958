from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import group_url, scheduling_url
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields


@merge_fields("calendar")
class CalendarValues(Namespace):
    """What is booked. A calendar open to one-time links only has no address to give away.

    Before its guest chose, the link of a group stands for the group: its name and address, no minutes.
    """

    label = _("Calendar")
    fields = {
        "name": Field(_("Name"), "Consultation", trusted=True),
        "duration": Field(_("Minutes"), "30", "number", trusted=True),
        "url": Field(_("Scheduling link"), "https://book.example.com/klein/consultation", "url", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        calendar = context.calendar
        if calendar is None and context.link and context.link.group:
            group = context.link.group
            return {"name": group.name, "duration": "", "url": group_url(context.account.slug, group.slug)}
        if calendar is None or calendar.deleted_at is not None:
            return {}
        url = scheduling_url(context.account.slug, calendar.slug) if calendar.access == "public" else ""
        return {"name": calendar.name, "duration": str(calendar.duration), "url": url}
