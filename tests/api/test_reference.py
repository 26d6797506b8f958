"""The reference page and the OpenAPI document: complete, in step with each other, and clean under the CSP."""

from __future__ import annotations

import re

import pytest
from tests.api.conftest import code

from admitone.api.v1.router import api as routes
from admitone.logic.errors import PROBLEMS


@pytest.fixture
def page(client, db):
    return client.get("/api/v1/docs").content.decode()


def operations():
    for path, methods in routes.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_document_is_openapi_three_one(client, db):
    document = client.get("/api/v1/openapi.json").json()
    assert (document["openapi"], document["info"]["version"]) == ("3.1.0", "1")
    assert list(document["components"]["securitySchemes"]) == ["Bearer"]


def test_operation_ids_and_schema_names_are_unique():
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))


def test_private_operations_need_a_key_and_public_ones_do_not():
    for _, path, operation in operations():
        open_to_all = "/public/" in path or path.endswith("/workflows/schema")
        assert ("security" in operation) is not open_to_all, path


def test_page_shows_every_operation_and_every_problem(page):
    for method, path, operation in operations():
        assert f"<b>{method}</b> {path}" in page
        assert f'id="{operation["operationId"].replace("_", "-")}"' in page
    assert all(f'<dt id="{problem}">' in page for problem in PROBLEMS)


def test_page_has_no_script_no_inline_style_and_nothing_from_elsewhere(page):
    assert not re.findall(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)
    assert all(address.startswith(("/", "#", "data:")) for address in re.findall(r"(?:src|href)=\"([^\"]+)\"", page))


def test_every_anchor_of_the_page_exists_once(page):
    ids = re.findall(r"\sid=\"([^\"]+)\"", page)
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in re.findall(r"href=\"(#[^\"]+)\"", page)} <= set(ids)


def test_type_of_a_problem_is_an_address_on_the_page(guest, account, page):
    kind = guest.get("/account").json()["type"]
    assert kind == "http://testserver/api/v1/docs#unauthorized"
    assert 'id="unauthorized"' in page
    assert code(guest.get("/account")) == (401, "unauthorized")
