"""Whatever the disk does, and wherever the program ends: who should can sign in and open every case, and work goes on."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from msht_tui.domain.refusal import Refused
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Session
from msht_tui.store.keys.slots import WrongPassphrase
from msht_tui.store.lock import FileLock
from msht_tui.store.trouble import StoreTrouble

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN, CAT, DAN = "PC 1 Ann", "PC 2 Ben", "PC 3 Cat", "PC 4 Dan"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks", CAT: "cat grows tall beans", DAN: "dan paints small boats"}
NEW = "a passphrase set anew"
START = "0" * 64
CALLS = (
    "open_append",
    "open_new",
    "open_or_new",
    "write_all",
    "sync",
    "replace",
    "sync_folder",
    "read_from",
    "look_at",
    "look_at_open",
    "list_files",
    "close",
)


@pytest.fixture(autouse=True)
def nobody_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests cut no real power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Killed(BaseException):
    """The program ends here."""


class FailingDisk(Disk):
    """Once armed, a disk whose call number `at` fails, and with `for_good` every later one; a failing write has written a half."""

    def __init__(self, trouble: type[BaseException] = OSError, *, for_good: bool = False) -> None:
        self.at = self.made = 0
        self.trouble, self.for_good = trouble, for_good

    def arm(self, at: int) -> None:
        self.at, self.made = at, 0

    def fails(self) -> bool:
        self.made += 1
        return bool(self.at) and (self.made == self.at or (self.for_good and self.made > self.at))


def _failing(name: str) -> Callable[..., object]:
    real = getattr(Disk, name)

    def call(self: FailingDisk, *arguments: Any) -> object:
        if not self.fails():
            return real(self, *arguments)
        if name == "write_all":
            real(self, arguments[0], arguments[1][: len(arguments[1]) // 2])
        if name == "close":
            real(self, *arguments)
        raise self.trouble(errno.EIO, "the disk failed")

    return call


for _name in CALLS:
    setattr(FailingDisk, _name, _failing(_name))


def signed_in(operators: Operators, who: str, *passphrases: str) -> Session:
    """A session by the first passphrase that fits."""
    for passphrase in passphrases or (PASS[who],):
        try:
            return operators.sign_in(who, passphrase)
        except WrongPassphrase:
            continue
    raise AssertionError(f"{who} cannot sign in")


class World:
    """Three operators, two cases with a sealed record each, and the recovery code."""

    def __init__(self, place: Path) -> None:
        self.place = place
        operators = self.operators(place)
        self.code = operators.set_up(ANN, PASS[ANN])
        session = operators.sign_in(ANN, PASS[ANN])
        operators.add(session, BEN, "operator", PASS[BEN])
        operators.add(session, CAT, "supervisor", PASS[CAT])
        keys = CaseKeys(session)
        self.sealed = {case: keys.create(case).seal(case.encode(), 1, START) for case in ("one", "two")}

    def operators(self, place: Path, disk: Disk | None = None) -> Operators:
        return Operators(place, disk, costs=CHEAP, sleep=lambda _: None)

    def check(self, operators: Operators, act: str, done: bool | None) -> None:
        """Everybody who should opens everything that they should; `done` is `None` when it may have happened or not."""
        roles = {one.id: one.role for one in operators.list()}
        expected = {ANN: "supervisor", BEN: "operator", CAT: "supervisor"}
        after: dict[str, dict[str, str]] = {"add": {**expected, DAN: "trainer"}, "remove": {ANN: "supervisor", CAT: "supervisor"}}
        after["role"] = {**expected, BEN: "trainer"}
        assert roles in {True: [after.get(act, expected)], False: [expected], None: [expected, after.get(act, expected)]}[done]
        for who in roles:
            changed = who == {"reset": BEN, "recover": ANN}.get(act)
            session = signed_in(
                operators, who, *([NEW] if changed and done is not False else []), *([] if changed and done else [PASS[who]])
            )
            assert session.role == roles[who]
            self._open_all(CaseKeys(session), act, done)

    def _open_all(self, keys: CaseKeys, act: str, done: bool | None) -> None:
        for case, sealed in self.sealed.items():
            try:
                opened = keys.seal(case).open(sealed, START)
            except NoKey:
                assert act == "erase" and case == "one" and done is not False
                continue
            assert opened == case.encode() and not (act == "erase" and case == "one" and done)

    def work_on(self, place: Path, act: str) -> None:
        """The next changes work, nothing half written stays, and a recovery code works once."""
        operators = self.operators(place)
        ann = signed_in(operators, ANN, PASS[ANN], NEW)
        keys = CaseKeys(ann)
        sealed = keys.create("three").seal(b"three", 1, START)
        code = operators.renew_recovery(ann)
        operators.add(ann, "PC 5", "operator", "four words are here")
        operators.remove(ann, "PC 5")
        operators.recover(code, CAT, NEW)
        for case, one in {"three": sealed, **self.sealed}.items():
            if not (act == "erase" and case == "one"):
                assert CaseKeys(signed_in(operators, CAT, NEW)).seal(case).open(one, START) == case.encode()
        assert not list(place.glob("*.new"))
        assert len(wrapped._read(operators.folder)) == 1


ACTS: dict[str, Callable[[World, Session], object]] = {
    "add": lambda world, ann: ann.operators.add(ann, DAN, "trainer", PASS[DAN]),
    "remove": lambda world, ann: ann.operators.remove(ann, BEN),
    "reset": lambda world, ann: ann.operators.reset(ann, BEN, NEW),
    "role": lambda world, ann: ann.operators.change_role(ann, BEN, "trainer"),
    "recover": lambda world, ann: ann.operators.recover(world.code, ANN, NEW),
    "renew": lambda world, ann: ann.operators.renew_recovery(ann),
    "create": lambda world, ann: CaseKeys(ann).create("new"),
    "erase": lambda world, ann: CaseKeys(ann).erase("one"),
    "sign in": lambda world, ann: ann.operators.sign_in(ANN, PASS[ANN]),
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world" / "keys")


def fresh(world: World, tmp_path: Path) -> Iterator[Path]:
    for turn in count(1):
        place = tmp_path / f"turn{turn}" / "keys"
        shutil.copytree(world.place, place)
        yield place


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("trouble", "for_good"), [(OSError, False), (OSError, True), (Killed, False)], ids=["once", "for good", "killed"])
def test_any_call_may_fail_or_be_the_last(world: World, tmp_path: Path, act: str, trouble: type[BaseException], for_good: bool) -> None:
    ended: list[bool] = []
    for at, place in enumerate(fresh(world, tmp_path), 1):
        disk = FailingDisk(trouble, for_good=for_good)
        ann = world.operators(place, disk).sign_in(ANN, PASS[ANN])
        disk.arm(at)
        try:
            ACTS[act](world, ann)
            ended.append(True)
        except (StoreTrouble, Killed):
            ended.append(False)
        whole = disk.made < at
        disk.arm(0)
        world.check(world.operators(place), act, True if ended[-1] else None)
        world.work_on(place, act)
        shutil.rmtree(place.parent)
        if whole:
            break
    assert ended[-1] and len(ended) > 8
    assert ended.count(False) > 4


@pytest.mark.parametrize(("trouble", "for_good"), [(OSError, False), (OSError, True), (Killed, False)], ids=["once", "for good", "killed"])
def test_set_up_may_fail_or_end_at_any_call(tmp_path: Path, trouble: type[BaseException], for_good: bool) -> None:
    """Afterwards it is done again; or it is done, and the supervisor has a recovery code made."""
    ended: list[str] = []
    for at in count(1):
        place = tmp_path / f"turn{at}" / "keys"
        disk = FailingDisk(trouble, for_good=for_good)
        disk.arm(at)
        try:
            Operators(place, disk, costs=CHEAP).set_up(ANN, PASS[ANN])
            ended.append("done")
        except (StoreTrouble, Killed):
            ended.append("failed")
        operators = Operators(place, costs=CHEAP)
        if operators.is_set_up():
            code = operators.renew_recovery(operators.sign_in(ANN, PASS[ANN]))
        else:
            assert ended[-1] == "failed"
            code = operators.set_up(ANN, PASS[ANN])
        operators.recover(code, ANN, NEW)
        CaseKeys(operators.sign_in(ANN, NEW)).create("one")
        if disk.made < at:
            break
    assert ended[-1] == "done" and ended.count("failed") > 6


@pytest.mark.parametrize("act", ACTS)
def test_a_refused_act_says_what_to_do(world: World, act: str) -> None:
    for at in range(1, 60):
        disk = FailingDisk(for_good=True)
        ann = world.operators(world.place, disk).sign_in(ANN, PASS[ANN])
        disk.arm(at)
        try:
            ACTS[act](world, ann)
        except StoreTrouble as trouble:
            assert "the disk reports a fault: copy the store to another disk" in str(trouble) and str(world.place) in str(trouble)
            return
    raise AssertionError


# Power cuts


@pytest.fixture
def simulated_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulated disk has locks of its own."""

    def lock(path: Path, disk: Disk, patience: float = 0.0) -> FileLock:
        return FileLock(path, disk, patience, getattr(disk, "locks", None))

    monkeypatch.setattr("msht_tui.store.keys.folder.FileLock", lock)


