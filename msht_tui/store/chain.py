"""The lines of a case file: each the digest of all that came before it and of itself, a space, and its JSON.

A line is one act. A line that does not fit the chain is told apart by its place: the last one was never acknowledged
(a torn write), an earlier one is damage.
"""

from __future__ import annotations

import hashlib

import msgspec

from msht_tui.domain.entry import Document, entry_from

FORMAT = "msht-case"
VERSION = 1
DIGEST_SIZE = 64
"""Hexadecimal characters of a SHA-256."""
START = "0" * DIGEST_SIZE


class Header(msgspec.Struct, frozen=True):
    """The first line: what the file is. A newer version may say more in it, and still has to be told apart by its version."""

    format: str
    version: int
    case: str


class Act(msgspec.Struct, frozen=True):
    """One line that fits the chain."""

    payload: bytes
    """The documents of its entries, as a JSON list."""
    digest: str
    end: int
    """Offset of the byte after it."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of its entries. Raises `msgspec.DecodeError` when it holds none."""
        return msgspec.json.decode(self.payload, type=tuple[Document, ...])


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


def digest_of(before: str, payload: bytes) -> str:
    """The digest of a line: over the one before it and its own bytes."""
    return hashlib.sha256(before.encode() + b"\n" + payload).hexdigest()


def line_of(before: str, value: object) -> tuple[bytes, str]:
    """The bytes of a line that follows `before`, and its digest."""
    payload = msgspec.json.encode(value)
    digest = digest_of(before, payload)
    return digest.encode() + b" " + payload + b"\n", digest


def check_line(before: str, line: bytes) -> tuple[bytes, str] | None:
    """The payload and digest of a line without its newline; `None` when it does not fit the chain, to the byte."""
    stated, space, payload = line[:DIGEST_SIZE], line[DIGEST_SIZE : DIGEST_SIZE + 1], line[DIGEST_SIZE + 1 :]
    digest = digest_of(before, payload)
    return (payload, digest) if space == b" " and stated == digest.encode() else None


def scan(data: bytes, offset: int, before: str) -> Scan:
    """Read acts from `data`, which begins at `offset` of the file after the line with digest `before`."""
    acts: list[Act] = []
    position = 0
    while position < len(data):
        newline = data.find(b"\n", position)
        fitting = None if newline < 0 else check_line(before, data[position:newline])
        if fitting is None or not _is_list(fitting[0]):
            line = data[position:] if newline < 0 else data[position:newline]
            beyond = line[:-1] if newline < 0 else line  # of a torn line the newline alone may be missing, and read as zero
            is_tail = fitting is None and newline in (-1, len(data) - 1) and not _goes_on_after_an_act(before, beyond)
            return Scan(tuple(acts), offset + position, before, offset + position, is_tail)
        before = fitting[1]
        position = newline + 1
        acts.append(Act(fitting[0], before, offset + position))
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


def _is_list(payload: bytes) -> bool:
    """Whether a payload that fits the chain is an act: a JSON list with something in it."""
    try:
        return bool(_LIST.decode(payload))
    except msgspec.DecodeError:
        return False


def why_unreadable(payload: bytes, first: int) -> str:
    """Which of an act's documents, numbered from `first`, is no entry, and why; empty when all are."""
    for number, document in enumerate(msgspec.json.decode(payload, type=list[Document]), first):
        try:
            entry_from(document)
        except msgspec.ValidationError as error:
            return f"entry {number} cannot be read ({error})"
    return ""


_LIST = msgspec.json.Decoder(tuple[dict[str, msgspec.Raw], ...])
