"""Groups as pages and lists read them: the public page behind a slug, the members, and a group in the shape of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from admitone.accounts.models import Account
from admitone.calendars.models import Calendar, CalendarGroup, OldGroupSlug
from admitone.calendars.queries import SLUG
from admitone.logic.availability import Schedule
from admitone.logic.plan import CalendarPlan, PlanBrand, decode


@dataclass(frozen=True, slots=True)
class PublicGroup:
    """A group as everybody may see it: `calendars` are its active public ones, in its order."""

    group: CalendarGroup
    plan: CalendarPlan
    calendars: tuple[CalendarPlan, ...]


def public_group(account_slug: str, slug: str) -> PublicGroup | str | None:
    """The group behind /<account>/g/<slug>, paused ones too; the current slug (str) if an old one was asked for; None if
    there is none. Two statements."""
    rows = CalendarGroup.objects.filter(account__slug=account_slug, slug=slug, deleted_at=None)
    group = rows.select_related("account").first() if SLUG.fullmatch(slug) else None
    if group is None:
        old = OldGroupSlug.objects.filter(account__slug=account_slug, slug=slug, group__deleted_at=None)
        return old.values_list("group__slug", flat=True).first() if SLUG.fullmatch(slug) else None
    shown = members(group).filter(active=True, access="public")
    plans = tuple(decode(text) for text in shown.values_list("plan", flat=True))
    return PublicGroup(group, group_plan(group, group.account, plans), plans)


def members(group: CalendarGroup) -> QuerySet[Calendar]:
    """In the group's order, deleted calendars left out."""
    return Calendar.objects.filter(group=group, deleted_at=None).order_by("group_order", "id")


def groups(account: Account) -> QuerySet[CalendarGroup]:
    """By name, deleted ones left out, each with `size`: how many calendars belong."""
    rows = CalendarGroup.objects.filter(account=account, deleted_at=None)
    alive = Count("calendars", filter=Q(calendars__deleted_at=None))
    return rows.annotate(size=alive).order_by(Lower("name"), "id")


def deleted_groups(account: Account) -> list[CalendarGroup]:
    return list(CalendarGroup.objects.filter(account=account).exclude(deleted_at=None).order_by("-deleted_at"))


def group_plan(group: CalendarGroup, account: Account, members: Sequence[CalendarPlan]) -> CalendarPlan:
    """A group in the shape of a plan, for pages before a calendar is chosen: it has no hours, so it offers no time.

    Brand and contact are those of its first calendar; every site that may embed one of them may embed the choice.
    """
    look = members[0] if members else None
    return CalendarPlan(
        version=0,
        calendar_id=str(group.id),
        account_id=str(account.id),
        agency_id=str(account.agency_id),
        account_slug=account.slug,
        account_name=account.name,
        slug=group.slug,
        name=group.name,
        description=group.description,
        active=group.active,
        locale=account.locale,
        schedule=Schedule(account.timezone),
        brand=look.brand if look else PlanBrand(),
        contact_policy=look.contact_policy if look else "maker",
        contact_name=look.contact_name if look else "",
        contact_email=look.contact_email if look else "",
        contact_phone=look.contact_phone if look else "",
        embed_origins=tuple(dict.fromkeys(site for plan in members for site in plan.embed_origins)),
    )
