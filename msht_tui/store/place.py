"""What a folder is to this program: a store, room for one, or somebody else's folder that nothing is written into."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from pathlib import Path
from typing import Literal, TypeAlias

from msht_tui.store.disk import Disk
from msht_tui.store.trouble import StoreTrouble, in_words

CASES, PACKS, REMEMBERED, SETTINGS, EXERCISE = "cases", "packs", "remembered.log", "settings.toml", "exercise"
KEYS, DRAFTS, CATALOGUE, PROFILES = "keys", "drafts", "catalogue", "profiles"
MANIFEST = "backup.json"
KEYS_MANIFEST = "keys.json"
UNFINISHED = "unfinished"
"""The file that a backup or restore begins with and takes away last."""
FAULTS = "faults.log"
"""Where the app notes what it broke at; it says nothing of any case."""
_OWN = {CASES, PACKS, KEYS, DRAFTS, REMEMBERED, SETTINGS, EXERCISE, MANIFEST, UNFINISHED}
AUDIT = "audit."
"""How the names of the files of the terminal's own audit begin."""
_BESIDE = (CATALOGUE, PROFILES, "remembered.", "convert.", FAULTS)
"""How the names of files begin that are in nobody's way: they are made again, or hold nothing of a case."""

_OTHERS, _OTHERS_WRITE = 0o077, 0o022
"""The rights of the group and of everybody else."""

Kind: TypeAlias = Literal["missing", "empty", "store", "foreign", "unfinished"]


def kind_of(folder: Path) -> Kind:
    """What a folder is; without `cases/` it is empty as long as nothing foreign lies in it. Raises `StoreTrouble`."""
    try:
        names = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        raise in_words(error, "read", folder) from error
    if UNFINISHED in names:
        return "unfinished"
    if CASES in names:
        return "store"
    return "foreign" if any(_is_foreign(name) for name in names) else "empty"


def refuse_foreign(*folders: Path) -> None:
    """Raises `StoreTrouble` when nothing may be written to one of these folders: it holds other things, or half a store."""
    for folder in folders:
        kind = kind_of(folder)
        if kind in ("foreign", "unfinished"):
            raise StoreTrouble(f"{words_for(kind, folder)} Nothing was written.")


def refuse_stranger(path: Path) -> os.stat_result | None:
    """Refuse a link, and what belongs to somebody else who does not administer the machine; else what it is. Raises `StoreTrouble`."""
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise in_words(error, "read", path) from error
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise StoreTrouble(f"{path} is a link or another thing than a file, and is not read. Put what it stands for there.")
    if sys.platform != "win32" and status.st_uid not in (os.getuid(), 0):
        raise StoreTrouble(f"{path} belongs to another user of this machine, and is not read. Ask whoever set this terminal up.")
    return status


def shut_others_out(root: Path) -> None:
    """Look a live store over before it is used: its folder, what a store has in there, and drafts. Raises `StoreTrouble`.

    A link or a stranger's is refused, and so is a folder that others may write into. One of one's own that they may only look into is made
    its owner's alone. Windows has no such rights. The exercise store, which is for made-up people, is not looked at.
    """
    _shut(root, root)
    for path in _listed(root):
        if _is_own(path.name) and path.name != EXERCISE:
            _shut(path, root)
    for path in _listed(root / DRAFTS):
        _shut(path, root)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise in_words(error, "read", folder) from error


def _shut(path: Path, root: Path) -> None:
    status = refuse_stranger(path)
    if sys.platform == "win32" or status is None or not stat.S_ISDIR(status.st_mode):
        return
    mode, is_ours = status.st_mode, status.st_uid == os.getuid()
    if is_ours and mode & _OTHERS and not mode & _OTHERS_WRITE:
        try:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
            mode = path.lstat().st_mode  # some disks keep no rights, and do not say so
        except OSError as error:
            raise in_words(error, "shut other users of this machine out of", path) from error
    if mode & (_OTHERS if is_ours else _OTHERS_WRITE):
        raise StoreTrouble(
            f"Other users of this machine can get into {path}: nothing was written there. Whoever owns it shuts them out with "
            f"chmod -R go-rwx {shlex.quote(str(root))}, then looks with msht store verify. A disk that keeps no such rights will not do."
        )


def make_folder(folder: Path, disk: Disk) -> None:
    """The folder with those above it, each its owner's alone and durable before anything is put into it. Raises `StoreTrouble`."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent, disk)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        disk.sync_folder(folder.parent)
    except OSError as error:
        raise in_words(error, "make", folder) from error


def words_for(kind: Kind, folder: Path) -> str:
    """What is wrong with a folder, and what to do; empty when nothing is."""
    if kind == "foreign":
        return f"{folder} is not a store: it holds other things, and no {CASES}/. Name a new folder with --store."
    if kind == "unfinished":
        return f"{folder} is half written: a backup or restore into it was broken off. Do it again, into a new folder."
    return ""


def contents(folder: Path) -> list[str]:
    """What would be in the way of a restored store: the names of records, content and other things. Raises `StoreTrouble`."""
    try:
        return sorted(path.name for path in folder.iterdir() if _is_in_the_way(path)) if folder.exists() else []
    except OSError as error:
        raise in_words(error, "read", folder) from error


def _is_in_the_way(path: Path) -> bool:
    if path.name in (CASES, PACKS, DRAFTS) and path.is_dir() and not path.is_symlink():
        return any(path.iterdir())
    if path.name in (SETTINGS, EXERCISE) or (path.name.startswith(_BESIDE) and path.name != REMEMBERED):
        return False
    return path.name in _OWN or path.name.startswith(AUDIT) or _is_foreign(path.name)


def _is_foreign(name: str) -> bool:
    """Whether a name is none that a store gives; hidden files, which file managers leave anywhere, do not count."""
    return not _is_own(name) and not name.startswith(".")


def _is_own(name: str) -> bool:
    return name in _OWN or name.startswith((*_BESIDE, AUDIT))
