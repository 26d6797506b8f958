"""Advance one enrollment: one visit after the other, each exactly once, whatever is killed.

A step that only writes to our database runs in the transaction that records it: both or neither. A step that calls
the outside is claimed first (fence and lease), run outside any transaction, and recorded only if the fence is still ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from admitone.contacts.rows import kept_of
from admitone.events import SYSTEM, Draft, record_many
from admitone.jobs import Retry as TryAgain
from admitone.jobs import enqueue_many, task
from admitone.logic import steps
from admitone.logic.clock import iso
from admitone.logic.errors import Problem
from admitone.statements import Prepared, insert, update
from admitone.values import Unreadable
from admitone.workflows.models import Enrollment, StepRun
from admitone.workflows.outcomes import Branch, Done, End, Failed, Goto, Outcome, Retry, Skipped, Wait
from admitone.workflows.registry import Action, actions
from admitone.workflows.run import StepContext

LEASE = timedelta(seconds=60)
TURNS = 20  # transactions of one job
STEPS_A_TURN = 20
MAX_VISITS = 1000
MAX_ATTEMPTS = 8
SWITCHED_OFF = "Skipped: this step is switched off."
LIVE = ("active", "waiting")
LOCKED = Prepared(
    lambda key: (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("account", "workflow", "version", "contact")
        .defer("workflow__draft")
        .filter(pk=key)
    ),
    key=UUID,
)
OPEN = ("running", "waiting", "retrying")
SAVED = [
    "status",
    "reason",
    "fence",
    "lease_until",
    "path",
    "context",
    "outputs",
    "resume_at",
    "waiting_for",
    "awaits",
    "visits",
    "updated_at",
    "finished_at",
]


@task(queue="workflows", name="workflows.advance", retries=30, backoff=5)
def advance(*, enrollment_id: str, now: datetime) -> None:
    """Take the enrollment as far as it goes without waiting. Harmless when repeated."""
    for _turn in range(TURNS):
        if not turn(UUID(enrollment_id), now):
            return
    advance.enqueue(enrollment_id=enrollment_id)


def start(enrollments: list[Enrollment]) -> None:
    """Enqueue the first turns, in the caller's transaction."""
    enqueue_many((advance.using(account_id=one.account_id), {"enrollment_id": str(one.id)}) for one in enrollments)


@dataclass
class Turn:
    """One transaction's work on one locked enrollment."""

    enrollment: Enrollment
    now: datetime
    drafts: list[Draft] = field(default_factory=list)
    timer: datetime | None = None
    moved: bool = False  # the step at hand is new: no visit of it waits
    look_again: bool = False  # a wait for an event was just noted: the event may have come between look and note

    @property
    def tree(self) -> steps.Steps:
        return self.enrollment.version.document["steps"]

    def save(self) -> None:
        self.enrollment.updated_at = self.now
        update(self.enrollment, *SAVED)
        record_many(self.drafts)
        if self.timer is not None:
            one = self.enrollment
            key = f"workflows.advance:{one.id}:{self.timer:%Y%m%d%H%M%S%f}"
            advance.using(account_id=one.account_id, run_after=self.timer, key=key).enqueue(enrollment_id=str(one.id))


@dataclass(frozen=True)
class Claim:
    """A step that calls the outside, ours while `fence` stands in the row."""

    context: StepContext
    fence: int


def turn(enrollment_id: UUID, now: datetime) -> bool:
    """Some steps in one transaction; True if there is more to do at once."""
    with transaction.atomic():
        enrollment = locked(enrollment_id)
        if enrollment is None or not runnable(enrollment):
            return False
        if enrollment.lease_until is not None and enrollment.lease_until > now:
            raise TryAgain((enrollment.lease_until - now).total_seconds() + 0.1, "another worker has this enrollment")
        keep_up(enrollment)
        work = Turn(enrollment, now)
        more, claim = go(work)
        work.save()
    if claim is not None:
        return outside(claim)
    return more or work.look_again


def locked(enrollment_id: UUID) -> Enrollment | None:
    return LOCKED.first(key=enrollment_id)


def keep_up(one: Enrollment) -> None:
    """A contact that was merged away just as the run began is the one that was kept."""
    if one.contact is not None and one.contact.merged_into_id:
        one.contact = kept_of(one.account, one.contact.id) or one.contact
        one.save(update_fields=["contact"])


def runnable(enrollment: Enrollment) -> bool:
    workflow = enrollment.workflow
    return enrollment.status in LIVE and workflow.status != "paused" and workflow.deleted_at is None


