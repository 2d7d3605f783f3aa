"""A disk that fails: what was acknowledged stays, the words say what to do, and work goes on once it is mended."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from msht_tui.domain.entry import Document, Entry
from msht_tui.domain.pack import Pack
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.folder import FolderStore
from msht_tui.store.trouble import StoreTrouble

pytestmark = pytest.mark.usefixtures("both_ways")
Add = Callable[..., list[int]]

WORDS = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EIO: "the disk reports a fault: copy the store to another disk",
    errno.EROFS: "the folder is read-only: choose another",
    errno.EACCES: "permission is refused: sign in as the owner",
    errno.EMFILE: "too many files are open: close other windows",
}
WRITING = ("open_append", "open_new", "open_or_new", "write_all", "sync", "truncate", "replace", "sync_folder")


class FaultyDisk(Disk):
    """A disk whose call number `fail_at` fails; with `for_good` every later one too. A failing write has written a half."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fail_at = 0
        self.for_good = False
        self.error = errno.EIO
        self.only: tuple[str, ...] = ()

    def arm(self, fail_at: int, error: int, *, for_good: bool = False, only: tuple[str, ...] = ()) -> None:
        self.calls.clear()
        self.fail_at, self.error, self.for_good, self.only = fail_at, error, for_good, only

    def mend(self) -> None:
        self.fail_at = 0

    def _fails(self, call: str) -> bool:
        if self.only and call not in self.only:
            return False
        self.calls.append(call)
        return self.fail_at != 0 and (len(self.calls) == self.fail_at or (self.for_good and len(self.calls) > self.fail_at))

    def _call(self, call: str) -> None:
        if self._fails(call):
            raise OSError(self.error, os.strerror(self.error))

    def open_append(self, path: Path) -> int:
        self._call("open_append")
        return super().open_append(path)

    def open_new(self, path: Path) -> int:
        self._call("open_new")
        return super().open_new(path)

    def open_or_new(self, path: Path) -> int:
        self._call("open_or_new")
        return super().open_or_new(path)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        self._call("close")

    def look_at(self, path: Path) -> Seen:
        self._call("look_at")
        return super().look_at(path)

    def look_at_open(self, descriptor: int) -> Seen:
        self._call("look_at_open")
        return super().look_at_open(descriptor)

    def has_name(self, descriptor: int) -> bool:
        self._call("has_name")
        return super().has_name(descriptor)

    def write_all(self, descriptor: int, data: bytes) -> None:
        if self._fails("write_all"):
            super().write_all(descriptor, data[: len(data) // 2])
            raise OSError(self.error, os.strerror(self.error))
        super().write_all(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self._call("sync")

    def truncate(self, descriptor: int, size: int) -> None:
        self._call("truncate")
        super().truncate(descriptor, size)

    def replace(self, source: Path, target: Path) -> None:
        self._call("replace")
        super().replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        self._call("sync_folder")

    def read_from(self, path: Path, offset: int) -> bytes:
        self._call("read_from")
        return super().read_from(path, offset)

    def read_open(self, descriptor: int, offset: int) -> bytes:
        self._call("read_open")
        return super().read_open(descriptor, offset)


def on_disk(path: Path) -> list[Entry]:
    return list(CaseFile(path, Disk()).entries)


@pytest.mark.parametrize("error", WORDS, ids=[errno.errorcode[error] for error in WORDS])
@pytest.mark.parametrize("torn", [b"", b"torn"], ids=["whole", "torn"])
@pytest.mark.parametrize("warm", [False, True], ids=["first", "later"])
def test_any_one_failing_call_loses_nothing_and_saves_nothing_by_half(path: Path, add: Add, error: int, torn: bytes, warm: bool) -> None:
    disk = FaultyDisk()
    fail_at = 0
    while not fail_at or len(disk.calls) >= fail_at:
        fail_at += 1
        case = CaseFile(path, disk)
        if warm:
            add(case, "before")
        path.write_bytes(path.read_bytes() + torn)
        path.with_suffix(".torn").unlink(missing_ok=True)
        acknowledged = on_disk(path)
        disk.arm(fail_at, error)
        try:
            add(case, "one", "two")
            acknowledged = list(case.entries)
        except StoreTrouble as trouble:
            assert WORDS[error] in str(trouble) and str(path.parent) in str(trouble)
        calls = list(disk.calls)
        disk.mend()
        assert on_disk(path) == acknowledged, calls
        if torn and b"torn" not in path.read_bytes():
            assert b"torn" in path.with_suffix(".torn").read_bytes(), calls
        case.refresh()
        assert list(case.entries) == acknowledged, calls
        assert add(case, "after") == [len(acknowledged) + 1]
        assert on_disk(path) == list(case.entries)
        assert len(case.database) == len(case.entries)
        case.close()
    assert fail_at > 4


@pytest.mark.parametrize("error", WORDS, ids=[errno.errorcode[error] for error in WORDS])
def test_a_disk_that_fails_for_good_loses_nothing_that_was_acknowledged(path: Path, add: Add, error: int) -> None:
    disk = FaultyDisk()
    fail_at = 0
    while not fail_at or len(disk.calls) >= fail_at:
        fail_at += 1
        case = CaseFile(path, disk)
        acknowledged = on_disk(path)
        disk.arm(fail_at, error, for_good=True)
        try:
            add(case, "one")
            acknowledged = list(case.entries)
        except StoreTrouble as trouble:
            assert WORDS[error] in str(trouble)
        disk.mend()
        kept = on_disk(path)
        assert kept[: len(acknowledged)] == acknowledged
        assert len(kept) <= len(acknowledged) + 1
        assert add(case, "after") == [len(kept) + 1]
        assert on_disk(path) == list(case.entries)
        case.close()


def test_a_line_that_cannot_be_taken_back_is_told(path: Path, add: Add) -> None:
    disk = FaultyDisk()
    case = CaseFile(path, disk)
    disk.arm(1, errno.EIO, for_good=True, only=("sync", "truncate"))
    with pytest.raises(StoreTrouble):
        add(case, "one")
    assert "could not be taken back" in case.notice


def test_two_windows_lose_nothing_when_the_line_that_one_has_read_is_taken_back_by_the_other(path: Path, add: Add) -> None:
    """The second window reads a line whose sync then fails, and would cut what the first one saves next if it believed in it."""
    disk = FaultyDisk()
    first, second = CaseFile(path, disk), CaseFile(path, Disk())
    add(first, "before")

    real = disk.sync

    def read_meanwhile(descriptor: int) -> None:
        second.refresh()
        real(descriptor)

    disk.sync = read_meanwhile  # type: ignore[method-assign]
    disk.arm(1, errno.EIO, only=("sync",))
    with pytest.raises(StoreTrouble):
        add(first, "lost")
    assert len(second.entries) == 3
    disk.sync = real  # type: ignore[method-assign]
    disk.mend()
    add(first, "kept")
    add(first, "kept, too")
    before = path.read_bytes()
    with pytest.raises(StoreTrouble):
        add(second, "from the other")
    assert path.read_bytes() == before
    assert len(on_disk(path)) == 4


def test_a_store_that_can_only_be_read_is_read(path: Path, add: Add) -> None:
    disk = FaultyDisk()
    disk.arm(1, errno.EROFS, for_good=True, only=WRITING)
    case = CaseFile(path, disk)
    assert len(case.entries) == len(case.database.all()) == 1
    assert not case.refresh()
    assert disk.calls == []
    with pytest.raises(StoreTrouble, match="the folder is read-only"):
        add(case, "one")


def test_every_failing_call_while_reading_is_told_in_words(path: Path) -> None:
    for call in ("look_at", "read_from"):
        disk = FaultyDisk()
        disk.arm(1, errno.EIO, only=(call,))
        with pytest.raises(StoreTrouble, match=r"Could not read .* reports a fault"):
            CaseFile(path, disk)


def no_pack(files: Mapping[str, bytes]) -> Pack:
    raise AssertionError("no pack is read here")


@pytest.mark.parametrize("error", WORDS, ids=[errno.errorcode[error] for error in WORDS])
def test_a_case_that_cannot_be_begun_leaves_no_half_of_itself(tmp_path: Path, opening: list[Document], error: int) -> None:
    disk = FaultyDisk()
    fail_at = 0
    while not fail_at or len(disk.calls) >= fail_at:
        fail_at += 1
        store = FolderStore(tmp_path / str(fail_at), no_pack, exercise=True, disk=disk)
        disk.arm(fail_at, error)
        try:
            store.create(opening[0]["case"], opening)
        except StoreTrouble as trouble:
            assert WORDS[error] in str(trouble)
        disk.mend()
        assert [file for file in store.cases.glob("*") if file.suffix != ".tdb"] == []
        for case_id in store.ids():
            assert len(store.open(case_id).entries) == 1
    assert len(store.ids()) == 1


@pytest.mark.parametrize("error", WORDS, ids=[errno.errorcode[error] for error in WORDS])
def test_content_that_cannot_be_kept_leaves_no_half_of_itself(tmp_path: Path, error: int) -> None:
    disk = FaultyDisk()
    files = {"pack.toml": b"id = 'demo'", "facts.toml": b""}
    fail_at = 0
    while not fail_at or len(disk.calls) >= fail_at:
        fail_at += 1
        store = FolderStore(tmp_path / str(fail_at), no_pack, exercise=True, disk=disk)
        disk.arm(fail_at, error)
        try:
            store.keep_pack("d" * 64, files)
        except StoreTrouble as trouble:
            assert WORDS[error] in str(trouble)
        disk.mend()
        assert [file for file in store.packs.glob("*") if file.suffix != ".json"] == []
        store.keep_pack("d" * 64, files)
        assert len(list(store.packs.iterdir())) == 1