class Power:
    """A simulated disk with the files of a world, and what cuts of its power leave."""

    def __init__(self, power: ModuleType, place: Path) -> None:
        class Simulated(power.SimulatedDisk):  # type: ignore[name-defined,misc]
            def list_files(self, folder: Path, suffix: str) -> dict[str, Seen]:
                names = [path for path in self.names if path.parent == folder and path.name.endswith(suffix)]
                return {path.name[: -len(suffix)]: self.look_at(path) for path in names}

        self.power = power
        self.place = place
        self.disk = Simulated({path: path.read_bytes() for path in place.iterdir()})
        self.disk.keep_moment()

    def operators(self) -> Operators:
        return Operators(self.place, self.disk, costs=CHEAP, sleep=lambda _: None)

    def left(
        self, since: int, random: Random, choices: Sequence[str] = ("dropped", "kept", "zeros", "mixed")
    ) -> Iterator[dict[str, bytes]]:
        """The files that a cut may leave at any moment since, no state twice."""
        seen: set[int] = set()
        for moment in self.disk.moments[since:]:
            for choice in choices:
                names = {path.name: data for path, data in self.power.after_cut(moment, choice, random).items()}
                state = hash(frozenset(names.items()))
                if state not in seen:
                    seen.add(state)
                    yield names


