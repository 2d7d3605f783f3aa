"""A live store of before set-up is sealed case by case: at every moment each is there whole, and at the end nothing plain is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from msht_tui.domain.audit import AuditEvent, CaseSealed
from msht_tui.domain.entry import Entry, NoteAdded
from msht_tui.domain.refusal import Refused
from msht_tui.store.care import worst
from msht_tui.store.conversion import TORN, convert
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.inspection import CheckCode
from msht_tui.store.keys.session import SessionEnded
from msht_tui.store.trouble import Damaged, NotSealed, StoreTrouble

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ONE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
TWO = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
CANARY = "CANARYqx"
Terminal = Any


@pytest.fixture
def entries(new_terminal: Terminal) -> dict[str, list[Entry]]:
    """Two plain cases, one of them with an unfinished line and one that was set aside, in a store that was set up since."""
    store: FolderStore = new_terminal.plain_store()
    found = {}
    for case_id in (ONE, TWO):
        case = new_terminal.begin(store, case_id, f"one {CANARY}", f"two {CANARY}", reference=CANARY)
        found[case_id] = list(case.entries)
    path = new_terminal.path()
    path.write_bytes(path.read_bytes() + f"torn {CANARY}".encode())
    path.with_suffix(".torn").write_bytes(f"set aside\r {CANARY}\n".encode())
    store.keep_profile(new_terminal.ann, {"name": CANARY})
    new_terminal.rows(store)
    (new_terminal.root / "cases" / f"{ONE}.{'0' * 32}.new").write_bytes(CANARY.encode())
    new_terminal.set_up()
    return found


@pytest.fixture
def terminal(new_terminal: Terminal, entries: dict[str, list[Entry]]) -> Terminal:
    return new_terminal


def plain_files(terminal: Terminal) -> list[str]:
    return [path.name for path, data in terminal.files().items() if CANARY.encode() in data]


def check_sealed(terminal: Terminal, entries: dict[str, list[Entry]]) -> None:
    """All is sealed, all is there, and work goes on."""
    assert plain_files(terminal) == [] and not list(terminal.root.rglob("*.new"))
    assert worst(terminal.care().verify()) == worst(terminal.care(terminal.keys()).verify()) == 0
    store = terminal.store()
    rows, unreadable = terminal.rows(store)
    assert {row.case_id for row in rows} == {ONE, TWO} and not unreadable and not any(row.fault for row in rows)
    assert store.profile(terminal.ann) == {"name": CANARY}
    for case_id, expected in entries.items():
        case = store.open(case_id)
        assert list(case.entries) == expected and case.notice == ""
        terminal.note(case, "after")
        case.close()
    aside = terminal.path().with_suffix(".torn").read_bytes().splitlines()
    codec = store.codec(ONE)
    assert {codec.open_blob(TORN, line) for line in aside} == {f"set aside\r {CANARY}".encode(), f"torn {CANARY}".encode()}
    terminal.begin(store, "f" * 36).close()
    store.memory.close()


def test_a_plain_live_store_is_sealed_and_nothing_plain_is_left(terminal: Terminal, entries: dict[str, list[Entry]]) -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, of: int) -> None:
        told.append((done, of))

    made = convert(terminal.store(), tell)
    assert (made.sealed, made.left, told) == ((ONE, TWO), (), [(1, 2), (2, 2)])
    check_sealed(terminal, entries)
    again = convert(terminal.store())
    assert (again.sealed, again.left) == ((), ())


def test_each_case_is_recorded_before_it_is_sealed_and_only_then(terminal: Terminal, entries: dict[str, list[Entry]]) -> None:
    heard: list[tuple[AuditEvent, list[bool]]] = []

    def record(event: AuditEvent) -> None:
        heard.append((event, [CANARY.encode() in terminal.path(case_id).read_bytes() for case_id in (ONE, TWO)]))

    for _ in range(2):
        convert(terminal.store(), record=record)
    assert heard == [(CaseSealed(case=ONE), [True, True]), (CaseSealed(case=TWO), [False, True])]


@pytest.mark.parametrize("trouble", [StoreTrouble, Damaged])
def test_what_cannot_be_recorded_is_not_sealed(terminal: Terminal, entries: dict[str, list[Entry]], trouble: type[StoreTrouble]) -> None:
    """Damage of the audit is no damage of the case either."""

    def fails(event: AuditEvent) -> None:
        if event == CaseSealed(case=TWO):
            raise trouble("nothing more is recorded")

    plain = terminal.path(TWO).read_bytes()
    with pytest.raises(trouble, match="nothing more is recorded"):
        convert(terminal.store(), record=fails)
    assert terminal.path(TWO).read_bytes() == plain
    assert convert(terminal.store()).sealed == (TWO,)
    check_sealed(terminal, entries)


def test_a_check_code_of_before_still_holds(terminal: Terminal) -> None:
    code = CheckCode.parse(terminal.plain_store().open(TWO).check_code)
    store = terminal.store()
    convert(store)
    terminal.note(store.open(TWO), "after")
    for care in (terminal.care(), terminal.care(terminal.keys())):
        for held in (code, CheckCode(code.number, code.digest[:12])):
            assert care.verify(TWO, held)[0].code == 0
        assert care.verify(TWO, CheckCode(code.number - 1, code.digest))[0].state == "rewritten"
        assert care.verify(ONE, code)[0].state == "rewritten"


def test_until_then_nothing_is_written_into_it(terminal: Terminal) -> None:
    before = {path: data for path, data in terminal.files().items() if "keys" not in path.parts}
    store = terminal.store()
    with pytest.raises(NotSealed, match="is not sealed, as every case here has to be"):
        store.open(ONE)
    with pytest.raises(NotSealed, match="msht store convert"):
        terminal.begin(store, "f" * 36)
    assert {path: data for path, data in terminal.files().items() if "keys" not in path.parts} == before


@pytest.mark.parametrize("damage", ["broken", "other", "empty"])
def test_a_damaged_case_is_left_and_named_and_the_others_are_sealed(terminal: Terminal, damage: str) -> None:
    path = terminal.path()
    whole = path.read_bytes()
    bad = {"broken": whole.replace(b"one CAN", b"one can"), "other": terminal.path(TWO).read_bytes(), "empty": b""}[damage]
    path.write_bytes(bad)
    heard: list[AuditEvent] = []
    made = convert(terminal.store(), record=heard.append)
    assert made.sealed == (TWO,) and [left.case for left in made.left] == [ONE]
    assert heard == [CaseSealed(case=TWO)]
    assert f"put the file of then back from a backup, or move {path} out of the folder" in made.left[0].why
    assert path.read_bytes() == bad
    assert terminal.begin(terminal.store(), "f" * 36).entries, "it keeps nobody from other cases"
    path.write_bytes(whole)
    with pytest.raises(NotSealed):
        terminal.begin(terminal.store(), "e" * 36)
    assert convert(terminal.store()).sealed == (ONE,)
    assert terminal.begin(terminal.store(), "e" * 36).entries


def test_a_case_that_was_short_or_rewritten_before_still_is(new_terminal: Terminal) -> None:
    terminal = new_terminal
    for case_id in (ONE, TWO):
        terminal.begin(terminal.plain_store(), case_id, "one", "two")
        path = terminal.path(case_id)
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    remembered = (terminal.root / "remembered.log").read_bytes()
    (terminal.root / "remembered.log").unlink()
    terminal.note(terminal.plain_store().open(TWO), "two, as it was made to be")
    (terminal.root / "remembered.log").write_bytes(remembered)
    terminal.set_up()
    convert(terminal.store())
    found = {one.case: one.state for one in terminal.care().verify()}
    assert found == {ONE: "shorter", TWO: "rewritten"}
    for case_id in (ONE, TWO):
        with pytest.raises(Damaged, match="acknowledge"):
            terminal.note(terminal.store().open(case_id), "more")


def test_a_window_of_before_adds_nothing_plain(terminal: Terminal) -> None:
    case = terminal.plain_store().open(TWO)
    convert(terminal.store())
    sealed = terminal.path(TWO).read_bytes()
    with pytest.raises(StoreTrouble):
        terminal.note(case, "after")
    assert terminal.path(TWO).read_bytes() == sealed


def test_every_entry_is_compared_before_the_plain_one_goes(terminal: Terminal) -> None:
    class Liar(Disk):
        def read_from(self, path: Path, offset: int) -> bytes:
            data = super().read_from(path, offset)
            return data[:-10] if path.suffix == ".new" else data

    before = terminal.path().read_bytes()
    with pytest.raises(StoreTrouble, match="did not come back as it was sealed"):
        convert(terminal.store(disk=Liar()))
    assert terminal.path().read_bytes() == before


def test_exercises_are_not_sealed_nor_is_anything_by_somebody_who_left(terminal: Terminal) -> None:
    before = terminal.path().read_bytes()
    with pytest.raises(Refused, match="never sealed"):
        convert(terminal.plain_store())
    store = terminal.store()
    assert store.keys is not None
    store.keys.session.close()
    with pytest.raises(SessionEnded):
        convert(store)
    with pytest.raises(Refused, match=r"PC 2 Ben is no supervisor: ask one to seal"):
        convert(terminal.store(terminal.ben))
    assert terminal.path().read_bytes() == before


def test_a_conversion_that_breaks_off_anywhere_is_finished_by_the_next(
    terminal: Terminal,
    entries: dict[str, list[Entry]],
    tmp_path: Path,
    failing_disk: Callable[[], Any],
    endings: tuple[type[BaseException], ...],
) -> None:
    """In between each case is whole, plain or sealed."""
    broken_off = 0
    for at in count(1):
        copy = type(terminal)(tmp_path / f"copy{at}")
        shutil.copytree(terminal.root, copy.root)
        disk = failing_disk()
        store = copy.store(disk=disk)
        disk.arm(at)
        try:
            convert(store)
        except endings:
            broken_off += 1
        is_through = disk.is_through
        disk.arm(0)
        for case_id, expected in entries.items():
            found = copy.care(copy.keys()).inspect(case_id)
            assert list(found.entries) == expected and found.state in ("intact", "unfinished")
        store.memory.close()
        if copy.session().before:
            with pytest.raises(NotSealed, match="msht store convert"):
                copy.store().refuse_plain()
        else:
            assert disk.is_through or plain_files(copy) == []
        convert(copy.store())
        check_sealed(copy, entries)
        shutil.rmtree(copy.root)
        if is_through:
            break
    assert broken_off > 50


# What nobody left there when the terminal was set up


def forged(source: bytes, case_id: str, old: bytes = b"", new: bytes = b"") -> bytes:
    """A plain case under another id and with other words, whose chain fits: it takes no key to make one."""
    from msht_tui.store import chain

    known = chain.header_of(source)
    assert known is not None
    digest, lines = chain.START, []
    for line in source.splitlines():
        payload = line[chain.DIGEST_SIZE + 1 :].replace(known.case.encode(), case_id.encode()).replace(old, new)
        made, digest = chain.line_with(digest, payload)
        lines.append(made)
    return b"".join(lines)


def forget(terminal: Terminal, case_id: str) -> None:
    path = terminal.root / "remembered.log"
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(case_id.encode())))


def check_refused(terminal: Terminal, case_id: str, planted: bytes, words: str) -> None:
    """It is never sealed, is named with what to do, and keeps nobody from work."""
    path = terminal.path(case_id)
    made = convert(terminal.store())
    assert [left.case for left in made.left] == [case_id] and case_id not in made.sealed
    assert words in made.left[0].why and f"{path} out of the folder, and tell a supervisor" in made.left[0].why
    assert path.read_bytes() == planted
    for care in (terminal.care(), terminal.care(terminal.keys())):
        (finding,) = (one for one in care.verify() if one.case == case_id)
        assert finding.code >= 4 and words in finding.words and "convert" not in finding.words
    store = terminal.store()
    terminal.begin(store, "f" * 36).close()
    store.memory.close()
    _, unreadable = terminal.rows(terminal.store())
    assert list(unreadable) == [case_id] and "convert" not in unreadable[case_id]


PLAIN_ONE = "not of this store: no such case waited to be sealed"


@pytest.fixture
def plain_one(terminal: Terminal) -> bytes:
    """A whole plain case, as it lay there before, in a store whose cases are all sealed now."""
    whole = terminal.path(TWO).read_bytes()
    convert(terminal.store())
    return bytes(whole)


def test_a_forged_record_in_place_of_a_sealed_case_is_not_sealed(terminal: Terminal, plain_one: bytes) -> None:
    planted = forged(plain_one, ONE, b"two", b"six")
    terminal.path(ONE).write_bytes(planted)
    forget(terminal, ONE)
    check_refused(terminal, ONE, planted, PLAIN_ONE)


def test_the_plain_file_of_a_case_that_was_sealed_since_is_not_sealed_again(terminal: Terminal, plain_one: bytes) -> None:
    """It would put the record back to what it was, with nobody to notice."""
    terminal.path(TWO).write_bytes(plain_one)
    forget(terminal, TWO)
    check_refused(terminal, TWO, plain_one, PLAIN_ONE)


def test_a_plain_file_under_a_new_name_is_not_sealed(terminal: Terminal, plain_one: bytes) -> None:
    new = "c" * 36
    planted = forged(plain_one, new)
    terminal.path(new).write_bytes(planted)
    check_refused(terminal, new, planted, PLAIN_ONE)


def test_a_forged_record_in_place_of_a_case_that_waits_is_not_sealed(terminal: Terminal) -> None:
    planted = forged(terminal.path(TWO).read_bytes(), TWO, b"two", b"six")
    terminal.path(TWO).write_bytes(planted)
    forget(terminal, TWO)
    check_refused(terminal, TWO, planted, "not as it was when this terminal was set up")


def test_entries_that_came_after_the_set_up_are_not_sealed(terminal: Terminal) -> None:
    """Whoever can write the file can add one that fits."""
    case = terminal.plain_store().open(TWO)
    terminal.note(case, "one more")
    check_refused(terminal, TWO, terminal.path(TWO).read_bytes(), "not as it was when this terminal was set up")


@pytest.mark.parametrize("when", ["before the set-up", "later"])
def test_an_exercise_is_never_sealed(new_terminal: Terminal, when: str) -> None:
    terminal = new_terminal
    if when == "later":
        terminal.set_up()
    terminal.begin(terminal.plain_store(), ONE)
    exercise = forged(terminal.path(ONE).read_bytes(), ONE, b'"role":"responder"', b'"role":"responder","exercise":true')
    terminal.path(ONE).write_bytes(exercise)
    forget(terminal, ONE)
    if when != "later":
        terminal.set_up()
    check_refused(terminal, ONE, exercise, PLAIN_ONE)


def test_what_waits_stays_on_the_list_while_operators_change(terminal: Terminal) -> None:
    session = terminal.session()
    waiting = dict(session.before)
    assert set(waiting) == {ONE, TWO}
    session.operators.reset(session, terminal.ben, "another passphrase of his")
    session.operators.remove(session, terminal.ben)
    assert terminal.session().before == waiting
    assert convert(terminal.store()).sealed == (ONE, TWO)
    assert terminal.session().before == {}


def test_a_list_that_somebody_without_a_key_adds_to_is_damaged(terminal: Terminal) -> None:
    path = terminal.root / "keys" / "operators.keys"
    path.write_bytes(path.read_bytes().replace(ONE.encode(), b"a" * 36))
    with pytest.raises(Damaged, match="not as this program wrote it"):
        terminal.session()


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_terminal_is_not_set_up_over_a_damaged_case(new_terminal: Terminal, damage: str) -> None:
    """Whatever was put in its place later could not be told from a forged one."""
    terminal = new_terminal
    terminal.begin(terminal.plain_store(), ONE, "one", "two")
    path = terminal.path()
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"one", b"six") if damage == "changed" else whole[: whole.index(b"\n") + 20])
    with pytest.raises(Damaged, match=r"cases.*tdb.* Put a whole one there or move it out of the store first"):
        terminal.set_up()
    assert not terminal.operators().is_set_up()
    path.write_bytes(whole)
    terminal.set_up()
    assert convert(terminal.store()).sealed == (ONE,)


def test_text_of_every_kind_goes_through_to_the_byte(new_terminal: Terminal) -> None:
    """Also what a later version of the program may have added to an entry."""
    import msgspec

    from msht_tui.store import chain

    case = new_terminal.begin(new_terminal.plain_store(), ONE)
    path = new_terminal.path()
    document = Entry(case.entries[0].stamp, NoteAdded(text="\u2028 🚓 [x]]")).document()
    act = msgspec.json.encode([{**document, "number": 3, "mood": "grey"}])
    before = path.read_bytes()
    path.write_bytes(before + chain.line_with(before.splitlines()[-1][:64].decode(), act)[0])
    new_terminal.set_up()
    store = new_terminal.store()
    convert(store)
    assert dict(store.open(ONE).database.all()[2]) == {**document, "number": 3, "mood": "grey"}
