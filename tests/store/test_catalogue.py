"""The catalogue is only a cache; the memory of heights is a second witness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tinydb import where

from msht_tui.bootstrap import Workplace
from msht_tui.ports import StoreTrouble
from msht_tui.service import Casework
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.memory import Height, Memory

Open = Callable[[], Casework]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Opens the same store anew, as another process would."""
    return lambda: Workplace(tmp_path / "store", exercise=True, operator="PC 1").casework


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store" / "exercise"


def reads(casework: Casework) -> int:
    """How many cases a list has to read."""
    read: list[int] = []
    casework.cases(lambda number, _: read.append(number))
    return len(read)


def test_a_second_list_reads_only_the_cases_that_changed(opened: Open) -> None:
    work = opened()
    cases = [work.open_case(reference=f"R-{number}").case_id for number in range(4)]
    assert reads(opened()) == 4
    assert reads(opened()) == 0
    work.note(cases[2], "something new")
    again = opened()
    assert reads(again) == 1
    assert {row.case_id for row in again.cases()[0]} == set(cases)


def test_the_rows_say_what_the_cases_say(opened: Open) -> None:
    work = opened()
    case = work.open_case(reference="R-1", role="custody").case_id
    work.add_subject(case, "victim", "somebody")
    work.set_facts(case, ["V1"], {"age": "child"})
    for _ in range(2):
        (row,), unreadable = opened().cases()
        assert not unreadable
        assert (row.title, row.ages, row.subjects) == ("R-1", {"child": 1}, {"victim": 1})
        assert "somebody" not in str(row)
        view = work.view(case)
        assert [(p.id, p.settled, p.total) for p in row.phases] == [
            (phase.id, view.progress(phase).settled, view.progress(phase).total) for phase in view.pack.phases
        ]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format": 99, "cases": {}}', b"\xff\x00"])
def test_a_damaged_catalogue_is_made_again(opened: Open, root: Path, damage: bytes) -> None:
    work = opened()
    work.open_case(reference="R-1")
    work.cases()
    (root / "catalogue.json").write_bytes(damage)
    assert [row.title for row in opened().cases()[0]] == ["R-1"]
    assert reads(opened()) == 0


def test_the_catalogue_is_a_tinydb(opened: Open) -> None:
    work = opened()
    work.open_case(reference="R-1")
    work.open_case(reference="R-2", role="custody")
    work.cases()
    store = work.store
    assert isinstance(store, FolderStore)
    found = store.catalogue.database.table("cases").search(where("row")["references"].any(where("value") == "R-2"))
    assert len(found) == 1


def test_a_list_holds_no_label(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case().case_id
    work.add_subject(case, "victim", "canary name")
    work.cases()
    assert b"canary" not in (root / "catalogue.json").read_bytes()


def cut(root: Path, case: str) -> None:
    """Take the last act off a case, as a copy of yesterday would."""
    path = root / "cases" / f"{case}.tdb"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def test_a_case_that_was_cut_short_is_reported_everywhere_and_takes_nothing(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case(reference="R-1").case_id
    work.note(case, "one")
    work.note(case, "two")
    cut(root, case)
    again = opened()
    (row,), _ = again.cases()
    assert "went to entry 4" in row.fault
    assert "cut short" in again.view(case).notice
    with pytest.raises(StoreTrouble, match="acknowledge"):
        again.note(case, "three")
    assert len(opened().view(case).entries) == 3


def test_a_record_that_was_rewritten_under_the_same_numbers_is_reported(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case().case_id
    work.note(case, "as it was")
    path = root / "cases" / f"{case}.tdb"
    remembered = (root / "remembered.log").read_bytes()
    cut(root, case)
    (root / "remembered.log").unlink()
    opened().note(case, "as it was made to be")
    (root / "remembered.log").write_bytes(remembered)
    assert b"as it was made to be" in path.read_bytes()
    assert "rewritten" in opened().view(case).notice


def test_a_rebuild_never_lowers_what_is_remembered(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case().case_id
    work.note(case, "one")
    cut(root, case)
    store = opened().store
    assert isinstance(store, FolderStore)
    store.rebuild()
    (row,), _ = opened().cases()
    assert row.fault


def test_a_case_whose_file_is_gone_is_named(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case().case_id
    (root / "cases" / f"{case}.tdb").unlink()
    rows, (unreadable,) = opened().cases()
    assert not rows
    assert unreadable.case_id == case
    assert "gone" in unreadable.why


def test_a_garbled_memory_costs_a_memory_and_nothing_else(opened: Open, root: Path) -> None:
    work = opened()
    case = work.open_case().case_id
    with (root / "remembered.log").open("ab") as file:
        file.write(b"garbage without an end")
    again = opened()
    again.note(case, "after it")
    cut(root, case)
    assert "cut short" in opened().view(case).notice


def test_a_folder_of_other_things_is_not_written_into(tmp_path: Path) -> None:
    folder = tmp_path / "store" / "exercise"
    folder.mkdir(parents=True)
    (folder / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(StoreTrouble, match="is not a store"):
        Workplace(tmp_path / "store", exercise=True, operator="PC 1").casework.open_case()
    assert [path.name for path in folder.iterdir()] == ["holiday.jpg"]


def test_a_long_memory_is_written_anew_and_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what another window adds while it is."""
    monkeypatch.setattr("msht_tui.store.memory.WORTH_TIDYING", 1)
    mine, other = Memory(tmp_path / "remembered.log", Disk()), Memory(tmp_path / "remembered.log", Disk())
    one, two = "0" * 36, "1" * 36
    for number in range(1, 30):
        mine.remember(one, Height(number, "a" * 64))
    other.remember(two, Height(1, "b" * 64))
    monkeypatch.setattr("msht_tui.store.memory.time.sleep", lambda _: other.remember(two, Height(2, "c" * 64)))
    before = (tmp_path / "remembered.log").stat().st_size
    mine.tidy()
    assert (tmp_path / "remembered.log").stat().st_size < before / 4
    other.remember(two, Height(3, "d" * 64))
    for memory in (mine, other, Memory(tmp_path / "remembered.log", Disk())):
        assert memory.all() == {one: Height(29, "a" * 64), two: Height(3, "d" * 64)}
