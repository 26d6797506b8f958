"""What mails of workflows carry, who gets none, how many go out a day, and where their words come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.messaging.conftest import use_server
from tests.smtp import SmtpServer
from tests.workflows.conftest import NOW, email, runs, submit

from admitone.events import SYSTEM
from admitone.jobs import run_pending
from admitone.logic.errors import Problem
from admitone.messaging import caps
from admitone.messaging.email_services import save_daily_cap
from admitone.messaging.models import DailyCount, Message, MessageTemplate
from admitone.messaging.opting import opt_out
from admitone.workflows.models import Enrollment

pytestmark = pytest.mark.django_db
DO: dict[str, Any] = {"actor": SYSTEM, "now": NOW}


@pytest.fixture
def mailing(account, smtp_server) -> Iterator[SmtpServer]:
    use_server(account, smtp_server)
    yield smtp_server


def test_mail_says_how_to_leave_in_its_headers_and_in_both_parts(published, contact, mailing):
    published([email(body="Hello {{ contact.first_name }}", unsubscribe=True)])
    submit(contact)
    got = mailing.messages[0]
    url = re.fullmatch(r"<(http://testserver/u/[\w-]{44})>", str(got.message["List-Unsubscribe"]))
    assert url
    assert got.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.text().replace("\r\n", "\n") == f"Hello Ada\n\n--\nUnsubscribe: {url[1]}\n"
    assert f'href="{url[1]}"' in got.html()
    assert ">Unsubscribe</a>" in got.html()


def test_reader_who_leaves_gets_no_more_but_keeps_mails_about_appointments(published, contact, mailing, calendar):
    published([email(body="News", unsubscribe=True)])
    submit(contact)
    url = str(mailing.messages[0].message["List-Unsubscribe"]).strip("<>")
    answer = Client().post(url.removeprefix("http://testserver"), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    submit(contact)
    assert sorted(runs(one)[0][1] for one in Enrollment.objects.all()) == ["done", "skipped"]
    assert len(mailing.messages) == 1
    factories.booking(calendar, email="ada@example.com")
    run_pending(now=NOW)
    assert mailing.messages[1].recipients == ("ada@example.com",)


def test_transactional_mail_carries_no_way_to_leave(published, contact, mailing):
    published([email(body="Receipt", unsubscribe=False)])
    submit(contact)
    assert mailing.messages[0].message["List-Unsubscribe"] is None
    assert mailing.messages[0].text().strip() == "Receipt"


def test_opted_out_is_a_skip_that_branches_see(published, contact, account):
    opt_out(account=account, channel="email", address="ADA@example.com", source="bounce", **DO)
    when = {"all": [{"value": "steps.email.status", "op": "is", "than": "skipped"}]}
    tagged = {"name": "tag", "type": "contact.add_tag", "params": {"tag": "unreachable"}}
    branch = {"name": "see", "type": "if_else", "branches": [{"when": when, "steps": [tagged]}]}
    published([email(body="News"), branch])
    submit(contact)
    one = Enrollment.objects.get()
    assert runs(one) == [("email", "skipped"), ("see", "done"), ("tag", "done")]
    assert one.runs.get(step="email").error == "opted out"
    assert Message.objects.count() == 0


def contacts(account, n: int) -> list[Any]:
    return [factories.contact(account, email=f"c{i}@example.com") for i in range(n)]


def test_what_is_over_the_daily_cap_waits_for_the_next_day_and_none_is_lost(published, account):
    account.timezone = "Pacific/Auckland"
    account.save()
    save_daily_cap(account=account, cap=2, **DO)
    published([email(body="News")])
    for one in contacts(account, 5):
        submit(one)
    assert Message.objects.count() == 2
    waiting = Enrollment.objects.filter(status="waiting")
    midnight = datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert {one.resume_at for one in waiting} == {midnight}
    words = "Waits for tomorrow: the daily limit of 2 messages is reached."
    assert {one.runs.get().error for one in waiting} == {words}
    run_pending(now=midnight - timedelta(minutes=1))
    assert Message.objects.count() == 2
    run_pending(now=midnight + timedelta(minutes=1))
    assert Message.objects.count() == 4
    run_pending(now=midnight + timedelta(days=1, minutes=1))
    assert (Message.objects.count(), Enrollment.objects.filter(status="done").count()) == (5, 5)
    assert list(DailyCount.objects.order_by("day").values_list("n", flat=True)) == [2, 2, 1]


def test_skipped_and_held_mails_do_not_count(published, contact, account):
    save_daily_cap(account=account, cap=1, **DO)
    published([email(body="Your number: {{ contact.phone }}")])
    contact.phone = ""
    contact.save()
    submit(contact)
    assert Enrollment.objects.get().status == "failed"
    assert caps.sent_today(account, "email", NOW) == 0


def test_lower_of_both_caps_holds(account, settings):
    from dataclasses import replace

    settings.ENV = replace(settings.ENV, email_daily_cap=3)
    assert caps.cap_of(account, "email") == 3
    save_daily_cap(account=account, cap=2, **DO)
    assert caps.cap_of(account, "email") == 2
    save_daily_cap(account=account, cap=50, **DO)
    assert (caps.cap_of(account, "email"), caps.cap_of(account, "sms")) == (3, None)


@pytest.mark.parametrize("cap", [0, -1, 1_000_001])
def test_cap_out_of_range_is_refused(account, cap):
    with pytest.raises(Problem) as caught:
        save_daily_cap(account=account, cap=cap, **DO)
    assert list(caught.value.fields) == ["daily_cap"]


def from_template(template: Any, **params: Any) -> dict[str, Any]:
    values = {"template": str(getattr(template, "id", template)), "unsubscribe": False, **params}
    return {"name": "email", "type": "email.send", "params": values}


def test_step_takes_the_words_of_its_template(published, contact, account):
    template = factories.message_template(account, subject="Hi {{ contact.first_name }}", body="Read this.")
    published([from_template(template)])
    submit(contact)
    assert Message.objects.values_list("subject", "text").get() == ("Hi Ada", "Read this.\n")


def test_own_words_come_before_the_templates(published, contact, account):
    template = factories.message_template(account, subject="Hi", body="Read this.")
    published([from_template(template, body="Mine.")])
    submit(contact)
    assert Message.objects.values_list("subject", "text").get() == ("Hi", "Mine.\n")


def test_template_deleted_after_publication_still_gives_its_words(published, contact, account):
    template = factories.message_template(account, body="Read this.")
    published([from_template(template)])
    MessageTemplate.objects.update(deleted_at=NOW)
    submit(contact)
    assert Message.objects.get().text == "Read this.\n"


def faults(published, step: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        published([step])
    return caught.value.fields


GONE = "This template is not there any more. Choose another, or write the text here."


def test_publication_needs_a_template_of_this_account_and_channel(published, account):
    mine = factories.message_template(account)
    sms = factories.message_template(account, channel="sms", subject="")
    theirs = factories.message_template(factories.account())
    for wrong in (sms, theirs, "nonsense"):
        assert faults(published, from_template(wrong)) == {"steps.email.template": GONE}
    MessageTemplate.objects.filter(pk=mine.pk).update(deleted_at=NOW)
    assert faults(published, from_template(mine)) == {"steps.email.template": GONE}


def test_publication_checks_the_values_of_the_template(published, account):
    template = factories.message_template(account, body="See {{ appointment.start }} {{ contact.shoe }}")
    words = faults(published, from_template(template))["steps.email.template"]
    assert "There is no appointment at this point" in words
    assert "There is no value called contact.shoe." in words


def test_neither_words_nor_template_are_refused(published, account):
    empty = "This must not be empty."
    step = {"name": "email", "type": "email.send", "params": {}}
    assert faults(published, step) == {"steps.email.subject": empty, "steps.email.body": empty}
