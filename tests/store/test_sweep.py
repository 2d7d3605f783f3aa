"""What a killed writer leaves half made is removed once nobody can be writing it any more, and nothing else is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from msht_tui.domain.entry import Document
from msht_tui.domain.pack import Pack
from msht_tui.store.disk import Disk
from msht_tui.store.folder import ABANDONED, FolderStore


def no_pack(files: Mapping[str, bytes]) -> Pack:
    raise AssertionError("no pack is read here")


class Dying(Disk):
    """A disk whose process is killed before a file gets its name."""

    def replace(self, source: Path, target: Path) -> None:
        raise KeyboardInterrupt


@pytest.fixture
def create(tmp_path: Path, opening: list[Document]) -> Callable[..., FolderStore]:
    """Opens the store anew and creates a case in it."""

    def run(disk: Disk | None = None, store: FolderStore | None = None) -> FolderStore:
        store = store or FolderStore(tmp_path, no_pack, exercise=True, disk=disk)
        case_id = str(uuid4())
        store.create(case_id, [{**opening[0], "case": case_id}]).close()
        return store

    return run


@pytest.fixture
def left(tmp_path: Path, create: Callable[..., FolderStore]) -> Iterator[list[Path]]:
    """What killed writers have left, in each folder."""
    create()
    with pytest.raises(KeyboardInterrupt):
        create(Dying())
    with pytest.raises(KeyboardInterrupt):
        FolderStore(tmp_path, no_pack, exercise=True, disk=Dying()).keep_pack("d" * 64, {"pack.toml": b""})
    with pytest.raises(KeyboardInterrupt):
        Dying().write_cache(tmp_path / "catalogue.json", b"{}")
    yield sorted(tmp_path.rglob("*.new"))


def grow_old(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_the_next_new_case_removes_what_was_left_long_ago(tmp_path: Path, left: list[Path], create: Callable[..., FolderStore]) -> None:
    assert {path.parent for path in left} == {tmp_path, tmp_path / "cases", tmp_path / "packs"}
    for path in left:
        grow_old(path, ABANDONED + 60)
    store = create()
    assert not any(path.exists() for path in left)
    assert len(store.ids()) == 2


def test_what_somebody_may_be_writing_is_left(left: list[Path], create: Callable[..., FolderStore]) -> None:
    for path in left:
        grow_old(path, ABANDONED - 60)
    create()
    assert all(path.exists() for path in left)


def test_other_files_are_left(tmp_path: Path, create: Callable[..., FolderStore]) -> None:
    create()
    others = [tmp_path / "cases" / name for name in ("notes.new", "x.abc.new", f"x.{uuid4().hex}.news", ".new")]
    for path in others:
        path.touch()
        grow_old(path, 2 * ABANDONED)
    create()
    assert all(path.exists() for path in others)


def test_a_folder_that_cannot_be_swept_keeps_nobody_from_work(left: list[Path], create: Callable[..., FolderStore]) -> None:
    class Stubborn(Disk):
        def sweep(self, folder: Path, age: float = 0.0) -> None:
            raise PermissionError

    assert len(create(Stubborn()).ids()) == 2
