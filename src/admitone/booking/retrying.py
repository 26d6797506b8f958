"""A transaction that lost a deadlock or a serialization race is run again, whole, three times at most."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")
#: PostgreSQL serialization_failure and deadlock_detected (Appendix A of its manual).
AGAIN = {"40001", "40P01"}
TRIES = 3


def retrying(service: Callable[[], T]) -> T:
    """Run `service`, which opens its own transaction; inside an outer one there is nothing to run again."""
    for attempt in range(1, TRIES + 1):
        try:
            return service()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if attempt == TRIES or state not in AGAIN or connection.in_atomic_block:
                raise
            time.sleep(random.uniform(0.005, 0.03) * attempt)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")
