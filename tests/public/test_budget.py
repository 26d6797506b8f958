"""The booking page is small: HTML 8 kB, style 8 kB, behaviour 4 kB, all of it 30 kB in four requests (compressed)."""

from __future__ import annotations

import gzip
import io
import re

import brotli
import pytest
from django.test import Client
from PIL import Image
from tests.public.conftest import Practice

from admitone.accounts.models import Blob
from admitone.logic.ids import uuid7
from admitone.ui.bundles import build

KB = 1024


def packed(text: str | bytes) -> int:
    return len(brotli.compress(text.encode() if isinstance(text, str) else text))


@pytest.fixture
def rich(practice: Practice) -> Practice:
    """Everything switched on: brand, logo, description, all fields, slots every quarter of an hour."""
    picture = io.BytesIO()
    Image.effect_noise((240, 80), 40).save(picture, "WEBP", quality=60)
    logo = Blob.objects.create(
        id=uuid7(),
        account_id=practice.account.id,
        sha256="0" * 64,
        media_type="image/webp",
        content=picture.getvalue(),
        created_at=practice.now,
    )
    practice.calendar.logo = logo
    practice.calendar.save()
    practice.change(
        description="A first conversation about what brings you here. Bring earlier letters if you have any.",
        interval=15,
        phone="required",
        consent_text="I agree that my details are kept for this appointment as the privacy notice says.",
        location_kind="address",
        location="Lindenstraße 12, 10969 Berlin",
        brand_color="#7a1f5c",
        embed_origins=["https://lime.example"],
    )
    return practice


def test_each_part_keeps_its_budget(rich: Practice, client: Client) -> None:
    html = client.get(rich.path(note="See you soon.")).content
    sizes = {"html": packed(html), "css": packed(build("public.css")), "js": packed(build("public.js"))}
    limits = {"html": 8 * KB, "css": 8 * KB, "js": 4 * KB}
    assert {name: size for name, size in sizes.items() if size > limits[name]} == {}


def test_whole_page_is_four_requests_and_30_kb(rich: Practice, client: Client) -> None:
    answer = client.get(rich.path())
    html = answer.content.decode()
    wanted = re.findall(r'<(?:link[^>]*rel="stylesheet"[^>]*href|script[^>]*src|img[^>]*src)="([^"]+)"', html)
    assert sorted(re.sub(r"logo/.*", "logo", path) for path in wanted) == [
        "/logo",
        "/static/public.css",
        "/static/public.js",
    ]
    logo = client.get(next(path for path in wanted if path.startswith("/logo")))
    total = packed(html) + packed(build("public.css")) + packed(build("public.js")) + len(logo.content)
    assert (logo.status_code, "immutable" in logo["Cache-Control"], total <= 30 * KB) == (200, True, True)


def test_html_is_sent_compressed(rich: Practice, client: Client) -> None:
    answer = client.get(rich.path(), HTTP_ACCEPT_ENCODING="gzip")
    assert (answer["Content-Encoding"], len(answer.content) < 9 * KB) == ("gzip", True)
    assert b"First visit" in gzip.decompress(answer.content)


def test_page_with_every_time_zone_keeps_its_budget(rich: Practice, client: Client) -> None:
    assert packed(client.get(f"{rich.path()}?zones=all").content) <= 10 * KB


def test_embed_script_is_small(client: Client) -> None:
    answer = client.get("/embed.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert packed(answer.content) <= 4 * KB


def test_brand_needs_no_request_and_no_inline_hole(rich: Practice, client: Client) -> None:
    answer = client.get(rich.path())
    nonce = re.search(r'<style nonce="([^"]+)">:root\{--radius:\d+px;--brand:#7a1f5c', answer.content.decode())
    assert nonce
    assert f"'nonce-{nonce[1]}'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_page_has_no_inline_style_or_handler(rich: Practice, client: Client) -> None:
    html = client.get(rich.path()).content.decode()
    assert re.findall(r"\s(?:style|on\w+)=", html) == []
