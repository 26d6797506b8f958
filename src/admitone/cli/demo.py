"""`admitone demo`: a clinic and a consultant to try everything on. Its password and key follow from the secret key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from admitone.cli.boot import boot
from admitone.cli.demo_assessment import ensure_assessment
from admitone.cli.demo_intake import ensure_intake
from admitone.cli.demo_teams import ensure_team_key
from admitone.cli.demo_workflow import ensure_workflow

if TYPE_CHECKING:
    from admitone.accounts.models import Account, User
    from admitone.calendars.models import Calendar, Host
    from admitone.events import Actor
    from admitone.links.models import OneTimeLink

EMAIL = "demo@admitone.example"
CLINIC, CONSULTANT = "lindenhof-clinic", "harbour-consulting"


def derived(label: str, length: int) -> str:
    """Text that only this installation's secret key gives, the same every time."""
    from django.conf import settings

    mac = hmac.new(settings.SECRET_KEY.encode(), f"admitone demo {label}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=").replace("-", "a").replace("_", "b")[:length]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for scripts.")
def demo(as_json: bool) -> None:
    """Add demo data (again and again: nothing is added twice) and print how to reach it."""
    boot()
    from django.core.management import call_command
    from django.utils import timezone

    from admitone.logic.errors import Problem

    call_command("migrate", verbosity=0, interactive=False)
    try:
        facts = ensure(timezone.now())
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    click.echo(
        json.dumps(facts) if as_json else "\n".join(f"{name:>14}  {written(value)}" for name, value in facts.items())
    )


def written(value: Any) -> str:
    many = list(value.values()) if isinstance(value, dict) else value
    return " ".join(many) if isinstance(many, list) else str(value)


def ensure(now: datetime) -> dict[str, Any]:
    """The demo's addresses and secrets, made on first need. Raises Problem("demo_refused") beside real accounts."""
    from django.conf import settings

    from admitone.accounts.addresses import group_url, one_time_url, permanent_url, scheduling_url
    from admitone.accounts.models import Account, User
    from admitone.calendars.models import Calendar
    from admitone.logic.errors import Problem

    if User.objects.filter(is_demo=False).exists() or Account.objects.filter(is_demo=False).exists():
        raise Problem("demo_refused")
    if not Account.objects.filter(slug=CLINIC).exists():
        build(now)
    account = Account.objects.get(slug=CLINIC)
    calendar = Calendar.objects.filter(account=account, deleted_at=None).order_by("id")[0]
    intake = ensure_intake(account, now)
    return {
        "base_url": settings.BASE_URL,
        "email": EMAIL,
        "password": derived("password", 20),
        "api_key": "ao_" + derived("api key", 43),
        "account": account.slug,
        "calendar_id": str(calendar.id),
        "calendar_slug": calendar.slug,
        "scheduling_url": scheduling_url(account.slug, calendar.slug),
        "permanent_url": permanent_url(calendar.id),
        "group_url": group_url(account.slug, "appointments"),
        "one_time_url": one_time_url(open_link(calendar, now).id),
        **ensure_team_key(Account.objects.get(slug=CONSULTANT), "ao_" + derived("team api key", 43), now),
        "each_type": {one.kind: scheduling_url(one.account.slug, one.slug) for one in of_each_type()},
        **intake,
        "form_first_url": ensure_assessment(account, now),
        **ensure_workflow(account, calendar, str(intake["form_id"]), now),
    }


def of_each_type() -> list[Calendar]:
    """The demo's first public calendar of each type, in whichever of its sub-accounts."""
    from admitone.calendars.models import Calendar

    rows = Calendar.objects.filter(account__is_demo=True, access="public", deleted_at=None).select_related("account")
    return list({one.kind: one for one in rows.order_by("-id")}.values())[::-1]


