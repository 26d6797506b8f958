"""Writes of workflows and enrollments."""

from admitone.workflows.services.editing import create_workflow, delete_workflow, save_draft
from admitone.workflows.services.enrolling import enroll, retry_step, stop_enrollment
from admitone.workflows.services.publishing import pause, publish, resume

__all__ = [
    "create_workflow",
    "delete_workflow",
    "enroll",
    "pause",
    "publish",
    "resume",
    "retry_step",
    "save_draft",
    "stop_enrollment",
]
