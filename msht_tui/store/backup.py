"""Backups: a store copied while it is in use, each copy read back, and put back whole or not at all.

The keys of a sealed store go into a folder of their own beside the other, `<folder>-keys`: without it the backup is noise, and a case that
was erased is gone for good once the keys of before are. So the keys are kept apart, and for a shorter time.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.care import Care
from msht_tui.store.disk import Disk
from msht_tui.store.inspection import Inspection, inspect
from msht_tui.store.keys import operators, tries, wrapped
from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.lock import FileLock
from msht_tui.store.place import (
    CASES,
    KEYS,
    KEYS_MANIFEST,
    MANIFEST,
    PACKS,
    REMEMBERED,
    SETTINGS,
    UNFINISHED,
    contents,
    kind_of,
    refuse_foreign,
    words_for,
)
from msht_tui.store.trouble import Damaged, StoreTrouble, in_words

FORMAT, KEYS_FORMAT = "msht-backup", "msht-key-backup"
VERSION = 1
LARGEST = 1 << 26
"""Bytes of a manifest: one of a hundred thousand cases is a third of it."""
SET_ASIDE = "damaged"
"""The folder of a backup that keeps, byte for byte, case files which could not be copied as cases."""

_KEY_FILES = (operators.NAME, wrapped.NAME, tries.NAME)
_T = TypeVar("_T")
_CASE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
AUDIT_FILES = ("remembered.audit.log", "audit.tdb")
"""What is remembered goes first."""
_NAMES = "|".join(re.escape(name) for name in (REMEMBERED, SETTINGS, *AUDIT_FILES))
_FILE = re.compile(rf"{PACKS}/[0-9A-Za-z_-]{{1,100}}\.json|{CASES}/[0-9A-Za-z][0-9A-Za-z_-]{{0,99}}\.torn|{_NAMES}")


class KeptCase(msgspec.Struct, frozen=True):
    """A case in a backup."""

    id: str
    check_code: str
    size: int
    """Bytes of its file."""


class KeptFile(msgspec.Struct, frozen=True):
    """Another file in a backup."""

    path: str
    """Below the backup's folder, with slashes."""
    digest: str
    """SHA-256, in hexadecimal."""


class LeftOut(msgspec.Struct, frozen=True):
    """What a backup does not hold, or not as it should be."""

    what: str
    why: str


