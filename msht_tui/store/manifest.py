"""What a backup says of itself: the cases and files that it holds, and the names that they may have."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import msgspec

from msht_tui.store.keys import roster, tries, wrapped
from msht_tui.store.place import CASES, PACKS, REMEMBERED, SETTINGS

FORMAT, KEYS_FORMAT = "msht-backup", "msht-key-backup"
VERSION = 1
LARGEST = 1 << 26
"""Bytes of a manifest: one of a hundred thousand cases is a third of it."""
SET_ASIDE = "damaged"
"""The folder of a backup that keeps, byte for byte, case files which could not be copied as cases."""

KEY_FILES = (roster.NAME, wrapped.NAME, tries.NAME)
CASE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
AUDIT_FILES = ("remembered.audit.log", "audit.tdb")
"""What is remembered goes first."""
_NAMES = "|".join(re.escape(name) for name in (REMEMBERED, SETTINGS, *AUDIT_FILES))
FILE_NAME = re.compile(rf"{PACKS}/[0-9A-Za-z_-]{{1,100}}\.json|{CASES}/[0-9A-Za-z][0-9A-Za-z_-]{{0,99}}\.torn|{_NAMES}")


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
