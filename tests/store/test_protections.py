"""The simulations prove themselves: take one protection away, and one of them finds an entry lost, doubled or made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import msgspec
import pytest

from msht_tui.domain.entry import Entry, entries_from
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.lock import FileLock

Remove: TypeAlias = Callable[[pytest.MonkeyPatch, ModuleType], None]


def sync_of(suffix: str) -> Remove:
    """Files with this ending are never synced."""

    def remove(monkeypatch: pytest.MonkeyPatch, power: ModuleType) -> None:
        real = power.SimulatedDisk.sync

        def sync(disk: Any, descriptor: int) -> None:
            if disk.paths[descriptor].suffix != suffix:
                real(disk, descriptor)

        monkeypatch.setattr(power.SimulatedDisk, "sync", sync)

    return remove


def sync_of_folder(monkeypatch: pytest.MonkeyPatch, power: ModuleType) -> None:
    monkeypatch.setattr(power.SimulatedDisk, "sync_folder", lambda disk, folder: None)


def step_of_case(name: str) -> Remove:
    """A step of `CaseFile` does nothing."""
    return lambda monkeypatch, _: monkeypatch.setattr(CaseFile, name, lambda *_: None)


def lock(monkeypatch: pytest.MonkeyPatch, _: ModuleType) -> None:
    @contextmanager
    def held(lock: FileLock) -> Iterator[None]:
        yield

    monkeypatch.setattr(FileLock, "held", held)


def digest_check(monkeypatch: pytest.MonkeyPatch, _: ModuleType) -> None:
    def believe(before: str, data: bytes, begin: int = 0, end: int | None = None) -> tuple[bytes, str] | None:
        line = data[begin:end]
        stated, payload = line[: chain.DIGEST_SIZE], line[chain.DIGEST_SIZE + 1 :]
        return (payload, stated.decode("ascii", "replace")) if len(stated) == chain.DIGEST_SIZE else None

    monkeypatch.setattr(chain, "check_line", believe)


def chaining(monkeypatch: pytest.MonkeyPatch, _: ModuleType) -> None:
    """A line's digest is over its own bytes alone, and its entries' numbers are not looked at."""
    real = chain.digest_of
    monkeypatch.setattr(chain, "digest_of", lambda before, payload: real(chain.START, payload))

    def renumbered(case: CaseFile, payload: bytes) -> list[Entry]:
        return [
            msgspec.structs.replace(entry, stamp=msgspec.structs.replace(entry.stamp, number=number))
            for number, entry in enumerate(entries_from(payload), len(case.entries) + 1)
        ]

    monkeypatch.setattr(CaseFile, "_read_entries", renumbered)


def patience_with_a_torn_tail(monkeypatch: pytest.MonkeyPatch, _: ModuleType) -> None:
    """Every line that does not fit is damage."""
    real = chain.scan

    def scan(data: bytes, offset: int, before: str) -> chain.Scan:
        found = real(data, offset, before)
        return chain.Scan(found.acts, found.end, found.digest, found.bad_line, is_tail=False)

    monkeypatch.setattr(chain, "scan", scan)


def difference_of_damage_and_tail(monkeypatch: pytest.MonkeyPatch, _: ModuleType) -> None:
    """Whatever does not fit is cut off, and all after it."""
    real = chain.scan

    def scan(data: bytes, offset: int, before: str) -> chain.Scan:
        found = real(data, offset, before)
        return chain.Scan(found.acts, found.end, found.digest, found.bad_line, is_tail=True)

    monkeypatch.setattr(chain, "scan", scan)


def power_cuts(power: ModuleType, root: Path) -> None:
    power.cut_power_everywhere(root, 3000, first_seed=100)


def kill_and_fault(power: ModuleType, root: Path) -> None:
    for seed in range(6):
        power.kill_and_fault(root, seed)


def two_windows(power: ModuleType, root: Path) -> None:
    for seed in range(20):
        power.two_writers(root, seed)


def decay(power: ModuleType, root: Path) -> None:
    for seed in range(5):
        power.decay(root, seed)


PROTECTIONS = {
    "sync of an append": (sync_of(".tdb"), power_cuts),
    "sync before a new file gets its name": (sync_of(".new"), power_cuts),
    "sync of a folder": (sync_of_folder, power_cuts),
    "sync of what is set aside": (sync_of(".torn"), power_cuts),
    "sync of what stands before a new line": (step_of_case("_settle"), power_cuts),
    "writing again what a sync gave up": (step_of_case("_write_last_line_again"), kill_and_fault),
    "reading all again after a failed sync": (step_of_case("_give_up"), power_cuts),
    "setting a torn tail aside": (step_of_case("_set_torn_tail_aside"), power_cuts),
    "reading on with a torn tail": (patience_with_a_torn_tail, power_cuts),
    "the lock": (lock, two_windows),
    "catching up under the lock": (step_of_case("_catch_up"), two_windows),
    "the digest of a line": (digest_check, decay),
    "the chain of the digests": (chaining, decay),
}


@pytest.mark.parametrize(("remove", "simulation"), PROTECTIONS.values(), ids=PROTECTIONS)
def test_without_it_a_simulation_finds_a_broken_promise(
    remove: Remove, simulation: Callable[[ModuleType, Path], None], power: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(monkeypatch, power)
    with pytest.raises(power.Violation):
        simulation(power, tmp_path)


def sealed_decay(power: ModuleType, root: Path) -> None:
    for seed in range(5):
        power.decay(root, seed, keys=power.FixedKeys())


def sealed_cuts(power: ModuleType, root: Path) -> None:
    power.cut_power_everywhere(root, 3000, first_seed=100, keys=power.FixedKeys())


def sealed_windows(power: ModuleType, root: Path) -> None:
    for seed in range(20):
        power.two_writers(root, seed, keys=power.FixedKeys())


SEALED_PROTECTIONS = {
    "sync of an append": (sync_of(".tdb"), sealed_cuts),
    "sync of what stands before a new line": (step_of_case("_settle"), sealed_cuts),
    "reading all again after a failed sync": (step_of_case("_give_up"), sealed_cuts),
    "setting a torn tail aside": (step_of_case("_set_torn_tail_aside"), sealed_cuts),
    "the lock": (lock, sealed_windows),
    "catching up under the lock": (step_of_case("_catch_up"), sealed_windows),
}


@pytest.mark.parametrize(("remove", "simulation"), SEALED_PROTECTIONS.values(), ids=SEALED_PROTECTIONS)
def test_without_it_a_simulation_finds_a_broken_promise_of_a_sealed_store(
    remove: Remove, simulation: Callable[[ModuleType, Path], None], power: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(monkeypatch, power)
    with pytest.raises(power.Violation):
        simulation(power, tmp_path)


def test_a_seal_finds_by_itself_what_the_chain_would_have_found(power: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chaining(monkeypatch, power)
    sealed_decay(power, tmp_path)


@pytest.mark.parametrize("simulation", [sealed_decay, power_cuts, kill_and_fault, two_windows, decay])
def test_with_all_of_them_none_is_broken(simulation: Callable[[ModuleType, Path], None], power: ModuleType, tmp_path: Path) -> None:
    simulation(power, tmp_path)
