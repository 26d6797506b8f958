"""What email and SMS steps share: the sending window, and merged links that can still be booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from admitone.events import record_many
from admitone.links.models import OneTimeLink
from admitone.links.queries import state_of
from admitone.links.services import update
from admitone.links.services.issuing import event_of
from admitone.logic.errors import Problem
from admitone.logic.steps import next_open
from admitone.messaging.models import Message
from admitone.values import used
from admitone.workflows.actions.generate_link import (
    BOOKABLE,
    GenerateLink,
    context_of,
    latest,
    link_of,
    make,
    outputs_of,
)
from admitone.workflows.documents import minutes
from admitone.workflows.outcomes import End, Failed, Outcome, Skipped, Wait
from admitone.workflows.run import StepContext
from admitone.workflows.wording import Texts

LATEST = "one_time_link"


def outside_window(step: StepContext) -> Wait | None:
    """Until the workflow's sending window opens."""
    window = step.settings.window
    if window is None:
        return None
    zone = ZoneInfo(step.settings.timezone or step.account.timezone)
    opens = next_open(step.now, zone, window.days, minutes(window.start), minutes(window.end))
    return Wait(opens, note="Waits for the sending window.") if opens > step.now else None


@dataclass
class Links:
    """The links that a message merges, by the name it calls them: a step's, or the latest."""

    step: StepContext
    found: dict[str, OneTimeLink]
    changed: bool = False
    note: str = ""  # for the log

    @classmethod
    def of(cls, step: StepContext, texts: Texts) -> Links:
        found: dict[str, OneTimeLink] = {}
        for value in sorted(used(texts.subject) | used(texts.body)):
            words = value.split(".")
            name = words[1] if words[0] == "steps" else words[0]
            is_latest = name == LATEST and words[0] != "steps"
            link = link_of(step.account, step.enrollment.context.get("link")) if is_latest else latest(step, name)
            if link is not None and (is_latest or words[0] == "steps"):
                found[name] = link
        return cls(step, found)

    def refresh(self) -> Outcome | None:
        """Replace links that cannot be booked, or say why this message is not sent."""
        for name, link in list(self.found.items()):
            state = state_of(link, self.step.now)
            if state in BOOKABLE:
                self.count_from_now(name, link)
                continue
            wish = self.step.params.dead_link
            if wish == "skip" or (wish == "auto" and state == "used"):
                return Skipped(f"The link is {state}.")
            if wish == "stop":
                return End(f"Stopped: the link is {state}.")
            maker = self.maker(link)
            if maker is None or state == "paused":
                return Failed(f"The link is {state}, and no step of this run can make a new one.")
            try:
                self.renew(name, maker, link)
            except Problem as refusal:  # such as a fixed expiry that has passed
                reasons = " ".join(refusal.fields.values()) or refusal.detail
                return Failed(f"The link is {state}, and {maker} cannot make a new one: {reasons}")
            self.note = f"The link was {state}: a new one was made."
        return None

    def maker(self, link: OneTimeLink) -> str | None:
        """The name of the step of this run that made the link."""
        run, _colon, name = link.source_id.partition(":")
        found = self.step.another(name) if run == self.step.enrollment.id.hex else None
        return name if found is not None and found["type"] == GenerateLink.key else None

    def params_of(self, maker: str) -> Any:
        found = self.step.another(maker)
        return GenerateLink.read(found["params"])[0] if found else None

    def renew(self, name: str, maker: str, old: OneTimeLink) -> None:
        made = make(self.step, maker, self.params_of(maker), replaces=old.id)
        self.keep(maker, made)
        self.step.enrollment.context.update(context_of(made))
        self.found[name] = made

    def count_from_now(self, name: str, link: OneTimeLink) -> None:
        """A relative expiry counts from the first message that carries the link."""
        maker = self.maker(link)
        terms = self.params_of(maker) if maker else None
        sent = maker and (self.step.enrollment.outputs.get(maker) or {}).get("sent")
        if not maker or terms is None or not terms.expires_in or sent:
            return
        expires = self.step.now + terms.expires_in.delta
        changed = update(
            account=self.step.account, link_id=link.id, actor=self.step.actor, now=self.step.now, expires_at=expires
        )
        self.keep(maker, changed)
        self.found[name] = changed

    def keep(self, maker: str, link: OneTimeLink) -> None:
        outputs = {**outputs_of(link, self.step.now), "sent": True}
        self.step.enrollment.outputs[maker] = outputs
        self.changed = True

    def urls(self) -> list[str]:
        return list(dict.fromkeys(outputs_of(link, self.step.now)["url"] for link in self.found.values()))


def told(step: StepContext, links: Links, message: Message) -> None:
    record_many(
        [
            event_of(link, "one_time_link.sent", step.actor, step.now, message=str(message.id))
            for link in {link.id: link for link in links.found.values()}.values()
        ]
    )


def nothing_in(empty: list[str]) -> str:
    """Why a text is not sent: the values that were empty, or all of it."""
    names = list(dict.fromkeys(empty))
    return f"Not sent: {', '.join(names) or 'the text'} {'are' if len(names) > 1 else 'is'} empty."
