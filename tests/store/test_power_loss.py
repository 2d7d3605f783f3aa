"""A power cut at any moment, whatever the disk makes of what was not synced, takes back nothing that was told as saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from msht_tui.domain.entry import Document
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk

Add = Callable[..., list[int]]
Note = Callable[..., Document]


def test_a_thousand_power_cuts_lose_nothing(power: ModuleType, tmp_path: Path) -> None:
    tally = power.cut_power_everywhere(tmp_path, 1000)
    assert tally.states >= 1000
    assert tally.entries > tally.states


def test_power_cuts_lose_nothing_that_is_sealed(power: ModuleType, tmp_path: Path) -> None:
    tally = power.cut_power_everywhere(tmp_path, 600, first_seed=50, keys=power.FixedKeys())
    assert tally.entries > tally.states


def test_the_days_have_all_that_can_happen_in_them(power: ModuleType, tmp_path: Path) -> None:
    """Cuts leave torn, empty and whole files, unfinished lines are set aside, and acts are begun that nobody was told of."""
    names, promises, torn = set(), set(), 0
    for seed in range(8):
        for trial in power.trials(tmp_path, seed):
            names |= {path.suffix for path in trial.names}
            promises |= {(bool(trial.promise.saved), bool(trial.promise.attempted), bool(trial.promise.set_aside))}
            torn += any(path.suffix == ".tdb" and not data.endswith(b"\n") for path, data in trial.names.items())
    assert {".tdb", ".torn", ".json", ".log"} <= names
    assert {(False, True, False), (True, False, False), (True, True, False)} <= promises
    assert any(set_aside for _, _, set_aside in promises)
    assert torn > 100


def test_a_day_is_the_same_for_the_same_seed(power: ModuleType, tmp_path: Path) -> None:
    first, second = ([trial.promise for trial in power.trials(tmp_path, 3)] for _ in range(2))
    assert first == second


def test_two_windows_that_want_to_write_at_once_lose_nothing(power: ModuleType, tmp_path: Path) -> None:
    for seed in range(40):
        power.two_writers(tmp_path, seed)
    for seed in range(10):
        power.two_writers(tmp_path, seed, keys=power.FixedKeys())


def test_a_kill_and_then_a_fault_at_any_two_calls_lose_nothing(power: ModuleType, tmp_path: Path) -> None:
    for seed in range(6):
        power.kill_and_fault(tmp_path, seed)
    power.kill_and_fault(tmp_path, 6, power.FixedKeys())


def test_what_is_synced_outlives_a_cut_and_what_is_not_may_be_anything(power: ModuleType) -> None:
    file = power.File(b"a" * 600)
    file.change(b"a" * 600 + b"b" * 600)
    left = {file.after_cut("mixed", Random(seed)) for seed in range(200)}
    assert all(data.startswith(b"a" * 600) for data in left)
    assert {len(data) for data in left} == {600, 1200}
    assert b"a" * 600 + bytes(424) + b"b" * 176 in left
    file.sync()
    assert {file.after_cut(choice, Random(0)) for choice in ("dropped", "kept", "zeros", "mixed")} == {b"a" * 600 + b"b" * 600}


def test_what_a_failed_sync_did_not_write_no_later_one_writes(power: ModuleType) -> None:
    file = power.File()
    file.change(b"a" * 5000)
    file.fail_to_sync()
    file.change(b"a" * 5000 + b"b" * 10)
    file.sync()
    assert file.durable == bytes(4096) + b"a" * 904 + b"b" * 10
    file.touch(0, 5000)
    file.sync()
    assert file.durable == file.live


def test_a_name_is_safe_only_once_its_folder_is_synced(power: ModuleType) -> None:
    disk = power.SimulatedDisk()
    folder = Path("folder")
    disk.close(disk.open_new(folder / "a"))
    disk.replace(folder / "a", folder / "b")
    left = {frozenset(power.after_cut(disk.moments[-1], "mixed", Random(seed))) for seed in range(50)}
    assert left == {frozenset(), frozenset({folder / "a"}), frozenset({folder / "b"})}
    disk.sync_folder(folder)
    assert set(power.after_cut(disk.moments[-1], "dropped", Random(0))) == {folder / "b"}


@pytest.mark.parametrize("left", [b"\0", b"", b" "])
def test_a_last_line_that_lacks_its_newline_alone_is_no_damage(path: Path, add: Add, left: bytes) -> None:
    """The newline may be the one byte of the line that lies in the next sector."""
    add(CaseFile(path, Disk()), "one")
    path.write_bytes(path.read_bytes()[:-1] + left)
    case = CaseFile(path, Disk())
    assert "not finished" in case.notice and len(case.entries) == 1
    assert add(case, "after") == [2]


def test_a_line_that_fits_the_chain_is_never_taken_for_an_unfinished_one(path: Path, add: Add) -> None:
    """What another program wrote whole is not set aside, though this one cannot read it."""
    whole = path.read_bytes()
    path.write_bytes(whole + chain.line_of(whole.splitlines()[-1][:64].decode(), {"sealed": "x"})[0])
    with pytest.raises(Exception, match="does not fit"):
        CaseFile(path, Disk())


def test_a_window_makes_durable_what_a_killed_one_left_behind(path: Path, add: Add, note: Note) -> None:
    """It syncs before it writes: a cut that tears two lines would make the first one damage for ever."""
    calls: list[str] = []

    class Telling(Disk):
        def write_all(self, descriptor: int, data: bytes) -> None:
            calls.append("write")
            super().write_all(descriptor, data)

        def sync(self, descriptor: int) -> None:
            calls.append("sync")
            super().sync(descriptor)

    case = CaseFile(path, Telling())
    add(case, "one")
    add(case, "two")
    assert calls == ["sync", "write", "sync", "write", "sync"]
    left = path.read_bytes()
    path.write_bytes(left + chain.line_of(left.splitlines()[-1][:64].decode(), [note(4)])[0])
    calls.clear()
    assert add(case, "after") == [5]
    assert calls == ["sync", "write", "sync"]
