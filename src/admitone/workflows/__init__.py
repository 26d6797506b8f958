"""Triggers and steps: what happens by itself once a contact has entered."""
