"""Writes of forms and submissions."""

from admitone.forms.services.fields import add_field, change_field, move_field, remove_field
from admitone.forms.services.forms import create_form, delete_form, restore_form, update_form
from admitone.forms.services.rules import remove_rule, set_rule
from admitone.forms.services.ruling_out import keep_ruled_out
from admitone.forms.services.submitting import submit

__all__ = [
    "add_field",
    "change_field",
    "create_form",
    "delete_form",
    "keep_ruled_out",
    "move_field",
    "remove_field",
    "remove_rule",
    "restore_form",
    "set_rule",
    "submit",
    "update_form",
]
