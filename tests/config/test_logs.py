"""What opens something never reaches a log file."""

import logging

import pytest

from admitone.config.logs import Redact


@pytest.mark.parametrize(
    ("args", "written"),
    [
        (("%s: %s", "Gone", "/o/" + "A" * 44), "Gone: /o/[secret]"),
        (("GET /api/v1/public/links/" + "a-_9" * 11 + "/slots",), "GET /api/v1/public/links/[secret]/slots"),
        (("key ao_" + "x" * 43,), "key ao_[secret]"),
        (
            ("Forbidden: /accounts/password/reset/key/%s/", "01a1faff-did4ng-" + "0f" * 16),
            "Forbidden: /accounts/password/reset/key/[secret]/",
        ),
        (("/accounts/confirm-email/Mw:1xUWwX:" + "u8" * 20 + "/",), "/accounts/confirm-email/[secret]/"),
        (("booking %s", "01a1facd-2c0b-72c4-aae8-c6fbac886ebc"), "booking 01a1facd-2c0b-72c4-aae8-c6fbac886ebc"),
    ],
)
def test_log_line_keeps_ids_and_loses_secrets(args, written):
    record = logging.LogRecord("x", logging.INFO, __file__, 1, args[0], args[1:], None)
    Redact().filter(record)
    assert record.getMessage() == written


def failure(logger: str) -> str:
    """The line that a failure with a link in its message becomes."""
    record = logging.LogRecord(logger, logging.ERROR, __file__, 1, "It failed", (), None)
    try:
        raise ValueError("/o/" + "A" * 44)
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    Redact().filter(record)
    return logging.Formatter("%(message)s").format(record)


def test_traceback_loses_secrets():
    assert failure("admitone").splitlines()[-1] == "ValueError: /o/[secret]"


def test_refused_request_is_one_line():
    assert failure("django.security.DisallowedHost") == "It failed"
