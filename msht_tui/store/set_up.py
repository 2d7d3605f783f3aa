"""How far a live store has come: fresh, set up, or without the keys that it was set up with; and its cases of before, which are plain.

Whoever can write files can make a plain case that fits its chain. So what may be sealed is fixed when the terminal is set up: the check
code of each case that lies there then, signed with the list of operators. A plain file that comes later is never taken for a case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from msht_tui.store import chain
from msht_tui.store.audit_file import AUDIT
from msht_tui.store.disk import Disk
from msht_tui.store.drafts import ENDING
from msht_tui.store.inspection import Inspection, inspect
from msht_tui.store.keys import roster, wrapped
from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.place import CASES, DRAFTS
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble, in_words

SEALED = ".sealed"
"""How the names of files end that hold no case and are sealed."""
_SEALED_LINE = b' [{"generation":'
"""How a line of the audit goes on after its digest, if whoever wrote it was signed in."""
_WHOLE = ("intact", "unfinished")

State: TypeAlias = Literal["fresh", "set up", "keys gone"]


class _Waiting(msgspec.Struct, frozen=True):
    before: Mapping[str, str] = {}


class KeysGone(StoreTrouble):
    """A store that was set up, and nobody can sign in any more."""


def state_of(keys: Path, disk: Disk) -> State:
    """Whether anybody can sign in to the live store that this is the folder of keys of, or once could.

    Raises `StoreTrouble` where that cannot be told.
    """
    folder = KeyFolder(keys, disk)
    if folder.look_at(roster.NAME) is not None:
        return "set up"
    return "keys gone" if not wrapped.is_empty(folder) or _holds_what_is_sealed(keys.parent, disk) else "fresh"


def keys_gone(keys: Path) -> str:
    """What to say of it, and what to do."""
    return f"The keys of this store are gone: put back all of {keys} from a backup of keys."


def plain_cases(root: Path, disk: Disk) -> list[str]:
    """The ids of the cases that say they are plain. Raises `StoreTrouble`."""
    return [case_id for case_id, header, _ in _headers(root, disk) if header.format == chain.FORMAT]


def cases_before(root: Path, disk: Disk) -> dict[str, str]:
    """The id of each case that is to be sealed once the terminal is set up, to its check code; an exercise is none.

    Raises `Damaged` for one that is not whole, as what is put in its place later is not sealed any more, and `StoreTrouble`.
    """
    before: dict[str, str] = {}
    for case_id, header, data in _headers(root, disk):
        if header.format != chain.FORMAT:
            continue
        found = inspect(case_id, data)
        if found.state not in _WHOLE or found.check_code is None:
            path = root / CASES / f"{case_id}.tdb"
            raise Damaged(f"{path}: {found.words} Put a whole one there or move it out of the store first. Nothing was set up.")
        if found.opened is not None and not found.opened.exercise:
            before[case_id] = found.check_code
    return before


def said_to_wait(keys: Path, disk: Disk) -> Mapping[str, str]:
    """The cases of before that are still to be sealed, to their check codes, for words to whoever is not signed in: it is not checked.

    Empty where it cannot be read, as whoever signs in is told.
    """
    try:
        return msgspec.json.decode((KeyFolder(keys, disk).read(roster.NAME) or b"").partition(b" ")[2], type=_Waiting).before
    except (StoreTrouble, *UNDECODABLE):
        return {}


def is_of_before(found: Inspection, code: str | None) -> bool:
    """Whether a plain case is the one that had this check code at set-up, no entry more; an unfinished line never counted."""
    return bool(code) and found.state in _WHOLE and not found.sealed and found.check_code == code


def why_not_of_before(path: Path, code: str | None) -> str:
    """What to say of any other plain case, and what to do. `code` is the one that a case of its name had at set-up, if there was one."""
    if code:
        what = "It is not as it was when this terminal was set up: put the file of then back from a backup, or move"
    else:
        what = "It is not of this store: no such case waited to be sealed when it came. It is never sealed. Move"
    return f"{what} {path} out of the folder, and tell a supervisor."


def _holds_what_is_sealed(root: Path, disk: Disk) -> bool:
    """Whether anything lies there that only somebody who was signed in can have written. An audit that was begun alone is none."""
    if _listed(root, SEALED, disk) or _listed(root / DRAFTS, ENDING, disk):
        return True
    audit = root / f"{AUDIT}.tdb"
    if _SEALED_LINE in (_read(audit, disk) if AUDIT in _listed(root, audit.suffix, disk) else b""):
        return True
    return any(header.format == chain.SEALED for _, header, _ in _headers(root, disk))


def _headers(root: Path, disk: Disk) -> Iterator[tuple[str, chain.Header, bytes]]:
    """The id of each case whose first line is one, that line, and all of its bytes."""
    for case_id in sorted(_listed(root / CASES, ".tdb", disk)):
        data = _read(root / CASES / f"{case_id}.tdb", disk)
        header = chain.header_of(data)
        if header is not None:
            yield case_id, header, data


def _listed(folder: Path, ending: str, disk: Disk) -> Collection[str]:
    try:
        return disk.list_files(folder, ending)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise in_words(error, "read", folder) from error


def _read(path: Path, disk: Disk) -> bytes:
    try:
        return disk.read_from(path, 0)
    except OSError as error:
        raise in_words(error, "read", path) from error