class Counts(msgspec.Struct, frozen=True):
    """How much a backup holds."""

    cases: int
    entries: int
    size: int
    packs: int


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds, in `backup.json`; it is written last, so a backup without it is none."""

    format: str
    version: int
    program: str
    """The version of the program that wrote it."""
    case_format: int
    made_at: datetime
    exercise: bool
    counts: Counts
    cases: tuple[KeptCase, ...]
    files: tuple[KeptFile, ...]
    left_out: tuple[LeftOut, ...] = ()
    sealed: bool = False
    """Whether the cases need the keys that are backed up apart."""


class KeysManifest(msgspec.Struct, frozen=True):
    """What a backup of keys holds, in `keys.json`; it is written last."""

    format: str
    version: int
    program: str
    made_at: datetime
    files: tuple[KeptFile, ...]


def keys_beside(backup: Path) -> Path:
    """Where the keys of a backup go, and are looked for."""
    return backup.with_name(f"{backup.name}-keys")


class _Copy:
    """A folder being filled: marked as unfinished from its first byte to its last, and emptied again when it comes to nothing."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._folders: list[Path] = []
        self._files: list[Path] = []
        self._filled: set[Path] = set()

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Everything put in meanwhile stays, durable, or nothing does. Raises `StoreTrouble`.

        Only when the very last call fails it stays although it may not be durable: it is whole, or reads as unfinished.
        """
        try:
            self._begin()
            yield
            self._end()
        except OSError as error:
            self._take_back()
            raise in_words(error, "write to", self.folder) from error
        except BaseException:
            self._take_back()
            raise

    def put(self, name: str | Path, data: bytes) -> None:
        """A new durable file, below the folder or at a place of its own, read back.

        Raises `OSError`, or `Damaged` when the disk gives back something else.
        """
        path = self.folder / name
        self._make(path.parent)
        descriptor = self._disk.open_new(path)
        self._files.append(path)
        try:
            self._disk.write_all(descriptor, data)
            self._disk.sync(descriptor)
        finally:
            self._disk.close(descriptor)
        self._filled.add(path.parent)
        if self._disk.read_from(path, 0) != data:
            raise Damaged(f"{path} does not hold what was written to it: the disk is at fault, use another. Nothing was kept.")

    def make(self, name: str) -> None:
        """A folder, empty so far."""
        self._make(self.folder / name)

    def _begin(self) -> None:
        self._make(self.folder)
        self.put(UNFINISHED, b"A backup or restore into this folder has not finished.\n")
        self._disk.sync_folder(self.folder)

    def _end(self) -> None:
        for folder in [*self._filled, *(made.parent for made in self._folders)]:
            self._disk.sync_folder(folder)
        (self.folder / UNFINISHED).unlink()
        # From here on it is whole: should the removal be lost with the power, it reads as unfinished and is made again.
        self._files.clear()
        self._folders.clear()
        self._disk.sync_folder(self.folder)

    def _make(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700)
            self._folders.append(one)

    def _take_back(self) -> None:
        """Remove what was put in, the mark last."""
        with suppress(OSError):
            for path in reversed(self._files):
                path.unlink(missing_ok=True)
            for folder in reversed(self._folders):
                folder.rmdir()


# Backing up


def back_up(care: Care, settings: Path, target: Path, *, program: str, now: datetime) -> Manifest:
    """Copy a store into a new or empty folder, while others work in it. Raises `Refused` or `StoreTrouble`, with nothing kept.

    A case is copied under its lock, up to its last whole act. What is damaged does not stop the rest: it is named in `left_out`.
    The keys of a sealed store go into `keys_beside(target)`, after the cases: so every copied case has its key there.
    """
    _refuse_target(care, target)
    if care.is_sealed:
        _refuse_target(care, keys_beside(target))
    copy = _Copy(target, care.disk)
    with copy.filling():
        made = _Backup(care, copy, settings)
        manifest = made.all(program, now)
        copy.put(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    return manifest


def _refuse_target(care: Care, target: Path) -> None:
    kind = kind_of(care.root)
    if kind != "store":
        raise Refused(words_for(kind, care.root) or f"There is no store in {care.root}: there is nothing to back up.")
    if target.is_symlink():
        raise Refused(f"{target} is a link: name the folder itself. Nothing was written.")
    if target.resolve().is_relative_to(care.root.resolve()):
        raise Refused(f"{target} is inside the store: name a folder elsewhere, best on another disk. Nothing was written.")
    _refuse_unless_empty(target)


def _refuse_unless_empty(target: Path) -> None:
    try:
        if target.exists() and any(target.iterdir()):
            raise Refused(f"{target} is not empty: name a new folder. Nothing was written.")
    except OSError as error:
        raise in_words(error, "use", target) from error


class _Backup:
    """One run over a store."""

    def __init__(self, care: Care, copy: _Copy, settings: Path) -> None:
        self._care = care
        self._copy = copy
        self._settings = settings
        self._cases: list[KeptCase] = []
        self._files: list[KeptFile] = []
        self._left_out: list[LeftOut] = []
        self._entries = 0

    def all(self, program: str, now: datetime) -> Manifest:
        """Copy everything. What is remembered goes first: it may lag behind the cases, and must not run ahead of them."""
        remembered = self._care.remembered
        self._put_lines(REMEMBERED)
        self._copy.make(CASES)
        for case_id in sorted({*self._care.ids(), *remembered}):
            if _CASE.fullmatch(case_id):
                self._put_case(case_id)
            else:
                self._leave_out(f"{CASES}/{case_id}.tdb", "Its name is not that of a case: move it away.")
        for path in self._care.torn():
            self._put_file(f"{CASES}/{path.name}", path)
        for path in self._care.kept_packs():
            self._put_pack(path)
        for name in AUDIT_FILES:
            self._put_lines(name)
        if self._settings.exists() or self._settings.is_symlink():
            self._put_file(SETTINGS, self._settings)
        if self._care.is_sealed:
            self._put_keys(program, now)
        packs = sum(1 for file in self._files if file.path.startswith(PACKS))
        counts = Counts(len(self._cases), self._entries, sum(case.size for case in self._cases), packs)
        return Manifest(
            format=FORMAT,
            version=VERSION,
            program=program,
            case_format=chain.VERSION,
            made_at=now,
            exercise=self._care.exercise,
            counts=counts,
            cases=tuple(self._cases),
            files=tuple(self._files),
            left_out=tuple(self._left_out),
            sealed=self._care.is_sealed,
        )

    def _put_case(self, case_id: str) -> None:
        name = f"{CASES}/{case_id}.tdb"
        path = self._care.case_path(case_id)
        if not path.exists():
            self._leave_out(name, "It is gone from the store, which still remembers it.")
            return
        try:
            data = self._copied_while_nobody_writes(path)
        except StoreTrouble as trouble:
            self._leave_out(name, str(trouble))
            return
        found = inspect(case_id, data)
        if found.state not in ("intact", "unfinished"):
            self._leave_out(name, f"{found.words} Its file is in {SET_ASIDE}/, as it is.")
            self._copy.put(f"{SET_ASIDE}/{case_id}.tdb", data)
            return
        finding = found.against(self._care.remembered.get(case_id))
        if finding.state != "intact":
            self._leave_out(name, f"It is copied up to its last whole act. {finding.words}")
        self._copy.put(name, data[: found.end])
        self._cases.append(KeptCase(case_id, f"{found.height.number}-{found.digest}", found.end))
        self._entries += found.last

    def _copied_while_nobody_writes(self, path: Path) -> bytes:
        with closing(FileLock(path.with_suffix(".lock"), self._care.disk)) as lock:
            return _under(lock.held(), lambda: self._care.read(path))

    def _put_keys(self, program: str, now: datetime) -> None:
        folder = KeyFolder(self._care.root / KEYS, self._care.disk)
        target = keys_beside(self._copy.folder)
        try:
            read = _under(folder.held(), lambda: {name: folder.read(name) for name in _KEY_FILES})
        except StoreTrouble as trouble:
            self._leave_out(KEYS, str(trouble))
            return
        files: list[KeptFile] = []
        for name, data in read.items():
            if data is not None:
                self._copy.put(target / name, data)
                files.append(KeptFile(name, hashlib.sha256(data).hexdigest()))
        manifest = KeysManifest(KEYS_FORMAT, VERSION, program, now, tuple(files))
        self._copy.put(target / KEYS_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")

    def _put_lines(self, name: str) -> None:
        """Copy a file that is only added to, up to its last whole line."""
        path = self._care.root / name
        if path.exists():
            data = self._care.read(path)
            self._put(name, data[: data.rfind(b"\n") + 1])

    def _put_pack(self, path: Path) -> None:
        try:
            data = self._care.read(path)
        except StoreTrouble as trouble:
            self._leave_out(f"{PACKS}/{path.name}", str(trouble))
            return
        if self._care.is_pack(data, path.stem) and _FILE.fullmatch(f"{PACKS}/{path.name}"):
            self._put(f"{PACKS}/{path.name}", data)
        else:
            self._leave_out(f"{PACKS}/{path.name}", "It is not the content it is named after.")

    def _put_file(self, name: str, path: Path) -> None:
        try:
            self._put(name, self._care.read(path))
        except StoreTrouble as trouble:
            self._leave_out(name, str(trouble))

    def _put(self, name: str, data: bytes) -> None:
        if not _FILE.fullmatch(name):
            self._leave_out(name, "Its name is none that a store gives.")
            return
        self._copy.put(name, data)
        self._files.append(KeptFile(name, hashlib.sha256(data).hexdigest()))

    def _leave_out(self, what: str, why: str) -> None:
        self._left_out.append(LeftOut(what, why))


def _under(held: AbstractContextManager[None], read: Callable[[], _T]) -> _T:
    """What is read while a lock is held. Where nothing can be written there is nobody to wait for."""
    try:
        with held:
            return read()
    except StoreTrouble as trouble:
        cause = trouble.__cause__
        if isinstance(cause, OSError) and cause.errno == errno.EROFS:
            return read()
        raise


# Restoring


def restore(care: Care, settings: Path, source: Path, keys: Path | None = None) -> tuple[Manifest, bool]:
    """Fill a new or empty store from a backup that is checked whole first; whether the backup's settings came with it.

    The keys come from `keys`, or from beside the backup; any later ones of the same store fit. A case whose key is not among them is
    restored and named in `left_out`. Settings that are there already stay. Raises `Refused` or `StoreTrouble`, with nothing written.
    """
    for folder in (source, keys):
        if folder is not None and folder.is_symlink():
            raise Refused(f"{folder} is a link: name the folder itself. Nothing was written.")
    backup = Care(source, care.pack_digest, exercise=care.exercise, disk=care.disk)
    manifest = _manifest(backup)
    _refuse_other_store(care, manifest, source)
    _refuse_occupied(care, source, settings)
    for case in manifest.cases:
        _checked_case(backup, case)
    for file in manifest.files:
        _checked_file(backup, file)
    key_files = _checked_keys(backup, keys or keys_beside(source)) if manifest.sealed else {}
    with_settings = not settings.exists() and any(file.path == SETTINGS for file in manifest.files)
    copy = _Copy(care.root, care.disk)
    with copy.filling():
        for file in manifest.files:
            if file.path != SETTINGS:
                copy.put(file.path, _checked_file(backup, file))
            elif with_settings:
                copy.put(settings, _checked_file(backup, file))
        copy.make(CASES)
        for case in manifest.cases:
            copy.put(f"{CASES}/{case.id}.tdb", _checked_case(backup, case))
        for name, data in key_files.items():
            copy.put(f"{KEYS}/{name}", data)
    return _with_missing_keys(manifest, key_files), with_settings


def _manifest(backup: Care) -> Manifest:
    """What a backup says it holds. Raises `Refused` when it is none, or not whole."""
    path = backup.root / MANIFEST
    kind = kind_of(backup.root)
    if kind == "unfinished":
        raise Refused(f"{backup.root} is no whole backup: it was broken off. Restore from another. Nothing was written.")
    if not path.exists():
        raise Refused(f"{backup.root} is no whole backup: it has no {MANIFEST}. Restore from another. Nothing was written.")
    data = backup.read(path)
    try:
        manifest = msgspec.json.decode(data[:LARGEST], type=Manifest)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise _damaged(path, str(error)) from error
    if manifest.format != FORMAT or manifest.version > VERSION or manifest.case_format > chain.VERSION:
        raise Refused(f"{backup.root} was written by a newer version of this program: update it to restore. Nothing was written.")
    _refuse_other_files(backup, manifest)
    return manifest


def _refuse_other_files(backup: Care, manifest: Manifest) -> None:
    """The manifest names plain files below the backup's folder, each once, and every case that lies there."""
    names = [f"{CASES}/{case.id}.tdb" for case in manifest.cases] + [file.path for file in manifest.files]
    for name in (case.id for case in manifest.cases if not _CASE.fullmatch(case.id)):
        raise _damaged(backup.root / MANIFEST, f"{name!r} is not the name of a case")
    for name in (file.path for file in manifest.files if not _FILE.fullmatch(file.path)):
        raise _damaged(backup.root / MANIFEST, f"{name!r} is not the name of a file of a store")
    if len({name.lower() for name in names}) != len(names):
        raise _damaged(backup.root / MANIFEST, "it names a file twice")
    for case_id in sorted({*backup.ids()} - {case.id for case in manifest.cases}):
        raise _damaged(backup.case_path(case_id), f"{MANIFEST} does not name it")
    for folder in (backup.cases, backup.packs):
        if folder.is_symlink():
            raise _damaged(folder, "it is a link")


