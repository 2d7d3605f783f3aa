"""Sealing a live store that was written before the terminal was set up: each case anew, compared entry by entry, then in place of the old.

What this cannot promise: a disk that spreads its writes keeps the old bytes until it uses their place again, and so do backups,
snapshots and the swap. Disk encryption is required; old backups are destroyed by whoever keeps them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from uuid import uuid4

import msgspec

from msht_tui.domain.audit import CaseSealed, Record, unrecorded
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import refuse_but_supervisor
from msht_tui.store import chain
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.codec import Codec
from msht_tui.store.folder import FolderStore
from msht_tui.store.inspection import Inspection, inspect
from msht_tui.store.lock import FileLock
from msht_tui.store.place import CATALOGUE, PROFILES
from msht_tui.store.profiles import PURPOSE
from msht_tui.store.set_up import is_of_before, why_not_of_before
from msht_tui.store.trouble import Damaged, StoreTrouble, in_words

TORN = "torn"
"""What an unfinished line of before is sealed for, in its case's file of them."""


class Left(msgspec.Struct, frozen=True):
    """A case that is still plain, and why."""

    case: str
    why: str


class Conversion(msgspec.Struct, frozen=True):
    """What came of it."""

    sealed: tuple[str, ...]
    """The cases that were sealed now."""
    left: tuple[Left, ...]
    """The plain ones that were not: they are none of those that wait to be sealed, as they were when the terminal was set up."""


class _NotOfBefore(Damaged):
    """A plain file that is no case which waits to be sealed."""


def convert(store: FolderStore, tell: Callable[[int, int], None] | None = None, record: Record = unrecorded) -> Conversion:
    """Seal each case that lay plain in a live store when it was set up, as it was then, and nothing else that is plain. For a supervisor.

    `tell` hears how many of how many cases are looked at, `record` of each before it is sealed.
    When it is broken off, doing it again finishes it: at every moment each case is there whole, plain or sealed.
    Raises `Refused` for a store that is opened without keys and for anybody else, `StoreTrouble`, and `SessionEnded`.
    """
    keys = store.keys
    if keys is None:
        raise Refused("Exercises are never sealed: name the live store, and sign in. Nothing was changed.")
    session = keys.session
    session.refresh()
    refuse_but_supervisor(session.role, session.operator, "seal the cases from before this terminal was set up")
    sealed: list[str] = []
    left: list[Left] = []
    with closing(FileLock(store.root / "convert.lock", store.disk)) as lock, lock.held():
        ids = sorted(store.ids())
        for place, case_id in enumerate(ids, 1):
            if tell is not None:
                tell(place, len(ids))
            try:
                if _Case(store, case_id).seal(keys, record):
                    sealed.append(case_id)
            except _NotOfBefore as refused:
                left.append(Left(case_id, str(refused)))
        _seal_others(store, keys)
        session.operators.sealed(session, set(ids) - {one.case for one in left})
    return Conversion(tuple(sealed), tuple(left))


