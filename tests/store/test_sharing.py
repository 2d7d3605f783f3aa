"""Several windows on one case: they see each other's entries, never write into one another's, and wait for the lock in words."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from msht_tui.domain.entry import Document
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import FileLock
from msht_tui.store.trouble import StoreTrouble

pytestmark = pytest.mark.usefixtures("both_ways")
Add = Callable[..., list[int]]
Note = Callable[..., Document]


def in_threads(*work: Callable[[], None]) -> None:
    """Runs these at once; what one of them raises is raised here."""
    with ThreadPoolExecutor(len(work)) as threads:
        for running in [threads.submit(one) for one in work]:
            running.result()


def test_two_windows_see_each_other(path: Path, add: Add) -> None:
    first, second = CaseFile(path, Disk()), CaseFile(path, Disk())
    assert add(first, "one") == [2]
    assert add(second, "two", "three") == [3, 4]
    assert first.refresh() and not first.refresh()
    assert add(first, "four") == [5]
    assert second.refresh()
    assert first.entries == second.entries
    assert first.check_code == second.check_code


def test_an_append_decides_on_what_the_other_window_wrote(path: Path, add: Add, note: Note) -> None:
    first, second = CaseFile(path, Disk()), CaseFile(path, Disk())
    add(first, "one")
    seen: list[int] = []

    def decide() -> list[Document]:
        seen.append(len(second.entries))
        return [note(len(second.entries) + 1)]

    second.append(decide)
    assert seen == [2]


def test_windows_in_threads_never_interleave(path: Path, add: Add) -> None:
    windows = [CaseFile(path, Disk()) for _ in range(3)]
    numbers: list[int] = []

    def work(case: CaseFile) -> Callable[[], None]:
        def run() -> None:
            for _ in range(25):
                numbers.extend(add(case, "a", "b"))

        return run

    in_threads(*(work(case) for case in windows))
    assert sorted(numbers) == list(range(2, 152))
    assert [entry.number for entry in CaseFile(path, Disk()).entries] == list(range(1, 152))


def test_threads_may_share_a_window(path: Path, add: Add) -> None:
    """One thread saves, another looks for news."""
    case = CaseFile(path, Disk())
    done = threading.Event()

    def save() -> None:
        for _ in range(20):
            add(case, "saved")
        done.set()

    def look() -> None:
        while not done.is_set():
            case.refresh()

    in_threads(save, look)
    assert [entry.number for entry in case.entries] == list(range(1, 22))
    assert CaseFile(path, Disk()).entries == case.entries


def test_a_refresh_does_not_wait_for_another_thread_that_saves(path: Path, note: Note) -> None:
    case = CaseFile(path, Disk())
    answers: list[bool] = []

    def decide() -> list[Document]:
        in_threads(lambda: answers.append(case.refresh()))
        return [note(2)]

    case.append(decide)
    assert answers == [False]


class FakeWindows:
    """The locking calls of Windows, as far as one process can tell: a region that is taken refuses at once."""

    LK_NBLCK = 2
    LK_UNLCK = 0

    def __init__(self) -> None:
        self.taken: dict[int, int] = {}
        self.trouble = 0

    def module(self) -> ModuleType:
        module = ModuleType("msvcrt")
        for name in ("LK_NBLCK", "LK_UNLCK", "locking"):
            setattr(module, name, getattr(self, name))
        return module

    def locking(self, descriptor: int, mode: int, size: int) -> None:
        assert size == 1 and os.lseek(descriptor, 0, os.SEEK_CUR) == 0
        file = os.fstat(descriptor).st_ino
        if self.trouble:
            raise OSError(self.trouble, os.strerror(self.trouble))
        if mode == self.LK_NBLCK:
            if file in self.taken:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            self.taken[file] = descriptor
        else:
            assert self.taken.pop(file) == descriptor


@pytest.fixture(params=["this system", "windows"])
def primitives(request: pytest.FixtureRequest) -> ModuleType | None:
    """The locking calls of this system, and those of Windows."""
    return FakeWindows().module() if request.param == "windows" else None


def test_a_lock_keeps_another_window_out_until_it_is_let_go(tmp_path: Path, primitives: ModuleType | None) -> None:
    path = tmp_path / "a.lock"
    first, second = (FileLock(path, Disk(), 0.02, primitives) for _ in range(2))
    with (
        first.held(),
        pytest.raises(StoreTrouble, match=r"Another window has held .*a\.lock .* close it or wait, then try again"),
        second.held(),
    ):
        pass
    with second.held():
        pass


def test_a_lock_is_let_go_when_the_act_fails(tmp_path: Path, primitives: ModuleType | None) -> None:
    path = tmp_path / "a.lock"
    with pytest.raises(KeyError), FileLock(path, Disk(), 0.02, primitives).held():
        raise KeyError
    with FileLock(path, Disk(), 0.02, primitives).held():
        pass


def test_a_lock_keeps_another_thread_out(tmp_path: Path, primitives: ModuleType | None) -> None:
    lock = FileLock(tmp_path / "a.lock", Disk(), 0.02, primitives)

    def enter() -> None:
        with lock.held():
            pass

    with lock.held(), pytest.raises(StoreTrouble, match="Another window"):
        in_threads(enter)


def test_a_window_waits_for_the_lock(tmp_path: Path, primitives: ModuleType | None) -> None:
    path = tmp_path / "a.lock"
    held, order = threading.Event(), []

    def long_act() -> None:
        with FileLock(path, Disk(), 10, primitives).held():
            held.set()
            order.append("first")
            threading.Event().wait(0.05)
            order.append("first done")

    def waiting() -> None:
        held.wait()
        with FileLock(path, Disk(), 10, primitives).held():
            order.append("second")

    in_threads(long_act, waiting)
    assert order == ["first", "first done", "second"]


def test_a_lock_that_the_system_cannot_give_is_told_in_words(tmp_path: Path) -> None:
    windows = FakeWindows()
    windows.trouble = errno.ENOLCK
    with (
        pytest.raises(StoreTrouble, match=r"Could not lock .*a\.lock"),
        FileLock(tmp_path / "a.lock", Disk(), 0.02, windows.module()).held(),
    ):
        pass


def test_an_act_that_is_saved_is_saved_though_the_lock_cannot_be_let_go(tmp_path: Path) -> None:
    windows = FakeWindows()
    with FileLock(tmp_path / "a.lock", Disk(), 0.02, windows.module()).held():
        windows.trouble = errno.EIO


def test_a_lock_stays_open_and_is_taken_anew_when_its_file_has_lost_its_name(tmp_path: Path, primitives: ModuleType | None) -> None:
    """Whoever locks the new file would not know of the old one."""
    path = tmp_path / "a.lock"
    first, second = (FileLock(path, Disk(), 0.02, primitives) for _ in range(2))
    with first.held():
        pass
    path.unlink()
    with second.held(), pytest.raises(StoreTrouble, match="Another window"), first.held():
        pass
    path.rename(tmp_path / "moved")
    with first.held(), pytest.raises(StoreTrouble, match="Another window"), second.held():
        pass
    for lock in (first, second):
        lock.close()


def test_a_lock_whose_name_is_taken_away_each_time_is_given_up(tmp_path: Path, primitives: ModuleType | None) -> None:
    class Nameless(Disk):
        def look_at(self, path: Path) -> Seen:
            raise FileNotFoundError(path)

    with pytest.raises(StoreTrouble, match="Another window"), FileLock(tmp_path / "a.lock", Nameless(), 0.02, primitives).held():
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_does_not_share_the_lock_of_its_parent(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "a.lock", Disk(), 0.02)
    with lock.held():
        child = os.fork()
        if not child:
            lock._thread_lock = threading.Lock()
            try:
                with lock.held():
                    os._exit(1)
            except StoreTrouble:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    lock.close()


def test_an_act_that_finds_the_file_as_it_left_it_reads_nothing(path: Path, add: Add) -> None:
    """And reads on as soon as it does not, be it only that a line was added and taken back."""
    reads: list[int] = []

    class Telling(Disk):
        def read_open(self, descriptor: int, offset: int) -> bytes:
            reads.append(offset)
            return super().read_open(descriptor, offset)

    case = CaseFile(path, Telling())
    add(case, "one")
    reads.clear()
    add(case, "two")
    assert reads == []
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(b"torn")
    os.truncate(path, size)
    os.utime(path, ns=(0, 1))
    add(case, "three")
    assert len(reads) == 1
    case.close()


def test_an_act_waits_for_nobody_for_ever(path: Path, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CaseFile(path, Disk())
    monkeypatch.setattr(case, "_lock", FileLock(path.with_suffix(".lock"), Disk(), 0.02))
    before = path.read_bytes()
    with FileLock(path.with_suffix(".lock"), Disk()).held(), pytest.raises(StoreTrouble, match="Another window"):
        add(case, "one")
    assert path.read_bytes() == before
    assert add(case, "one") == [2]
