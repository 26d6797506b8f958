"""Version 1 of the API: one router a file."""
