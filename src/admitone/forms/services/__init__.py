"""Writes of forms and submissions."""

from admitone.forms.services.fields import add_field, change_field, move_field, remove_field
from admitone.forms.services.forms import create_form, delete_form, restore_form, update_form
from admitone.forms.services.submitting import submit

__all__ = [
    "add_field",
    "change_field",
    "create_form",
    "delete_form",
    "move_field",
    "remove_field",
    "restore_form",
    "submit",
    "update_form",
]
