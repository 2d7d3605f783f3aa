"""The audit on a disk that fails, loses its power, or is shared: what was acknowledged stays, and what was not shown may be lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from msht_tui.domain.audit import AuditBegun, AuditEvent, Consulted, SignInFailed
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.disk import Disk
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Session
from msht_tui.store.lock import FileLock
from msht_tui.store.trouble import StoreTrouble

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, PASSPHRASE = "PS 1 Ann", "ann rides a bicycle"
CASE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EMFILE)
CALLS = (
    *("open_append", "open_new", "open_or_new", "close", "look_at", "look_at_open", "has_name", "write_all", "write_over"),
    *("sync", "truncate", "replace", "sync_folder", "read_from", "read_open"),
)


class FailingDisk(Disk):
    """A disk whose call number `fail_at` fails, with `for_good` every later one too. A failing write has written a half."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.fail_at = 0
        self.for_good = False
        self.error = errno.EIO

    def arm(self, fail_at: int, error: int, *, for_good: bool = False) -> None:
        self.calls.clear()
        self.fail_at, self.error, self.for_good = fail_at, error, for_good

    def fails(self, call: str) -> bool:
        self.calls.append(call)
        return self.fail_at != 0 and (len(self.calls) == self.fail_at or (self.for_good and len(self.calls) > self.fail_at))


