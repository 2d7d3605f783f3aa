"""The one way in which the engine says no."""

from __future__ import annotations


class Refused(Exception):
    """An act that the rules do not allow; the message says what, where and what to do. Nothing was recorded."""


def nearest(name: str, known: list[str]) -> str:
    """Words that name what was likely meant, ready to follow a full stop; empty when nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(near)}?" if near else ""