def build(now: datetime) -> None:
    """Both sub-accounts in one transaction: a demo is there whole or not at all."""
    from django.db import transaction

    from admitone.accounts.services import create_account, create_agency_and_owner, issue_api_key
    from admitone.events import Actor

    with transaction.atomic():
        made = create_agency_and_owner(
            business="Lindenhof Clinic",
            name="Robin Lindenhof",
            email=EMAIL,
            password=derived("password", 20),
            timezone="Europe/Berlin",
            slug=CLINIC,
            is_demo=True,
            now=now,
        )
        owner = Actor.user(made.user.id)
        second = create_account(
            agency=made.agency,
            actor=owner,
            owner=made.user,
            name="Harbour Consulting",
            timezone="America/New_York",
            slug=CONSULTANT,
            now=now,
        )
        type(second).objects.filter(agency=made.agency).update(is_demo=True)
        secret = "ao_" + derived("api key", 43)
        scopes = ["read", "write", "admin"]
        issue_api_key(account=made.account, actor=owner, name="Demo", scopes=scopes, now=now, secret=secret)
        fill_clinic(Stage(made.account, owner, made.user, now))
        fill_consultant(Stage(second, owner, made.user, now))


@dataclass(frozen=True)
class Stage:
    """Whose demo data is being made, by whom and when."""

    account: Account
    actor: Actor
    user: User
    now: datetime


def fill_clinic(stage: Stage) -> None:
    from admitone.calendars.services import create_calendar, create_host

    host = create_host(
        account=stage.account,
        name="Dr. Ada Klein",
        email="ada.klein@admitone.example",
        actor=stage.actor,
        now=stage.now,
    )
    calendar = create_calendar(
        account=stage.account,
        actor=stage.actor,
        now=stage.now,
        name="Consultation",
        duration=30,
        host=host,
        description="A first consultation. Please bring your insurance card and earlier findings.",
        location_kind="address",
        location="Lindenstrasse 12, 10969 Berlin",
        phone="optional",
        notice=60,
        brand_color="#1f6f5c",
    )
    ensure_assessment(stage.account, stage.now)
    create_calendar(
        account=stage.account,
        actor=stage.actor,
        now=stage.now,
        name="Dental check-up",
        duration=45,
        host=host,
        access="one_time",
        location_kind="address",
        location="Lindenstrasse 12, 10969 Berlin",
        phone="required",
        consent_text="I agree that the clinic stores my details for this appointment.",
    )
    fill_group(stage, calendar, host)
    fill_links(stage, calendar)
    fill_bookings(stage, calendar)


def fill_group(stage: Stage, first: Calendar, host: Host) -> None:
    """Two calendars on one page, and a link whose guest chooses between them."""
    from admitone.calendars.services import create_calendar, create_group
    from admitone.links.services import issue

    who: dict[str, Any] = {"account": stage.account, "actor": stage.actor, "now": stage.now}
    short = create_calendar(
        **who,
        name="Follow-up by phone",
        duration=15,
        host=host,
        description="Fifteen minutes about your results.",
        location_kind="phone",
        phone="required",
        notice=60,
    )
    text = "See us in the practice, or let us call you."
    group = create_group(**who, name="Appointments", description=text, calendars=[first.id, short.id])
    issue(**who, group=group, label="Their choice", created_by=stage.user)


def fill_consultant(stage: Stage) -> None:
    from admitone.calendars.services import create_calendar, create_host

    host = create_host(
        account=stage.account, name="Sam Harbour", email="sam@admitone.example", actor=stage.actor, now=stage.now
    )
    calendar = create_calendar(
        account=stage.account,
        actor=stage.actor,
        now=stage.now,
        name="Discovery call",
        duration=45,
        host=host,
        description="Forty-five minutes to find out whether we can help.",
        location_kind="video",
        location="https://meet.example.com/harbour",
        buffer_after=15,
    )
    fill_links(stage, calendar)
    fill_teams(stage, host)


