"""Rules without Django, database, clock or network: dataclasses in, dataclasses out, `now` passed in."""
