"""Schemathesis on the whole document: no 5xx, only documented statuses, media types and shapes. Bounded and repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests import factories
from tests.api.conftest import Api
from tests.contract.world import (
    batch_of,
    bulk_of,
    connection_of,
    delivery_of,
    endpoint_of,
    enrollment_of,
    hook_of,
    message_of,
    waiting_of,
)

from admitone.accounts.keyring import keyring
from admitone.api.v1.router import api as routes

EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = sorted(
    operation["operationId"]
    for operations in routes.get_openapi_schema(path_prefix="/api/v1/")["paths"].values()
    for operation in operations.values()
)


@cache
def document() -> Any:
    """The document as the server gives it, read inside the first test: a request may touch the database."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture(autouse=True)
def open_connection() -> Iterator[None]:
    """A WSGI request ends by closing the connection, and with it the test's transaction; Django's client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def api(account):
    """A key for everything."""
    return Api(factories.api_key(account, ["read", "write", "admin"])[1])


@pytest.fixture
def ids(calendar):
    """Real ids, so that requests get past the look-up: the same row many times."""
    link, booking = factories.link(calendar, max_uses=1000), factories.booking(calendar)
    endpoint, enrollment = endpoint_of(calendar.account), enrollment_of(calendar)
    return {
        "link_id": str(link.id),
        "booking_id": str(booking.id),
        "connection_id": str(connection_of(calendar).id),
        "contact_id": str(factories.contact(calendar.account).id),
        "calendar_id": "first",
        "batch_id": str(batch_of(calendar).id),
        "entry_id": str(waiting_of(calendar, factories.contact(calendar.account)).id),
        "endpoint_id": str(endpoint.id),
        "delivery_id": str(delivery_of(endpoint).id),
        "pipeline_id": str(factories.pipeline(calendar.account).id),
        "opportunity_id": str(factories.opportunity(factories.pipeline(calendar.account).stages.all()[0]).id),
        "tag_id": str(factories.tag(factories.contact(calendar.account)).id),
        "task_id": str(factories.task(factories.contact(calendar.account)).id),
        "form_id": str(factories.form(calendar.account).id),
        "workflow_id": str(enrollment.workflow_id),
        "bulk_id": str(bulk_of(enrollment).id),
        "hook_id": str(hook_of(calendar.account).id),
        "enrollment_id": str(enrollment.id),
        "message_id": str(message_of(calendar.account).id),
        "links": keyring().sign("o1", link.id),
        "bookings": keyring().sign("b1", booking.id),
    }


def point_at(case: Any, known: dict[str, str]) -> None:
    """Put real ids where the case has made-up ones."""
    if case.path_parameters:
        case.path_parameters = {key: known.get(key, value) for key, value in case.path_parameters.items()}
    for part in (case.body, case.query):
        if isinstance(part, dict) and isinstance(part.get("calendar"), str):
            part["calendar"] = "first"


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_keeps_to_its_document(name, api, ids, allow):
    allow(post_limit=10**6, get_limit=10**6)
    operation = next(
        each.ok() for each in document().get_all_operations() if each.ok().definition.raw["operationId"] == name
    )
    known = ids | {"token": ids["bookings" if "/public/bookings/" in operation.path else "links"]}
    modes = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]

    @seed(20261102)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(modes), real=st.sampled_from([True, True, True, False]))
    def conform(case: Any, real: bool) -> None:
        if real:
            point_at(case, known)
        case.call_and_validate(headers=api.headers, checks=CHECKS)

    conform()
