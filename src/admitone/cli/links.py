"""`admitone links`: make, list and delete one-time links from the shell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click
from django.utils import timezone

from admitone.cli.boot import boot


@click.group()
def links() -> None:
    """One-time links of a sub-account."""
    boot()


def account_of(slug: str) -> Any:
    from admitone.accounts.models import Account

    account = Account.objects.filter(slug=slug).first()
    if account is None:
        raise click.ClickException(f"There is no sub-account {slug!r}.")
    return account


@links.command()
@click.option("--account", "slug", required=True, help="The sub-account's slug.")
@click.option("--calendar", help="The calendar's slug or id.")
@click.option("--group", help="Or the slug or id of a group: the guest chooses among its calendars.")
@click.option("--count", default=1, show_default=True, type=click.IntRange(1, 1000))
@click.option("--label", default="")
@click.option("--expires-in", "hours", type=click.FloatRange(min=0.01), help="Hours until the links expire.")
def create(slug: str, calendar: str | None, group: str | None, count: int, label: str, hours: float | None) -> None:
    """Make links of a calendar or a group and print their URLs, one a line."""
    from admitone.accounts.addresses import one_time_url
    from admitone.calendars.queries import by_id_or_slug, group_by_id_or_slug
    from admitone.events import Actor
    from admitone.links.services import issue

    account = account_of(slug)
    if bool(calendar) == bool(group):
        raise click.UsageError("Name a calendar or a group: --calendar or --group.")
    target = attempt(lambda: by_id_or_slug(account, calendar)) if calendar else None
    choice = attempt(lambda: group_by_id_or_slug(account, group)) if group else None
    now = timezone.now()
    expires_at = now + timedelta(hours=hours) if hours else None
    for _ in range(count):
        link = attempt(
            lambda: issue(
                account=account,
                calendar=target,
                group=choice,
                actor=Actor("system", "cli"),
                now=now,
                label=label,
                expires_at=expires_at,
                source_kind="cli",
            )
        )
        click.echo(one_time_url(link.id))


@links.command("list")
@click.option("--account", "slug", required=True)
@click.option("--status", type=click.Choice(["active", "used", "deleted", "expired"]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10000))
def list_links(slug: str, status: str | None, limit: int) -> None:
    """Print id, status, calendar or group, label and URL, newest first."""
    from admitone.accounts.addresses import one_time_url
    from admitone.links.queries import facts, listing
    from admitone.logic.links import listed_status

    now = timezone.now()
    for link in listing(account_of(slug), now=now, status=status)[:limit]:
        state = listed_status(facts(link), now)
        name = link.calendar.slug if link.calendar else f"g/{link.group.slug}" if link.group else ""
        click.echo(f"{link.id}\t{state}\t{name}\t{link.label}\t{one_time_url(link.id)}")


@links.command()
@click.option("--account", "slug", required=True)
@click.argument("link_id")
def revoke(slug: str, link_id: str) -> None:
    """Delete the unused link LINK_ID (its id or its URL)."""
    from admitone.events import Actor
    from admitone.links.queries import token_in
    from admitone.links.services import revoke as revoke_link

    account = account_of(slug)
    key = token_in(link_id) or link_id
    link = attempt(lambda: revoke_link(account=account, link_id=key, actor=Actor("system", "cli"), now=timezone.now()))
    click.echo(f"Deleted {link.id}.")


def attempt(work: Any) -> Any:
    """The result, or the refusal as a sentence and exit code 1."""
    from admitone.logic.errors import Problem

    try:
        return work()
    except Problem as problem:
        more = "".join(f"\n  {name}: {sentence}" for name, sentence in problem.fields.items())
        raise click.ClickException(problem.detail + more) from problem
