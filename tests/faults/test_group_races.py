"""One link of a group under parallel bookings of different calendars: one booking, and none in a group just closed (P1)."""

from __future__ import annotations

from collections import Counter

import pytest
from tests import factories
from tests.faults.test_team_races import NOW, TEN, overlaps, together

from admitone.accounts.keyring import keyring
from admitone.booking.models import Booking
from admitone.calendars.services import set_group_active, set_members
from admitone.events import SYSTEM
from admitone.links.models import LinkUse, OneTimeLink
from admitone.links.services import issue, redeem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.storm]


def take(link: OneTimeLink, calendar: str, n: int) -> None:
    guest = {"name": f"Guest {n}", "email": f"guest{n}@example.com"}
    token = keyring().sign("o1", link.id)
    redeem(token=token, start=TEN + 60 * (n % 3), guest=guest, now=NOW, calendar=calendar)


def test_group_link_books_one_of_its_calendars_once():
    account = factories.account()
    group = factories.group(account)
    link = issue(account=account, group=group, actor=SYSTEM, now=NOW)
    names = ("first-visit", "check-up")
    seen = together(*[lambda n=n: take(link, names[n % 2], n) for n in range(10)])
    link.refresh_from_db()
    assert Counter(seen) == {"done": 1, "link_used": 9}
    assert (link.uses, LinkUse.objects.count(), Booking.objects.count(), overlaps()) == (1, 1, 1, 0)


@pytest.mark.parametrize("how", ["pause", "remove"])
def test_group_that_closes_meanwhile_books_before_or_not_at_all(how):
    account = factories.account()
    for turn in range(4):
        pair = [factories.calendar(account, name=f"{name} {turn}") for name in "AB"]
        group = factories.group(account, *pair, name=f"Group {turn}")
        link = issue(account=account, group=group, actor=SYSTEM, now=NOW)
        who = {"account": account, "group_id": group.id, "actor": SYSTEM, "now": NOW}

        def close(who=who) -> None:
            set_group_active(**who, active=False) if how == "pause" else set_members(**who, calendars=[])

        seen = together(lambda link=link, one=pair[0]: take(link, one.slug, 0), close)
        link.refresh_from_db()
        booked = Booking.objects.filter(one_time_link_id=link.id).count()
        assert seen[1] == "done"
        assert (seen[0], link.uses, booked) in {
            ("done", 1, 1),
            ("calendar_paused" if how == "pause" else "invalid", 0, 0),
        }
