"""Rows from the factories fit together."""

import pytest
from django.contrib.auth import authenticate
from tests import factories


@pytest.mark.django_db
def test_booking_from_the_factories_is_confirmed_in_its_account():
    account = factories.account()
    booking = factories.booking(factories.calendar(account), name="Ada")
    assert (booking.account, booking.status, booking.name) == (account, "confirmed", "Ada")


@pytest.mark.django_db
def test_owner_signs_in_with_the_password():
    owner = factories.owner(factories.account())
    assert authenticate(None, email=owner.email, password=factories.PASSWORD) == owner


@pytest.mark.django_db
def test_links_of_two_accounts_are_apart():
    mine, other = (
        factories.link(factories.calendar(factories.account())),
        factories.link(factories.calendar(factories.account())),
    )
    assert mine.account != other.account
