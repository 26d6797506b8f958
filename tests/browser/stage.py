"""Fill a running installation for the browser: `python -m tests.browser.stage ORIGIN` prints what it made as JSON.

It runs in a process of its own with the server's environment. ORIGIN may frame the pages of one calendar.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from admitone.cli.boot import boot

DAILY = {day: [(480, 1200)] for day in range(7)}
GUEST = {"name": "Nora Sample", "email": "nora@guest.example", "timezone": "Europe/Berlin"}


def main(origin: str) -> dict[str, Any]:
    boot()
    from django.utils import timezone

    from admitone.cli.demo import ensure

    return Stage(timezone.now(), origin).fill(ensure(timezone.now()))


class Stage:
    """Rows in the demo's clinic: a calendar of each kind, a public page in each state, an id for each address."""

    def __init__(self, now: datetime, origin: str) -> None:
        from admitone.accounts.models import Account, User
        from admitone.events import Actor

        self.now, self.origin = now, origin
        self.account = Account.objects.get(slug="lindenhof-clinic")
        self.user = User.objects.get()
        self.actor = Actor.user(self.user.id)

    def fill(self, facts: dict[str, Any]) -> dict[str, Any]:
        self.open = self.calendar(
            "First visit", description="Bring earlier letters.", phone="optional", location_kind="phone"
        )
        self.framed = self.calendar("Framed visit", embed_origins=[self.origin])
        rich = self.rich()
        states = (
            self.link_states()
            | self.calendar_states()
            | self.group_states()
            | self.booking_states()
            | self.request_states()
        )
        return {
            **facts,
            "calendars": {
                "open": str(self.open.id),
                "framed": str(self.framed.id),
                "rich": str(rich.id),
                "asked": str(self.asked.id),
            },
            "framed_path": f"/{self.account.slug}/{self.framed.slug}",
            "states": states,
            "values": self.values(),
            "session": self.session(),
        }

    def calendar(self, name: str, **fields: Any) -> Any:
        from admitone.calendars.services import create_calendar, create_host

        host = create_host(account=self.account, name=f"Dr. {name}", actor=self.actor, now=self.now)
        fields = {"notice": 0, "hours": DAILY, "host": host, **fields}
        return create_calendar(account=self.account, actor=self.actor, now=self.now, name=name, **fields)

    def rich(self) -> Any:
        """Everything switched on that makes the booking page heavier."""
        from PIL import Image

        from admitone.calendars.services import set_logo

        calendar = self.calendar(
            "Rich visit",
            description="A first conversation about what brings you here. Bring earlier letters if you have any.",
            interval=15,
            phone="required",
            consent_text="I agree that my details are kept for this appointment as the privacy notice says.",
            location_kind="address",
            location="Lindenstraße 12, 10969 Berlin",
            brand_color="#7a1f5c",
        )
        picture = io.BytesIO()
        Image.effect_noise((240, 80), 40).save(picture, "PNG")
        data = picture.getvalue()
        set_logo(account=self.account, calendar_id=calendar.id, actor=self.actor, now=self.now, data=data)
        return calendar

    def link(self, calendar: Any = None, *, at: datetime | None = None, **terms: Any) -> Any:
        from admitone.links.services import issue

        opens = {} if "group" in terms else {"calendar": calendar or self.open}
        terms = {"account": self.account, "actor": self.actor, **opens, **terms}
        return issue(now=at or self.now, created_by=self.user, **terms)

    def slots(self, calendar: Any, days: int = 3, at: datetime | None = None) -> list[int]:
        """Open starts of the day that is `days` from now, in epoch minutes, as seen at `at`."""
        from admitone.booking.queries import open_slots

        first = (int(self.now.timestamp()) // 60 // 1440 + days) * 1440
        return open_slots(calendar.compiled, now=at or self.now, first=first, end=first + 1440)

    def book(self, calendar: Any, start: int, at: datetime | None = None) -> Any:
        from admitone.booking.services import book
        from admitone.logic.bookings import clean_guest

        plan = calendar.compiled
        facts = {"plan": plan, "start": start, "guest": clean_guest(plan, GUEST), "actor": self.actor}
        return book(source="scheduling_link", now=at or self.now, **facts)

    def redeemed(self) -> Any:
        from admitone.links.services import redeem

        link = self.link(self.framed, label="Used one")
        redeem(token=token_of(link), start=self.slots(self.framed)[-1], guest=GUEST, now=self.now)
        return link

    def link_states(self) -> dict[str, str]:
        from admitone.links.services import revoke

        past, bound = self.now - timedelta(days=9), {"person": {"name": "Bea Bound", "email": "bea@guest.example"}}
        first, second = self.slots(self.open, 5)[:2]
        lost = self.slots(self.framed, 5)[0]
        self.book(self.framed, lost)
        self.used, withdrawn = self.redeemed(), self.link()
        revoke(account=self.account, link_id=withdrawn.id, actor=self.actor, now=self.now)
        links = {
            "link": self.link(expires_at=self.now + timedelta(days=9), note="See you soon."),
            "link-prefilled": self.link(**bound),
            "link-verify": self.link(**bound, contact_policy="verify"),
            "link-locked": self.link(**bound, contact_policy="refuse"),
            "link-two-offered": self.link(offered=[(first, first + 30), (second, second + 30)]),
            "link-one-offered": self.link(**bound, offered=[(first, first + 30)]),
            "link-offered-gone": self.link(self.framed, offered=[(lost, lost + 30)]),
            "link-used": self.used,
            "link-deleted": withdrawn,
            "link-expired": self.link(at=past, expires_at=past + timedelta(days=1)),
            "link-not-open": self.link(not_before=self.now + timedelta(days=2)),
        }
        self.active = links["link"]
        paths = {name: f"/o/{token_of(link)}" for name, link in links.items()}
        day = (self.now + timedelta(days=5)).date()
        return {
            **paths,
            "link-other-zone": f"{paths['link']}?tz=Pacific/Auckland&day={day}",
            "link-all-zones": f"{paths['link']}?zones=all",
            "link-thanks": f"{paths['link-used']}/thanks?sent=request",
            "link-mine-thanks": f"{paths['link-used']}/thanks?sent=mine",
            "link-unknown": "/o/unknown",
        }

    def calendar_states(self) -> dict[str, str]:
        from admitone.calendars.services import set_active

        full = self.calendar("Full visit", hours={})
        paused = self.calendar("Paused visit")
        set_active(account=self.account, calendar_id=paused.id, actor=self.actor, now=self.now, active=False)
        return {
            "scheduling": f"/{self.account.slug}/{self.open.slug}",
            "scheduling-paused": f"/{self.account.slug}/{paused.slug}",
            "scheduling-full": f"/{self.account.slug}/{full.slug}",
            "permanent": f"/c/{self.open.id}",
            "link-paused": f"/o/{token_of(self.link(paused))}",
            "link-full": f"/o/{token_of(self.link(full))}",
            "calendar-unknown": "/nobody/nothing",
        }

    def group_states(self) -> dict[str, str]:
        """A group of two calendars and its link; another without any, and a paused one."""
        from admitone.calendars.services import create_group

        who: dict[str, Any] = {"account": self.account, "actor": self.actor, "now": self.now}
        short = self.calendar("Short visit", duration=15, location_kind="video", location="https://meet.example.com/a")
        text = "Choose how long you need us."
        self.group = create_group(**who, name="Visits", description=text, calendars=[self.open.id, short.id])
        self.group_link = self.link(group=self.group, note="See you soon.")
        empty = create_group(**who, name="Nothing yet")
        create_group(**who, name="On holiday", active=False)
        home = f"/{self.account.slug}/g"
        link = f"/o/{token_of(self.group_link)}"
        return {
            "group": f"{home}/visits",
            "group-empty": f"{home}/nothing-yet",
            "group-paused": f"{home}/on-holiday",
            "link-group": link,
            "link-group-chosen": f"{link}?calendar={short.id}",
            "link-group-empty": f"/o/{token_of(self.link(group=empty))}",
        }

    def booking_states(self) -> dict[str, str]:
        from admitone.booking.services import cancel, reschedule

        locked = self.calendar("Locked visit", change_cutoff=366 * 1440)
        slots, before = self.slots(self.open), self.now - timedelta(days=9)
        made = {
            "booking": self.book(self.open, slots[0]),
            "booking-moved": self.book(self.open, slots[1]),
            "booking-cancelled": self.book(self.open, slots[2]),
            "booking-locked": self.book(locked, self.slots(locked)[0]),
            "booking-over": self.book(self.open, self.slots(self.open, -4, before)[0], at=before),
        }
        change = {"account_id": self.account.id, "actor": self.actor, "now": self.now, "by": "guest"}
        reschedule(booking_id=made["booking-moved"].id, start=slots[3], **change)
        cancel(booking_id=made["booking-cancelled"].id, reason="Ill", **change)
        self.booking = made["booking"]
        paths = {name: urlsplit(booking.manage_url).path for name, booking in made.items()}
        return {
            **paths,
            "booking-new": f"{paths['booking']}?new=1&tz=Asia/Tokyo",
            "booking-reschedule": f"{paths['booking']}/reschedule",
            "booking-cancel": f"{paths['booking']}/cancel",
            "booking-too-late": f"{paths['booking-locked']}/cancel",
            "booking-unknown": "/b/unknown",
        }

    def request_states(self) -> dict[str, str]:
        """Appointments that wait for their approval, on the guest's page and on the host's, and what became of others."""
        from admitone.accounts.addresses import answer_url
        from admitone.booking.services import confirm, decline

        self.asked = self.calendar("Asked visit", approval=True, phone="optional")
        pending, declined, approved = (self.book(self.asked, start) for start in self.slots(self.asked)[:3])
        answer = {"account_id": self.account.id, "actor": self.actor, "now": self.now}
        decline(booking_id=declined.id, reason="That week is full.", **answer)
        confirm(booking_id=approved.id, **answer)
        return {
            "request": f"{urlsplit(pending.manage_url).path}?new=1",
            "request-declined": urlsplit(declined.manage_url).path,
            "request-answer": urlsplit(answer_url(pending.id)).path,
            "request-answered": urlsplit(answer_url(approved.id)).path,
        }

    def values(self) -> dict[str, str]:
        """A row for every parameter of the signed-in addresses."""
        from tests import factories
        from tests.browser import stage_connections, stage_hooks, stage_phone

        from admitone.accounts.models import ApiKey, Membership
        from admitone.booking.models import Booking

        found = {
            "account_slug": self.account.slug,
            "calendar_id": self.open.id,
            "link_id": self.active.id,
            "group_id": self.group.id,
            "group_link_id": self.group_link.id,
            "booking_id": self.booking.id,
            "contact_id": Booking.objects.get(id=self.booking.id).contact_id,
            "key_id": ApiKey.objects.filter(account=self.account)[0].id,
            "member_id": Membership.objects.filter(account=self.account)[0].id,
            "request_id": self.request().id,
            "message_id": self.message().id,
            "template_id": factories.message_template(self.account).id,
            "source_id": self.source().id,
            "schedule_id": self.open.schedule_id,
            "block_id": self.block().id,
            "host_id": Booking.objects.get(id=self.booking.id).host_id,
            "start": Booking.objects.get(id=self.booking.id).start_min,
            "notice_key": self.notice(),
            "invitation_id": self.invitation().id,
            "batch_id": self.batch().id,
            "endpoint_id": self.delivery().endpoint_id,
            "delivery_id": self.delivery().id,
            **self.contacts(),
            **self.intake(),
            **self.workflow(),
            **stage_connections.fill(
                self.account, lambda host: self.calendar("Connected visit", host=host), self.actor, self.now
            ),
            **stage_hooks.fill(self.account, self.actor, self.now),
            **stage_phone.fill(self.account, self.actor, self.now),
            "date": str((self.now + timedelta(days=2)).date()),
            "step": "zone",
            "mode": "inline",
            "template": "single_slot",
            "token": "x",
        }
        return {name: str(value) for name, value in found.items()}

    def contacts(self) -> dict[str, Any]:
        """What is known about the one who booked, and two files of contacts."""
        from tests.browser import stage_contacts

        from admitone.booking.models import Booking

        contact_id = Booking.objects.get(id=self.booking.id).contact_id
        return stage_contacts.fill(self.account, contact_id, self.actor, self.now)

    def workflow(self) -> dict[str, Any]:
        """A workflow with a history, one of its enrollments, and many contacts on their way in."""
        from tests.browser import stage_workflow

        return stage_workflow.fill(self.account, self.open, self.actor, self.now)

    def intake(self) -> dict[str, Any]:
        """A form with a submission, a pipeline with opportunities, a tagged contact with a custom value."""
        from admitone.booking.models import Booking
        from admitone.cli.demo_intake import ensure_form, ensure_pipeline
        from admitone.contacts.services import add_tag, create_field, set_custom
        from admitone.events import GUEST
        from admitone.forms.services import set_rule, submit

        who: dict[str, Any] = {"account": self.account, "actor": self.actor, "now": self.now}
        form, pipeline = ensure_form(self.account, self.now), ensure_pipeline(self.account, self.now)
        answers = {"first_name": "Ida", "email": "ida@guest.example", "topic": "Something else", "more": "Both sides."}
        made = submit(form=form, answers=answers, meta={"source": "form_page"}, actor=GUEST, now=self.now)
        rule = {"key": "email", "equals": "spam@guest.example", "message": "We do not know you."}
        set_rule(**who, form_id=form.id, rule=rule)
        field = create_field(**who, label="Insurance", kind="choice", options=["Public", "Private"])
        contact = Booking.objects.get(id=self.booking.id).contact_id
        set_custom(**who, contact_id=contact, values={"insurance": "Private"})
        return {
            "form_id": form.id,
            "submission_id": made.id,
            "field": "more",
            "at": 0,
            "custom_field_id": field.id,
            "tag_id": add_tag(**who, contact_id=contact, tag="VIP").id,
            "pipeline_id": pipeline.id,
            "stage_id": pipeline.stages.all()[0].id,
            "opportunity_id": pipeline.opportunities.all()[0].id,
        }

    def request(self) -> Any:
        from admitone.links.services import request_new

        asked = {"name": "Eve Asker", "email": "eve@guest.example", "note": "Could I have another one?"}
        return request_new(token=token_of(self.used), kind="new_link", now=self.now, **asked)

    def message(self) -> Any:
        from admitone.messaging.models import Message

        return Message.objects.create(
            account=self.account,
            kind="test",
            key="stage",
            to="a@guest.example",
            subject="Hello",
            text="Hello",
            html="<!doctype html><html lang=en><title>Hello</title><h1>Hello</h1></html>",
            status="failed",
            error="550 5.1.1 No such mailbox",
            created_at=self.now,
        )

    def source(self) -> Any:
        from admitone.calendars.models import BusySource, Host

        host = Host.objects.get(name="Dr. Paused visit")
        return BusySource.objects.create(
            account=self.account, host=host, kind="ics", config_sealed="", fetched_at=self.now, created_at=self.now
        )

    def batch(self) -> Any:
        """Two links and a row that could not be used."""
        from admitone.links.models import Batch
        from admitone.links.services import create_batch, issue_chunk

        found = Batch.objects.filter(account=self.account).first()
        if found is None:
            people = [{"email": "a@example.com", "name": "Ann"}, {"email": "b@example.com"}, {"email": "nobody"}]
            done: Any = {"account": self.account, "actor": self.actor, "now": self.now}
            found = create_batch(calendar=self.open, contacts=people, **done)
            issue_chunk(batch_id=found.id, now=self.now)
        return found

    def delivery(self) -> Any:
        """A message that the receiver refused."""
        from admitone.webhooks.models import Delivery, Endpoint

        found = Delivery.objects.filter(account=self.account).first()
        if found is None:
            url = "https://example.com/hooks/admit-one"
            times = {"created_at": self.now, "updated_at": self.now}
            endpoint = Endpoint.objects.create(account=self.account, url=url, description="CRM", **times)
            found = Delivery.objects.create(
                account=self.account,
                endpoint=endpoint,
                kind="webhook.test",
                body='{"type":"webhook.test","data":{}}',
                status="failed",
                attempts=1,
                attempted_at=self.now,
                response_status=500,
                response_body="Sorry",
                error="The server answered 500.",
                duration_ms=120,
                created_at=self.now,
            )
        return found

    def notice(self) -> str:
        from tests.contract.world import notice_of

        return notice_of(self.open)

    def block(self) -> Any:
        from tests.contract.world import block_of

        return block_of(self.open)

    def invitation(self) -> Any:
        from admitone.accounts.models import Invitation

        until = self.now + timedelta(days=7)
        return Invitation.objects.create(
            account=self.account, email="new@guest.example", token_hash="0" * 64, created_at=self.now, expires_at=until
        )

    def session(self) -> str:
        """A session of the demo's owner, signed in just now."""
        from django.conf import settings
        from django.test import Client

        client = Client()
        client.force_login(self.user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value


def token_of(link: Any) -> str:
    from admitone.accounts.keyring import keyring

    return keyring().sign("o1", link.id)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.stdout.write(json.dumps(main(sys.argv[1])) + "\n")