def _failing(name: str) -> Callable[..., Any]:
    real = getattr(Disk, name)

    def call(disk: FailingDisk, *given: Any) -> Any:
        if not disk.fails(name):
            return real(disk, *given)
        if name == "close":
            real(disk, *given)
        if name == "write_all":
            descriptor, data = given
            os.write(descriptor, data[: len(data) // 2])
        raise OSError(disk.error, os.strerror(disk.error))

    return call


for _name in CALLS:
    setattr(FailingDisk, _name, _failing(_name))


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A supervisor of a store whose keys lie on a disk that works."""
    operators = Operators(tmp_path / "keys", costs=CHEAP)
    operators.set_up(ANN, PASSPHRASE, begun(tmp_path).file.close)
    return operators.sign_in(ANN, PASSPHRASE)


def numbered(number: int) -> AuditEvent:
    """Events that can be told apart, every third of them nobody's."""
    if number % 3 == 0:
        return SignInFailed(offered=f"PC {number}")
    return Consulted(case=f"{number:08}{CASE[8:]}", how="opened")


def begun(root: Path, disk: Disk | None = None) -> Audit:
    """An audit with nothing but its beginning, and nobody signed in."""
    audit = Audit(AuditFile(root, disk))
    audit.begin(NOW)
    return audit


def since_begun(audit: Audit) -> list[AuditEvent]:
    return [line.event for line in audit.lines() if not isinstance(line.event, AuditBegun)]


def on_disk(root: Path, session: Session) -> list[AuditEvent]:
    file = AuditFile(root)
    assert not file.fault
    return since_begun(Audit(file, session))


@pytest.mark.parametrize("error", ERRORS, ids=[errno.errorcode[error] for error in ERRORS])
@pytest.mark.parametrize("before", [0, 1, 4])
@pytest.mark.parametrize("torn", [b"", b"torn"], ids=["whole", "torn"])
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_any_failing_call_loses_nothing_and_writes_nothing_by_half(
    tmp_path: Path, session: Session, error: int, before: int, torn: bytes, for_good: bool
) -> None:
    fail_at = 0
    calls: list[str] = []
    while len(calls) >= fail_at:
        fail_at += 1
        root = tmp_path / str(fail_at)
        root.mkdir()
        begun(root).file.close()
        disk = FailingDisk()
        audit = Audit(AuditFile(root, disk), session)
        told = [numbered(number) for number in range(1, before + 1)]
        for event in told:
            audit.append(event, NOW)
        if before and torn:
            (root / "audit.tdb").write_bytes((root / "audit.tdb").read_bytes() + torn)
        new = numbered(before + 1)
        disk.arm(fail_at, error, for_good=for_good)
        try:
            audit.append(new, NOW)
            told.append(new)
        except StoreTrouble as trouble:
            assert str(root) in str(trouble)
        calls = list(disk.calls)
        disk.arm(0, error)
        found = on_disk(root, session)
        assert found[: len(told)] == told and found[len(told) :] in ([], [new]), calls
        if not for_good and calls[-1] != "sync_folder":
            assert found == told, f"a line that was not acknowledged stands there: {calls}"
        Audit(AuditFile(root), session).append(numbered(9), NOW)
        assert on_disk(root, session) == [*found, numbered(9)], calls
        if before and torn:
            assert b"torn" in (root / "audit.torn").read_bytes()
    assert fail_at > (5 if before else 8)


def test_the_same_window_goes_on_once_the_disk_is_mended(tmp_path: Path, session: Session) -> None:
    disk = FailingDisk()
    audit = Audit(AuditFile(tmp_path, disk), session)
    told = []
    for number in range(1, 60):
        disk.arm(number % 11, errno.EIO)
        try:
            audit.append(numbered(number), NOW)
            told.append(numbered(number))
        except StoreTrouble:
            pass
        disk.arm(0, errno.EIO)
    assert len(told) > 10
    found = on_disk(tmp_path, session)
    assert told == found == since_begun(audit)


@pytest.mark.parametrize("fail_at", range(1, 9))
def test_a_window_that_could_not_read_for_a_while_still_notices_a_cut(tmp_path: Path, session: Session, fail_at: int) -> None:
    disk = FailingDisk()
    audit = Audit(AuditFile(tmp_path, disk), session)
    audit.append(numbered(1), NOW)
    begun = (tmp_path / "audit.tdb").read_bytes()
    audit.append(numbered(2), NOW)
    disk.arm(fail_at, errno.EIO, for_good=True)
    with suppress(StoreTrouble):
        audit.append(numbered(3), NOW)
    disk.arm(0, errno.EIO)
    (tmp_path / "audit.tdb").write_bytes(begun)
    with pytest.raises(StoreTrouble, match=r"went to line|no longer holds line|shorter"):
        audit.append(numbered(3), NOW)


def test_a_full_disk_does_not_keep_anybody_from_reading(tmp_path: Path, session: Session) -> None:
    disk = FailingDisk()
    Audit(AuditFile(tmp_path, disk), session).append(numbered(1), NOW)
    disk.arm(0, errno.ENOSPC)
    reader = Audit(AuditFile(tmp_path, disk), session)
    assert since_begun(reader) == [numbered(1)]
    assert reader.verify().state == "intact"
    assert not {"open_append", "open_or_new", "open_new", "write_all", "truncate"} & set(disk.calls)


def test_what_a_power_cut_leaves_holds_all_that_was_acknowledged(power: ModuleType, tmp_path: Path, session: Session) -> None:
    """Cut after every call, in four ways, with faults and killed windows before it; the keys lie on a disk that keeps its power."""
    states = 0
    for seed in range(12):
        random = Random(seed)
        disk = power.SimulatedDisk()
        told: list[AuditEvent] = []
        promised: list[list[AuditEvent]] = []
        file = AuditFile(tmp_path, disk)
        Audit(locked(file, disk)).begin(NOW)
        disk.moments.clear()
        for number in range(1, 9):
            before = list(told)
            locked(file, disk)
            chance = random.random()
            if chance < 0.6:
                disk.arm(random.randint(1, 5), OSError(errno.EIO, "fault") if chance < 0.3 else power.Killed(), random.randint(1, 2))
            try:
                Audit(file, session).append(numbered(number), NOW)
                told.append(numbered(number))
            except StoreTrouble:
                pass
            except power.Killed:
                file = AuditFile(tmp_path, disk)
            disk.disarm()
            promised += [before] * (len(disk.moments) - len(promised))
            if random.random() < 0.3:
                file = AuditFile(tmp_path, disk)
        disk.keep_moment()
        promised.append(told)
        for moment, at_least in zip(disk.moments, promised, strict=True):
            for choice in ("dropped", "kept", "zeros", "mixed"):
                left = power.SimulatedDisk(power.after_cut(moment, choice, random))
                audit = Audit(locked(AuditFile(tmp_path, left), left), session)
                assert not audit.file.fault
                found = since_begun(audit)
                assert [event for event in found if event in at_least] == at_least, (seed, choice)
                assert len(found) == len(set(found)) and set(found) <= {numbered(number) for number in range(1, 9)}
                audit.append(numbered(10), NOW)
                assert since_begun(audit) == [*found, numbered(10)]
                states += 1
    assert states > 1000


@pytest.mark.parametrize("before", range(2, 20))
def test_a_line_that_a_killed_window_left_is_written_again_after_a_failed_sync(
    power: ModuleType, tmp_path: Path, session: Session, before: int
) -> None:
    """Some of them end in another page than the line that follows: what a failed sync gave up there, no later one would write."""
    disk = power.SimulatedDisk()
    killed = Audit(locked(AuditFile(tmp_path, disk), disk), session)
    killed.begin(NOW)
    for number in range(before):
        killed.append(numbered(number), NOW)
    disk.arm(2, power.Killed())
    with pytest.raises(power.Killed):
        killed.append(numbered(before), NOW)
    disk.disarm()
    audit = Audit(locked(AuditFile(tmp_path, disk), disk), session)
    disk.arm(3, OSError(errno.EIO, "fault"))
    with pytest.raises(StoreTrouble):
        audit.append(numbered(before + 1), NOW)
    audit.append(numbered(before + 1), NOW)
    disk.cut_power("dropped", Random(0))
    found = Audit(locked(AuditFile(tmp_path, disk), disk), session).lines()
    assert [line.event for line in found[1:]] == [numbered(number) for number in range(before + 2)]


def test_what_was_set_aside_outlives_a_power_cut(power: ModuleType, tmp_path: Path, session: Session) -> None:
    Audit(AuditFile(tmp_path), session).append(numbered(1), NOW)
    path = tmp_path / "audit.tdb"
    disk = power.SimulatedDisk({path: path.read_bytes() + b"torn"})
    Audit(locked(AuditFile(tmp_path, disk), disk), session).append(numbered(2), NOW)
    disk.cut_power("dropped", Random(0))
    assert disk.read_from(path.with_suffix(".torn"), 0) == b"torn\n"


def locked(file: AuditFile, disk: Any) -> AuditFile:
    """The file with a lock on the simulated disk, which waits for nobody."""
    file._lock = FileLock(file.path.with_suffix(".lock"), disk, 0.0, disk.locks)
    return file


def test_windows_that_write_at_once_lose_nothing(tmp_path: Path, session: Session) -> None:
    def write(who: int) -> None:
        audit = Audit(AuditFile(tmp_path), session)
        for number in range(20):
            audit.append(SignInFailed(offered=f"PC {who} {number}"), NOW)

    with ThreadPoolExecutor(4) as threads:
        for running in [threads.submit(write, who) for who in range(4)]:
            running.result()
    found = [event.offered for event in on_disk(tmp_path, session) if isinstance(event, SignInFailed)]
    assert sorted(found) == sorted(f"PC {who} {number}" for who in range(4) for number in range(20))
    for who in range(4):
        assert [one for one in found if one.startswith(f"PC {who} ")] == [f"PC {who} {number}" for number in range(20)]


def test_threads_may_share_a_file(tmp_path: Path, session: Session) -> None:
    audit = Audit(AuditFile(tmp_path), session)
    with ThreadPoolExecutor(4) as threads:
        for running in [threads.submit(audit.append, numbered(number), NOW) for number in range(40)]:
            running.result()
    assert set(on_disk(tmp_path, session)) == {numbered(number) for number in range(40)}


WRITER = """
import os, sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from msht_tui.domain.audit import SignInFailed
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
audit = Audit(AuditFile(Path(sys.argv[1])))
for number in count():
    audit.append(SignInFailed(offered=f"{os.getpid()} {number}"), datetime.now(UTC))
    os.write(1, f"{os.getpid()} {number}\\n".encode())
"""


def test_killed_writers_lose_nothing_that_they_told(tmp_path: Path, session: Session) -> None:
    random = Random(1)
    told: list[str] = []
    for _ in range(6):
        writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment())]
        writers.append(subprocess.Popen(writers[0].args, stdout=subprocess.PIPE, text=True, env=environment()))
        outputs: list[list[str]] = [[], []]
        readers = [threading.Thread(target=_read, args=pair) for pair in zip(writers, outputs, strict=True)]
        for reader in readers:
            reader.start()
        while not all(outputs):
            time.sleep(0.01)
        time.sleep(random.random() * 0.05)
        for writer, reader in zip(writers, readers, strict=True):
            writer.kill()
            writer.wait()
            reader.join()
        told += [line for output in outputs for line in output]
    found = [event.offered for event in on_disk(tmp_path, session) if isinstance(event, SignInFailed)]
    assert set(told) <= set(found) and len(set(found)) == len(found)
    assert len(told) > 12


def _read(writer: subprocess.Popen[str], output: list[str]) -> None:
    assert writer.stdout is not None
    with writer.stdout:
        output += (line[:-1] for line in writer.stdout if line.endswith("\n"))


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
