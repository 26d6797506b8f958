"""Hashed and compressed static files; without a manifest (debug, tests) names are served as they are."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from whitenoise.storage import CompressedManifestStaticFilesStorage


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
