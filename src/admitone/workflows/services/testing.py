"""A test run: the draft is walked by its real steps inside a transaction that is always rolled back.

Nothing it writes stays, no job of it runs, nothing calls the outside; waits are skipped by moving the clock. What "really
send" adds happens afterwards, to one address that was typed for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from admitone.accounts.models import Account
from admitone.contacts.models import Contact
from admitone.contacts.queries import get as get_contact
from admitone.events import Actor, record_many
from admitone.links.models import OneTimeLink
from admitone.links.services.issuing import build, event_of
from admitone.logic import steps
from admitone.logic.errors import Problem
from admitone.logic.identity import clean_email
from admitone.logic.ids import uuid7
from admitone.messaging.models import Message
from admitone.messaging.services import queue
from admitone.workflows import documents, engine, sampling
from admitone.workflows.models import Enrollment, StepRun, Workflow, WorkflowVersion
from admitone.workflows.outcomes import Branch, Done, End, Failed, Outcome, Preview, Retry, Skipped, Wait
from admitone.workflows.queries import get
from admitone.workflows.reasons import branch_title, why
from admitone.workflows.registry import Action, actions
from admitone.workflows.run import StepContext

AROUND = 2  # times that a test goes through one step
MAX_TRIES = 200
WAITS_OF_A_STEP = 4
SOME_MESSAGES = 30
LINK_LASTS = timedelta(days=1)
HAPPENS, NOTHING = "happens", "nothing"
BODY = re.compile(r"(<body[^>]*>)", re.IGNORECASE)
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)


@dataclass
class Tried:
    """One step of a test run. `status`: done, skipped, failed, stopped. `messages` and `at` are of a pretended time."""

    name: str
    type: str
    label: str
    icon: str
    at: datetime
    status: str = "done"
    text: str = ""
    notes: list[str] = field(default_factory=list)
    waits: list[datetime | None] = field(default_factory=list)
    branch: str = ""
    reasons: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass
class TestRun:
    """`faults` forbid publishing; `sent` pairs what really went out with its address."""

    __test__ = False  # not a test class

    contact: str
    steps: list[Tried] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    links: list[OneTimeLink] = field(default_factory=list)
    ended: str = ""
    sent: list[Message] = field(default_factory=list)
    not_sent: list[Message] = field(default_factory=list)


def try_out(
    *,
    account: Account,
    workflow_id: UUID | str,
    contact_id: UUID | str | None = None,
    assume: str = NOTHING,
    send_to: str = "",
    actor: Actor,
    now: datetime,
) -> TestRun:
    """Walk the draft for a contact (a made-up one if None). `assume` says what an awaited event does: "nothing" lets time
    run out. With `send_to`, every mail is sent there as a test and nowhere else. Problem not_found, invalid."""
    address = address_of(send_to) if send_to else ""
    workflow = get(account, workflow_id)
    contact = get_contact(account, contact_id) if contact_id else None
    with transaction.atomic():
        run = walk(Walk.of(workflow, contact, assume, now))
        transaction.set_rollback(True)
    if address:
        deliver(account=account, run=run, to=address, actor=actor, now=now)
    return run


def address_of(raw: str) -> str:
    try:
        return clean_email(raw)
    except ValueError as error:
        raise Problem("invalid", fields={"send_to": str(error)}) from error


@dataclass
class Walk:
    """A test run on its way: its enrollment, the clock it pretends, and how often it was where."""

    run: TestRun
    enrollment: Enrollment
    assume: str
    now: datetime
    visits: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, workflow: Workflow, contact: Contact | None, assume: str, now: datetime) -> Walk:
        """Rows of a real enrollment, as every step expects them, in the transaction that will not be kept."""
        contact = contact or sampling.contact(workflow.account, now)
        version = WorkflowVersion.objects.create(workflow=workflow, number=0, document=workflow.draft, published_at=now)
        enrollment = Enrollment.objects.create(
            account=workflow.account,
            workflow=workflow,
            version=version,
            contact=contact,
            trigger=next((row["type"] for row in workflow.draft["triggers"]), "manual"),
            path=list(steps.START),
            context=sampling.context(workflow, contact, now),
            created_at=now,
            updated_at=now,
        )
        faults = documents.faults(workflow.draft, workflow.account)
        return cls(TestRun(str(contact), faults=faults), enrollment, assume, now)

    @property
    def tree(self) -> steps.Steps:
        return self.enrollment.version.document["steps"]


def walk(test: Walk) -> TestRun:
    for _turn in range(MAX_TRIES):
        one = test.enrollment
        path = steps.settle(test.tree, tuple(one.path)) if one.path is not None else None
        step = steps.at(test.tree, path) if path else None
        if path is None or step is None:
            test.run.ended = _("The end is reached.")
            break
        one.path = list(path)
        test.visits[step["name"]] = test.visits.get(step["name"], 0) + 1
        if test.visits[step["name"]] > AROUND:
            test.run.ended = _("It goes around again from here: the test stops.")
            break
        if not take(test, step):
            break
    test.run.links = list(OneTimeLink.objects.filter(source_id__startswith=f"{test.enrollment.id.hex}:"))
    return test.run


def take(test: Walk, step: Mapping[str, Any]) -> bool:
    """Try one step and move on; False if the run is over."""
    kind = actions().get(step["type"])
    label = step.get("label") or (str(kind.label) if kind else step["type"])
    tried = Tried(step["name"], step["type"], label, kind.icon if kind else "circle", test.now)
    test.run.steps.append(tried)
    outcome = outcome_of(test, step, kind, tried)
    note(test, step, tried, outcome)
    if isinstance(outcome, End | Failed | Retry):
        test.run.ended = _("The contact stays here until somebody retries the step.")
        if isinstance(outcome, End):
            test.run.ended = outcome.stopped or _("The end is reached.")
        return False
    assert isinstance(outcome, Done | Skipped)
    if isinstance(outcome, Done):
        test.enrollment.context.update(outcome.context)
        if outcome.outputs:
            test.enrollment.outputs[tried.name] = dict(outcome.outputs)
    test.enrollment.path = engine.ahead(engine.Turn(test.enrollment, test.now), outcome)
    return True


def outcome_of(test: Walk, step: Mapping[str, Any], kind: type[Action] | None, tried: Tried) -> Outcome:
    """The outcome once all waiting is over."""
    if step.get("disabled"):
        return Skipped(_("This step is switched off."))
    if kind is None:
        return Failed(_("This kind of step is not installed here."))
    params, wrong = kind.read(step["params"])
    if wrong:
        return Failed("; ".join(f"{name}: {sentence}" for name, sentence in wrong.items()))
    test.enrollment.visits += 1
    run = StepRun.objects.create(
        enrollment=test.enrollment,
        step=step["name"],
        type=step["type"],
        visit=test.enrollment.visits,
        started_at=test.now,
    )
    for _again in range(WAITS_OF_A_STEP):
        context = StepContext(test.enrollment, step, params, run, test.now)
        shown = previewed(kind, context)
        tried.text, outcome = shown.text, shown.outcome
        if not isinstance(outcome, Wait):
            tried.messages = messages_of(context)
            return outcome
        tried.waits.append(outcome.until)
        tried.notes += [outcome.note] if outcome.note else []
        if outcome.until is None or (outcome.kinds and test.assume == HAPPENS):
            return happened(test, kind, context)
        test.now = max(test.now, outcome.until)
    return Skipped(_("It would wait again and again: the test goes on."))


def previewed(kind: type[Action], context: StepContext) -> Preview:
    """A refusal, or a draft that is not finished, is what the step would fail with."""
    try:
        with transaction.atomic():
            return kind.preview(context)
    except Problem as problem:
        return Preview("", Failed(engine.words(problem)))
    except UNREADABLE as error:
        return Preview("", Failed(str(error)))


def happened(test: Walk, kind: type[Action], context: StepContext) -> Outcome:
    """As if what it waits for came now; an appointment that nobody made is made up."""
    places = [n for n, branch in enumerate(steps.branches(context.step)) if branch.get("name") == "happened"]
    ids = {}
    if "appointment" in kind.nouns(context.params, "happened") and not test.enrollment.context.get("booking"):
        ids = sampling.booking(test.enrollment.workflow, test.enrollment.contact, test.now)
    words = _("The test assumes that it happens.")
    outputs = {"happened": True} if "happened" in kind.outputs else {}
    return Branch(outputs, ids, words, n=places[0]) if places else Done(outputs, ids, words)


def messages_of(context: StepContext) -> list[Message]:
    """What this visit has queued, with its bodies."""
    rows = Message.objects.filter(account=context.account).order_by("-id")[:SOME_MESSAGES]
    return sorted((row for row in rows if row.key.startswith(context.key)), key=lambda row: row.key)


def note(test: Walk, step: Mapping[str, Any], tried: Tried, outcome: Outcome) -> None:
    """Write down what came of it, in words."""
    match outcome:
        case Failed(reason) | Retry(_, reason):
            tried.status, tried.notes = "failed", [*tried.notes, reason]
        case Skipped(reason):
            tried.status, tried.notes = "skipped", [*tried.notes, reason]
        case End(stopped):
            tried.status, tried.notes = (
                "stopped" if stopped else "done",
                [*tried.notes, *([stopped] if stopped else [])],
            )
        case Done():
            tried.outputs = {name: value for name, value in outcome.outputs.items() if name != "link"}
            tried.notes += [outcome.note] if outcome.note and not isinstance(outcome, Branch) else []
    if isinstance(outcome, Branch):
        rows = steps.branches(step)
        tried.branch = _("none of the branches") if outcome.n is None else branch_title(step, outcome.n)
        tried.reasons = why(rows, outcome.n, StepContext(test.enrollment, step, None, StepRun(), test.now).values)


@transaction.atomic
def deliver(*, account: Account, run: TestRun, to: str, actor: Actor, now: datetime) -> None:
    """Queue every mail of the run to the one address, marked as a test. Its links are kept for a day, for nobody."""
    messages = [message for tried in run.steps for message in tried.messages if message.status != "failed"]
    keep_links(account, run.links, actor, now)
    for message in messages:
        if message.channel != "email":
            run.not_sent.append(message)
            continue
        words = _("This is a test. %(to)s did not get it.") % {"to": message.to}
        sent = queue(
            account_id=account.id,
            kind="workflow.test",
            key=f"workflow.test:{uuid7()}",
            to=to,
            from_name=message.from_name,
            reply_to=message.reply_to,
            subject=f"[{_('Test')}] {message.subject}",
            text=f"{words}\n\n{message.text}",
            html=marked(message.html, words),
            now=now,
        )
        run.sent.append(sent)


def marked(html: str, words: str) -> str:
    """The page with the words on top of its body."""
    return BODY.sub(lambda found: f"{found[0]}<p>{escape(words)}</p>", html, count=1)


def keep_links(account: Account, links: list[OneTimeLink], actor: Actor, now: datetime) -> None:
    """The links that the sent mails carry, under the same address: real ones for a day, of no contact."""
    kept = []
    for link in links:
        try:
            kept.append(
                build(
                    link_id=link.id,
                    account=account,
                    calendar=link.calendar,
                    group=link.group,
                    contact=None,
                    now=now,
                    max_uses=link.max_uses,
                    expires_at=now + LINK_LASTS,
                    offered=[(start, end) for start, end in link.offered] if link.offered else None,
                    label=_("Test run"),
                    source_kind="test",
                )
            )
        except Problem:
            continue  # its offered times are over: the mail's link will say so
    OneTimeLink.objects.bulk_create(kept)
    record_many([event_of(link, "one_time_link.created", actor, now) for link in kept])