def go(work: Turn) -> tuple[bool, Claim | None]:
    """Steps until one waits, ends or has to be done outside."""
    for _step in range(STEPS_A_TURN):
        context = arrive(work)
        if context is None:
            return False, None
        if context.step.get("disabled"):
            settle(work, context, Skipped(SWITCHED_OFF))
            continue
        kind = actions()[context.step["type"]]
        if kind.external:
            return False, claim(work, context)
        if not settle(work, context, attempt(kind, context)):
            return False, None
    return True, None


def arrive(work: Turn) -> StepContext | None:
    """The step to run and its visit; None once it is over, or cannot go on."""
    jump(work)
    one = work.enrollment
    path = steps.settle(work.tree, tuple(one.path)) if one.path is not None else None
    step = steps.at(work.tree, path) if path else None
    if path is None or step is None:
        finish(work, "done")
        return None
    one.path = list(path)
    run = open_run(work, step)
    if step.get("disabled"):
        return StepContext(one, step, None, run, work.now)
    kind = actions().get(step["type"])
    if kind is None:
        fail(work, run, "action_unavailable: this kind of step is not installed here.")
        return None
    params, wrong = kind.read(step["params"])
    if wrong:
        fail(work, run, "; ".join(f"{name}: {sentence}" for name, sentence in wrong.items()))
        return None
    if one.visits > MAX_VISITS:
        fail(work, run, f"This contact has taken {MAX_VISITS} steps: is there a loop?")
        return None
    return StepContext(one, step, params, run, work.now)


def jump(work: Turn) -> None:
    """Forward to the goal that an event has reached, out of whatever was waited for."""
    one = work.enrollment
    noted = one.context.get(steps.GOAL)
    target = steps.named(work.tree, noted["step"]) if noted else None
    if target is None or one.path is None or target <= tuple(one.path):
        return
    left = None if work.moved else one.runs.filter(visit=one.visits, status__in=OPEN).first()
    if left is not None:
        close(work, left, "skipped", {}, f"Left: the goal {noted['step']} was reached.")
    one.path, work.moved = list(target), True


def open_run(work: Turn, step: steps.Step) -> StepRun:
    """The visit that waits here, or a new one."""
    one = work.enrollment
    if one.visits and not work.moved:
        waiting = one.runs.filter(step=step["name"], visit=one.visits, status__in=OPEN).first()
        if waiting is not None:
            return waiting
    one.visits += 1
    return StepRun(enrollment=one, step=step["name"], type=step["type"], visit=one.visits, started_at=work.now)


def keep(run: StepRun, *names: str) -> None:
    """Insert a new visit, or write what changed of one that waited."""
    if run._state.adding:
        if not insert(run):
            raise RuntimeError(f"{run.step} was visited twice as visit {run.visit}")
    else:
        update(run, *names)


def attempt(kind: type[Action], context: StepContext) -> Outcome:
    """Run it in a savepoint, so that a refused step leaves nothing behind but its refusal."""
    try:
        with transaction.atomic():
            return kind().run(context)
    except (Problem, Unreadable) as refusal:
        return Failed(words(refusal))


def words(problem: Problem | Unreadable) -> str:
    if isinstance(problem, Unreadable):  # a text that came out too long: trying again would not shorten it
        return str(problem)
    details = "; ".join(f"{name}: {sentence}" for name, sentence in problem.fields.items())
    return f"{problem.detail} {details}".strip()


def claim(work: Turn, context: StepContext) -> Claim:
    """Note the intent before the outside is called."""
    one = work.enrollment
    one.fence += 1
    one.lease_until = work.now + LEASE
    context.run.attempts += 1
    context.run.status = "running"
    keep(context.run, "attempts", "status")
    return Claim(context, one.fence)


def outside(claimed: Claim) -> bool:
    """Call the outside, then record what came of it unless somebody else has taken over."""
    context = claimed.context
    kind = actions()[context.step["type"]]
    try:
        outcome = kind().run(context)
    except (Problem, Unreadable) as refusal:
        outcome = Failed(words(refusal))
    with transaction.atomic():
        enrollment = locked(context.enrollment.id)
        if enrollment is None or enrollment.fence != claimed.fence:
            return False
        enrollment.lease_until = None
        work = Turn(enrollment, context.now)
        run = StepRun.objects.get(pk=context.run.pk)
        if enrollment.status not in LIVE:  # stopped meanwhile: what was done is told, nothing follows
            run.status, run.error, run.finished_at = "done", "It was stopped while this ran.", context.now
            run.save(update_fields=["status", "error", "finished_at"])
            more = False
        else:
            more = settle(work, StepContext(enrollment, context.step, context.params, run, context.now), outcome)
        work.save()
    return more or work.look_again