def put_on_disk(names: dict[str, bytes], place: Path) -> None:
    place.mkdir(parents=True)
    for name, data in names.items():
        (place / name).write_bytes(data)


@pytest.mark.usefixtures("simulated_locks")
@pytest.mark.parametrize("act", ACTS)
def test_the_power_may_be_cut_at_any_moment(world: World, tmp_path: Path, power: ModuleType, act: str) -> None:
    station = Power(power, world.place)
    ann = signed_in(station.operators(), ANN)
    begun = len(station.disk.moments)
    ACTS[act](world, ann)
    told = len(station.disk.moments) - 1
    random = Random(act)
    for turn, names in enumerate(station.left(begun, random)):
        place = tmp_path / str(turn) / "keys"
        put_on_disk(names, place)
        world.check(world.operators(place), act, None)
        world.work_on(place, act)
    for turn, names in enumerate(station.left(told, random)):
        place = tmp_path / f"told{turn}" / "keys"
        put_on_disk(names, place)
        world.check(world.operators(place), act, True)


@pytest.mark.usefixtures("simulated_locks")
def test_a_power_cut_after_a_failed_change_and_another_one(world: World, tmp_path: Path, power: ModuleType) -> None:
    """A name that was given and never synced is made durable before anything builds upon it."""
    states = 0
    for due in count(1):
        station = Power(power, world.place)
        ann, cat = signed_in(station.operators(), ANN), signed_in(station.operators(), CAT)
        station.disk.arm(due, OSError(errno.EIO, "the disk failed"))
        try:
            ACTS["remove"](world, ann)
            failed = False
        except StoreTrouble:
            failed = True
        station.disk.disarm()
        begun = len(station.disk.moments)
        CaseKeys(cat).create("new")
        for names in station.left(begun, Random(due), ["mixed"] * 12):
            states += 1
            place = tmp_path / f"{due}-{states}" / "keys"
            put_on_disk(names, place)
            world.check(world.operators(place), "remove", None if failed else True)
            shutil.rmtree(place.parent)
        if not failed and due > 20:
            break
    assert states > 30


def test_refusals_change_nothing(world: World) -> None:
    before = {path.name: path.read_bytes() for path in world.place.iterdir()}
    operators = world.operators(world.place)
    ann = signed_in(operators, ANN)
    acts: list[Callable[[], object]] = [
        lambda: operators.add(ann, BEN, "operator", NEW),
        lambda: operators.remove(ann, DAN),
        lambda: operators.reset(ann, BEN, "x"),
    ]
    for act in acts:
        with pytest.raises(Refused):
            act()
    after = {path.name: path.read_bytes() for path in world.place.iterdir() if path.name != "tries.json"}
    assert after == {name: data for name, data in before.items() if name != "tries.json"}
