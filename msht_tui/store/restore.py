"""Restoring: a backup checked whole, then put back whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.care import Care
from msht_tui.store.filling import Copy
from msht_tui.store.inspection import Inspection, inspect
from msht_tui.store.keyless import WITHOUT_KEY, without_key
from msht_tui.store.keys import roster, wrapped
from msht_tui.store.manifest import (
    CASE_NAME,
    FILE_NAME,
    FORMAT,
    KEY_FILES,
    KEYS_FORMAT,
    LARGEST,
    VERSION,
    KeptCase,
    KeptFile,
    KeysManifest,
    LeftOut,
    Manifest,
    keys_beside,
)
from msht_tui.store.place import CASES, KEYS, KEYS_MANIFEST, MANIFEST, SETTINGS, contents, kind_of, refuse_foreign
from msht_tui.store.trouble import UNDECODABLE, Damaged, StoreTrouble


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
    copy = Copy(care.root, care.disk)
    sealed: list[str] = []
    with copy.filling():
        for file in manifest.files:
            if file.path != SETTINGS:
                copy.put(file.path, _checked_file(backup, file))
            elif with_settings:
                copy.put(settings, _checked_file(backup, file))
        copy.make(CASES)
        for case in manifest.cases:
            data = _checked_case(backup, case)
            copy.put(f"{CASES}/{case.id}.tdb", data)
            header = chain.header_of(data)
            if header is not None and header.format == chain.SEALED:
                sealed.append(case.id)
        for name, data in key_files.items():
            copy.put(f"{KEYS}/{name}", data)
    keyless = (LeftOut(f"{CASES}/{case_id}.tdb", WITHOUT_KEY) for case_id in without_key(sealed, key_files))
    left_out = (*(one for one in manifest.left_out if one.why != WITHOUT_KEY), *keyless)
    return msgspec.structs.replace(manifest, left_out=left_out), with_settings


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
    except UNDECODABLE as error:
        raise _damaged(path, str(error)) from error
    if manifest.format != FORMAT or manifest.version > VERSION or manifest.case_format > chain.VERSION:
        raise Refused(f"{backup.root} was written by a newer version of this program: update it to restore. Nothing was written.")
    _refuse_other_files(backup, manifest)
    return manifest


def _refuse_other_files(backup: Care, manifest: Manifest) -> None:
    """The manifest names plain files below the backup's folder, each once, and every case that lies there."""
    names = [f"{CASES}/{case.id}.tdb" for case in manifest.cases] + [file.path for file in manifest.files]
    for name in (case.id for case in manifest.cases if not CASE_NAME.fullmatch(case.id)):
        raise _damaged(backup.root / MANIFEST, f"{name!r} is not the name of a case")
    for name in (file.path for file in manifest.files if not FILE_NAME.fullmatch(file.path)):
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
    except UNDECODABLE as error:
        raise _damaged(path, str(error)) from error
    if manifest.format != KEYS_FORMAT or manifest.version > VERSION:
        raise Refused(f"{folder} was written by a newer version of this program: update it to restore. Nothing was written.")
    names = {file.path for file in manifest.files}
    if not {roster.NAME, wrapped.NAME} <= names <= set(KEY_FILES):
        raise _damaged(path, "it does not name the files that keys are in")
    return {file.path: _checked(backup, folder / file.path, file.digest, KEYS_MANIFEST) for file in manifest.files}
