"""A file an action; see workflows/registry.py."""
