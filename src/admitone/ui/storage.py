"""Hashed and compressed static files; without a manifest (debug, tests) names are served as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LARGE = 200_000


class BundleCompressor(Compressor):
    """Compresses a file once; the highest quality is for small files only (a large one would take seconds)."""

    def compress(self, path: str) -> list[str]:
        packed = [Path(f"{path}.br"), Path(f"{path}.gz")]
        if all(each.exists() and each.stat().st_mtime == Path(path).stat().st_mtime for each in packed):
            return [str(each) for each in packed]
        return list(super().compress(path))

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=11 if len(data) < LARGE else 6))


class BundleStorage(CompressedManifestStaticFilesStorage):
    """The project's `staticfiles` storage. Our CSS has no url(), so no file content is rewritten."""

    manifest_strict = False
    patterns = ()

    def stored_name(self, name: str) -> str:
        """The hashed name from the manifest, or the name itself before collectstatic has run."""
        clean = urlsplit(unquote(name)).path.strip()
        if self.hash_key(clean) not in self.hashed_files:
            return clean
        return str(super().stored_name(name))

    def create_compressor(self, **options: Any) -> Compressor:
        """Called by collectstatic."""
        return BundleCompressor(**options)
