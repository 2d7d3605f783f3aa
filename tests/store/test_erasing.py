"""An erased case is gone for everybody: with the store key known and every file of before kept, none of it can be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from msht_tui.domain.audit import AuditEvent, Erased
from msht_tui.domain.refusal import Refused
from msht_tui.store.backup import back_up
from msht_tui.store.care import worst
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys import wrapped
from msht_tui.store.manifest import keys_beside
from msht_tui.store.restore import restore
from msht_tui.store.sealing import Seal
from msht_tui.store.trouble import Damaged, StoreTrouble

CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
OTHER = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
CANARY = "CANARYqx"
Terminal = Any


@pytest.fixture
def store(terminal: Terminal) -> FolderStore:
    """With two cases, a draft of each operator and case, and a list that has been looked at."""
    store: FolderStore = terminal.store()
    for case_id in (CASE_ID, OTHER):
        terminal.begin(store, case_id, CANARY, reference=f"{CANARY} {case_id[:2]}").close()
        for operator in (terminal.ann, terminal.ben):
            store.keep_draft(case_id, operator, {"note": CANARY})
    path = terminal.path()
    path.write_bytes(path.read_bytes() + b"unfinished")
    terminal.note(store.open(CASE_ID), "after")
    terminal.rows(store)
    return store


def traces(terminal: Terminal) -> list[str]:
    """The files of the store that say the case's id, but for what is remembered of it."""
    return [
        path.name
        for path, data in terminal.files().items()
        if path.name != "remembered.log" and (CASE_ID in path.name or CASE_ID.encode() in data)
    ]


def check_erased(terminal: Terminal) -> None:
    """Nothing of the one case is there, nothing is missed, and the other is as it was."""
    assert traces(terminal) == []
    store = terminal.store()
    rows, unreadable = terminal.rows(store)
    assert [row.case_id for row in rows] == [OTHER] and unreadable == {}
    assert [found.case for found in terminal.care().verify()] == [OTHER]
    assert worst(terminal.care(terminal.keys()).verify()) == 0
    assert store.draft(OTHER, terminal.ben) == {"note": CANARY}
    assert CASE_ID.encode() not in b"".join(row.digest.encode() for row in store.catalogue._storage.rows().values())
    with pytest.raises(StoreTrouble):
        store.open(CASE_ID)


def test_an_erased_case_leaves_nothing_and_is_not_missed(terminal: Terminal, store: FolderStore) -> None:
    for _ in range(2):
        store.erase(CASE_ID)
        check_erased(terminal)


def test_it_is_recorded_with_how_much_goes_before_any_of_it_does(terminal: Terminal, store: FolderStore) -> None:
    heard: list[AuditEvent] = []

    def record(event: AuditEvent) -> None:
        heard.append(event)
        assert len(terminal.store().open(CASE_ID).entries) == 4

    assert store.erase(CASE_ID, record) == Erased(case=CASE_ID, entries=4)
    assert store.erase(CASE_ID, heard.append) == Erased(case=CASE_ID)
    assert heard == [Erased(case=CASE_ID, entries=4), Erased(case=CASE_ID)]


def test_what_cannot_be_recorded_is_not_erased(terminal: Terminal, store: FolderStore) -> None:
    def fails(event: AuditEvent) -> None:
        raise Refused("a hold was set just now")

    before = {path: data for path, data in terminal.files().items() if path.name != "tries.json"}
    with pytest.raises(Refused, match="just now"):
        store.erase(CASE_ID, fails)
    assert {path: data for path, data in terminal.files().items() if path.name != "tries.json"} == before


def test_a_window_that_has_it_open_adds_nothing(terminal: Terminal, store: FolderStore) -> None:
    case = terminal.store(terminal.ben).open(CASE_ID)
    terminal.note(case, "before")
    store.erase(CASE_ID)
    with pytest.raises(StoreTrouble):
        terminal.note(case, "after")
    assert not terminal.path().exists()


