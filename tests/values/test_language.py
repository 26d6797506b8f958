"""The merge language gives nothing away and ends soon, whatever is typed."""

from __future__ import annotations

import time

import pytest

from admitone.values import Fault, available, check, namespaces, spelled
from admitone.values.language import Unreadable, execute, parse

KNOWN = available(["contact", "one_time_link"]) | {"steps.booking_link.url"}


def test_known_values_have_no_fault():
    assert check("Hi {{ contact.first_name }}, {{ steps.booking_link.url }} {{ contact['name'] }}", KNOWN) == []


def test_fallback_and_condition_have_no_fault():
    assert check('{% if contact.phone == "" %}x{% else %}{{ contact.phone | default: "-" }}{% endif %}', KNOWN) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ nobody }}", Fault("nobody", "There is no value called nobody.")),
        ("{{ contact.shoe_size }}", Fault("contact.shoe_size", "There is no value called contact.shoe_size.")),
        ("{{ contact.__class__ }}", Fault("contact.__class__", "There is no value called contact.__class__.")),
        ("{{ contact.name.size }}", Fault("contact.name.size", "There is no value called contact.name.size.")),
        (
            "{{ steps.other.url }}",
            Fault("steps.other.url", "steps.other.url is not made by a step that always comes before this one."),
        ),
        (
            "{{ appointment.start }}",
            Fault("appointment.start", "There is no appointment at this point: appointment.start would be empty."),
        ),
        ("{{ contact[contact.name] }}", Fault("", "Write the name of a value out, like contact.name.")),
        (
            "{% assign contact = 'Ada' %}{{ contact.name }}",
            Fault("", "Choose another name than contact: its values could not be reached any more."),
        ),
        ("{{ (1..1000000000) }}", Fault("", "Ranges like (1..10) are not available here.")),
        ("{{ 'a' | replace: 'a', 'b' }}", Fault("", "There is no filter called replace.")),
        ("{% for i in (1..1000000000) %}x{% endfor %}", Fault("", "Unexpected tag 'for'.")),
        ("{% include 'secrets' %}", Fault("", "Unexpected tag 'include'.")),
        ("{% render 'secrets' %}", Fault("", "Unexpected tag 'render'.")),
        ("{% liquid assign a = 1 %}", Fault("", "Unexpected tag 'liquid'.")),
        ("{% capture a %}{% endcapture %}", Fault("", "Unexpected tag 'capture'.")),
        ("{% increment a %}", Fault("", "Unexpected tag 'increment'.")),
        ("{{ contact.", Fault("", "Expected '}}', found end of file.")),
        ("x" * 20_001, Fault("", "Use at most 20000 characters.")),
        ("{% if contact.name %}" * 40 + "{% endif %}" * 40, Fault("", "Block nesting limit reached.")),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_fault_is_named(text, fault):
    assert check(text, KNOWN) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact" + "[contact" * 2000 + "]" * 2000 + " }}",
        "{{ contact" + "[contact" * 250 + "]" * 250 + " }}",
        "{% if contact.name" + " and contact.name" * 1000 + " %}{% endif %}",
        "{{ 'a'" + " | append: 'a'" * 1000 + " }}",
        "{{ " + "(" * 5000,
        "{%" * 5000,
    ],
    ids=["paths", "fewer_paths", "conditions", "filters", "parentheses", "tags"],
)
def test_deep_nesting_is_answered_soon_and_without_an_exception(text):
    begun = time.perf_counter()
    assert isinstance(check(text, KNOWN), list)
    assert time.perf_counter() - begun < 2


def test_doubling_a_text_again_and_again_is_stopped():
    text = "{% assign a = 'xxxxxxxxxx' %}" + "{% assign a = a | append: a %}" * 60 + "{{ a }}"
    with pytest.raises(Unreadable):
        execute(parse(text), {})


def test_python_is_out_of_reach():
    text, _empty = execute(parse("{{ thing['name'] }}"), {"thing": {"name": "x"}})
    assert text == "x"
    for attempt in ("{{ thing.keys }}", "{{ thing.__class__ }}", "{{ thing['__init__'] }}", "{{ name.upper }}"):
        with pytest.raises(Unreadable):
            execute(parse(attempt), {"thing": {"name": "x"}, "name": "x"})


@pytest.mark.parametrize("key", sorted(namespaces()))
def test_every_noun_has_labels_and_samples(key):
    space = namespaces()[key]
    assert space.key == key
    assert str(space.label)
    assert space.__doc__
    assert {name: bool(str(field.label) and field.sample) for name, field in space.fields.items()} == dict.fromkeys(
        space.fields, True
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("contact.first_name", "contact.first_name"),
        ("hook.order-id", "hook.order-id"),
        ("hook.odd name.total", 'hook["odd name"].total'),
        ("hook.1st", 'hook["1st"]'),
        ('hook.the "one"', "hook['the \"one\"']"),
        ("hook.größe", 'hook["größe"]'),
    ],
)
def test_name_is_spelled_so_that_a_text_reads_it(name, text):
    assert spelled(name) == text
    assert check(f"{{{{ {text} }}}}", {name}) == []
