"""Recording events: numbered without gaps for each subject, whoever writes at the same time."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from tests import factories

from admitone.events import SYSTEM, Event, record
from admitone.logic.ids import uuid7

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def test_two_writers_of_one_subject_at_once_get_numbers_of_their_own():
    account, subject = factories.account(), uuid7()
    first_wrote, errors = threading.Event(), []

    def write() -> None:
        record(
            account_id=account.id, actor=SYSTEM, now=factories.NOW, kind="test.happened", subject_kind="test",
            subject_id=subject,
        )  # fmt: skip

    def second() -> None:
        first_wrote.wait(10)
        try:
            with transaction.atomic():
                write()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        write()
        first_wrote.set()
        thread.join(0.3)
    thread.join(10)
    assert errors == []
    assert sorted(Event.objects.filter(subject_id=subject).values_list("subject_seq", flat=True)) == [1, 2]
