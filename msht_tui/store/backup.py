"""Backing up: a store copied while it is in use, each copy read back.

The keys of a sealed store go into a folder of their own beside the other, `<folder>-keys`: without it the backup is noise, and a case that
was erased is gone for good once the keys of before are. So the keys are kept apart, and for a shorter time.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.care import Care
from msht_tui.store.filling import Copy
from msht_tui.store.inspection import inspect
from msht_tui.store.keyless import WITHOUT_KEY, without_key
from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.lock import FileLock
from msht_tui.store.manifest import (
    AUDIT_FILES,
    CASE_NAME,
    FILE_NAME,
    FORMAT,
    KEY_FILES,
    KEYS_FORMAT,
    SET_ASIDE,
    VERSION,
    Counts,
    KeptCase,
    KeptFile,
    KeysManifest,
    LeftOut,
    Manifest,
    keys_beside,
)
from msht_tui.store.place import CASES, KEYS, KEYS_MANIFEST, MANIFEST, PACKS, REMEMBERED, SETTINGS, kind_of, words_for
from msht_tui.store.trouble import StoreTrouble, in_words

_T = TypeVar("_T")


def back_up(care: Care, settings: Path, target: Path, *, program: str, now: datetime) -> Manifest:
    """Copy a store into a new or empty folder, while others work in it. Raises `Refused` or `StoreTrouble`, with nothing kept.

    A case is copied under its lock, up to its last whole act. What is damaged does not stop the rest: it is named in `left_out`.
    The keys of a sealed store go into `keys_beside(target)`, after the cases: so every copied case has its key there.
    """
    _refuse_target(care, target)
    if care.is_sealed:
        _refuse_target(care, keys_beside(target))
    copy = Copy(target, care.disk)
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

    def __init__(self, care: Care, copy: Copy, settings: Path) -> None:
        self._care = care
        self._copy = copy
        self._settings = settings
        self._cases: list[KeptCase] = []
        self._sealed: list[str] = []
        self._files: list[KeptFile] = []
        self._left_out: list[LeftOut] = []
        self._entries = 0

    def all(self, program: str, now: datetime) -> Manifest:
        """Copy everything. What is remembered goes first: it may lag behind the cases, and must not run ahead of them."""
        remembered = self._care.remembered
        self._put_lines(REMEMBERED)
        self._copy.make(CASES)
        for case_id in sorted({*self._care.ids(), *remembered}):
            if CASE_NAME.fullmatch(case_id):
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
        if found.sealed:
            self._sealed.append(case_id)

    def _copied_while_nobody_writes(self, path: Path) -> bytes:
        with closing(FileLock(path.with_suffix(".lock"), self._care.disk)) as lock:
            return _under(lock.held(), lambda: self._care.read(path))

    def _put_keys(self, program: str, now: datetime) -> None:
        folder = KeyFolder(self._care.root / KEYS, self._care.disk)
        target = keys_beside(self._copy.folder)
        try:
            read = _under(folder.held(), lambda: {name: folder.read(name) for name in KEY_FILES})
        except StoreTrouble as trouble:
            self._leave_out(KEYS, str(trouble))
            return
        for case_id in without_key(self._sealed, read):
            self._leave_out(f"{CASES}/{case_id}.tdb", WITHOUT_KEY)
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
        if self._care.is_pack(data, path.stem) and FILE_NAME.fullmatch(f"{PACKS}/{path.name}"):
            self._put(f"{PACKS}/{path.name}", data)
        else:
            self._leave_out(f"{PACKS}/{path.name}", "It is not the content it is named after.")

    def _put_file(self, name: str, path: Path) -> None:
        try:
            self._put(name, self._care.read(path))
        except StoreTrouble as trouble:
            self._leave_out(name, str(trouble))

    def _put(self, name: str, data: bytes) -> None:
        if not FILE_NAME.fullmatch(name):
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
