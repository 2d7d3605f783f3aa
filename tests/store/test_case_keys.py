"""The key of a case: there before its record, the same for everybody, and gone for good once it is erased."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from msht_tui.domain.refusal import Refused
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.disk import Disk
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Session, SessionEnded
from msht_tui.store.sealing import StoreKey
from msht_tui.store.trouble import Damaged, StoreTrouble

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN = "PC 1 Ann", "PC 2 Ben"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks"}
START = "0" * 64


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "store" / "keys"
    operators = Operators(place, costs=CHEAP)
    operators.set_up(ANN, PASS[ANN])
    operators.add(operators.sign_in(ANN, PASS[ANN]), BEN, "operator", PASS[BEN])
    return place


def signed_in(place: Path, who: str = ANN, disk: Disk | None = None) -> Session:
    return Operators(place, disk, costs=CHEAP).sign_in(who, PASS[who])


def held(place: Path) -> wrapped.Wrapped:
    """What the file holds of the latest generation."""
    return max(wrapped._read(Operators(place).folder), key=lambda one: one.generation)


def opens(keys: Iterable[StoreKey], store: str, kept: wrapped.Wrapped) -> list[str]:
    """The cases of which one of these store keys unwraps the key, whatever generation it is taken for."""
    found = []
    for case_id, one in kept.keys.items():
        for key in keys:
            try:
                wrapped.unwrap(store, StoreKey(kept.generation, key.key), {case_id: one})
            except Damaged:
                continue
            found.append(case_id)
    return found


def test_what_one_operator_seals_another_opens(place: Path) -> None:
    sealed = CaseKeys(signed_in(place)).create("one").seal(b"[1]", 1, START)
    assert CaseKeys(signed_in(place, BEN)).seal("one").open(sealed, START) == b"[1]"


def test_the_key_is_on_the_disk_before_anything_can_be_sealed_under_it(place: Path) -> None:
    class Watched(Disk):
        def __init__(self) -> None:
            self.calls: list[str] = []

        def sync(self, descriptor: int) -> None:
            super().sync(descriptor)
            self.calls.append("sync")

        def replace(self, source: Path, target: Path) -> None:
            super().replace(source, target)
            self.calls.append(f"replace {target.name}")

        def sync_folder(self, folder: Path) -> None:
            super().sync_folder(folder)
            self.calls.append("sync_folder")

    disk = Watched()
    keys = CaseKeys(signed_in(place, disk=disk))
    disk.calls.clear()
    keys.create("one")
    assert disk.calls == ["sync_folder", "sync", "replace cases.keys", "sync_folder"]
    assert "one" in held(place).keys


def test_a_key_that_is_there_already_is_kept(place: Path) -> None:
    """The window that made it may have died before it wrote the case."""
    sealed = CaseKeys(signed_in(place)).create("one").seal(b"[1]", 1, START)
    assert CaseKeys(signed_in(place, BEN)).create("one").open(sealed, START) == b"[1]"


def test_every_case_has_a_key_of_its_own(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    sealed = keys.create("one").seal(b"[1]", 1, START)
    keys.create("two")
    assert keys.ids() == {"one", "two"}
    with pytest.raises(Damaged):
        keys.seal("two").open(sealed, START)


def test_windows_see_each_others_cases(place: Path) -> None:
    first, second = CaseKeys(signed_in(place)), CaseKeys(signed_in(place, BEN))
    for number in range(6):
        sealed = (first, second)[number % 2].create(str(number)).seal(b"[1]", 1, START)
        assert (second, first)[number % 2].seal(str(number)).open(sealed, START) == b"[1]"
    assert first.ids() == second.ids() == set("012345")


def test_a_new_store_key_reaches_every_window_and_every_case(place: Path) -> None:
    operators = Operators(place, costs=CHEAP)
    operators.add(signed_in(place), "PC 3", "operator", "four words are here")
    ben = CaseKeys(signed_in(place, BEN))
    sealed = ben.create("one").seal(b"[1]", 1, START)
    old = ben.session.keys
    operators.remove(signed_in(place), "PC 3")
    assert ben.seal("one").open(sealed, START) == b"[1]"
    ben.create("two")
    assert ben.session.key.generation == 2
    assert opens(old.values(), ben.session.store, held(place)) == []
    assert opens(ben.session.keys.values(), ben.session.store, held(place)) == ["one", "two"]


def test_who_is_removed_reaches_no_key_any_more(place: Path, tmp_path: Path) -> None:
    """Not by the window that is still open, nor by the passphrase; with old copies of the keys no case that was begun since."""
    ben = CaseKeys(signed_in(place, BEN))
    before = ben.create("before").seal(b"[1]", 1, START)
    copy = tmp_path / "copy"
    shutil.copytree(place, copy)
    ann = signed_in(place)
    ann.operators.remove(ann, BEN)
    CaseKeys(ann).create("after")
    for act in (lambda: ben.seal("before"), lambda: ben.create("mine"), ben.ids):
        with pytest.raises(SessionEnded):
            act()
    with pytest.raises(Refused):
        signed_in(place, BEN)
    old = signed_in(copy, BEN)
    assert CaseKeys(old).seal("before").open(before, START) == b"[1]"
    assert opens(old.keys.values(), old.store, held(place)) == []
    shutil.copy(place / "cases.keys", copy)
    with pytest.raises(Damaged, match="does not belong to the operators beside it"):
        CaseKeys(old).seal("after")


# Erasing


def test_an_erased_case_cannot_be_opened_by_anybody(place: Path) -> None:
    keys, other = CaseKeys(signed_in(place)), CaseKeys(signed_in(place, BEN))
    keys.create("one"), other.create("two")
    other.seal("one")
    assert keys.erase("one")
    for one in (keys, other, CaseKeys(signed_in(place))):
        with pytest.raises(NoKey, match="the case was erased"):
            one.seal("one")
        assert one.ids() == {"two"}
    assert b'"one"' not in (place / "cases.keys").read_bytes()


def test_with_the_store_key_known_and_the_case_kept_nothing_of_it_is_read(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    sealed = keys.create("one").seal(b"[1]", 1, START)
    keys.create("two")
    keys.erase("one")
    kept = held(place)
    assert list(kept.keys) == ["two"]
    assert not [path.name for path in place.iterdir() if b'"one"' in path.read_bytes()]
    with pytest.raises(Damaged):
        keys.create("one").open(sealed, START)


def test_erasing_again_finishes_what_was_broken_off(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    keys.create("one")
    left = place / f"cases.{'0' * 32}.new"
    shutil.copy(place / "cases.keys", left)
    assert keys.erase("one")
    assert not left.exists()
    assert not keys.erase("one")


def test_only_a_supervisor_erases(place: Path) -> None:
    keys = CaseKeys(signed_in(place, BEN))
    keys.create("one")
    with pytest.raises(Refused, match="is no supervisor: ask one to erase"):
        keys.erase("one")
    assert keys.ids() == {"one"}


# A changed file


def test_no_changed_bit_of_a_key_opens_a_case(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    keys.create("one")
    path = place / "cases.keys"
    data = path.read_bytes()
    for at in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[at] ^= 1 << bit
            path.write_bytes(flipped)
            keys._seen = None
            try:
                keys.seal("one")
            except StoreTrouble:
                continue
            assert json.loads(flipped)["wrapped"] == json.loads(data)["wrapped"]


def test_keys_that_were_exchanged_are_found(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    keys.create("one"), keys.create("two")
    data = (place / "cases.keys").read_bytes()
    (place / "cases.keys").write_bytes(data.replace(b'"one"', b'"-"').replace(b'"two"', b'"one"').replace(b'"-"', b'"two"'))
    for case in ("one", "two"):
        with pytest.raises(Damaged, match=f"key of case {case} was changed"):
            keys.seal(case)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[" * 100_000, b'{"format":"msht-case-keys","version":1,"wrapped":[{"generation":1,"keys":{"\xff":1}}]}', b"{}"]
)
def test_a_damaged_file_is_refused_and_left_as_it_is(place: Path, data: bytes) -> None:
    keys = CaseKeys(signed_in(place))
    (place / "cases.keys").write_bytes(data)
    for act in (lambda: keys.seal("one"), lambda: keys.create("one"), lambda: keys.erase("one"), keys.ids):
        with pytest.raises(Damaged, match="is damaged: restore all of"):
            act()
    assert (place / "cases.keys").read_bytes() == data


def test_a_newer_file_is_left_alone(place: Path) -> None:
    (place / "cases.keys").write_bytes(b'{"format":"msht-case-keys","version":2,"wrapped":[]}')
    with pytest.raises(Damaged, match="newer version of this program"):
        CaseKeys(signed_in(place)).create("one")


def test_a_file_that_is_gone_is_not_begun_anew(place: Path) -> None:
    (place / "cases.keys").unlink()
    with pytest.raises(StoreTrouble, match="is gone: without it no case can be opened"):
        CaseKeys(signed_in(place)).create("one")
    assert not (place / "cases.keys").exists()


def test_a_file_of_an_earlier_time_is_told(place: Path) -> None:
    keys = CaseKeys(signed_in(place))
    keys.create("one")
    before = (place / "cases.keys").read_bytes()
    keys.session.operators.remove(keys.session, BEN)
    (place / "cases.keys").write_bytes(before)
    with pytest.raises(Damaged, match="does not belong to the operators beside it"):
        keys.seal("one")
