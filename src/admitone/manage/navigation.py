"""What the shell around a signed-in page shows: navigation, the sub-accounts to switch to, banners."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from admitone.accounts import addresses, permissions
from admitone.accounts.models import Account, AgencyAdmin
from admitone.manage.context import LAST_ACCOUNT, AccountRequest, enter
from admitone.messaging import queries as messaging

SHOWN = 8
OWN_PAGES = ("/app/me/", "/app/accounts/", "/accounts/")


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class NavGroup:
    label: str
    items: list[NavItem]


class Shell:
    """Read by the shell template; nothing is queried before the template asks for it."""

    def __init__(self, request: AccountRequest) -> None:
        self.request = request
        self.account = request.account
        self.role = request.role

    @cached_property
    def nav(self) -> list[NavItem]:
        """The main sections; the longest address that the page lies under is the current one."""
        home = f"/app/{self.account.slug}/"
        return [
            NavItem(label, home + part, icon, self.is_current(home, part)) for label, part, icon in sections(self.role)
        ]

    def is_current(self, home: str, part: str) -> bool:
        path = self.request.path
        return path.startswith(home + part) if part else path == home

    @cached_property
    def settings_nav(self) -> list[NavGroup]:
        """The sections of Settings, grouped by what they are about."""
        home = f"/app/{self.account.slug}/settings/"
        return [
            NavGroup(
                name, [NavItem(label, home + part, icon, self.is_current(home, part)) for label, part, icon in found]
            )
            for name, found in settings_sections()
        ]

    @property
    def settings_here(self) -> str:
        """The name of the section of Settings that the page belongs to."""
        return next((item.label for group in self.settings_nav for item in group.items if item.current), "")

    @cached_property
    def accounts(self) -> list[Account]:
        """Every sub-account the user may enter."""
        return list(permissions.accounts_of(self.request.user))

    @property
    def has_search(self) -> bool:
        return len(self.accounts) > SHOWN

    @property
    def first_accounts(self) -> list[Account]:
        """This one first, then others up to the number that fits a menu."""
        others = [account for account in self.accounts if account.pk != self.account.pk]
        return [self.account, *others][:SHOWN]

    @cached_property
    def may_create(self) -> bool:
        """May the user make sub-accounts in this agency?"""
        return AgencyAdmin.objects.filter(agency_id=self.account.agency_id, user=self.request.user.pk).exists()

    @property
    def not_delivering(self) -> bool:
        return not self.standing.delivering

    @cached_property
    def standing(self) -> messaging.Standing:
        """Whether messages get out."""
        return messaging.standing(self.account)

    @property
    def private_base(self) -> bool:
        return addresses.is_private_base()

    @property
    def is_admin(self) -> bool:
        return permissions.at_least(self.role, "admin")


def sections(role: str) -> list[tuple[str, str, str]]:
    """(label, path below the sub-account's home, icon) of each main section."""
    found = [
        (_("Home"), "", "house"),
        (_("Appointments"), "bookings/", "calendar-check"),
        (_("Calendar view"), "calendar/", "calendar-range"),
        (_("Calendars"), "calendars/", "calendar-days"),
        (_("One-time links"), "links/", "ticket"),
        (_("Contacts"), "contacts/", "contact"),
        (_("Forms"), "forms/", "clipboard-list"),
        (_("Pipelines"), "pipelines/", "square-kanban"),
        (_("Workflows"), "workflows/", "workflow"),
        (_("Messages"), "messages/", "mail"),
        (_("Requests"), "requests/", "inbox"),
    ]
    if permissions.at_least(role, "admin"):
        found.append((_("Settings"), "settings/", "settings"))
    return found


def settings_sections() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(group, its sections as in `sections`, below Settings) in the order in which they are needed."""
    account = [
        (_("General"), "general/", "settings"),
        (_("Team"), "team/", "users"),
        (_("Schedules"), "schedules/", "calendar-clock"),
        (_("Busy times"), "busy/", "calendar-x"),
        (_("Custom fields"), "custom-fields/", "list-plus"),
    ]
    messages = [(_("Email"), "email/", "mail"), (_("SMS and calls"), "sms/", "message-square-text")]
    programs = [
        (_("API keys"), "api-keys/", "key-round"),
        (_("Webhooks"), "webhooks/", "webhook"),
        (_("Inbound webhooks"), "inbound-hooks/", "arrow-down-to-line"),
        (_("Payments"), "payments/", "credit-card"),
    ]
    return [(_("Account"), account), (_("Messaging"), messages), (_("Integrations"), programs)]


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: `shell` on every page inside a sub-account, and on the person's own pages."""
    if not hasattr(request, "account") and not last_entered(request):
        return {}
    return {"shell": Shell(cast(AccountRequest, request))}


def last_entered(request: HttpRequest) -> bool:
    """On the person's own pages: set the sub-account of the last visit on the request, so that the way back stays."""
    slug = request.COOKIES.get(LAST_ACCOUNT, "")[:60]
    if not slug or not request.path.startswith(OWN_PAGES) or not request.user.is_authenticated:
        return False
    try:
        enter(request, slug)
    except Http404:
        return False
    return True
