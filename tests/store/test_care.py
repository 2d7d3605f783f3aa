"""Looking after a store: every kind of damage is told from every other, and looking writes nothing."""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB, where

from msht_tui.content.tables import digest_of
from msht_tui.domain.entry import AnyEvent, CaseOpened, Document, Entry, NoteAdded, ReferenceAdded, Stamp, SubjectRetired
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.store import care as care_module
from msht_tui.store import chain
from msht_tui.store.care import Care, counts, worst, write_new
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.inspection import CheckCode, Finding, inspect
from msht_tui.store.memory import Height, Memory
from msht_tui.store.place import contents, kind_of, refuse_foreign
from msht_tui.store.trouble import StoreTrouble

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
FILES = {"pack.toml": b"one"}
DIGEST = digest_of(FILES)
ONE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
TWO = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
WRITING = (
    "open_append",
    "open_new",
    "open_or_new",
    "write_all",
    "write_whole",
    "write_cache",
    "sync",
    "truncate",
    "replace",
    "sync_folder",
)


class LookingDisk(Disk):
    """A disk on which every call that writes, or could, is an error of the program."""


def _refused(name: str) -> Callable[..., None]:
    def call(self: Disk, *arguments: object) -> None:
        raise AssertionError(f"{name} was called")

    return call


for _name in WRITING:
    assert hasattr(Disk, _name)
    setattr(LookingDisk, _name, _refused(_name))


def no_pack(files: Mapping[str, bytes]) -> Pack:
    raise AssertionError("nothing here reads a pack")


