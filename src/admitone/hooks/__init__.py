"""Addresses that providers and other programs post to: signed or secret, never a person. One file each, listed in urls.py."""
