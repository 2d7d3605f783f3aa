"""What a file says when it was not left as it was written: a torn last line is set aside, all else is refused with its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from msht_tui.domain.entry import Document
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.codec import Codec
from msht_tui.store.disk import Disk
from msht_tui.store.trouble import Damaged

pytestmark = pytest.mark.usefixtures("both_ways")
Add = Callable[..., list[int]]
Note = Callable[..., Document]


@pytest.fixture
def whole(path: Path, add: Add) -> bytes:
    """The bytes of a case of three acts, four entries."""
    case = CaseFile(path, Disk())
    add(case, "one")
    add(case, "two", "three")
    case.close()
    return path.read_bytes()


class Holding(Disk):
    """A disk on which every file has these bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read_from(self, path: Path, offset: int) -> bytes:
        return self.data[offset:]


def following(data: bytes, documents: list[Document], codec: Codec) -> bytes:
    """A line that fits after these, with such an act in it."""
    before = data.splitlines()[-1][: chain.DIGEST_SIZE].decode()
    return chain.line_with(before, codec.written(msgspec.json.encode(documents), documents[-1]["number"], before))[0]


def line_ends(data: bytes) -> list[int]:
    return [place + 1 for place, byte in enumerate(data) if byte == ord("\n")]


def test_every_flipped_bit_is_noticed(path: Path, whole: bytes) -> None:
    good = list(CaseFile(path, Disk()).entries)
    last_line = line_ends(whole)[-2]
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            try:
                case = CaseFile(path, Holding(bytes(flipped)))
            except Damaged as damaged:
                assert str(path) in str(damaged) and "Nothing was written." in str(damaged)
                continue
            assert place >= last_line, f"bit {bit} of byte {place} went unnoticed"
            assert "not finished" in case.notice and list(case.entries) == good[:2]


def test_an_upper_case_digest_is_not_the_same(path: Path, whole: bytes) -> None:
    start = line_ends(whole)[1]
    path.write_bytes(whole[:start] + whole[start : start + 64].upper() + whole[start + 64 :])
    with pytest.raises(Damaged, match=rf"the line at byte {start:,}, after entry 1, does not fit"):
        CaseFile(path, Disk())


def test_every_cut_leaves_whole_acts_and_a_notice(path: Path, whole: bytes, note: Note) -> None:
    ends = line_ends(whole)
    entries_after = {ends[1]: 1, ends[2]: 2, ends[3]: 4}
    for cut in range(ends[1], len(whole) + 1):
        path.write_bytes(whole[:cut])
        case = CaseFile(path, Disk())
        kept = max(end for end in ends if end <= cut)
        assert len(case.entries) == entries_after[kept]
        assert ("not finished" in case.notice) == (cut not in ends)


def test_a_file_cut_within_its_first_line_is_refused(path: Path, whole: bytes) -> None:
    for cut in range(line_ends(whole)[0]):
        path.write_bytes(whole[:cut])
        with pytest.raises(Damaged, match="its first line does not fit"):
            CaseFile(path, Disk())


def test_a_file_cut_within_its_first_act_is_refused(path: Path, whole: bytes) -> None:
    """It never had its name without one."""
    first, second, *_ = line_ends(whole)
    for cut in range(first, second):
        path.write_bytes(whole[:cut])
        with pytest.raises(Damaged, match="it has no whole act"):
            CaseFile(path, Disk())


@pytest.mark.parametrize("missing", [1, 2, 50])
def test_a_torn_last_line_is_set_aside_by_the_next_act_and_told(path: Path, whole: bytes, add: Add, missing: int) -> None:
    torn, aside = whole[:-missing], path.with_suffix(".torn")
    path.write_bytes(torn)
    case = CaseFile(path, Disk())
    assert path.read_bytes() == torn and not aside.exists()
    assert add(case, "after") == [3]
    begin = line_ends(whole)[-2]
    assert aside.read_bytes() == torn[begin:] + b"\n"
    assert path.read_bytes().startswith(whole[:begin])
    assert "was not finished" in case.notice and aside.name in case.notice
    again = CaseFile(path, Disk())
    assert again.notice == "" and again.entries == case.entries