class Kept:
    """A store on disk with a case of four notes, ready to be damaged."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = FolderStore(root, no_pack, exercise=True)
        self.add(ONE, "EX-1")

    def add(self, case_id: str, reference: str) -> CaseFile:
        self.folder.keep_pack(DIGEST, FILES)
        events: list[AnyEvent] = [
            CaseOpened(case=case_id, pack="demo", version="1", digest=DIGEST, role="responder", exercise=True),
            ReferenceAdded(reference_kind="other", value=reference),
        ]
        case = self.folder.create(case_id, [Entry(Stamp(n, NOW, NOW, "PC 1"), event).document() for n, event in enumerate(events, 1)])
        for number in range(3, 7):
            self.note(case, f"note {number}")
        return case

    def note(self, case: CaseFile, text: str) -> None:
        def decide() -> list[Document]:
            return [Entry(Stamp(len(case.entries) + 1, NOW, NOW, "PC 1"), NoteAdded(text=text)).document()]

        case.append(decide)

    @property
    def path(self) -> Path:
        return self.folder.cases / f"{ONE}.tdb"

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @data.setter
    def data(self, data: bytes) -> None:
        self.path.write_bytes(data)

    @property
    def lines(self) -> list[bytes]:
        return self.data.splitlines(keepends=True)

    def forget(self) -> None:
        """Take away what the store remembers."""
        (self.root / "remembered.log").unlink()

    def care(self, disk: Disk | None = None) -> Care:
        return Care(self.root, digest_of, exercise=True, disk=disk or LookingDisk())

    def verify(self, code: str | None = None) -> Finding:
        """What is found of the one case."""
        (found,) = self.care().verify(ONE, None if code is None else CheckCode.parse(code))
        return found

    @property
    def code(self) -> str:
        return CaseFile(self.path, Disk()).check_code


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.setattr(care_module, "PAUSE", 0.0)
    return Kept(tmp_path / "kept")


def tree(folder: Path) -> Mapping[str, object]:
    """Everything below a folder: names, bytes and times of change."""

    def found() -> Iterator[tuple[str, object]]:
        for path in [folder, *sorted(folder.rglob("*"))]:
            status = path.lstat()
            yield str(path), (status.st_mode, status.st_mtime_ns, path.read_bytes() if path.is_file() else None)

    return dict(found())


# Verify


def test_an_intact_case_is_intact_and_has_the_check_code_of_its_record(kept: Kept) -> None:
    assert kept.verify() == Finding(ONE, "intact", "", 6, kept.code)
    assert kept.verify().code == 0


def test_an_unfinished_tail_is_named_as_such(kept: Kept) -> None:
    kept.data += b"half a line"
    assert (kept.verify().state, kept.verify().code) == ("unfinished", 4)
    assert "unfinished tail after entry 6" in kept.verify().words


def test_damage_is_named_with_its_entry(kept: Kept) -> None:
    kept.data = kept.data.replace(b"note 4", b"note X")
    found = kept.verify()
    assert (found.state, found.code, found.entries) == ("broken", 4, 3)
    assert "broken at entry 4" in found.words


def test_a_changed_last_line_that_was_saved_is_damage_and_no_unfinished_tail(kept: Kept) -> None:
    kept.data = kept.data.replace(b"note 6", b"note X")
    assert (kept.verify().state, kept.verify().code) == ("broken", 4)
    assert "broken at entry 6" in kept.verify().words


@pytest.mark.parametrize("lines", [1, 2, 3, 5])
def test_a_record_that_lost_its_last_lines_is_shorter(kept: Kept, lines: int) -> None:
    kept.data = b"".join(kept.lines[:lines])
    assert (kept.verify().state, kept.verify().code) == ("shorter", 5)
    assert "the store remembers 6" in kept.verify().words


def test_a_record_cut_at_any_byte_is_shorter_than_remembered(kept: Kept) -> None:
    remembered = Height(6, kept.code.partition("-")[2])
    whole = kept.data
    for end in range(len(whole)):
        assert inspect(ONE, whole[:end]).against(remembered).code == 5, end


def test_a_record_cut_at_any_byte_that_nothing_remembers_is_whole_only_after_a_whole_act(kept: Kept) -> None:
    whole = kept.data
    ends = {len(b"".join(kept.lines[:count])) for count in range(2, 7)}
    assert {end for end in range(len(whole) + 1) if inspect(ONE, whole[:end]).against(None).code == 0} == ends


def test_a_flip_of_any_bit_is_found(kept: Kept) -> None:
    whole = bytearray(kept.data)
    for place in range(len(whole)):
        for bit in range(8):
            whole[place] ^= 1 << bit
            assert inspect(ONE, bytes(whole)).against(None).code >= 4, (place, bit)
            whole[place] ^= 1 << bit


def test_a_record_of_the_same_length_with_another_end_was_rewritten(kept: Kept) -> None:
    kept.data = b"".join(kept.lines[:5])
    kept.note(CaseFile(kept.path, Disk()), "another")
    assert (kept.verify().state, kept.verify().code, kept.verify().entries) == ("rewritten", 5, 6)


def test_a_longer_record_that_does_not_go_on_from_what_is_remembered_was_rewritten(kept: Kept) -> None:
    kept.data = b"".join(kept.lines[:4])
    for text in ("other", "entries", "and", "more"):
        kept.note(CaseFile(kept.path, Disk()), text)
    assert (kept.verify().state, kept.verify().code, kept.verify().entries) == ("rewritten", 5, 8)


def test_a_record_that_went_on_unremembered_is_intact(kept: Kept) -> None:
    kept.note(CaseFile(kept.path, Disk()), "nobody remembers")
    assert kept.verify().code == 0


def test_a_case_whose_file_is_gone_is_named(kept: Kept) -> None:
    kept.path.unlink()
    (found,) = kept.care().verify()
    assert (found.case, found.state, found.code) == (ONE, "gone", 5)


def test_what_was_cut_to_nothing_is_shorter_when_it_is_remembered_and_unreadable_when_not(kept: Kept) -> None:
    kept.data = b""
    assert kept.verify().code == 5
    kept.forget()
    assert kept.verify().code == 6


@pytest.mark.parametrize("data", [b"shopping list", b"shopping\nlist\n", b"\x00" * 5000, b"{}\n"])
def test_another_file_is_unreadable(kept: Kept, data: bytes) -> None:
    kept.forget()
    kept.data = data
    assert (kept.verify().state, kept.verify().code) == ("unreadable", 6)
    assert "not a case file" in kept.verify().words


def test_a_newer_format_is_unreadable_and_says_to_update(kept: Kept) -> None:
    kept.data = chain.line_of(chain.START, chain.Header(chain.FORMAT, 2, ONE))[0]
    assert kept.verify().code == 6
    assert "update it" in kept.verify().words


def test_another_kind_of_chained_file_is_unreadable(kept: Kept) -> None:
    kept.data = chain.line_of(chain.START, {"something": "else"})[0]
    assert kept.verify().code == 6


def test_a_folder_and_a_link_in_the_place_of_a_case_are_unreadable(kept: Kept, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.tdb"
    kept.path.rename(elsewhere)
    kept.path.symlink_to(elsewhere)
    assert kept.verify().code == 6
    assert "is a link" in kept.verify().words
    kept.path.unlink()
    kept.path.mkdir()
    assert kept.verify().code == 6


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_a_pipe_in_the_place_of_a_case_does_not_make_anybody_wait(kept: Kept) -> None:
    kept.path.unlink()
    os.mkfifo(kept.path)
    assert kept.verify().code == 6


def test_no_permission_is_unreadable_in_words(kept: Kept) -> None:
    class Closed(LookingDisk):
        def read_from(self, path: Path, offset: int) -> bytes:
            if path.suffix == ".tdb":
                raise PermissionError(errno.EACCES, "no")
            return super().read_from(path, offset)

    (found,) = kept.care(Closed()).verify()
    assert found.code == 6
    assert "permission is refused" in found.words


def test_the_file_of_another_case_is_told(kept: Kept) -> None:
    kept.add(TWO, "EX-2")
    kept.data = (kept.folder.cases / f"{TWO}.tdb").read_bytes()
    assert kept.verify().code == 4
    assert f"holds case {TWO}" in kept.verify().words


def chained(*acts: list[Document]) -> bytes:
    """A file of these acts whose chain is whole."""
    data, digest = chain.line_of(chain.START, chain.Header(chain.FORMAT, chain.VERSION, ONE))
    for act in acts:
        line, digest = chain.line_of(digest, act)
        data += line
    return data


def test_entries_that_make_no_case_are_damage_though_their_chain_is_whole() -> None:
    def note(number: int, **more: str) -> Document:
        return {**Entry(Stamp(number, NOW, NOW, "PC 1"), NoteAdded(text="x")).document(), **more}

    def opened(case: str = ONE) -> Document:
        return Entry(Stamp(1, NOW, NOW, "PC 1"), CaseOpened(case=case, pack="p", version="1", digest=DIGEST, role="custody")).document()

    retired = Entry(Stamp(2, NOW, NOW, "PC 1"), SubjectRetired(subject="V9", because="x")).document()
    assert inspect(ONE, chained([opened()], [note(2)])).state == "intact"
    for acts, words in (
        ([[note(1)]], "does not open a case"),
        ([[opened(TWO)]], f"opens case {TWO}"),
        ([[opened()], [note(3)]], "entry 2 is numbered 3"),
        ([[opened()], [note(1)]], "entry 2 is numbered 1"),
        ([[opened()], [note(2, kind="nothing")]], "entry 2 cannot be read"),
        ([[opened()], [note(2, recorded_at="2026-11-23T14:05:00")]], "entry 2 cannot be read"),
        ([[opened()], [note(2)], []], "does not fit"),
        ([[opened()], [retired]], "make no case: Entry 2 speaks of V9"),
    ):
        found = inspect(ONE, chained(*acts))
        assert (found.state, found.against(None).code) == ("broken", 4)
        assert words in found.words


def test_what_is_whole_for_a_check_is_whole_for_work_and_the_other_way_round(kept: Kept) -> None:
    """The check and the record are read by code of their own; over random damage they agree."""
    dice = random.Random(7)
    whole = kept.data
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole)
        begin = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[begin] = dice.randrange(256)
            case 1:
                del data[begin:]
            case 2:
                del data[begin : begin + dice.randrange(40)]
            case _:
                data[begin:begin] = dice.randbytes(dice.randrange(1, 9))
        kept.data = bytes(data)
        found = inspect(ONE, bytes(data))
        try:
            case = CaseFile(kept.path, Disk())
            opens = len(case.entries) > 0
        except StoreTrouble:
            opens = False
        outcomes.add(opens)
        assert (found.state in ("intact", "unfinished")) == opens
        assert not opens or (case.check_code, bool(case.notice)) == (found.check_code, found.state == "unfinished")
    assert outcomes == {True, False}


@pytest.mark.parametrize("damage", ["missing", "altered", "garbled", "link"])
def test_content_that_is_missing_or_altered_is_damage(kept: Kept, tmp_path: Path, damage: str) -> None:
    pack = kept.folder.packs / f"{DIGEST}.json"
    data = pack.read_bytes()
    match damage:
        case "missing":
            pack.unlink()
        case "altered":
            pack.write_bytes(data.replace(b'"b25l"', b'"b25m"'))
        case "garbled":
            pack.write_bytes(data[:-1])
        case _:
            pack.rename(tmp_path / "pack.json")
            pack.symlink_to(tmp_path / "pack.json")
    found = kept.verify()
    assert (found.state, found.code) == ("broken", 4)
    assert str(pack) in found.words


def test_a_check_code_is_held_against_the_record_also_when_it_has_grown(kept: Kept) -> None:
    code = kept.code
    kept.note(CaseFile(kept.path, Disk()), "later")
    for held in (code, code[:14], code.upper(), f" {code}\n"):
        assert kept.verify(held).code == 0


def test_a_check_code_that_the_record_does_not_hold_is_told(kept: Kept) -> None:
    number, _, digest = kept.code.partition("-")
    assert kept.verify(f"{number}-{'0' * 64}").state == "rewritten"
    assert kept.verify(f"7-{digest}").state == "shorter"
    assert kept.verify(f"1-{digest}").state == "rewritten"
    assert kept.verify(f"5-{digest}").code == 5
    assert "the check code says" in kept.verify(f"7-{digest}").words


def test_a_check_code_beyond_the_damage_can_prove_nothing(kept: Kept) -> None:
    code = kept.code
    kept.data = kept.data.replace(b"note 4", b"note X")
    found = kept.verify(code)
    assert found.code == 4
    assert "Nothing can be said of entry 6" in found.words


@pytest.mark.parametrize(
    "text", ["", "6", "6-", "6-abcdef", "0-" + "a" * 64, "-1-" + "a" * 64, "6-" + "g" * 64, "6-" + "a" * 65, "٦-" + "a" * 64]
)
def test_what_is_no_check_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no check code"):
        CheckCode.parse(text)


def test_the_worst_of_all_cases_counts(kept: Kept) -> None:
    kept.add(TWO, "EX-2")
    assert worst(kept.care().verify()) == 0
    kept.data += b"x"
    assert worst(kept.care().verify()) == 4
    (kept.folder.cases / f"{TWO}.tdb").unlink()
    assert worst(kept.care().verify()) == 5
    (kept.folder.cases / "other.tdb").write_bytes(b"x")
    findings = kept.care().verify()
    assert worst(findings) == 6
    assert counts(findings) == {"cases": 3, "unfinished": 1, "gone": 1, "unreadable": 1}


def test_looking_changes_nothing_whatever_is_found(kept: Kept) -> None:
    kept.add(TWO, "EX-2")
    kept.folder.memory.close()
    for damage in (kept.data, kept.data + b"x", kept.data[:-40], kept.data.replace(b"note 4", b"note X"), b"", b"x\n"):
        kept.data = damage
        (kept.folder.cases / f"{ONE}.lock").unlink(missing_ok=True)
        before = tree(kept.root)
        care = kept.care()
        care.verify()
        care.verify(ONE, CheckCode(2, "a" * 12))
        care.info()
        care.resolve("EX-2")
        care.dump(TWO, "marking")
        assert tree(kept.root) == before


def test_a_save_that_is_under_way_is_no_unfinished_tail(kept: Kept) -> None:
    class Slow(LookingDisk):
        half = True

        def read_from(self, path: Path, offset: int) -> bytes:
            data = super().read_from(path, offset)
            if path.suffix == ".tdb" and self.half:
                self.half = False
                return data[:-9]
            return data

    (found,) = kept.care(Slow()).verify()
    assert found.code == 0


def test_what_is_remembered_and_cannot_be_read_is_told(kept: Kept) -> None:
    class Closed(LookingDisk):
        def read_from(self, path: Path, offset: int) -> bytes:
            if path.name == "remembered.log":
                raise OSError(errno.EIO, "no")
            return super().read_from(path, offset)

    store, case = kept.care(Closed()).verify()
    assert (store.case, store.code, case.code) == ("", 6, 0)
    (kept.root / "remembered.log").rename(kept.root / "catalogue.elsewhere")
    (kept.root / "remembered.log").symlink_to(kept.root / "catalogue.elsewhere")
    assert "is a link" in kept.care().verify()[0].words


def test_linked_folders_are_told(kept: Kept, tmp_path: Path) -> None:
    kept.folder.cases.rename(tmp_path / "cases")
    kept.folder.cases.symlink_to(tmp_path / "cases")
    assert worst(kept.care().verify()) == 6


# The place


def test_a_folder_that_is_not_a_store_is_told_and_never_written_to(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear all", "utf-8")
    care = Care(folder, digest_of, exercise=False)
    assert kind_of(folder) == care.info().kind == "foreign"
    assert "is not a store" in care.info().health
    assert worst(care.verify()) == 6
    with pytest.raises(StoreTrouble, match="is not a store: it holds other things"):
        refuse_foreign(folder)


def test_a_store_that_is_being_begun_is_not_foreign(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    assert kind_of(folder) == "missing"
    for name in ("packs", "exercise", ".DS_Store", "settings.toml", "catalogue.json", "remembered.log"):
        (folder / name).mkdir(parents=True)
        assert kind_of(folder) == "empty"
        refuse_foreign(folder)
    (folder / "cases").mkdir()
    (folder / "letter.txt").write_bytes(b"")
    assert kind_of(folder) == "store"
    refuse_foreign(folder)


def test_what_is_in_the_way_of_a_restored_store_is_named(kept: Kept, tmp_path: Path) -> None:
    assert contents(kept.root) == ["cases", "packs", "remembered.log"]
    assert contents(tmp_path / "none") == []


def test_a_store_that_is_not_there_is_never_intact(tmp_path: Path) -> None:
    assert worst(Care(tmp_path / "none", digest_of, exercise=False).verify()) == 6
    assert worst(Care(tmp_path, digest_of, exercise=False).verify()) == 6


def test_a_file_in_the_place_of_the_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    care = Care(tmp_path / "file", digest_of, exercise=False)
    assert worst(care.verify()) == 6
    with pytest.raises(StoreTrouble, match="Could not read"):
        care.info()


def test_info_counts(kept: Kept) -> None:
    kept.add(TWO, "EX-2")
    (kept.folder.cases / f"{TWO}.torn").write_bytes(b"x\n")
    found = kept.care().info()
    size = sum(path.stat().st_size for path in kept.folder.cases.glob("*.tdb"))
    assert (found.kind, found.cases, found.entries, found.size, found.packs, found.torn) == ("store", 2, 12, size, 1, 1)
    assert (found.newest, found.faults, found.health) == (NOW, 0, "intact")
    assert found.free
    kept.data += b"x"
    assert kept.care().info().health == "1 fault"


# Finding a case


def test_a_case_is_found_by_id_beginning_and_reference_also_when_it_is_damaged_or_gone(kept: Kept) -> None:
    kept.add(TWO, "EX-2")
    kept.data = kept.data.replace(b"note 4", b"note X")
    care = kept.care()
    assert [care.resolve(name) for name in (ONE, ONE[:5], "ex-1", " EX-1 ", "EX-2", TWO[:1].upper())] == [ONE, ONE, ONE, ONE, TWO, TWO]
    kept.path.unlink()
    assert kept.care().resolve(ONE[:4]) == ONE


@pytest.mark.parametrize("name", ["", " ", "..", "../x", "/", "*", "a/b", "\x00", "\x1b[2J", "C:\\x", "-", "%s", "cases", "x" * 5000])
def test_hostile_names_name_no_case(kept: Kept, name: str) -> None:
    with pytest.raises(Refused, match="There is no case"):
        kept.care().resolve(name)


def test_an_ambiguous_name_is_refused_with_the_ids(kept: Kept) -> None:
    kept.add(TWO, "EX-1")
    with pytest.raises(Refused, match=f"2 cases: {ONE}, {TWO}"):
        kept.care().resolve("EX-1")


# Plain files


def dumped(path: Path, tables: dict[str, Any]) -> TinyDB:
    import json

    path.write_text(json.dumps(tables), "utf-8")
    return TinyDB(path)


def test_a_dump_opens_as_a_stock_tinydb(kept: Kept, tmp_path: Path) -> None:
    tables, words = kept.care().dump(ONE, "EXERCISE")
    with dumped(tmp_path / "dump.json", tables) as database:
        entries = database.table("entries")
        assert entries.all() == [entry.document() for entry in CaseFile(kept.path, Disk()).entries]
        (found,) = entries.search(where("text") == "note 5")
        assert found.doc_id == 5
        (about,) = database.table("about").all()
        assert (about["marking"], about["exercise"], about["check_code"]) == ("EXERCISE", True, kept.code)
    assert words == ""


def test_a_dump_says_what_is_wrong_and_a_damaged_case_is_not_dumped(kept: Kept) -> None:
    kept.data = b"".join(kept.lines[:4]) + b"x"
    tables, words = kept.care().dump(ONE, "EXERCISE")
    assert len(tables["entries"]) == 4
    assert "the end is missing" in words
    kept.data = kept.data.replace(b"note 3", b"note X")
    with pytest.raises(StoreTrouble, match="cannot be dumped"):
        kept.care().dump(ONE, "EXERCISE")


def test_a_new_file_never_overwrites_and_never_stays_half(tmp_path: Path) -> None:
    class Full(Disk):
        def sync(self, descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "full")

    path = tmp_path / "dump.json"
    with pytest.raises(StoreTrouble, match="the disk is full"):
        write_new(path, b"one", Full())
    assert not path.exists()
    write_new(path, b"one", Disk())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused, match="there already"):
        write_new(path, b"two", Disk())
    assert path.read_bytes() == b"one"
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "target.json")
    with pytest.raises(Refused):
        write_new(link, b"two", Disk())


# Acknowledging


def acknowledge(kept: Kept, because: str = "rolled back by the support desk", disk: Disk | None = None) -> tuple[Height, Height]:
    return kept.care(disk or Disk()).acknowledge(ONE, because, by="Sgt 9", now=NOW, record=lambda: None)


def test_a_shorter_case_is_taken_as_it_is_and_says_so(kept: Kept) -> None:
    code = kept.code
    kept.data = b"".join(kept.lines[:4])
    before, now = acknowledge(kept)
    assert (before.number, now.number) == (6, 5)
    assert kept.verify().code == 0
    event = CaseFile(kept.path, Disk()).entries[-1].event
    assert isinstance(event, NoteAdded)
    assert f"shorter than the store remembers: from entry 6 to entry 4 (check code {code})" in event.text
    assert event.text.endswith("by Sgt 9: rolled back by the support desk")
    case = kept.folder.open(ONE)
    kept.note(case, "work goes on")
    assert kept.verify() == Finding(ONE, "intact", "", 6, case.check_code)


def test_a_rewritten_case_is_taken_as_it_is_and_says_so(kept: Kept) -> None:
    kept.data = b"".join(kept.lines[:5])
    kept.note(CaseFile(kept.path, Disk()), "another")
    acknowledge(kept)
    event = CaseFile(kept.path, Disk()).entries[-1].event
    assert isinstance(event, NoteAdded)
    assert "rewritten: entry 6 is not the one" in event.text
    assert kept.verify().code == 0


@pytest.mark.parametrize("damage", ["none", "tail", "broken", "gone", "short and broken", "unreadable"])
def test_any_other_case_cannot_be_acknowledged(kept: Kept, damage: str) -> None:
    match damage:
        case "tail":
            kept.data += b"x"
        case "broken":
            kept.data = kept.data.replace(b"note 4", b"note X")
        case "gone":
            kept.path.unlink()
        case "short and broken":
            kept.data = kept.data[:80]
        case "unreadable":
            kept.data = b"x\n"
    before = {path: path.read_bytes() for path in kept.root.rglob("*") if path.is_file()}
    with pytest.raises(Refused, match="nothing to acknowledge" if damage in ("none", "tail") else "cannot be taken as it is"):
        acknowledge(kept)
    assert {path: path.read_bytes() for path in kept.root.rglob("*") if path.is_file()} == before


def test_acknowledging_wants_a_reason(kept: Kept) -> None:
    kept.data = b"".join(kept.lines[:4])
    before = kept.data
    with pytest.raises(Refused, match="Say why"):
        acknowledge(kept, " \x00 ".replace("\x00", ""))
    with pytest.raises(Refused, match="characters"):
        acknowledge(kept, "x" * 4000)
    assert kept.data == before


def test_a_height_that_cannot_be_remembered_leaves_the_case_at_fault_and_can_be_tried_again(kept: Kept) -> None:
    class Forgetful(Disk):
        def open_or_new(self, path: Path) -> int:
            if path.name == "remembered.log":
                raise OSError(errno.ENOSPC, "full")
            return super().open_or_new(path)

    kept.data = b"".join(kept.lines[:3])
    with pytest.raises(StoreTrouble, match="the disk is full"):
        acknowledge(kept, disk=Forgetful())
    assert kept.verify().code == 5
    acknowledge(kept)
    assert kept.verify().code == 0
    assert Memory(kept.root / "remembered.log", Disk()).all()[ONE].number == 5
