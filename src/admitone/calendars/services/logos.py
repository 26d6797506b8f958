"""A calendar's logo: re-encoded before it is stored, so that only pixels of ours are ever served."""

from __future__ import annotations

import hashlib
import io
import warnings
from datetime import datetime
from uuid import UUID

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from admitone.accounts.models import Account, Blob
from admitone.calendars import plans
from admitone.calendars.models import Calendar
from admitone.calendars.services.rows import for_update, tell
from admitone.events import Actor
from admitone.logic.errors import Problem

MAX_UPLOAD = 5_000_000
MAX_STORED = 100_000
MAX_PIXELS = 25_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
#: What a page should spend on a logo; bigger results are tried again smaller while they stay above it.
AIM = 8_000
SIZES = ((480, 192), (320, 128), (240, 96), (160, 64))


def set_logo(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime, data: bytes) -> Calendar:
    """Store an uploaded PNG, JPEG, WebP or GIF as WebP of at most 100 kB. Problem("invalid", fields={"logo": ...})."""
    try:
        content = encode(data)
    except ValueError as error:
        raise Problem("invalid", fields={"logo": str(error)}) from error
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        blob, _ = Blob.objects.get_or_create(
            account_id=account.id,
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={"media_type": "image/webp", "content": content, "created_at": now},
        )
        _point(calendar, blob.id, actor, now)
    return calendar


def clear_logo(*, account: Account, calendar_id: UUID, actor: Actor, now: datetime) -> Calendar:
    """Take the logo off; the stored picture stays for pages that still show it."""
    with transaction.atomic():
        calendar = for_update(account, calendar_id)
        _point(calendar, None, actor, now)
    return calendar


def encode(data: bytes) -> bytes:
    """A picture as WebP without metadata, its first frame only; ValueError(sentence) for anything else."""
    if len(data) > MAX_UPLOAD:
        raise ValueError("The file is larger than 5 MB.")
    picture = _open(data)
    encoded = b""
    for size in SIZES:
        encoded = _webp(picture, size)
        if len(encoded) <= AIM:
            break
    if len(encoded) > MAX_STORED:
        raise ValueError("The picture cannot be made smaller than 100 kB.")
    return encoded


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
                # The size is known before a pixel is unpacked: a bomb stops here.
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValueError("The picture has too many pixels (25 million at most).")
                return ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError("The picture has too many pixels (25 million at most).") from error
    except UnidentifiedImageError as error:
        raise ValueError("Choose a PNG, JPEG, WebP or GIF picture.") from error
    except (OSError, SyntaxError, EOFError, MemoryError) as error:
        raise ValueError("The picture is damaged.") from error


def _webp(picture: Image.Image, size: tuple[int, int]) -> bytes:
    small = picture.copy()
    small.thumbnail(size, Image.Resampling.LANCZOS)
    found = []
    for options in ({"lossless": True}, {"quality": 80}):
        out = io.BytesIO()
        small.save(out, "WEBP", method=4, **options)
        found.append(out.getvalue())
    return min(found, key=len)


def _point(calendar: Calendar, blob_id: UUID | None, actor: Actor, now: datetime) -> None:
    if calendar.logo_id == blob_id:
        return
    calendar.logo_id, calendar.updated_at = blob_id, now
    plans.store(calendar, ["logo", "updated_at"])
    tell(calendar, actor, now, "calendar.changed", fields=["logo"])
