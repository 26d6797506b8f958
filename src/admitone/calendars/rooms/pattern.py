from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from admitone.accounts.keyring import keyring
from admitone.calendars.rooms import room_provider
from admitone.logic.calendars import clean_https
from admitone.logic.tokens import ROOM

MARK = "{room}"
#: Stands for the mark while the address is cleaned, which would write braces as percent signs.
STAND_IN = "x0room0x"


@room_provider("pattern")
class Pattern:
    """A server whose rooms come to be when somebody enters, like Jitsi Meet: a word nobody can guess takes {room}'s place."""

    label = _("An address with {room} in it")
    help = _("Like https://meet.example.org/{room}: every appointment gets a room of its own that nobody can guess.")

    def check(self, location: str) -> str:
        if location.count(MARK) != 1:
            raise ValueError("Write the address with {room} in it, like https://meet.example.org/{room}.")
        address = clean_https(location.replace(MARK, STAND_IN))
        if STAND_IN in urlsplit(address).netloc:
            raise ValueError("Write {room} behind the name of the server, like https://meet.example.org/{room}.")
        return address.replace(STAND_IN, MARK)

    def room(self, location: str, booking_id: UUID) -> str:
        return location.replace(MARK, keyring().word(ROOM, booking_id))
