"""Forms that were deleted long ago go for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from admitone.events import SYSTEM
from admitone.forms.models import Form, Submission
from admitone.forms.services.forms import tell

#: So long a deletion can be undone.
UNDO = timedelta(days=30)


@transaction.atomic
def purge_forms(*, now: datetime, kept: QuerySet[Any], limit: int) -> int:
    """Remove up to `limit` forms that were deleted 30 days ago; how many. What was sent keeps its form, and so do `kept`
    (ids of forms)."""
    sent = Submission.objects.filter(form=OuterRef("id"))
    rows = Form.objects.filter(deleted_at__lt=now - UNDO).exclude(Exists(sent)).exclude(id__in=kept)
    found = list(rows.order_by("id").select_for_update()[:limit])
    for form in found:
        tell(form, SYSTEM, now, "form.purged")
    Form.objects.filter(id__in=[form.id for form in found]).delete()
    return len(found)
