"""Writes of one-time links, a file a verb."""

from admitone.links.services.asking import answer_request, ask_for_booking, ask_for_code, dismiss_request, request_new
from admitone.links.services.batches import create_batch, issue_chunk
from admitone.links.services.bulk import extend_many, restore_many, revoke_many
from admitone.links.services.changing import amend, restore, revoke, update
from admitone.links.services.codes import check_code, make_code
from admitone.links.services.issuing import issue, reissue
from admitone.links.services.opening import mark_opened, tell_expired, tell_expiring, tell_offered_gone
from admitone.links.services.redeeming import redeem
from admitone.links.services.sending import send_link

__all__ = [
    "amend",
    "answer_request",
    "ask_for_booking",
    "ask_for_code",
    "check_code",
    "create_batch",
    "dismiss_request",
    "extend_many",
    "issue",
    "issue_chunk",
    "make_code",
    "mark_opened",
    "redeem",
    "reissue",
    "request_new",
    "restore",
    "restore_many",
    "revoke",
    "revoke_many",
    "send_link",
    "tell_expired",
    "tell_expiring",
    "tell_offered_gone",
    "update",
]
