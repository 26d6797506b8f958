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
        (("booking %s", "01a1facd-2c0b-72c4-aae8-c6fbac886ebc"), "booking 01a1facd-2c0b-72c4-aae8-c6fbac886ebc"),
    ],
)
def test_log_line_keeps_ids_and_loses_secrets(args, written):
    record = logging.LogRecord("x", logging.INFO, __file__, 1, args[0], args[1:], None)
    Redact().filter(record)
    assert record.getMessage() == written
