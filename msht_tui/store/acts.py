"""The entries of acts, from the JSON of their lines: all acts in one go, and one by one only to say what is wrong.

Nothing here knows of files or digests: a payload may be the bytes of a line, or what was made readable of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain as concatenation

import msgspec

from msht_tui.domain.entry import AnyEvent, Document, Entry, Stamp, entry_from
from msht_tui.store.trouble import UNDECODABLE

_STAMPS = msgspec.json.Decoder(tuple[Stamp, ...])
_EVENTS = msgspec.json.Decoder(tuple[AnyEvent, ...])
_ACT = msgspec.json.Decoder(tuple[dict[str, msgspec.Raw], ...])


class Acts(msgspec.Struct, frozen=True):
    """What acts hold."""

    entries: Sequence[Entry]
    """Of all of them, in order."""
    sizes: Sequence[int]
    """How many of the entries each act has."""


def acts_of(payloads: Sequence[bytes], first: int) -> Acts | None:
    """What these acts hold, when each can be read and their entries are numbered from `first` without gaps; otherwise `None`."""
    try:
        acts = list(map(_STAMPS.decode, payloads))
        events = concatenation.from_iterable(map(_EVENTS.decode, payloads))
        stamps = list(concatenation.from_iterable(acts))
        entries = list(map(Entry, stamps, events))
    except UNDECODABLE:
        return None
    if not all(acts) or [stamp.number for stamp in stamps] != list(range(first, first + len(stamps))):
        return None
    return Acts(entries, list(map(len, acts)))


def is_act(payload: bytes) -> bool:
    """Whether a payload is a JSON list of objects, with something in it."""
    try:
        return bool(_ACT.decode(payload))
    except UNDECODABLE:
        return False


def why_unreadable(payload: bytes, first: int) -> str:
    """Which entry of an act that cannot be read is at fault, and why; the first of them should have this number."""
    try:
        documents = msgspec.json.decode(payload, type=list[Document])
    except UNDECODABLE as error:
        return f"entry {first} cannot be read ({error})"
    for number, document in enumerate(documents, first):
        try:
            entry = entry_from(document)
        except msgspec.ValidationError as error:
            return f"entry {number} cannot be read ({error})"
        if entry.number != number:
            return f"entry {number} is numbered {entry.number}"
    return f"entry {first} cannot be read"