def settle(work: Turn, context: StepContext, outcome: Outcome) -> bool:
    """Write the outcome and move; True if the next step may follow at once."""
    match outcome:
        case Wait():
            return wait(work, context.run, outcome)
        case Retry():
            return retry(work, context.run, outcome)
        case Failed(reason):
            fail(work, context.run, reason)
            return False
        case End(stopped):
            close(work, context.run, "done", {"stopped": stopped} if stopped else {})
            finish(work, "stopped" if stopped else "done", stopped)
            return False
        case Skipped(reason):
            close(work, context.run, "skipped", {}, reason)
            work.enrollment.outputs[context.name] = {"status": "skipped"}
        case Done():
            done(work, context, outcome)
    work.enrollment.path, work.moved = ahead(work, outcome), True
    return True


def ahead(work: Turn, outcome: Done | Skipped) -> list[int] | None:
    """The next position; a goto was checked on publication, so its step is there."""
    path = tuple(work.enrollment.path or ())
    if isinstance(outcome, Goto):
        found = steps.named(work.tree, outcome.step)
    else:
        found = steps.into(work.tree, path, outcome.n if isinstance(outcome, Branch) else None)
    return list(found) if found else None


def done(work: Turn, context: StepContext, outcome: Done) -> None:
    one = work.enrollment
    made = dict(outcome.outputs)
    if "status" in actions()[context.step["type"]].outputs:
        made.setdefault("status", "done")
    if made:
        one.outputs[context.name] = made
    one.context.update(outcome.context)
    context.run.message_id = outcome.message_id
    found = {**outcome.outputs, **({"branch": outcome.n} if isinstance(outcome, Branch) else {})}
    close(work, context.run, "done", found, outcome.note)


def close(work: Turn, run: StepRun, status: str, outcome: dict[str, Any], words: str = "") -> None:
    run.status, run.outcome, run.error, run.finished_at = status, outcome, words, work.now
    keep(run, "status", "outcome", "error", "finished_at", "message_id", "attempts")
    awake(work.enrollment)


def awake(one: Enrollment) -> None:
    one.status, one.resume_at, one.waiting_for, one.awaits = "active", None, None, ""


def wait(work: Turn, run: StepRun, outcome: Wait) -> bool:
    """Sleep. The same wait as before changes nothing: somebody only looked whether it was over."""
    one = work.enrollment
    kinds = sorted(outcome.kinds) or None
    before = (one.status, one.resume_at, one.waiting_for, one.awaits)
    one.status, one.resume_at, one.waiting_for, one.awaits = "waiting", outcome.until, kinds, outcome.awaits
    if before == ("waiting", outcome.until, kinds, outcome.awaits):
        return False
    work.timer = outcome.until
    work.look_again = bool(kinds)
    run.status, run.error = "waiting", outcome.note
    run.outcome = {"until": iso(outcome.until) if outcome.until else None, "events": kinds or []}
    keep(run, "status", "outcome", "error")
    return False


def retry(work: Turn, run: StepRun, outcome: Retry) -> bool:
    run.attempts += 0 if actions()[run.type].external else 1
    if run.attempts >= MAX_ATTEMPTS:
        fail(work, run, outcome.reason)
        return False
    one = work.enrollment
    work.timer = work.now + timedelta(seconds=outcome.after)
    one.status, one.resume_at, one.waiting_for, one.awaits = "waiting", work.timer, None, ""
    run.status, run.error = "retrying", outcome.reason
    keep(run, "status", "error", "attempts")
    return False


def fail(work: Turn, run: StepRun, reason: str) -> None:
    close(work, run, "failed", {}, reason)
    give_up(work, reason, run)


def give_up(work: Turn, reason: str, run: StepRun | None = None) -> None:
    """Stay here, visibly failed, and let the owner know."""
    finish(work, "failed", reason)
    one = work.enrollment
    facts = {
        "workflow": str(one.workflow_id),
        "contact": str(one.contact_id) if one.contact_id else None,
        "step": run.step if run else "",
        "run": str(run.id) if run else None,
    }
    work.drafts.append(Draft(one.account_id, SYSTEM, work.now, "enrollment.failed", "enrollment", one.id, facts))


def finish(work: Turn, status: str, reason: str = "") -> None:
    """A failed enrollment keeps its position, so that it can be retried."""
    one = work.enrollment
    awake(one)
    one.status, one.reason, one.finished_at = status, reason, work.now
    if status != "failed":
        one.path = None
