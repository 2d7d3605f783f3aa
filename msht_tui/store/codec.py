"""How acts and blobs stand on the disk: as they are in the exercise store, sealed in the live one. Nothing else in the store asks which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from msht_tui.store import chain

if TYPE_CHECKING:
    from msht_tui.store.case_keys import CaseKeys
    from msht_tui.store.sealing import Seal

_NO_ENTRY = 0
"""The number in what is sealed for a case and holds none of its entries."""


class Blobs(Protocol):
    """How whole files stand on the disk. A `Session` is one."""

    def refresh(self) -> None:
        """Raises `SessionEnded` when nobody is signed in here any more."""
        ...

    def seal_blob(self, purpose: str, blob: bytes) -> bytes:
        """What is written for `blob`."""
        ...

    def open_blob(self, purpose: str, sealed: bytes) -> bytes:
        """What was written for this purpose. Raises `Damaged` for anything else."""
        ...


class Codec(Blobs, Protocol):
    """How the acts of one case stand in their lines, and what else belongs to that case alone."""

    @property
    def format(self) -> str:
        """What the first line says of the others."""
        ...

    def written(self, act: bytes, last: int, before: str) -> bytes:
        """The payload of the line that holds an act: its last entry has this number, and the line before this digest."""
        ...

    def read(self, acts: Sequence[chain.Act], before: str) -> list[bytes]:
        """The acts that lines hold, the first of which follows this digest. Raises `Damaged` for one that was not written there."""
        ...


class Plain:
    """As they are."""

    format = chain.FORMAT

    def refresh(self) -> None:
        """Nobody needs to sign in."""

    def seal_blob(self, purpose: str, blob: bytes) -> bytes:
        """The same bytes."""
        return blob

    def open_blob(self, purpose: str, sealed: bytes) -> bytes:
        """The same bytes."""
        return sealed

    def written(self, act: bytes, last: int, before: str) -> bytes:
        """The same bytes."""
        return act

    def read(self, acts: Sequence[chain.Act], before: str) -> list[bytes]:
        """The same bytes."""
        return [act.payload for act in acts]


PLAIN = Plain()


class Sealed:
    """Under the key of the case. It is asked for with the first act: a file that says it is plain needs none."""

    format = chain.SEALED

    def __init__(self, keys: CaseKeys, case_id: str) -> None:
        self._keys = keys
        self._case_id = case_id

    @cached_property
    def _seal(self) -> Seal:
        return self._keys.seal(self._case_id)

    def refresh(self) -> None:
        """Raises `SessionEnded` once the operator is removed or reset, or has signed out."""
        self._keys.session.refresh()

    def seal_blob(self, purpose: str, blob: bytes) -> bytes:
        """A line of ASCII without its line feed, which nothing can open once the case is erased."""
        return self._seal.seal(blob, _NO_ENTRY, purpose)

    def open_blob(self, purpose: str, sealed: bytes) -> bytes:
        """What was sealed for this purpose in this case."""
        return self._seal.open(sealed, purpose)

    def written(self, act: bytes, last: int, before: str) -> bytes:
        """The act sealed, with the number of its last entry."""
        return self._seal.seal(act, last, before)

    def read(self, acts: Sequence[chain.Act], before: str) -> list[bytes]:
        """The acts opened, each in its place."""
        opened = self._seal.open
        found: list[bytes] = []
        for act in acts:
            found.append(opened(act.payload, before))
            before = act.digest
        return found
