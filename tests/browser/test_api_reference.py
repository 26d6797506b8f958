"""The API reference as people read it: accessible, and within its width."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_reference_has_no_violation_and_does_not_scroll_sideways(live, open_page, axe, width, dark):
    page = open_page(width=width, dark=dark)
    page.goto(f"{live.base_url}/api/v1/docs")
    if not dark:
        axe(page)  # takes as long as all other screens of a module together
    assert page.evaluate("document.documentElement.scrollWidth") <= width
