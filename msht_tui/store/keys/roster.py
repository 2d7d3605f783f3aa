"""The file of the operators, `operators.keys`: what it says, how it is written, and what is checked before any of it is believed."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store.disk import Seen
from msht_tui.store.keys.folder import NOT_SET_UP, KeyFolder
from msht_tui.store.keys.passphrase import Costs
from msht_tui.store.keys.slots import Slot, given, open_store_key
from msht_tui.store.sealing import StoreKey, open_blob, seal_blob
from msht_tui.store.trouble import UNDECODABLE, Damaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

NAME = "operators.keys"
FORMAT, VERSION = "msht-operators", 1
_PAST = "past store keys"
_MAC_SIZE = 64


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the file says."""

    format: str
    version: int
    store: str
    """Random, so that no part of a store can stand in another."""
    generation: int
    slots: tuple[Slot, ...]
    recovery: Slot
    past: bytes
    """The store keys of earlier generations."""
    before: Mapping[str, str] = {}
    """The plain cases of before the terminal was set up that still wait to be sealed, to the check code that each had then."""

    def slot(self, operator: str) -> Slot | None:
        """The slot of an operator, if they have one."""
        wanted = folded(operator)
        return next((slot for slot in self.slots if folded(slot.id) == wanted), None)

    def known(self, operator: str) -> Slot:
        """The slot of an operator. Raises `Refused` where there is no such one."""
        slot = self.slot(operator)
        if slot is None:
            raise Refused(f"There is no operator {operator!r}: {', '.join(one.id for one in self.slots)}. Nothing was changed.")
        return slot


class _Version(msgspec.Struct, frozen=True):
    format: str
    version: int


class File(msgspec.Struct, frozen=True):
    """The file as it was read."""

    kept: Kept
    payload: bytes
    mac: bytes


class Roster:
    """The file in its folder; whoever reads or writes it holds the folder's lock. Its methods raise `Damaged`, or `StoreTrouble`."""

    def __init__(self, folder: KeyFolder, costs: Costs) -> None:
        """`costs` says how much work a slot may ask for."""
        self.folder = folder
        self._costs = costs

    def look(self) -> Seen | None:
        """What the file is now; `None` when there is none."""
        return self.folder.look_at(NAME)

    def write(self, kept: Kept, key: StoreKey, past: dict[int, StoreKey], slots: tuple[Slot, ...], recovery: Slot) -> None:
        """Write what the file says with these slots, each given this store key, signed under it."""
        earlier = {generation: one.key for generation, one in past.items() if generation != key.generation}
        changed = msgspec.structs.replace(
            kept,
            generation=key.generation,
            slots=tuple(given(slot, kept.store, key) for slot in slots),
            recovery=given(recovery, kept.store, key),
            past=seal_blob(key, _PAST, msgspec.json.encode(earlier)),
        )
        payload = msgspec.json.encode(changed)
        msgspec.json.decode(payload, type=Kept)  # what could not be read again would lock everybody out
        self.folder.write(NAME, _mac(key, payload) + b" " + payload + b"\n")

    def read(self) -> File:
        """The file, in bounds but not yet checked against the store key."""
        data = self.folder.read(NAME)
        if data is None:
            raise Refused(NOT_SET_UP)
        mac, payload = data[:_MAC_SIZE], data[_MAC_SIZE + 1 : -1]
        try:
            version = msgspec.json.decode(payload, type=_Version)
            if version.format == FORMAT and version.version > VERSION:
                raise Damaged(f"{self.folder.path / NAME} was written by a newer version of this program: update it.")
            kept = msgspec.json.decode(payload, type=Kept)
        except UNDECODABLE as error:
            raise self._damaged("it cannot be read") from error
        if kept.format != FORMAT or data[_MAC_SIZE : _MAC_SIZE + 1] != b" " or not data.endswith(b"\n"):
            raise self._damaged("it is no list of operators")
        for slot in (*kept.slots, kept.recovery):
            if not self._costs.allow(slot.cost):
                raise self._damaged(f"the slot of {slot.id or 'the recovery code'} asks for work that is out of bounds")
        return File(kept, payload, mac)

    def opened(self, file: File, slot: Slot, private: X25519PrivateKey) -> dict[int, StoreKey]:
        """The store keys of all generations, once the whole file is found to be what was signed under the last one."""
        try:
            key = open_store_key(slot, file.kept.store, file.kept.generation, private)
        except Damaged as damage:
            raise self._damaged(f"the slot of {slot.id or 'the recovery code'} was changed") from damage
        if not hmac.compare_digest(_mac(key, file.payload), file.mac):
            raise self._damaged("it is not as this program wrote it")
        past = msgspec.json.decode(open_blob({key.generation: key}, _PAST, file.kept.past), type=dict[int, bytes])
        return {**{generation: StoreKey(generation, one) for generation, one in past.items()}, key.generation: key}

    def _damaged(self, what: str) -> Damaged:
        place = self.folder.path
        return Damaged(f"{place / NAME} is damaged: {what}. Keep a copy, restore all of {place} from one backup, tell a supervisor.")


def folded(operator: str) -> str:
    """An id as it is compared: capitals and the width of characters make no other operator."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", operator).casefold()).strip()


def _mac(key: StoreKey, payload: bytes) -> bytes:
    return hmac.digest(key.derived("operators file"), payload, "sha256").hex().encode()
