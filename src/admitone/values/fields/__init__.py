"""A file a noun; see values/registry.py."""
