"""Writes of pipelines, stages and opportunities."""

from admitone.pipelines.services.opportunities import change_opportunity, create_opportunity, move, set_status, update
from admitone.pipelines.services.pipelines import create_pipeline, delete_pipeline, rename_pipeline, restore_pipeline
from admitone.pipelines.services.stages import add_stage, delete_stage, move_stage, rename_stage

__all__ = [
    "add_stage",
    "change_opportunity",
    "create_opportunity",
    "create_pipeline",
    "delete_pipeline",
    "delete_stage",
    "move",
    "move_stage",
    "rename_pipeline",
    "rename_stage",
    "restore_pipeline",
    "set_status",
    "update",
]
