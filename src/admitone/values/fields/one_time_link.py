from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from admitone.accounts.addresses import one_time_url
from admitone.links.queries import state_of
from admitone.logic.clock import to_min_floor
from admitone.values.context import Context
from admitone.values.registry import Field, Namespace, merge_fields
from admitone.values.times import moment


@merge_fields("one_time_link")
class OneTimeLinkValues(Namespace):
    """The latest link of the run. `expires_at` is empty for a link that does not expire."""

    label = _("One-time link")
    fields = {
        "url": Field(_("One-Time Link"), "https://book.example.com/o/1Ab2Cd3Ef4", "url", trusted=True),
        "expires_at": Field(_("Expires"), "Fri, 6 Nov 2026, 14:00", "date", trusted=True),
        "status": Field(_("Status"), "active", trusted=True),
        "label": Field(_("Label"), "Spring offer", trusted=True),
    }

    def resolve(self, context: Context) -> Mapping[str, str]:
        link = context.link
        if link is None:
            return {}
        expires = moment(to_min_floor(link.expires_at), context.reader) if link.expires_at else ""
        return {
            "url": one_time_url(link.id),
            "expires_at": expires,
            "status": state_of(link, context.now),
            "label": link.label,
        }
