"""The lines of a case file: each the digest of all that came before it and of itself, a space, and its JSON.

A line is one act. A line that does not fit the chain is told apart by its place: the last one was never acknowledged
(a torn write), an earlier one is damage.
"""

from __future__ import annotations

import hashlib

import msgspec

from msht_tui.store.trouble import UNDECODABLE

FORMAT, SEALED = "msht-case", "msht-sealed-case"
"""What the lines of a file hold: acts as they are, or each sealed."""
VERSION = 1
"""Of either."""
DIGEST_SIZE = 64
"""Hexadecimal characters of a SHA-256."""
START = "0" * DIGEST_SIZE


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first line: what the file is. A newer version may say more in it, and still has to be told apart by its version."""

    format: str
    version: int
    case: str
    before: str = ""
    """Of a record that was written plain and sealed later: the check code that it had then."""

    @property
    def is_known(self) -> bool:
        """Whether this program can read the file."""
        return self.format in (FORMAT, SEALED) and self.version <= VERSION


class Act(msgspec.Struct, frozen=True, gc=False):
    """One line that fits the chain."""

    payload: bytes
    """Its bytes between the digest and the line feed."""
    digest: str
    begin: int
    """Offset of its first byte."""
    end: int
    """Offset of the byte after it."""


class Scan(msgspec.Struct, frozen=True):
    """What a stretch of a file holds."""

    acts: tuple[Act, ...]
    end: int
    """Offset after the last good line."""
    digest: str
    bad_line: int | None
    """Offset of a line that does not fit, if the stretch has one."""
    is_tail: bool
    """Whether nothing follows the line that does not fit."""


_SHA256 = hashlib.sha256()
"""Of nothing: copying it takes half as long as asking for a new one."""


def digest_of(before: str, payload: bytes) -> str:
    """The digest of a line: over the one before it and its own bytes."""
    running = _SHA256.copy()
    running.update(b"%b\n%b" % (before.encode(), payload))
    return running.hexdigest()


def line_of(before: str, value: object) -> tuple[bytes, str]:
    """The bytes of a line that follows `before` and holds the JSON of a value, and its digest."""
    return line_with(before, msgspec.json.encode(value))


def line_with(before: str, payload: bytes) -> tuple[bytes, str]:
    """The same of a payload."""
    digest = digest_of(before, payload)
    return b"%b %b\n" % (digest.encode(), payload), digest


def check_line(before: str, data: bytes, begin: int = 0, end: int | None = None) -> tuple[bytes, str] | None:
    """The payload and digest of the line at these offsets, without its newline; `None` when it does not fit the chain, to the byte."""
    payload = data[begin + DIGEST_SIZE + 1 : end]
    digest = digest_of(before, payload)
    return (payload, digest) if data.startswith(f"{digest} ".encode(), begin) else None


def header_of(data: bytes) -> Header | None:
    """What the first line of a file says of it; `None` when that is no header."""
    line, newline, _ = data.partition(b"\n")
    fitting = check_line(START, line) if newline else None
    try:
        return None if fitting is None else msgspec.json.decode(fitting[0], type=Header)
    except UNDECODABLE:
        return None


def scan(data: bytes, offset: int, before: str) -> Scan:
    """Read acts from `data`, which begins at `offset` of the file after the line with digest `before`."""
    acts: list[Act] = []
    position = 0
    while position < len(data):
        newline = data.find(b"\n", position)
        fitting = None if newline < 0 else check_line(before, data, position, newline)
        if fitting is None:
            line = data[position:] if newline < 0 else data[position:newline]
            beyond = line[:-1] if newline < 0 else line  # of a torn line the newline alone may be missing, and read as zero
            is_tail = newline in (-1, len(data) - 1) and not _goes_on_after_an_act(before, beyond)
            return Scan(tuple(acts), offset + position, before, offset + position, is_tail)
        payload, before = fitting
        acts.append(Act(payload, before, offset + position, offset + newline + 1))
        position = newline + 1
    return Scan(tuple(acts), offset + position, before, None, False)


def _goes_on_after_an_act(before: str, line: bytes) -> bool:
    """Whether a line is a whole one and more: its newline is damaged, so it is no unfinished line."""
    stated, begin = line[:DIGEST_SIZE], DIGEST_SIZE + 1
    running = hashlib.sha256(before.encode() + b"\n")
    end = line.find(b"]", begin)
    while 0 <= end < len(line) - 1:
        running.update(line[begin : end + 1])
        if running.hexdigest().encode() == stated:
            return True
        begin, end = end + 1, line.find(b"]", end + 1)
    return False
