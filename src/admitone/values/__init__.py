"""Merge fields: `{{ contact.first_name }}` in a text becomes a value, checked before and never blank unnoticed."""

from admitone.values.context import Context
from admitone.values.language import Fault, Unreadable, spelled
from admitone.values.registry import Field, Namespace, merge_fields, namespaces
from admitone.values.rendering import Rendered, available, check, fields_of, render, used, value

__all__ = [
    "Context",
    "Fault",
    "Field",
    "Namespace",
    "Rendered",
    "Unreadable",
    "available",
    "check",
    "fields_of",
    "merge_fields",
    "namespaces",
    "render",
    "spelled",
    "used",
    "value",
]