def _refuse_other_store(care: Care, manifest: Manifest, source: Path) -> None:
    if manifest.exercise != care.exercise:
        is_of, goes_to = ("exercises", "the live store") if manifest.exercise else ("live cases", "the exercise store")
        with_or_without = "with" if manifest.exercise else "without"
        raise Refused(
            f"{source} is a backup of {is_of}, and this is {goes_to}: restore it {with_or_without} --exercise. Nothing was written."
        )


def _refuse_occupied(care: Care, source: Path, settings: Path) -> None:
    if care.root.resolve().is_relative_to(source.resolve()):
        raise Refused(f"{care.root} is inside the backup: name a new folder with --store. Nothing was written.")
    found = contents(care.root)
    if found:
        shown = ", ".join(found[:3]) + (" and more" if len(found) > 3 else "")
        raise Refused(f"{care.root} holds {shown} already: name a new folder with --store. Nothing was written.")
    refuse_foreign(settings.parent)


def _checked_case(backup: Care, case: KeptCase) -> bytes:
    """The bytes of a case in a backup. Raises `Damaged` when they are not those that were written."""
    path = backup.case_path(case.id)
    data = _read(backup, path)
    found: Inspection = inspect(case.id, data)
    if found.state != "intact":
        raise _damaged(path, found.words)
    if f"{found.height.number}-{found.digest}" != case.check_code or len(data) != case.size:
        raise _damaged(path, f"it has not the check code that {MANIFEST} gives")
    return data


