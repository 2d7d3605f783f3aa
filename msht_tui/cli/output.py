"""What commands print: the one way out, without anything that a terminal obeys."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from unicodedata import combining, east_asian_width

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]")
"""Control, direction and tag characters; a newline and a tab are let through."""
REPLACEMENT = "\ufffd"
GAP = 2
"""Spaces between columns."""


def say(text: str = "") -> None:
    """Print a line or several on stdout."""
    print(_OBEYED.sub(REPLACEMENT, text))  # noqa: T201


def say_data(data: object) -> None:
    """Print JSON on stdout."""
    print(json_text(data))  # noqa: T201


def json_text(data: object) -> str:
    """JSON for people and programs: indented, letters as they are, and what a terminal would obey escaped."""
    import json

    return _OBEYED.sub(_escaped, json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False))


def complain(text: str) -> None:
    """Print a line on stderr."""
    print(_OBEYED.sub(REPLACEMENT, text), file=sys.stderr)  # noqa: T201


def say_columns(rows: Sequence[Sequence[str]], *, indent: int = 0) -> None:
    """Print rows in aligned columns."""
    for line in aligned(rows):
        say("\n".join((" " * indent + part).rstrip() for part in line.split("\n")))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Each row with its columns aligned; later lines of a last cell stand under its first."""
    widths = [max(_width(cell) for cell in column) for column in zip(*(row[:-1] for row in rows), strict=True)]
    margin = "\n" + " " * (sum(widths) + GAP * len(widths))
    return [
        (
            "".join(cell + " " * (width - _width(cell) + GAP) for cell, width in zip(row[:-1], widths, strict=True))
            + margin.join(row[-1].split("\n"))
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    """Terminal cells that a line takes."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text if not combining(c))


def _escaped(match: re.Match[str]) -> str:
    """The JSON escape of a character; one beyond U+FFFF is written as its two halves."""
    code = ord(match[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
