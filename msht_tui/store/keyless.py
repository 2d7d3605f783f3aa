"""Sealed cases that no key is left of. It takes no passphrase to tell: the file of wrapped keys names its cases in the clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from msht_tui.store.keys import roster, wrapped
from msht_tui.store.trouble import UNDECODABLE

WITHOUT_KEY = (
    "Its key is not among the keys: it was erased since, or the keys are older than it, damaged or gone. Nobody can read it. "
    "Unless it was erased, destroy no older backup of the keys: the last copy of its key may be in there."
)
"""What is wrong with such a case, and what not to do."""


class _Current(msgspec.Struct, frozen=True):
    generation: int


class _Wrapped(msgspec.Struct, frozen=True):
    generation: int
    keys: Mapping[str, msgspec.Raw]


class _Kept(msgspec.Struct, frozen=True):
    wrapped: tuple[_Wrapped, ...]


def without_key(sealed: Iterable[str], files: Mapping[str, bytes | None]) -> list[str]:
    """The ids of these sealed cases that have no key in a folder of keys, given as name to bytes of its files.

    All of them where a file is missing or cannot be read, or the wrapped keys are of another time than the operators.
    """
    try:
        signed = files.get(roster.NAME) or b""
        current = msgspec.json.decode(signed.partition(b" ")[2], type=_Current).generation
        kept = msgspec.json.decode(files.get(wrapped.NAME) or b"", type=_Kept)
    except UNDECODABLE:
        return list(sealed)
    known = {case_id for one in kept.wrapped if one.generation == current for case_id in one.keys}
    return [case_id for case_id in sealed if case_id not in known]
