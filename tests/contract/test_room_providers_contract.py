"""Every room provider keeps what calendars/rooms promises."""

from __future__ import annotations

from unittest import mock
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from admitone.calendars.rooms import room_providers

#: What an owner would type for each.
GOOD = {"pattern": "https://meet.example.org/{room}"}
KEYS = sorted(room_providers())


def test_registry_holds_the_providers_of_this_folder() -> None:
    assert sorted(GOOD) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_provider_says_what_it_is(key: str) -> None:
    one = room_providers()[key]
    assert str(one.label)
    assert str(one.help)
    assert type(one).__doc__


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("bad", ["", "meet", "http://meet.example.org/{room}", "https://{room}"])
def test_provider_refuses_what_makes_no_room_with_a_sentence(key: str, bad: str) -> None:
    with pytest.raises(ValueError, match=r".{10,}\."):
        room_providers()[key].check(bad)


@pytest.mark.parametrize("key", KEYS)
def test_rooms_are_https_stable_different_and_made_without_the_network(key: str) -> None:
    one = room_providers()[key]
    location = one.check(GOOD[key])
    assert one.check(location) == location
    ids = [uuid4() for _ in range(50)]
    with mock.patch("socket.socket", side_effect=AssertionError("the network was asked")):
        rooms = [one.room(location, key) for key in ids]
        assert rooms == [one.room(location, key) for key in ids]
    assert len(set(rooms)) == 50
    assert {urlsplit(room).scheme for room in rooms} == {"https"}
    assert all(len(urlsplit(room).path) >= 20 for room in rooms)
    assert not any(str(booking) in room or booking.hex in room for booking, room in zip(ids, rooms, strict=True))