class _Case:
    """One case on its way from plain to sealed."""

    def __init__(self, store: FolderStore, case_id: str) -> None:
        self._store = store
        self._disk = store.disk
        self._id = case_id
        self._path = store.cases / f"{case_id}.tdb"

    def seal(self, keys: CaseKeys, record: Record) -> bool:
        """Seal it, if it waits for that; whether it did. Raises `_NotOfBefore`: then it is left as it is, and nothing is recorded of it."""
        code = keys.session.before.get(self._id)
        with closing(FileLock(self._path.with_suffix(".lock"), self._disk)) as lock, lock.held():
            try:
                data = self._disk.read_from(self._path, 0)
                plain = inspect(self._id, data)
                if plain.sealed or not (code or plain.is_plain):
                    return False
                if not is_of_before(plain, code):
                    raise _NotOfBefore(f"{plain.words} {why_not_of_before(self._path, code)}".strip())
                record(CaseSealed(case=self._id))
                keys.create(self._id)
                codec = self._store.codec(self._id)
                self._seal_torn(codec, data[plain.end :])
                self._replace(plain, data, codec)
            except OSError as error:
                raise in_words(error, "seal", self._path) from error
        return True

    def _replace(self, plain: Inspection, data: bytes, codec: Codec) -> None:
        """Write the sealed file, read it back, remember how far it goes, and only then let it take the plain one's place."""
        begun = self._path.with_suffix(f".{uuid4().hex}.new")
        try:
            self._write(begun, sealed_case(plain, data, codec))
            new = inspect(self._id, self._disk.read_from(begun, 0), codec)
            if new.entries != plain.entries or new.state != "intact":
                raise StoreTrouble(
                    f"{self._path} did not come back as it was sealed: the disk is at fault, use another. Nothing was changed."
                )
            self._remember(plain, new)
            self._disk.replace(begun, self._path)
            self._disk.sync_folder(self._path.parent)
        except (OSError, StoreTrouble):
            with suppress(OSError):
                self._disk.remove(begun)
            raise

    def _write(self, path: Path, data: bytes) -> None:
        descriptor = self._disk.open_new(path)
        try:
            self._disk.write_all(descriptor, data)
            self._disk.sync(descriptor)
        finally:
            self._disk.close(descriptor)

    def _remember(self, plain: Inspection, new: Inspection) -> None:
        """Take the sealed record for the one that is remembered, if the plain one was; what was short or rewritten stays so."""
        memory = self._store.memory
        known = memory.of(self._id)
        if known is None or plain.holds(known.number, known.digest) or memory.why(self._id) == "sealed":
            memory.take(self._id, new.height, "sealed")

    def _seal_torn(self, codec: Codec, tail: bytes) -> None:
        """Seal the unfinished lines that were set aside, and the one at the end: none was ever acknowledged, all were typed by somebody."""
        aside = self._path.with_suffix(".torn")
        try:
            kept = self._disk.read_from(aside, 0)
        except FileNotFoundError:
            kept = b""
        lines = dict.fromkeys(_unsealed(codec, line) for line in [*kept.split(b"\n"), *tail.split(b"\n")] if line)
        if lines:
            self._disk.write_whole(aside, b"".join(codec.seal_blob(TORN, line) + b"\n" for line in lines))


def sealed_case(plain: Inspection, data: bytes, codec: Codec) -> bytes:
    """The file of a plain case as it stands sealed: the same acts, and in its first line the check code that it had."""
    first, digest = chain.line_of(chain.START, chain.Header(chain.SEALED, chain.VERSION, plain.case, plain.check_code or ""))
    begin = data.index(b"\n") + 1
    acts = chain.scan(data[begin : plain.end], begin, data[: chain.DIGEST_SIZE].decode()).acts
    lines = [first]
    for act, last in zip(acts, plain.acts, strict=True):
        line, digest = chain.line_with(digest, codec.written(act.payload, last, digest))
        lines.append(line)
    return b"".join(lines)


def _unsealed(codec: Codec, line: bytes) -> bytes:
    """A line as it was before an earlier attempt sealed it."""
    try:
        return codec.open_blob(TORN, line)
    except Damaged:
        return line


def _seal_others(store: FolderStore, keys: CaseKeys) -> None:
    """Seal what was typed once for every worksheet, and remove what was plain beside the cases."""
    disk, plain, sealed = store.disk, store.root / f"{PROFILES}.json", store.root / f"{PROFILES}.sealed"
    try:
        if plain.exists() and not sealed.exists():
            disk.write_whole(sealed, keys.session.seal_blob(PURPOSE, disk.read_from(plain, 0)))
        for path in (plain, store.root / f"{CATALOGUE}.json"):
            disk.remove(path)
        for folder in (store.root, store.cases):
            disk.sweep(folder)
            disk.sync_folder(folder)
    except OSError as error:
        raise in_words(error, "seal all of", store.root) from error
