"""One meaning in three places: logic.links.status, the redemption UPDATE, the list's filters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import factories

from admitone.links.models import OneTimeLink
from admitone.links.queries import STATUSES, having_status
from admitone.links.services.redeeming import REDEEM
from admitone.logic.links import LinkFacts, listed_status, status

NOW = factories.NOW
at = st.none() | st.integers(-2, 2).map(lambda s: NOW + timedelta(seconds=s))
facts = st.builds(
    LinkFacts,
    uses=st.integers(0, 3),
    max_uses=st.integers(1, 3),
    deleted_at=st.none() | st.just(NOW),
    not_before=at,
    expires_at=at,
).filter(lambda f: f.uses <= f.max_uses)


class Undo(Exception):
    pass


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(found=facts)
def test_function_update_and_filters_agree(found):
    with pytest.raises(Undo), transaction.atomic():
        calendar = OneTimeLink.objects.first() and OneTimeLink.objects.first().calendar
        calendar = calendar or factories.calendar(factories.account())
        link = factories.link(calendar, **{name: getattr(found, name) for name in LinkFacts.__slots__})
        listed = [
            name for name in STATUSES if OneTimeLink.objects.filter(having_status(name, NOW), id=link.id).exists()
        ]
        moment = connection.ops.adapt_datetimefield_value(NOW)
        with connection.cursor() as cursor:
            key = link.id.hex if connection.vendor == "sqlite" else link.id
            cursor.execute(REDEEM, [moment, key, moment, moment])
            redeemed = cursor.fetchone() is not None
        assert listed == [listed_status(found, NOW)]
        assert redeemed == (status(found, NOW) == "active")
        raise Undo
