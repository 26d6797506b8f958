"""Background work: `@task`, `.enqueue()`, `.using(...)`, `@periodic`. Put an app's tasks in its `tasks.py`,
or beside the write that asks for them in a module that its `apps.py` imports.

A job is inserted in the transaction that causes it and may run twice, so a task takes ids and must be harmless
when repeated. Names follow Django 6's Tasks API.
"""

from admitone.jobs.port import enqueue_many, new_worker, run_pending
from admitone.jobs.registry import DeadJob, Permanent, Retry, Task, limit_queue, on_dead, periodic, task

__all__ = [
    "DeadJob",
    "Permanent",
    "Retry",
    "Task",
    "enqueue_many",
    "limit_queue",
    "new_worker",
    "on_dead",
    "periodic",
    "run_pending",
    "task",
]
