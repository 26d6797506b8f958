"""Writes of workflows and enrollments."""

from admitone.workflows.services.amending import change_workflow
from admitone.workflows.services.editing import create_workflow, delete_workflow, save_draft
from admitone.workflows.services.enrolling import enroll, retry_step, stop_enrollment
from admitone.workflows.services.publishing import pause, publish, resume
from admitone.workflows.services.steps import (
    add_step,
    add_trigger,
    change_step,
    change_trigger,
    duplicate_step,
    edit_draft,
    move_step,
    remove_step,
    remove_trigger,
    restore_step,
    shift_step,
    switch_step,
)

__all__ = [
    "add_step",
    "add_trigger",
    "change_step",
    "change_trigger",
    "change_workflow",
    "create_workflow",
    "delete_workflow",
    "duplicate_step",
    "edit_draft",
    "enroll",
    "move_step",
    "pause",
    "publish",
    "remove_step",
    "remove_trigger",
    "restore_step",
    "resume",
    "retry_step",
    "save_draft",
    "shift_step",
    "stop_enrollment",
    "switch_step",
]
