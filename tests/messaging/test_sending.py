"""What becomes of a queued message, against a real SMTP server."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import SmtpServer, free_port

from admitone.accounts.models import Account
from admitone.events.actor import SYSTEM
from admitone.jobs import run_pending
from admitone.jobs.models import Job
from admitone.jobs.registry import DeadJob
from admitone.logic.errors import Problem
from admitone.messaging import sending
from admitone.messaging.models import EmailSettings, Message
from admitone.messaging.services import queue, resend
from admitone.messaging.tasks import give_up, send

NOW = factories.NOW


def put(account: Account, **fields: Any) -> Message:
    values = {
        "account_id": account.pk,
        "kind": "test",
        "key": "test:1",
        "to": "ana@example.com",
        "subject": "Grüße aus der Praxis",
        "text": "Hallo Ana, bis morgen.\n",
        "html": "<p>Hallo Ana, bis morgen.</p>",
        "now": NOW,
        **fields,
    }
    return queue(**values)


def fresh(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_queued_message_with_a_server_is_sent_once(account: Account, mailing: SmtpServer) -> None:
    message = put(account)
    run_pending(now=NOW)
    send(message_id=str(message.pk), now=NOW)
    assert [one.recipients for one in mailing.messages] == [("ana@example.com",)]
    sent = fresh(message)
    assert (sent.status, sent.attempts, sent.error, sent.provider_id, sent.sent_at) == ("sent", 1, "", "250 OK", NOW)


def test_queue_the_same_key_twice_keeps_the_first(account: Account, mailing: SmtpServer) -> None:
    first, second = put(account), put(account, subject="Another")
    run_pending(now=NOW)
    assert first.pk == second.pk
    assert len(mailing.messages) == 1


def test_message_without_any_server_lands_in_the_outbox(account: Account) -> None:
    message = put(account)
    run_pending(now=NOW)
    assert (fresh(message).status, fresh(message).sent_at) == ("outbox", None)


def test_message_with_the_installations_server_uses_its_sender(account: Account, smtp_server: SmtpServer) -> None:
    EmailSettings.objects.create(account=account, from_email="praxis@klein.example", updated_at=NOW)
    url = f"{smtp_server.url}?from=mail@host.example"
    env = override_env(smtp_url=url)
    with env:
        put(account)
        run_pending(now=NOW)
    received = smtp_server.messages[0]
    assert received.sender == "mail@host.example"
    assert received.message["From"] == "Praxis Klein <mail@host.example>"
    assert received.message["Reply-To"] == "praxis@klein.example"


def test_busy_server_is_tried_again_and_the_mail_arrives_exactly_once(account: Account, mailing: SmtpServer) -> None:
    mailing.mode = "busy"
    message = put(account)
    run_pending(now=NOW)
    waiting = fresh(message)
    assert (waiting.status, waiting.error, waiting.attempts) == ("queued", "451 4.3.2 Try again later", 1)
    mailing.mode = "accept"
    run_pending(now=later(sending.WAITS[0] - 1))
    assert mailing.messages == []
    run_pending(now=later(sending.WAITS[0] + 1))
    run_pending(now=later(100_000))
    assert len(mailing.messages) == 1
    assert (fresh(message).status, fresh(message).attempts, fresh(message).error) == ("sent", 2, "")


def test_refused_recipient_fails_with_the_servers_words(account: Account, mailing: SmtpServer) -> None:
    mailing.mode = "refuse_recipient"
    message = put(account)
    run_pending(now=NOW)
    run_pending(now=later(100_000))
    assert (fresh(message).status, fresh(message).error) == ("failed", "550 5.1.1 No such mailbox here")
    assert fresh(message).attempts == 1


def test_refused_content_fails_with_the_servers_words(account: Account, mailing: SmtpServer) -> None:
    mailing.mode = "refuse_message"
    message = put(account)
    run_pending(now=NOW)
    assert fresh(message).error == "554 5.7.1 Message looks like spam"


def test_wrong_password_fails_with_the_servers_words(account: Account, smtp_server: SmtpServer) -> None:
    smtp_server.require_login("praxis", "right")
    use_server(account, smtp_server)
    EmailSettings.objects.filter(account=account).update(password_sealed="")
    message = put(account)
    run_pending(now=NOW)
    assert fresh(message).status == "failed"
    assert fresh(message).error.startswith("535 ")


def test_log_in_with_the_sealed_password_is_accepted(account: Account, smtp_server: SmtpServer) -> None:
    smtp_server.require_login("praxis", "pässword: %@")
    smtp_server.password = "p4ssword: %@"
    use_server(account, smtp_server)
    assert "p4ssword" not in EmailSettings.objects.get(account=account).password_sealed
    message = put(account)
    run_pending(now=NOW)
    assert fresh(message).status == "sent"


def test_unreachable_server_gives_up_after_the_last_attempt(account: Account, smtp_server: SmtpServer) -> None:
    use_server(account, smtp_server)
    EmailSettings.objects.filter(account=account).update(port=free_port())
    message = put(account)
    for hour in range(0, 100, 5):
        run_pending(now=later(hour * 3600))
    assert fresh(message).status == "failed"
    assert fresh(message).attempts == sending.MAX_ATTEMPTS
    assert fresh(message).error == "The mail server cannot be reached: Connection refused"


def test_message_interrupted_while_sending_is_sent_again_once_and_says_so(
    account: Account, mailing: SmtpServer
) -> None:
    message = put(account)
    assert sending.claim(str(message.pk)) is not None  # then the process is killed
    run_pending(now=NOW)
    assert len(mailing.messages) == 1
    assert (fresh(message).status, fresh(message).error) == ("sent", sending.AGAIN)


def test_message_interrupted_a_few_times_is_sent_all_the_same(account: Account, mailing: SmtpServer) -> None:
    message = put(account)
    for _crash in range(sending.MAX_INTERRUPTED):
        sending.claim(str(message.pk))
    run_pending(now=NOW)
    assert (len(mailing.messages), fresh(message).status) == (1, "sent")


def test_message_interrupted_again_and_again_fails_and_is_not_sent(account: Account, mailing: SmtpServer) -> None:
    message = put(account)
    for _crash in range(sending.MAX_INTERRUPTED + 1):
        sending.claim(str(message.pk))
    run_pending(now=NOW)
    assert mailing.messages == []
    assert (fresh(message).status, fresh(message).error) == ("failed", sending.TOO_OFTEN)


def test_outcome_of_an_overtaken_attempt_is_not_written(account: Account) -> None:
    message = put(account)
    overtaken = sending.claim(str(message.pk))
    assert overtaken is not None
    sending.claim(str(message.pk))
    assert sending.record_outcome(overtaken, sending.Outcome("failed", "late"), NOW) is False
    assert fresh(message).status == "sending"


def test_dead_job_leaves_a_failed_message(account: Account) -> None:
    message = put(account)
    give_up(DeadJob(1, send.name, {"message_id": str(message.pk)}, account.pk, 9, "KeyError: 'x'"))
    assert (fresh(message).status, fresh(message).error) == ("failed", "KeyError: 'x'")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"text": " \n "}, "Not sent: the message is empty."),
        ({"subject": "\r\n"}, "Not sent: the message is empty."),
        ({"must_contain": ("https://x.example/o/abc",)}, "Not sent: the message does not contain its link."),
        ({"must_contain": ("",)}, "Not sent: the message does not contain its link."),
        ({"to": "nobody"}, "Not sent: the address cannot receive mail."),
        ({"to": "a@example.com\nBcc: b@example.com"}, "Not sent: the address cannot receive mail."),
        ({"to": "a@example.com, b@example.com"}, "Not sent: the address cannot receive mail."),
    ],
)
def test_unsendable_message_is_kept_as_failed_and_never_sent(
    account: Account, mailing: SmtpServer, fields: dict[str, Any], error: str
) -> None:
    message = put(account, **fields)
    run_pending(now=NOW)
    assert (message.status, message.error) == ("failed", error)
    assert mailing.messages == []


def test_resend_of_an_outbox_message_once_there_is_a_server_sends_it(account: Account, smtp_server: SmtpServer) -> None:
    message = put(account)
    run_pending(now=NOW)
    with pytest.raises(Problem, match="no mail server"):
        resend(account=account, message_id=message.pk, actor=SYSTEM, now=NOW)
    use_server(account, smtp_server)
    resend(account=account, message_id=message.pk, actor=SYSTEM, now=NOW)
    run_pending(now=NOW)
    assert len(smtp_server.messages) == 1
    with pytest.raises(Problem, match="on its way"):
        resend(account=account, message_id=message.pk, actor=SYSTEM, now=NOW)


def test_resend_of_another_accounts_message_is_not_found(account: Account) -> None:
    message = put(account)
    with pytest.raises(Problem, match="not_found"):
        resend(account=factories.account(), message_id=message.pk, actor=SYSTEM, now=NOW)


def test_queue_in_a_rolled_back_transaction_leaves_neither_message_nor_job(account: Account) -> None:
    from django.db import transaction

    with pytest.raises(RuntimeError), transaction.atomic():
        put(account)
        raise RuntimeError
    assert (Message.objects.count(), Job.objects.filter(task=send.name).count()) == (0, 0)


def override_env(**changes: Any) -> override_settings:
    """settings.ENV with other values."""
    from dataclasses import replace

    from django.conf import settings

    return override_settings(ENV=replace(settings.ENV, **changes))


def test_server_that_takes_the_mail_and_hangs_up_gets_it_twice_at_most(account: Account, mailing: SmtpServer) -> None:
    mailing.mode = "drop"
    message = put(account)
    for hour in range(0, 100, 5):
        run_pending(now=later(hour * 3600))
    assert len(mailing.messages) == 2
    assert (fresh(message).status, fresh(message).error) == ("failed", sending.TWICE)


def test_server_that_hangs_up_once_gets_the_mail_again_and_the_owner_knows(
    account: Account, mailing: SmtpServer
) -> None:
    mailing.mode = "drop"
    message = put(account)
    run_pending(now=NOW)
    mailing.mode = "accept"
    run_pending(now=later(100_000))
    assert len(mailing.messages) == 2
    assert (fresh(message).status, fresh(message).error) == ("sent", sending.AGAIN)


def test_lines_that_begin_with_dots_arrive_as_written(account: Account, mailing: SmtpServer) -> None:
    put(account, text="Hello\n.\n..two\n.one\n")
    run_pending(now=NOW)
    assert mailing.messages[0].text().replace("\r\n", "\n") == "Hello\n.\n..two\n.one\n"
