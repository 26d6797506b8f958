"""Every trigger and action keeps what workflows/registry.py promises; adding one is adding one file."""

from __future__ import annotations

import re
from dataclasses import is_dataclass
from inspect import getdoc

import jsonschema_rs
import pytest
from tests import factories

from admitone.ui.icons import icon
from admitone.values import namespaces
from admitone.workflows.registry import Action, Trigger, actions, adapter, triggers
from admitone.workflows.schema import document_schema

KEY = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)?")
ICON = re.compile(r"[a-z][a-z0-9-]*")
#: Keys that definitions out there are written with.
FIXED = (
    {"form.submitted", "opportunity.stage_changed", "call.missed"},
    {
        "one_time_link.generate",
        "email.send",
        "sms.send",
        "wait.for",
        "if_else",
    },
)
#: Params as stored by every version so far, by action: each must still be read.
STORED = {
    "one_time_link.generate": [{"calendar": "0190a0a0-0000-7000-8000-000000000000"}],
    "email.send": [{"subject": "Hi", "body": "Hello"}],
    "sms.send": [{"body": "Hello"}, {"body": "Hello", "dead_link": "skip"}],
    "wait.for": [{"hours": 1}, {"seconds": 5}, {"days": 2}],
    "wait.until": [{"at": "2026-12-01T09:00:00Z"}, {"anchor": "appointment.start", "minutes": -60}],
    "wait.for_event": [{"event": "one_time_link.used", "timeout": {"days": 2}}],
    "if_else": [{}],
    "goto": [{"step": "there"}],
    "end": [{}],
    "one_time_link.revoke": [{}, {"step": "link"}],
    "notify.internal": [{"subject": "Hi", "body": "Hello"}],
    "contact.add_tag": [{"tag": "VIP"}, {"tag": "0190a0a0-0000-7000-8000-000000000000"}],
    "contact.remove_tag": [{"tag": "VIP"}],
    "contact.update": [{"name": "Ada"}, {"custom": {"size": "42"}, "timezone": "Europe/Berlin"}],
    "contact.assign_user": [{"users": ["0190a0a0-0000-7000-8000-000000000000"]}],
    "contact.add_note": [{"text": "Called"}],
    "contact.add_task": [{"title": "Call", "due_in": {"days": 1}}],
    "opportunity.create": [{"pipeline": "0190a0a0-0000-7000-8000-000000000000"}],
    "opportunity.move": [{"status": "won"}, {"stage": "0190a0a0-0000-7000-8000-000000000000", "step": "deal"}],
    "webhook.send": [{"url": "https://example.com/in", "values": {"name": "{{ contact.name }}"}}],
    "booking.book": [
        {"calendar": "0190a0a0-0000-7000-8000-000000000000"},
        {"calendar": "0190a0a0-0000-7000-8000-000000000000", "at": "2026-12-01T09:00"},
    ],
    "booking.cancel": [{}, {"reason": "Closed"}],
    "split": [{}, {"percentages": [10, 20, 70]}],
    "goal": [{"event": "one_time_link.used"}],
    "drip": [{"count": 100, "per": {"hours": 1}}],
    "workflow.add": [{"workflow": "0190a0a0-0000-7000-8000-000000000000"}],
    "workflow.remove": [{}, {"workflow": "0190a0a0-0000-7000-8000-000000000000"}],
}


def test_fixed_keys_are_there():
    assert FIXED[0] <= set(triggers())
    assert FIXED[1] <= set(actions())


@pytest.mark.parametrize("key", sorted(triggers()))
def test_trigger_tells_what_it_is(key):
    kind = triggers()[key]
    assert issubclass(kind, Trigger)
    assert (kind.key, bool(KEY.fullmatch(key))) == (key, True)
    assert str(kind.label)
    assert str(kind.category)
    assert getdoc(kind)
    assert kind.provides <= set(namespaces())
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", event) for event in kind.events)
    assert is_dataclass(kind.Params)
    names = set(kind.Params.__dataclass_fields__)
    assert set(kind.labels) == names
    assert set(kind.helps) | set(kind.editors) | set(kind.words) <= names


@pytest.mark.parametrize("key", sorted(triggers()))
def test_absent_filters_mean_any(key):
    filters, wrong = triggers()[key].read({})
    assert wrong == {}
    assert filters is not None
    assert triggers()[key].read({"no_such_filter": 1})[0] is None


@pytest.mark.parametrize("key", sorted(actions()))
def test_action_tells_what_it_is(key):
    kind = actions()[key]
    assert issubclass(kind, Action)
    assert (kind.key, bool(KEY.fullmatch(key))) == (key, True)
    assert str(kind.label)
    assert str(kind.category)
    assert getdoc(kind)
    assert ICON.fullmatch(kind.icon)
    assert is_dataclass(kind.Params)
    assert set(kind.templates) <= set(kind.Params.__dataclass_fields__)
    assert all(isinstance(sample, str) and sample for sample in kind.outputs.values())
    assert kind.provides <= set(namespaces())
    assert kind.version >= 1
    icon(kind.icon)
    names = set(kind.Params.__dataclass_fields__)
    named = set(kind.labels) | set(kind.helps) | set(kind.editors)
    assert named - names <= ({"branches"} if kind.branching else set())
    assert set(kind.output_labels) <= set(kind.outputs)


@pytest.mark.parametrize("key", sorted(actions()))
def test_params_of_every_past_version_are_still_read(key):
    kind = actions()[key]
    assert len(STORED[key]) >= kind.version
    for stored in STORED[key]:
        params, wrong = kind.read(stored)
        assert wrong == {}
        dumped = adapter(kind.Params).dump_python(params, mode="json")
        assert kind.read(dumped) == (params, {})


@pytest.mark.parametrize("key", sorted(actions()))
def test_unknown_params_are_refused_by_name(key):
    assert "no_such_value" in actions()[key].read({"no_such_value": 1})[1]


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(actions()))
def test_summary_is_one_short_line(key):
    params, _wrong = actions()[key].read(STORED[key][0])
    text = actions()[key].summary(params, factories.account())
    assert 0 < len(text) <= 120
    assert "\n" not in text


def test_schema_is_valid_and_names_every_type():
    schema = document_schema()
    jsonschema_rs.meta.validate(schema)
    steps = {one["properties"]["type"]["const"] for one in schema["$defs"]["steps"]["items"]["oneOf"]}
    assert steps == set(actions())
    found = {one["properties"]["type"]["const"] for one in schema["properties"]["triggers"]["items"]["oneOf"]}
    assert found == set(triggers())
