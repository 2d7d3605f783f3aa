"""The record of a case on disk: one act is one line, all of it or nothing, and reading leaves no trace."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from msht_tui.domain.entry import Document, NoteAdded
from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.codec import Codec
from msht_tui.store.disk import Disk
from msht_tui.store.tables import AppendOnlyError
from msht_tui.store.trouble import StoreTrouble

pytestmark = pytest.mark.usefixtures("both_ways")
Add = Callable[..., list[int]]
Note = Callable[..., Document]


def texts(case: CaseFile) -> list[str]:
    return [entry.event.text for entry in case.entries if isinstance(entry.event, NoteAdded)]


def test_what_was_appended_is_read_back(path: Path, add: Add) -> None:
    case = CaseFile(path, Disk())
    add(case, "one")
    add(case, "two", "three")
    again = CaseFile(path, Disk())
    assert texts(again) == ["one", "two", "three"]
    assert again.entries == case.entries
    assert again.check_code == case.check_code
    assert again.notice == ""


@pytest.mark.parametrize("text", ["Nguyễn Thị Ánh", "عبد الرحمن", "ọ̀rẹ́", "می‌روم", "a\nb\tc", '"quoted" \\ and }', "\u2028", "🚓"])
def test_text_of_every_script_comes_back_as_it_went(path: Path, add: Add, text: str) -> None:
    add(CaseFile(path, Disk()), text)
    assert texts(CaseFile(path, Disk())) == [text]


def test_an_act_is_one_line_with_all_of_its_entries(path: Path, add: Add, both_ways: Codec) -> None:
    before = path.read_bytes()
    digest = before.splitlines()[-1][: chain.DIGEST_SIZE].decode()
    assert add(CaseFile(path, Disk()), "one", "two", "three") == [2, 3, 4]
    added = path.read_bytes().removeprefix(before)
    assert added.count(b"\n") == 1 and added.endswith(b"\n")
    (act,) = both_ways.read(chain.scan(added, 0, digest).acts, digest)
    assert [document["number"] for document in json.loads(act)] == [2, 3, 4]


def test_an_act_that_is_refused_writes_nothing(path: Path) -> None:
    case = CaseFile(path, Disk())
    before = path.read_bytes()

    def refuse() -> list[Document]:
        raise Refused("no")

    with pytest.raises(Refused):
        case.append(refuse)
    assert path.read_bytes() == before


def test_the_next_act_works_after_a_refused_one(path: Path, add: Add, note: Note) -> None:
    case = CaseFile(path, Disk())
    with pytest.raises(AppendOnlyError):
        case.append(lambda: [note(7)])
    assert add(case, "after") == [2]


def test_an_act_of_nothing_writes_nothing(path: Path) -> None:
    case = CaseFile(path, Disk())
    before = path.read_bytes()
    assert case.append(list) == []
    assert path.read_bytes() == before


@pytest.mark.parametrize("numbers", [[2, 4], [3], [2, 2], [1], [0], [-1]])
def test_one_wrong_number_stops_the_whole_act(path: Path, note: Note, numbers: list[int]) -> None:
    case = CaseFile(path, Disk())
    before = path.read_bytes()
    with pytest.raises((AppendOnlyError, ValueError)):
        case.append(lambda: [note(number) for number in numbers])
    assert path.read_bytes() == before
    assert len(case.entries) == len(case.database) == 1


def test_one_entry_that_is_none_stops_the_whole_act(path: Path, note: Note) -> None:
    case = CaseFile(path, Disk())
    before = path.read_bytes()
    with pytest.raises(AppendOnlyError, match=r"entry 3 cannot be read .*nothing is added"):
        case.append(lambda: [note(2), {**note(3), "kind": "rumour"}])
    assert path.read_bytes() == before


def test_reading_leaves_the_file_and_its_folder_as_they_were(path: Path, add: Add) -> None:
    add(CaseFile(path, Disk()), "one")
    path.write_bytes(path.read_bytes() + b"torn")
    os.utime(path, ns=(1, 1))
    before = path.read_bytes(), sorted(path.parent.iterdir())
    case = CaseFile(path, Disk())
    case.refresh()
    assert len(case.database.all()) == 2
    case.close()
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before
    assert path.stat().st_mtime_ns == 1


def test_a_case_without_a_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match=r"Could not read .*none\.tdb: no such file"):
        CaseFile(tmp_path / "none.tdb", Disk())


def test_a_file_that_went_away_is_told_in_words(path: Path, add: Add) -> None:
    case = CaseFile(path, Disk())
    add(case, "one")
    path.unlink()
    with pytest.raises(StoreTrouble, match="no such file"):
        case.refresh()
    with pytest.raises(StoreTrouble, match="no such file"):
        add(case, "two")


def test_a_copy_put_back_in_the_place_of_the_file_is_the_one_appended_to(path: Path, add: Add) -> None:
    case = CaseFile(path, Disk())
    add(case, "one")
    copy = path.with_name("copy")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)
    add(case, "two")
    assert texts(CaseFile(path, Disk())) == ["one", "two"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_files_are_readable_by_their_owner_alone(path: Path, add: Add) -> None:
    path.write_bytes(path.read_bytes() + b"torn")
    add(CaseFile(path, Disk()), "one")
    assert {file.suffix: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {".tdb": 0o600, ".lock": 0o600, ".torn": 0o600}


def test_a_case_is_never_begun_twice(path: Path, opening: list[Document]) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match="there is a case of this name already"):
        CaseFile.create(path, Disk(), opening)
    assert path.read_bytes() == before
