"""`admitone jobs`: look at background jobs, retry dead ones, run what is due."""

from __future__ import annotations

import click
from django.utils import timezone

from admitone.cli.boot import boot
from admitone.logic.clock import iso
from admitone.logic.errors import Problem


@click.group()
def jobs() -> None:
    """Background jobs."""
    boot()


@jobs.command("list")
@click.option("--status", default="", type=click.Choice(["", "ready", "sleeping", "running", "dead"]))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
def list_jobs(status: str, limit: int) -> None:
    """Print the newest jobs: id, status, attempts, time, task and last error."""
    from admitone.jobs.queries import listing

    for job in listing(status, limit):
        error = job.last_error.splitlines()[0] if job.last_error else ""
        click.echo(f"{job.pk}\t{job.status}\t{job.attempts}\t{iso(job.run_after)}\t{job.task}\t{error}".rstrip())


@jobs.command()
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    """Give the dead job JOB_ID all its attempts again."""
    from admitone.jobs.services import retry_dead

    try:
        retry_dead(job_id=job_id, now=timezone.now())
    except Problem as problem:
        raise click.ClickException(problem.detail) from problem
    click.echo(f"Job {job_id} is ready again.")


@jobs.command()
@click.option("--limit", default=1000, show_default=True, type=click.IntRange(1))
def run(limit: int) -> None:
    """Run what is due now, periodic tasks included, then stop."""
    from admitone.jobs import run_pending

    click.echo(f"{run_pending(limit=limit, ticks=True)} jobs run")
