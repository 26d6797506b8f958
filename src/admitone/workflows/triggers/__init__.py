"""A file a family of triggers; see workflows/registry.py."""
