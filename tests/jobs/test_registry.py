from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from admitone.jobs.registry import EPOCH, NO_ACCOUNT, PERIODICS, TASKS, periodic, task

ACCOUNT = UUID("0190f7a0-0000-7000-8000-000000000001")


def greet(name: str, now: datetime | None = None) -> str:
    return f"{name} {now:%H:%M}"


GREET = task(name="registry.greet", queue="mail")(greet)


def test_task_is_registered_by_dotted_name() -> None:
    made = task()(test_task_is_registered_by_dotted_name)
    assert TASKS.pop(made.name) is made
    assert made.name == f"{__name__}.test_task_is_registered_by_dotted_name"


def test_task_can_be_called_like_its_function() -> None:
    assert GREET(name="Ada", now=datetime(2026, 1, 1, 9, 30, tzinfo=UTC)) == "Ada 09:30"


def test_two_tasks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"two tasks are called registry\.greet"):
        task(name="registry.greet")(lambda: None)


def test_unknown_argument_is_refused_at_enqueue() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        GREET.new_job({"name": "Ada", "colour": "red"})


def test_using_refuses_unknown_options() -> None:
    with pytest.raises(TypeError, match="using\\(\\) takes no delay"):
        GREET.using(delay=3)


def test_using_leaves_the_registered_task_as_it_was() -> None:
    job = GREET.using(priority=3, key="k", queue="slow").new_job({"name": "Ada"})
    assert (job.priority, job.key, job.queue) == (3, "k", "slow")
    assert GREET.new_job({"name": "Ada"}).priority == 0


def test_account_is_taken_from_using_or_the_arguments() -> None:
    made = task(name="registry.account")(lambda account_id="": None)
    assert made.new_job({"account_id": str(ACCOUNT)}).account_id == ACCOUNT
    assert made.using(account_id=ACCOUNT).new_job({}).account_id == ACCOUNT
    assert made.new_job({}).account_id == NO_ACCOUNT


def test_tick_is_the_latest_multiple_with_offset() -> None:
    made = periodic(every=timedelta(days=1), offset=timedelta(hours=3), name="registry.daily")(lambda: None)
    one = PERIODICS.pop(made.name)
    assert one.tick(datetime(2026, 11, 2, 2, 59, tzinfo=UTC)) == datetime(2026, 11, 1, 3, tzinfo=UTC)
    assert one.tick(datetime(2026, 11, 2, 3, tzinfo=UTC)) == datetime(2026, 11, 2, 3, tzinfo=UTC)


def test_every_as_a_number_is_minutes() -> None:
    made = periodic(every=5, name="registry.five")(lambda: None)
    assert PERIODICS.pop(made.name).tick(EPOCH + timedelta(minutes=14)) == EPOCH + timedelta(minutes=10)
