"""Links that were made in place of others."""

from __future__ import annotations

from uuid import UUID

from admitone.links.models import OneTimeLink


def replacement(old: UUID) -> OneTimeLink | None:
    """The newest unused link that took the place of an old one; None if there is none."""
    rows = OneTimeLink.objects.filter(replaces_id=old, source_kind="reissue", deleted_at=None, uses=0)
    return rows.order_by("-created_at").first()
