"""Every template is run: what starts it happens, a link is made and sent, and each way on is followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests import factories
from tests.workflows.conftest import NOW, runs

from admitone.accounts.models import Account
from admitone.booking.models import Booking
from admitone.booking.services import mark_no_show
from admitone.calendars.models import Calendar
from admitone.contacts.models import Contact
from admitone.contacts.services import add_tag
from admitone.events import GUEST, SYSTEM
from admitone.forms.services import submit
from admitone.jobs import run_pending
from admitone.links.models import OneTimeLink
from admitone.links.services import redeem
from admitone.logic import steps
from admitone.logic.clock import from_min, iso
from admitone.messaging.models import Message
from admitone.pipelines.services import create_opportunity, move
from admitone.workflows.documents import clean, faults
from admitone.workflows.models import Enrollment, Workflow
from admitone.workflows.registry import actions, triggers
from admitone.workflows.services import create_workflow, enroll, publish
from admitone.workflows.templates import CATEGORIES, template_called, templates

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
SLOT = datetime(2026, 11, 5, 11, 0, tzinfo=BERLIN)


@dataclass
class Play:
    """One contact in one published template; the clock only moves by `after`."""

    account: Account
    calendar: Calendar
    workflow: Workflow
    choices: dict[str, Any]
    now: datetime = NOW

    def after(self, **passed: float) -> Play:
        self.now += timedelta(**passed)
        run_pending(now=self.now)
        return self

    @property
    def enrollment(self) -> Enrollment:
        return Enrollment.objects.get(workflow=self.workflow)

    @property
    def taken(self) -> list[tuple[str, str]]:
        return runs(self.enrollment)

    def message(self, step: str) -> Message:
        return Message.objects.get(pk=self.enrollment.runs.filter(step=step).latest("visit").message_id)

    def notices(self) -> list[str]:
        return list(Message.objects.filter(kind="workflow.notice").values_list("subject", flat=True))

    def link(self, step: str) -> OneTimeLink:
        """The link in the message of that step, by its address."""
        token = re.search(r"/o/([\w-]+)", self.message(step).text)
        assert token
        found = OneTimeLink.objects.get(pk=self.enrollment.outputs[self.maker]["link"])
        assert self.enrollment.outputs[self.maker]["url"].endswith(token.group(1))
        return found

    maker: str = "booking_link"

    def book(self, step: str, start: datetime | None = None) -> Booking:
        """Book with the address that the message of that step holds."""
        token = re.search(r"/o/([\w-]+)", self.message(step).text)
        assert token
        at = start or workday(self.now + timedelta(days=3)).astimezone(BERLIN).replace(hour=11, minute=0)
        contact = self.enrollment.contact
        email = contact.email or "ada@example.com"
        guest = {"name": "Ada Lovelace", "email": email, "phone": contact.phone, "timezone": "Europe/Berlin"}
        redeem(token=token.group(1), start=int(at.timestamp()) // 60, guest=guest, now=self.now)
        run_pending(now=self.now)
        return Booking.objects.latest("created_at")

    def submits(self, **answers: str) -> Play:
        form = self.choices["made"]
        submit(form=form, answers=answers, meta={"source": "page"}, actor=GUEST, now=self.now)
        return self.after()


def workday(at: datetime) -> datetime:
    return at + timedelta(days=max(0, 7 - at.weekday())) if at.weekday() > 4 else at


@pytest.fixture
def play(account: Account, calendar: Calendar):
    """`play("vip")` publishes the template with something chosen for every need."""

    def begin(key: str) -> Play:
        factories.owner(account)
        found = template_called(key)
        choices = choose(found, account, calendar)
        run_pending(now=NOW)
        made = create_workflow(account=account, document=found.document(choices), actor=SYSTEM, now=NOW)
        publish(account=account, workflow_id=made.id, actor=SYSTEM, now=NOW)
        return Play(account, calendar, made, choices)

    return begin


def choose(found: Any, account: Account, calendar: Calendar) -> dict[str, Any]:
    kinds = {need.kind for need in found.needs}
    choices: dict[str, Any] = {"calendar": str(calendar.id)}
    if "form" in kinds:
        form = form_of(account)
        choices |= {"form": str(form.id), "made": form}
    if "stage" in kinds:
        choices["stage"] = str(factories.pipeline(account).stages.all()[1].id)
    if "tag" in kinds:
        choices["tag"] = str(factories.tag(factories.contact(account), "Special").id)
    if "slot" in kinds:
        choices["offered"] = [{"start": iso(SLOT), "end": iso(SLOT + timedelta(minutes=calendar.duration))}]
    return choices


def form_of(account: Account) -> Any:
    fields = [
        {"key": "name", "label": "Name", "maps_to": "name"},
        {"key": "email", "label": "Email", "kind": "email", "maps_to": "email"},
        {"key": "phone", "label": "Phone", "kind": "phone", "maps_to": "phone"},
    ]
    return factories.form(account, fields=fields)


ADA = {"name": "Ada Lovelace", "email": "ada@example.com"}


@pytest.mark.parametrize("key", [one.key for one in templates()])
def test_template_tells_what_it_is_and_can_be_published(key, account, calendar):
    found = template_called(key)
    assert all(str(text).strip() for text in (found.label, found.description, found.icon))
    assert found.category in CATEGORIES
    assert found.needs[0].kind == "calendar"
    document = found.document(choose(found, account, calendar))
    assert faults(clean(document), account) == {}
    labels = [step["label"] for _path, step in steps.walk(document["steps"])]
    assert all(labels)


def test_templates_use_only_what_there_is(account, calendar):
    for found in templates():
        document = found.document(choose(found, account, calendar))
        assert {row["type"] for row in document["triggers"]} <= set(triggers())
        assert {step["type"] for _path, step in steps.walk(document["steps"])} <= set(actions())


def test_optional_form_left_open_means_any_form(account, calendar):
    document = template_called("form_link").document({"calendar": str(calendar.id)})
    assert document["triggers"] == [{"type": "form.submitted", "filters": {}}]


def test_form_link_books_and_is_done(play):
    run = play("form_link").submits(**ADA)
    link = run.link("invitation")
    assert (link.contact.email, link.expires_at) == ("ada@example.com", NOW + timedelta(days=14))
    run.book("invitation")
    link.refresh_from_db()
    assert (link.uses, run.enrollment.status) == (1, "done")
    assert run.taken == [("booking_link", "done"), ("invitation", "done"), ("booked", "done")]


def test_form_link_unused_is_sent_once_more(play):
    run = play("form_link").submits(**ADA).after(days=3)
    assert run.taken[-1] == ("nudge", "done")
    assert run.link("nudge") == run.link("invitation")
    assert run.enrollment.status == "done"


def test_stage_link_follows_a_moved_deal(play, account, contact):
    run = play("stage_link")
    stages = factories.pipeline(account).stages.model.objects.get(pk=run.choices["stage"]).pipeline.stages.all()
    deal = create_opportunity(account=account, stage_id=stages[0].id, contact=contact, actor=SYSTEM, now=NOW)
    run.after()
    assert Enrollment.objects.count() == 0
    move(account=account, opportunity_id=deal.id, stage_id=stages[1].id, actor=SYSTEM, now=NOW)
    run.after().after(days=3)
    assert [name for name, _status in run.taken] == ["booking_link", "invitation", "booked", "nudge", "booked_at_last"]
    assert run.link("nudge").contact == contact
    run.after(days=3)
    assert run.notices() == ["Ada Lovelace has not booked"]
    assert run.enrollment.status == "done"


def test_stage_link_booked_after_the_nudge_ends_quietly(play, account, contact):
    run = play("stage_link")
    create_opportunity(account=account, stage_id=run.choices["stage"], contact=contact, actor=SYSTEM, now=NOW)
    run.after().after(days=3).book("nudge")
    assert (run.enrollment.status, run.notices()) == ("done", [])


def test_discovery_call_booked_prepares_the_day_before(play):
    run = play("discovery_call").submits(**ADA)
    booking = run.book("invitation")
    assert (run.taken[-1], run.enrollment.status) == (("day_before", "waiting"), "waiting")
    run.now = from_min(booking.start_min) - timedelta(days=1)
    run.after()
    assert "What have you tried?" in run.message("prepare").text
    assert run.message("prepare").subject.startswith("Before our call: ")
    assert run.enrollment.status == "done"


def test_discovery_call_not_booked_is_nudged_and_not_repeated(play):
    run = play("discovery_call").submits(**ADA).after(days=4)
    assert run.taken[-1] == ("nudge", "done")
    run.submits(**ADA)
    assert Enrollment.objects.count() == 1


def tagged(run: Play, contact: Contact) -> Play:
    add_tag(account=run.account, contact_id=contact.id, tag="Special", actor=SYSTEM, now=run.now)
    return run.after()


def test_vip_link_is_theirs_alone_and_the_team_hears(play, contact):
    run = tagged(play("vip"), contact)
    link = run.link("invitation")
    assert (link.contact, link.contact_policy, link.label) == (contact, "refuse", "VIP")
    run.book("invitation")
    assert run.notices() == ["VIP booked: Ada Lovelace"]


def test_vip_who_does_not_book_is_told_to_the_team(play, contact):
    run = tagged(play("vip"), contact).after(days=7)
    assert run.notices() == ["VIP has not booked: Ada Lovelace"]


def entered(run: Play, contact: Contact) -> Play:
    enroll(account=run.account, workflow_id=run.workflow.id, contact_id=contact.id, actor=SYSTEM, now=run.now)
    return run.after()


def test_single_slot_offers_one_time_and_books_it(play, contact):
    run = entered(play("single_slot"), contact)
    assert len(run.link("offer").offered) == 1
    booking = run.book("offer", SLOT)
    assert (from_min(booking.start_min), run.enrollment.status) == (SLOT, "done")


def test_single_slot_not_taken_is_followed_by_all_times(play, contact):
    run = entered(play("single_slot"), contact).after(days=1)
    assert run.taken[-2:] == [("open_link", "done"), ("others", "done")]
    run.maker = "open_link"
    assert run.link("others").offered is None
    run.book("others")


def test_sensitive_appointment_asks_for_a_code_and_names_nothing(play, contact, calendar):
    run = entered(play("sensitive"), contact)
    assert run.link("invitation").contact_policy == "verify"
    message = run.message("invitation")
    assert calendar.name not in message.subject + message.text + message.html
    run.after(days=2)
    assert run.taken[-2:] == [("close", "done"), ("tell_silent", "done")]
    assert OneTimeLink.objects.get().deleted_at is not None


def test_promotion_ends_after_a_last_call(play, contact):
    run = tagged(play("promotion"), contact)
    link = run.link("offer")
    assert (link.expires_at, link.metadata) == (NOW + timedelta(days=7), {"campaign": "promotion"})
    run.after(days=5)
    assert run.link("last_call").expires_at == NOW + timedelta(days=7)
    run.book("last_call")
    assert run.enrollment.status == "done"


def test_promotion_used_has_no_last_call(play, contact):
    run = tagged(play("promotion"), contact)
    run.book("offer")
    run.after(days=5)
    assert run.taken[-1] == ("booked", "done")


def test_no_show_gets_a_new_link_after_an_hour(play, calendar, contact):
    run = play("no_show")
    run.now = NOW + timedelta(days=2)
    booking = factories.booking(calendar, email=contact.email)
    mark_no_show(account_id=run.account.id, booking_id=booking.id, actor=SYSTEM, now=run.now)
    run.after()
    assert run.taken == [("breather", "waiting")]
    run.after(hours=1).book("again")
    assert run.enrollment.status == "done"


def test_no_show_who_does_not_book_again_is_told_to_the_team(play, calendar, contact):
    run = play("no_show")
    run.now = NOW + timedelta(days=2)
    booking = factories.booking(calendar, email=contact.email)
    mark_no_show(account_id=run.account.id, booking_id=booking.id, actor=SYSTEM, now=run.now)
    run.after().after(hours=1).after(days=7)
    assert [notice for notice in run.notices() if notice.startswith("No-show")] != []
