"""`cases.keys`: the key of each case, wrapped by the store key. Whose key is not here cannot be read any more, by anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.sealing import StoreKey, cipher, decrypt, encrypt
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble

NAME = "cases.keys"
FORMAT, VERSION = "msht-case-keys", 1


class Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Case id to its key, wrapped by the store key of one generation."""

    generation: int
    keys: dict[str, bytes]


class _Kept(msgspec.Struct, frozen=True):
    format: str
    version: int
    wrapped: tuple[Wrapped, ...] = ()


def write(folder: KeyFolder, *wrapped: Wrapped) -> None:
    """Replace the file. Raises `StoreTrouble`."""
    folder.write(NAME, msgspec.json.encode(_Kept(FORMAT, VERSION, wrapped)))


def read(folder: KeyFolder, generation: int) -> Wrapped:
    """What is wrapped by the store key of this generation. Raises `StoreTrouble` when the file is missing or of another time."""
    for wrapped in _read(folder):
        if wrapped.generation == generation:
            return wrapped
    raise Damaged(f"{folder.path / NAME} does not belong to the operators beside it: restore all of {folder.path} from one backup.")


def is_empty(folder: KeyFolder) -> bool:
    """Whether no case has a key here, and none would be lost with the file. Raises `StoreTrouble` when that cannot be told."""
    return folder.look_at(NAME) is None or not any(wrapped.keys for wrapped in _read(folder))


def wrap(store: str, key: StoreKey, case_keys: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Case id to its wrapped key."""
    under = cipher(key.derived("case keys"))
    return {case_id: encrypt(under, case_key, _about(store, key, case_id)) for case_id, case_key in case_keys}


def unwrap(store: str, key: StoreKey, keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """Case id to its key. Raises `Damaged` for one that was changed or exchanged."""
    under = cipher(key.derived("case keys"))
    unwrapped: dict[str, bytes] = {}
    for case_id, wrapped in keys.items():
        try:
            unwrapped[case_id] = decrypt(under, wrapped, _about(store, key, case_id))
        except Damaged as damage:
            raise Damaged(f"The key of case {case_id} was changed: restore all of the keys from one backup, tell a supervisor.") from damage
    return unwrapped


def _read(folder: KeyFolder) -> tuple[Wrapped, ...]:
    path = folder.path / NAME
    data = folder.read(NAME)
    if data is None:
        raise StoreTrouble(f"{path} is gone: without it no case can be opened. Restore all of {folder.path} from one backup.")
    try:
        kept = msgspec.json.decode(data, type=_Kept)
    except UNDECODABLE as error:
        raise Damaged(f"{path} is damaged: restore all of {folder.path} from one backup. Nothing was written.") from error
    if kept.format != FORMAT or kept.version > VERSION:
        raise Damaged(f"{path} was written by a newer version of this program: update it. Nothing was written.")
    return kept.wrapped


def _about(store: str, key: StoreKey, case_id: str) -> bytes:
    return f"msht case key 1\n{store}\n{key.generation}\n{case_id}".encode()