def _checked_file(backup: Care, file: KeptFile) -> bytes:
    """The bytes of another file in a backup. Raises `Damaged` likewise."""
    return _checked(backup, backup.root / file.path, file.digest, MANIFEST)


def _checked(backup: Care, path: Path, digest: str, manifest: str) -> bytes:
    data = _read(backup, path)
    if hashlib.sha256(data).hexdigest() != digest:
        raise _damaged(path, f"it has not the digest that {manifest} gives")
    return data


def _read(backup: Care, path: Path) -> bytes:
    try:
        return backup.read(path)
    except StoreTrouble as trouble:
        raise Damaged(f"The backup is damaged. {trouble} Restore from another. Nothing was written.") from trouble


def _damaged(path: Path, why: str) -> Damaged:
    return Damaged(f"The backup is damaged: {path}: {why.rstrip('.')}. Restore from another. Nothing was written.")


def _checked_keys(backup: Care, folder: Path) -> dict[str, bytes]:
    """Name to bytes of the files in a backup of keys. Raises `Refused` when there is none, and `Damaged` when it was changed."""
    path = folder / KEYS_MANIFEST
    if not path.exists():
        raise Refused(f"{backup.root} holds sealed cases, and {folder} no backup of their keys: name its folder. Nothing was written.")
    try:
        manifest = msgspec.json.decode(_read(backup, path)[:LARGEST], type=KeysManifest)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise _damaged(path, str(error)) from error
    if manifest.format != KEYS_FORMAT or manifest.version > VERSION:
        raise Refused(f"{folder} was written by a newer version of this program: update it to restore. Nothing was written.")
    names = {file.path for file in manifest.files}
    if not {operators.NAME, wrapped.NAME} <= names <= set(_KEY_FILES):
        raise _damaged(path, "it does not name the files that keys are in")
    return {file.path: _checked(backup, folder / file.path, file.digest, KEYS_MANIFEST) for file in manifest.files}


class _WrappedIds(msgspec.Struct, frozen=True):
    keys: Mapping[str, msgspec.Raw] = {}


class _KeptIds(msgspec.Struct, frozen=True):
    wrapped: tuple[_WrappedIds, ...] = ()


def _with_missing_keys(manifest: Manifest, key_files: Mapping[str, bytes]) -> Manifest:
    if not manifest.sealed:
        return manifest
    kept = msgspec.json.decode(key_files[wrapped.NAME], type=_KeptIds)
    known = {case_id for one in kept.wrapped for case_id in one.keys}
    why = "Its key is not among the keys: it was erased since, or the keys are older than it. Nobody can read it."
    missing = tuple(LeftOut(f"{CASES}/{case.id}.tdb", why) for case in manifest.cases if case.id not in known)
    return msgspec.structs.replace(manifest, left_out=(*manifest.left_out, *missing))