def fill_teams(stage: Stage, host: Host) -> None:
    """One calendar of each type that has several hosts or seats."""
    from admitone.calendars.services import TeamHost, create_calendar, create_host

    who: dict[str, Any] = {"account": stage.account, "actor": stage.actor, "now": stage.now}
    other = create_host(name="Kim Harbour", email="kim@admitone.example", **who)
    both = [TeamHost(host.id), TeamHost(other.id)]
    team = {"hosts": both, "guest_picks_host": True}
    create_calendar(name="Sales call", kind="round_robin", duration=30, host=host, team=team, **who)
    create_calendar(name="Case conference", kind="collective", duration=60, host=host, team={"hosts": both}, **who)
    create_calendar(name="Onboarding class", kind="class", capacity=8, duration=60, host=host, **who)
    create_calendar(name="Open house", kind="event", capacity=40, duration=120, host=host, **who)


def fill_links(stage: Stage, calendar: Calendar) -> None:
    """One link of each kind that the list shows."""
    from admitone.contacts.models import Contact
    from admitone.contacts.services import find_or_create
    from admitone.links.services import issue, revoke

    contact_id, _made = find_or_create(
        account_id=stage.account.id,
        name="Mia Winter",
        email="mia.winter@guest.example",
        phone="",
        timezone="Europe/Berlin",
        locale="de",
        source="demo",
        actor=stage.actor,
        now=stage.now,
    )
    make = partial(issue, account=stage.account, calendar=calendar, actor=stage.actor, created_by=stage.user)
    make(now=stage.now, label="Try this one")
    make(now=stage.now, label="For Mia", contact=Contact.objects.get(id=contact_id))
    make(now=stage.now, label="This week only", expires_at=stage.now + timedelta(days=7))
    past = stage.now - timedelta(days=9)
    make(now=past, label="Too late", expires_at=past + timedelta(days=2))
    withdrawn = make(now=past, label="Sent to the wrong person")
    revoke(account=stage.account, link_id=withdrawn.id, actor=stage.actor, now=stage.now)


def fill_bookings(stage: Stage, calendar: Calendar) -> None:
    """A used link and two appointments by other ways, a few days ahead."""
    from admitone.accounts.keyring import keyring
    from admitone.booking.queries import open_slots
    from admitone.booking.services import book
    from admitone.links.services import issue, redeem
    from admitone.logic.bookings import clean_guest
    from admitone.logic.clock import to_min_ceil

    first = to_min_ceil(stage.now) + 3 * 1440
    plan = calendar.compiled
    free = open_slots(plan, now=stage.now, first=first, end=first + 7 * 1440)[2::7]
    link = issue(
        account=stage.account, calendar=calendar, actor=stage.actor, now=stage.now, label="VIP", created_by=stage.user
    )
    guest = {"name": "Noah Sommer", "email": "noah.sommer@guest.example", "timezone": "Europe/Berlin"}
    redeem(token=keyring().sign("o1", link.id), start=free[0], guest=guest, now=stage.now)
    for start, name in zip(free[1:3], ("Lena Vogt", "Jonas Hart"), strict=False):
        raw = {"name": name, "email": f"{name.split()[0].lower()}@guest.example", "timezone": "Europe/Berlin"}
        book(
            plan=plan,
            start=start,
            guest=clean_guest(plan, raw),
            source="scheduling_link",
            actor=stage.actor,
            now=stage.now,
        )


def open_link(calendar: Calendar, now: datetime) -> OneTimeLink:
    """The demo's open link for anybody; a new one once the last has been used."""
    from admitone.events import SYSTEM
    from admitone.links.models import OneTimeLink
    from admitone.links.queries import having_status
    from admitone.links.services import issue

    rows = OneTimeLink.objects.filter(having_status("active", now), calendar=calendar, label="Try this one")
    found = rows.order_by("created_at").first()
    return found or issue(account=calendar.account, calendar=calendar, actor=SYSTEM, now=now, label="Try this one")