def test_a_second_torn_line_does_not_take_the_place_of_the_first(path: Path, whole: bytes, add: Add) -> None:
    for piece in (b"first", b"second"):
        path.write_bytes(path.read_bytes() + piece)
        add(CaseFile(path, Disk()), "after")
    assert path.with_suffix(".torn").read_bytes() == b"first\nsecond\n"


def test_the_notice_goes_when_another_window_finishes_the_line(path: Path, whole: bytes) -> None:
    path.write_bytes(whole[:-10])
    reader = CaseFile(path, Disk())
    assert "not finished" in reader.notice
    path.write_bytes(whole)
    assert reader.refresh()
    assert reader.notice == "" and len(reader.entries) == 4


def test_a_line_taken_out_of_the_middle_is_damage(path: Path, whole: bytes) -> None:
    ends = line_ends(whole)
    path.write_bytes(whole[: ends[1]] + whole[ends[2] :] + b"more\n")
    with pytest.raises(Damaged, match="after entry 1, does not fit"):
        CaseFile(path, Disk())


def test_two_lines_in_the_other_order_are_damage(path: Path, whole: bytes) -> None:
    ends = line_ends(whole)
    path.write_bytes(whole[: ends[1]] + whole[ends[2] :] + whole[ends[1] : ends[2]])
    with pytest.raises(Damaged, match="does not fit"):
        CaseFile(path, Disk())


def test_the_file_of_another_case_is_refused(path: Path, whole: bytes) -> None:
    other = path.with_name("f0000000-0000-4000-8000-000000000000.tdb")
    other.write_bytes(whole)
    with pytest.raises(Damaged, match=f"it holds case {path.stem}, not the one it is named after"):
        CaseFile(other, Disk())


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"format": "msht-case", "version": 2, "case": "c"}, "newer version of this program: update it"),
        ({"format": "msht-case", "version": 2, "case": "c", "sealed": True}, "newer version of this program: update it"),
        ({"format": "something-else", "version": 1, "case": "c"}, "newer version"),
        ({"version": 1}, "not that of a case"),
        ([], "not that of a case"),
    ],
)
def test_a_first_line_of_something_else_is_refused(tmp_path: Path, header: object, words: str) -> None:
    path = tmp_path / "c.tdb"
    path.write_bytes(chain.line_of(chain.START, header)[0])
    with pytest.raises(Damaged, match=words):
        CaseFile(path, Disk())


@pytest.mark.parametrize("documents", [[{"number": 1}], [5], "text", [{"number": 2}]])
def test_a_line_that_fits_and_holds_no_entries_is_never_taken_for_one(path: Path, whole: bytes, documents: object) -> None:
    digest = whole[line_ends(whole)[-2] :][:64].decode()
    path.write_bytes(whole + chain.line_of(digest, documents)[0] + b"more\n")
    with pytest.raises(Damaged):
        CaseFile(path, Disk())


def test_an_entry_with_another_number_is_damage(path: Path, whole: bytes, note: Note, both_ways: Codec) -> None:
    path.write_bytes(whole + following(whole, [note(6)], both_ways))
    with pytest.raises(Damaged, match="entry 5 is numbered 6"):
        CaseFile(path, Disk())


def test_a_file_shorter_than_it_was_is_refused_and_left(path: Path, whole: bytes, add: Add) -> None:
    case = CaseFile(path, Disk())
    cut = whole[: line_ends(whole)[1]]
    path.write_bytes(cut)
    for act in (case.refresh, lambda: add(case, "after")):
        with pytest.raises(Damaged, match="has become shorter than it was"):
            act()
    assert path.read_bytes() == cut


def test_a_last_line_that_is_not_the_one_that_was_read_is_refused_and_left(
    path: Path, whole: bytes, add: Add, note: Note, both_ways: Codec
) -> None:
    case = CaseFile(path, Disk())
    begin = line_ends(whole)[1]
    changed = whole[:begin]
    for documents in ([note(2, "ONE")], [note(3, "two"), note(4, "three")]):
        changed += following(changed, documents, both_ways)
    assert len(changed) == len(whole)
    path.write_bytes(changed)
    os.utime(path, ns=(1, 1))
    for act in (case.refresh, lambda: add(case, "after")):
        with pytest.raises(Damaged, match="no longer holds entry 4 as it was read"):
            act()
    assert path.read_bytes() == changed
    assert len(CaseFile(path, Disk()).entries) == 4