def test_with_the_store_key_known_and_the_cases_kept_nothing_is_read(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    """Every file of the cases from before, every store key, every key that wraps one: the record stays noise."""
    target = tmp_path / "backup"
    now = store.open(CASE_ID).entries[0].stamp.recorded_at
    back_up(terminal.care(), terminal.root / "settings.toml", target, program="1", now=now)
    shutil.rmtree(keys_beside(target))
    drafts = shutil.copytree(terminal.root / "drafts", tmp_path / "drafts")
    store.erase(CASE_ID)
    session = terminal.session()
    kept = (target / "cases" / f"{CASE_ID}.tdb").read_bytes()
    records = [line[65:] for line in kept.splitlines()[1:]]
    others = [path.read_bytes() for path in drafts.iterdir() if path.name.startswith(CASE_ID)]
    torn = (target / "cases" / f"{CASE_ID}.torn").read_bytes()
    assert len(records) == 3 and len(others) == 2 and CANARY.encode() not in kept + torn + b"".join(others)
    unwrapped = wrapped.unwrap(session.store, session.key, wrapped.read(terminal.operators().folder, session.key.generation).keys)
    assert list(unwrapped) == [OTHER]
    known = [*(key.key for key in session.keys.values()), *unwrapped.values(), *(key.derived("case keys") for key in session.keys.values())]
    before = [line[:64].decode() for line in kept.splitlines()]
    for key in known:
        for record, digest in zip(records, before, strict=False):
            with pytest.raises(Damaged):
                Seal(key, CASE_ID).open(record, digest)
        for draft in others:
            with pytest.raises(Damaged):
                Seal(key, CASE_ID).open(draft, f"draft {terminal.ann}")


def test_a_backup_of_before_that_is_put_back_with_the_keys_of_after_stays_closed(
    terminal: Terminal, store: FolderStore, tmp_path: Path
) -> None:
    now = store.open(CASE_ID).entries[0].stamp.recorded_at
    for target in ("before", "after"):
        back_up(terminal.care(), terminal.root / "settings.toml", tmp_path / target, program="1", now=now)
        if target == "before":
            store.erase(CASE_ID)
    new = type(terminal)(tmp_path / "new")
    made, _ = restore(new.care(), new.root / "settings.toml", tmp_path / "before", keys_beside(tmp_path / "after"))
    assert [one.what for one in made.left_out] == [f"cases/{CASE_ID}.tdb"]
    assert "erased since, or the keys are older" in made.left_out[0].why
    with pytest.raises(NoKey):
        new.store().open(CASE_ID)
    assert len(new.store().open(OTHER).entries) == 3
    new.store().erase(CASE_ID)
    assert not new.path().exists()


def test_only_a_supervisor_erases_and_only_what_is_there(terminal: Terminal, store: FolderStore) -> None:
    before = terminal.files()
    heard: list[AuditEvent] = []
    with pytest.raises(Refused, match="is no supervisor"):
        terminal.store(terminal.ben).erase(CASE_ID, heard.append)
    with pytest.raises(Refused, match="There is no case"):
        store.erase("f" * 36, heard.append)
    assert heard == []

    def records(files: Mapping[Path, bytes]) -> dict[Path, bytes]:
        return {path: data for path, data in files.items() if path.name != "tries.json" and path.suffix != ".lock"}

    assert records(terminal.files()) == records(before)


def test_an_exercise_is_not_erased(new_terminal: Terminal) -> None:
    store = new_terminal.plain_store()
    new_terminal.begin(store, CASE_ID)
    with pytest.raises(Refused, match="Only a case of the live store"):
        store.erase(CASE_ID)
    assert new_terminal.path().exists()


def test_a_case_that_was_never_remembered_is_erased_as_well(terminal: Terminal, store: FolderStore) -> None:
    (terminal.root / "remembered.log").unlink()
    terminal.store().erase(CASE_ID)
    check_erased(terminal)


def test_an_erasure_that_breaks_off_anywhere_is_finished_by_the_next(
    terminal: Terminal, store: FolderStore, tmp_path: Path, failing_disk: Callable[[], Any], endings: tuple[type[BaseException], ...]
) -> None:
    """And from the first moment at which something is lost, the case cannot be read."""
    broken_off = 0
    for at in count(1):
        copy = type(terminal)(tmp_path / f"copy{at}")
        shutil.copytree(terminal.root, copy.root)
        disk = failing_disk()
        erasing = copy.store(disk=disk)
        disk.arm(at)
        try:
            erasing.erase(CASE_ID)
        except endings:
            broken_off += 1
        is_through = disk.is_through
        disk.arm(0)
        has_key = CASE_ID in CaseKeys(copy.session()).ids()
        if has_key:
            assert len(copy.store().open(CASE_ID).entries) == 4
        else:
            with pytest.raises(StoreTrouble):
                copy.store().open(CASE_ID)
        copy.store().erase(CASE_ID)
        check_erased(copy)
        erasing.memory.close()
        shutil.rmtree(copy.root)
        if is_through:
            break
    assert broken_off > 20


def opened(terminal: Terminal) -> dict[Path, bytes]:
    """Every file of the store with all that anybody can read of it who has every key that is there."""
    session = terminal.session()
    case_keys = wrapped.unwrap(session.store, session.key, wrapped.read(terminal.operators().folder, session.key.generation).keys)
    purposes = ["catalogue", "profiles", "torn", *(f"draft {operator}" for operator in (terminal.ann, terminal.ben))]
    found: dict[Path, bytes] = {}
    for path, data in terminal.files().items():
        read = [data]
        for purpose in purposes:
            with suppress(Damaged):
                read.append(session.open_blob(purpose, data))
        for case_id, key in case_keys.items():
            before = ""
            for line in data.splitlines():
                for payload, belongs in [(line[65:], before), *((line, purpose) for purpose in purposes)]:
                    with suppress(Damaged):
                        read.append(Seal(key, case_id).open(payload, belongs))
                before = line[:64].decode("utf-8", "replace")
        found[path] = b"\n".join(read)
    return found


class Dying(Disk):
    """A disk whose process is killed before a file of cases gets its name."""

    def replace(self, source: Path, target: Path) -> None:
        if source.parent.name != "keys":
            raise KeyboardInterrupt
        super().replace(source, target)


def test_nothing_on_the_terminal_holds_it_any_more_with_every_key_known(terminal: Terminal, store: FolderStore) -> None:
    """Neither what killed writers left, however new: a list with its row, and what was typed before it was begun."""
    writes: list[Callable[[FolderStore], object]] = [
        terminal.rows,
        lambda dying: dying.keep_draft("", terminal.ann, {"reference": f"{CANARY} {CASE_ID[:2]}"}),
        lambda dying: dying.keep_draft(CASE_ID, terminal.ann, {"note": f"{CANARY} {CASE_ID[:2]}"}),
    ]
    for write in writes:
        dying = terminal.store(disk=Dying())
        dying.catalogue._storage.rows = dict
        with pytest.raises(KeyboardInterrupt):
            write(dying)
    canary = f"{CANARY} {CASE_ID[:2]}".encode()
    held = {path.relative_to(terminal.root).parts[0].partition(".")[0] for path, data in opened(terminal).items() if canary in data}
    assert held == {"cases", "catalogue", "drafts"}
    assert len([path for path in terminal.files() if path.suffix == ".new"]) == 3
    store.erase(CASE_ID)
    assert [path for path, data in opened(terminal).items() if canary in data] == []
    assert any(f"{CANARY} {OTHER[:2]}".encode() in data for path, data in opened(terminal).items() if path.name == "catalogue.sealed")
    assert not [path for path in terminal.files() if path.suffix == ".new"]
    check_erased(terminal)


class Between(Disk):
    """A disk that has something else happen once, before or after a call."""

    def __init__(self, call: str, place: str, act: Callable[[], object]) -> None:
        self.call, self.place, self.act = call, place, act

    def happens(self, call: str, place: str) -> None:
        if (call, place) == (self.call, self.place):
            self.call = ""
            self.act()

    def open_new(self, path: Path) -> int:
        self.happens(f"new {path.name.partition('.')[0]}", "before")
        made = super().open_new(path)
        self.happens(f"new {path.name.partition('.')[0]}", "after")
        return made

    def replace(self, source: Path, target: Path) -> None:
        self.happens(f"replace {target.name}", "before")
        super().replace(source, target)
        self.happens(f"replace {target.name}", "after")

    def list_files(self, folder: Path, suffix: str) -> dict[str, Any]:
        self.happens(f"list {folder.name}", "before")
        found = super().list_files(folder, suffix)
        self.happens(f"list {folder.name}", "after")
        return found

    def open_or_new(self, path: Path) -> int:
        self.happens(f"lock {path.name}", "before")
        return super().open_or_new(path)

    def remove(self, path: Path) -> None:
        self.happens(f"remove {path.name}", "before")
        super().remove(path)
        self.happens(f"remove {path.name}", "after")


def rows_on_disk(terminal: Terminal) -> set[str]:
    return set(terminal.store().catalogue._storage.rows())


@pytest.mark.parametrize("moment", ["before list cases", "after list cases", "before lock catalogue.lock"])
def test_a_window_that_is_listing_does_not_bring_the_row_back(terminal: Terminal, store: FolderStore, moment: str) -> None:
    """The case is erased after it has looked at the files, or read the case, and before it keeps what it found."""
    terminal.begin(store, "f" * 36).close()
    place, _, call = moment.partition(" ")
    lister = terminal.store(disk=Between(call, place, lambda: terminal.store().erase(CASE_ID)))
    lister.catalogue._storage.rows = dict
    terminal.rows(lister)
    assert lister.disk.call == ""
    assert rows_on_disk(terminal) <= {OTHER, "f" * 36}
    terminal.rows(lister)
    assert CASE_ID not in rows_on_disk(terminal)


@pytest.mark.parametrize(
    "moment",
    [
        *(f"{place} remove {CASE_ID}.tdb" for place in ("before", "after")),
        *(
            f"{place} {call}"
            for call in ("remove catalogue.sealed", "new catalogue", "replace catalogue.sealed")
            for place in ("before", "after")
        ),
    ],
)
def test_a_window_that_lists_in_the_middle_of_an_erasure_does_not_bring_the_row_back(
    terminal: Terminal, store: FolderStore, moment: str
) -> None:
    place, _, call = moment.partition(" ")
    lister = terminal.store()
    terminal.rows(lister)
    terminal.begin(store, "f" * 36).close()
    disk = Between(call, place, lambda: terminal.rows(lister))
    erasing = terminal.store(disk=disk)
    erasing.erase(CASE_ID)
    assert disk.call == ""
    assert CASE_ID not in rows_on_disk(terminal)


@pytest.mark.parametrize("name", ["profiles", "draft", "case"])
def test_a_window_that_is_just_writing_does_not_notice(terminal: Terminal, store: FolderStore, name: str) -> None:
    """Its file has not got its name yet when an erasure sweeps: it is written once more."""
    new = "f" * 36
    call = {"profiles": "new profiles", "draft": f"new {OTHER}", "case": f"new {new}"}[name]
    other = terminal.store(disk=Between(call, "after", lambda: terminal.store().erase(CASE_ID)))
    if name == "profiles":
        other.keep_profile(terminal.ann, {"force": "Anywhere"})
        assert terminal.store().profile(terminal.ann) == {"force": "Anywhere"}
    elif name == "draft":
        other.keep_draft(OTHER, terminal.ann, {"note": "new"})
        assert terminal.store().draft(OTHER, terminal.ann) == {"note": "new"}
    else:
        terminal.begin(other, new).close()
        assert len(terminal.store().open(new).entries) == 2
    assert other.disk.call == ""
    assert CASE_ID not in rows_on_disk(terminal)


def test_a_disk_that_forgets_the_rows_loses_no_case(terminal: Terminal, store: FolderStore) -> None:
    class Full(Disk):
        def write_cache(self, path: Path, data: bytes) -> None:
            raise OSError(28, "full")

    terminal.store(disk=Full()).erase(CASE_ID)
    check_erased(terminal)
