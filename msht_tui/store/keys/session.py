"""Somebody who is signed in, and the store keys they hold while it lasts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store.disk import Seen
from msht_tui.store.keys.roster import File
from msht_tui.store.keys.slots import Role
from msht_tui.store.sealing import StoreKey, open_blob, seal_blob

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from msht_tui.store.keys.operators import Operators


class SessionEnded(Refused):
    """A session that holds nothing any more: it was closed, or its operator was removed or reset."""


class Operator(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    id: str
    role: Role


class Session:
    """Somebody who is signed in: who they are, and the store keys of every generation while it lasts.

    It follows every change of the store key that leaves its operator in. Threads may share it.
    """

    def __init__(self, operators: Operators, operator: str, private: X25519PrivateKey) -> None:
        """Use `Operators.sign_in`."""
        self.operators = operators
        self._operator = Operator(operator, "operator")
        self._private: X25519PrivateKey | None = private
        self._store = ""
        self._keys: dict[int, StoreKey] = {}
        self._before: Mapping[str, str] = {}
        self._seen: Seen | None = None

    @property
    def operator(self) -> str:
        """Their id, as it was given at set-up."""
        return self._operator.id

    @property
    def role(self) -> Role:
        """As it was when the session last looked."""
        return self._operator.role

    @property
    def store(self) -> str:
        """The store's random name."""
        return self._store

    @property
    def before(self) -> Mapping[str, str]:
        """The plain cases that still wait to be sealed, to their check codes at set-up; as it was when the session last looked."""
        return self._before

    @property
    def key(self) -> StoreKey:
        """The store key. Raises `SessionEnded`."""
        return self.keys[max(self.keys)]

    @property
    def keys(self) -> dict[int, StoreKey]:
        """Generation to store key, all of them. Raises `SessionEnded`."""
        keys = self._keys
        if not keys:
            raise SessionEnded("Nobody is signed in any more: sign in again.")
        return keys

    def refresh(self) -> None:
        """Follow what others changed. One look at a file when nothing is new. Raises `SessionEnded`, or `StoreTrouble`."""
        seen = self.operators.roster.look()
        if self._keys and seen == self._seen:
            return
        if seen is None:
            self.operators.is_set_up()  # which tells keys that are gone from a store that never had any
        with self.operators.folder.held():
            self.follow()

    def follow(self) -> None:
        """The same for a caller who holds the lock."""
        seen = self.operators.roster.look()
        if not self._keys or seen != self._seen:
            self._take(self.operators.roster.read())
            self._seen = seen

    def close(self) -> None:
        """Let go of every key."""
        self._keys, self._private, self._seen = {}, None, None

    def seal_blob(self, purpose: str, blob: bytes) -> bytes:
        """See `sealing.seal_blob`. Raises `SessionEnded`."""
        return seal_blob(self.key, purpose, blob)

    def open_blob(self, purpose: str, sealed: bytes) -> bytes:
        """See `sealing.open_blob`. Raises `SessionEnded`, or `Damaged`."""
        return open_blob(self.keys, purpose, sealed)

    def _take(self, file: File) -> None:
        if self._private is None:
            raise SessionEnded("Nobody is signed in any more: sign in again.")
        slot = file.kept.slot(self.operator)
        if slot is None or slot.public != self._private.public_key().public_bytes_raw():
            self.close()
            raise SessionEnded(f"{self.operator} was removed or has a new passphrase: sign in again, or ask a supervisor.")
        keys = self.operators.roster.opened(file, slot, self._private)
        self._operator, self._store, self._keys = Operator(slot.id, slot.role), file.kept.store, keys
        self._before = file.kept.before
