"""The live store: nothing of a case can be read in its files without the keys, and everything else is as in a plain one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import where

from msht_tui.domain.entry import NoteAdded
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.codec import Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.inspection import CheckCode, inspect
from msht_tui.store.keys.session import SessionEnded
from msht_tui.store.sealing import Seal
from msht_tui.store.trouble import Damaged, NotSealed, SignInFirst, StoreTrouble

CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
OTHER = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
CANARY = "CANARYqx"
Terminal = Any


def texts(case: CaseFile) -> list[str]:
    return [entry.event.text for entry in case.entries if isinstance(entry.event, NoteAdded)]


@pytest.fixture
def store(terminal: Terminal) -> FolderStore:
    """With a case of two notes."""
    store: FolderStore = terminal.store()
    terminal.begin(store, CASE_ID, f"one {CANARY}", "two").close()
    return store


def test_what_one_operator_records_another_reads_and_goes_on_from(terminal: Terminal, store: FolderStore) -> None:
    case = terminal.store(terminal.ben).open(CASE_ID)
    terminal.note(case, "three")
    again = store.open(CASE_ID)
    assert texts(again) == [f"one {CANARY}", "two", "three"]
    assert again.check_code == case.check_code and again.notice == ""
    assert [document["number"] for document in again.database.search(where("text") == "two")] == [4]


def test_nothing_of_a_case_stands_in_any_file(
    terminal: Terminal, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor in what a power cut leaves, what was set aside, files without a name, or a backup."""
    from msht_tui.store.backup import back_up

    path = terminal.path()
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[-1][:-30])
    terminal.note(store.open(CASE_ID), f"three {CANARY}")
    assert path.with_suffix(".torn").exists()
    store.keep_draft(CASE_ID, f"{CANARY} the operator", {"note": f"half {CANARY}"})
    store.keep_profile(terminal.ann, {"name": CANARY})
    terminal.begin(store, OTHER, CANARY, reference=CANARY)
    assert {row.title for row in terminal.rows(store)[0]} == {"R-1", CANARY}
    monkeypatch.setattr(Disk, "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    for act in (
        lambda: terminal.begin(store, "f" * 36, CANARY),
        lambda: store.keep_draft(OTHER, "x", {"note": CANARY}),
        lambda: store.catalogue._storage.keep(store.catalogue._rows),
    ):
        with pytest.raises(KeyboardInterrupt):
            act()
    monkeypatch.undo()
    back_up(
        terminal.care(),
        terminal.root / "settings.toml",
        tmp_path / "backup",
        program="1",
        now=store.open(OTHER).entries[0].stamp.recorded_at,
    )
    assert list(terminal.root.rglob("*.new"))
    for found in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert CANARY.encode() not in found.read_bytes(), found
        assert CANARY not in found.name


def test_the_key_of_a_case_is_durable_before_its_record(terminal: Terminal) -> None:
    names: list[str] = []

    class Watched(Disk):
        def replace(self, source: Path, target: Path) -> None:
            super().replace(source, target)
            names.append(target.name)

        def sync_folder(self, folder: Path) -> None:
            super().sync_folder(folder)
            names.append(f"sync {folder.name}")

    store = terminal.store(disk=Watched())
    names.clear()
    terminal.begin(store, CASE_ID)
    assert names.index("cases.keys") < names.index("sync keys", names.index("cases.keys")) < names.index(f"{CASE_ID}.tdb")


# Who may open what


def test_a_sealed_case_without_keys_says_to_sign_in(terminal: Terminal, store: FolderStore) -> None:
    with pytest.raises(SignInFirst, match="is sealed: sign in to open it"):
        CaseFile(terminal.path(), Disk())
    with pytest.raises(SignInFirst, match="sign in"):
        terminal.care().dump(CASE_ID, "marking")


def test_a_plain_file_in_a_sealed_store_is_refused_and_keeps_nobody_from_the_others(terminal: Terminal, store: FolderStore) -> None:
    terminal.begin(terminal.plain_store(), OTHER, "plain")
    before = terminal.path(OTHER).read_bytes()
    again = terminal.store()
    with pytest.raises(NotSealed, match=r"is not sealed, as every case here has to be.* msht store verify"):
        again.open(OTHER)
    terminal.begin(again, "f" * 36)
    rows, unreadable = terminal.rows(again)
    assert {row.case_id for row in rows} == {CASE_ID, "f" * 36} and "msht store verify" in unreadable[OTHER]
    assert terminal.path(OTHER).read_bytes() == before
    found = {one.case: one for one in terminal.care().verify()}
    assert found[OTHER].code == 4 and "out of the folder" in found[OTHER].words and found[CASE_ID].code == 0


def test_an_operator_who_is_removed_adds_and_sees_nothing_more(terminal: Terminal, store: FolderStore) -> None:
    """Also in a window that is still open."""
    window = terminal.store(terminal.ben)
    case = window.open(CASE_ID)
    before = terminal.path().read_bytes()
    assert store.keys is not None
    terminal.operators().remove(store.keys.session, terminal.ben)
    for act in (
        case.refresh,
        lambda: terminal.note(case, "more"),
        lambda: window.open(CASE_ID),
        lambda: terminal.begin(window, OTHER),
        lambda: terminal.rows(window),
        lambda: window.draft(CASE_ID, terminal.ben),
        lambda: window.keep_draft(CASE_ID, terminal.ben, {"a": "b"}),
    ):
        with pytest.raises(SessionEnded):
            act()
    assert terminal.path().read_bytes() == before and not terminal.path(OTHER).exists()
    terminal.note(store.open(CASE_ID), "after")


def test_who_signs_out_leaves_no_case_open(terminal: Terminal, store: FolderStore) -> None:
    case = store.open(CASE_ID)
    assert store.keys is not None
    store.keys.session.close()
    for act in (case.refresh, lambda: terminal.note(case, "more"), lambda: terminal.rows(store), lambda: store.profile(terminal.ann)):
        with pytest.raises(SessionEnded):
            act()


def test_a_new_store_key_changes_nothing_for_those_who_stay(terminal: Terminal, store: FolderStore) -> None:
    """Rows, drafts and details that were sealed under the old one are still there."""
    store.keep_profile(terminal.ann, {"name": "Ann"})
    store.keep_draft(CASE_ID, terminal.ann, {"note": "half"})
    terminal.rows(store)
    ann = terminal.session()
    terminal.operators().remove(ann, terminal.ben)
    for one in (store, terminal.store()):
        assert one.profile(terminal.ann) == {"name": "Ann"}
        assert one.draft(CASE_ID, terminal.ann) == {"note": "half"}
        assert [row.case_id for row in one.catalogue._storage.rows().values() for row in [row.row]] == [CASE_ID]
        terminal.note(one.open(CASE_ID), "after")


# What was changed


def test_another_key_opens_nothing(terminal: Terminal, store: FolderStore) -> None:
    class WrongKeys(CaseKeys):
        def seal(self, case_id: str) -> Seal:
            return Seal(bytes(32), case_id)

    assert store.keys is not None
    with pytest.raises(Damaged, match=r"cannot be opened: .* Nothing was written"):
        CaseFile(terminal.path(), Disk(), codec=Sealed(WrongKeys(store.keys.session), CASE_ID))


def relined(name: str, payloads: list[bytes]) -> bytes:
    """A file whose chain fits, of these payloads: what somebody makes who can write the file and has no key."""
    line, digest = chain.line_of(chain.START, chain.Header(chain.SEALED, chain.VERSION, name))
    data = line
    for payload in payloads:
        line, digest = chain.line_with(digest, payload)
        data += line
    return data


def payloads_of(path: Path) -> list[bytes]:
    return [line[chain.DIGEST_SIZE + 1 :] for line in path.read_bytes().splitlines()[1:]]


FORGERIES: dict[str, Callable[[list[bytes], list[bytes]], list[bytes]]] = {
    "two records swapped": lambda ours, _: [ours[0], ours[2], ours[1]],
    "a record taken out": lambda ours, _: [ours[0], ours[2]],
    "a record twice": lambda ours, _: [ours[0], ours[1], ours[1]],
    "a record of another case": lambda ours, theirs: [ours[0], theirs[1], ours[2]],
    "another number": lambda ours, _: [ours[0], ours[1].replace(b'"number":3', b'"number":4'), ours[2]],
    "all records of another case": lambda _, theirs: theirs,
    "plain text": lambda ours, _: [ours[0], b'[{"number":3}]'],
    "no act": lambda ours, _: [ours[0], b"[5]"],
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_chain_that_is_made_to_fit_opens_only_what_was_sealed_there(
    terminal: Terminal, store: FolderStore, forge: Callable[[list[bytes], list[bytes]], list[bytes]]
) -> None:
    terminal.begin(store, OTHER, "theirs", "theirs, too")
    path = terminal.path()
    (terminal.root / "remembered.log").unlink()
    path.write_bytes(relined(CASE_ID, forge(payloads_of(path), payloads_of(terminal.path(OTHER)))))
    with pytest.raises(Damaged, match="Nothing was written"):
        terminal.store().open(CASE_ID)
    (found,) = terminal.care(terminal.keys()).verify(CASE_ID)
    assert found.state == "broken"


def test_keys_of_cases_that_were_exchanged_open_nothing(terminal: Terminal, store: FolderStore) -> None:
    terminal.begin(store, OTHER, "theirs")
    path = terminal.root / "keys" / "cases.keys"
    data = path.read_bytes()
    path.write_bytes(data.replace(CASE_ID.encode(), b"-").replace(OTHER.encode(), CASE_ID.encode()).replace(b'-"', OTHER.encode() + b'"'))
    with pytest.raises(StoreTrouble):
        terminal.store().open(CASE_ID)


# Verifying


def test_a_case_is_verified_without_any_key_as_with_it(terminal: Terminal, store: FolderStore) -> None:
    case = store.open(CASE_ID)
    (without,), (with_keys,) = terminal.care().verify(), terminal.care(terminal.keys()).verify()
    assert without == with_keys
    assert (without.state, without.entries, without.check_code) == ("intact", 4, case.check_code)
    assert terminal.care().verify(CASE_ID, CheckCode.parse(case.check_code))[0].code == 0
    assert terminal.care().verify(CASE_ID, CheckCode(3, "a" * 64))[0].state == "rewritten"
    assert terminal.care().verify(CASE_ID, CheckCode(5, "a" * 64))[0].state == "shorter"


def test_every_flipped_bit_and_every_cut_is_found_without_any_key(terminal: Terminal, store: FolderStore) -> None:
    height = store.open(CASE_ID).height
    whole = bytearray(terminal.path().read_bytes())
    for place in range(len(whole)):
        for bit in range(8):
            whole[place] ^= 1 << bit
            assert inspect(CASE_ID, bytes(whole)).against(None).code >= 4, (place, bit)
            whole[place] ^= 1 << bit
        assert inspect(CASE_ID, bytes(whole[:place])).against(height).code == 5, place


def test_a_case_that_was_cut_short_is_told_without_any_key(terminal: Terminal, store: FolderStore) -> None:
    path = terminal.path()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert [(found.state, found.entries) for found in terminal.care().verify()] == [("shorter", 3)]
    assert "cut short" in terminal.store().open(CASE_ID).notice
    with pytest.raises(Damaged, match="acknowledge"):
        terminal.note(terminal.store().open(CASE_ID), "more")
    now = store.open(CASE_ID).entries[0].stamp.recorded_at
    terminal.care(terminal.keys()).acknowledge(CASE_ID, "rolled back", by="Ann", now=now, record=lambda: None)
    assert terminal.care().verify()[0].code == 0
    assert "rolled back" in texts(terminal.store().open(CASE_ID))[-1]


def test_what_needs_the_content_of_a_case_is_known_with_the_keys_alone(terminal: Terminal, store: FolderStore) -> None:
    care = terminal.care(terminal.keys())
    assert care.info().entries == terminal.care().info().entries == 4
    assert care.info().newest is not None and terminal.care().info().newest is None
    assert care.resolve("r-1") == terminal.care().resolve(CASE_ID[:4]) == CASE_ID
    with pytest.raises(Exception, match="There is no case"):
        terminal.care().resolve("R-1")
    assert care.dump(CASE_ID, "marking")[0]["entries"]["4"]["text"] == "two"
    next(store.packs.iterdir()).unlink()
    assert terminal.care(terminal.keys()).verify()[0].code == 4
    assert terminal.care().verify()[0].code == 0


def test_a_case_whose_key_is_gone_is_found_without_a_key_and_cannot_be_opened(terminal: Terminal, store: FolderStore) -> None:
    assert store.keys is not None
    store.keys.erase(CASE_ID)
    for care in (terminal.care(), terminal.care(terminal.keys())):
        for finding in (care.verify()[0], care.verify(CASE_ID)[0]):
            assert (finding.state, finding.code) == ("unreadable", 6)
            assert "destroy no older backup of the keys" in finding.words
    with pytest.raises(NoKey, match="the case was erased, or restore the keys"):
        terminal.store().open(CASE_ID)
    assert "the case was erased" in terminal.rows(terminal.store())[1][CASE_ID]


# Beside the cases


@pytest.mark.parametrize("damage", [b"", b"{}", b"1 AAAA", b"9 AAAA", b"\xff"])
def test_a_catalogue_that_cannot_be_opened_is_made_again(terminal: Terminal, store: FolderStore, damage: bytes) -> None:
    terminal.rows(store)
    store.catalogue.path.write_bytes(damage)
    assert [row.title for row in terminal.rows(terminal.store())[0]] == ["R-1"]
    assert store.catalogue.database.table("cases").search(where("row")["case_id"] == CASE_ID)


def test_a_draft_is_kept_for_its_case_and_operator_alone(terminal: Terminal, store: FolderStore) -> None:
    terminal.begin(store, OTHER)
    store.keep_draft(CASE_ID, terminal.ann, {"note@V1": "half a sentence", "": "ünï"})
    again = terminal.store()
    assert again.draft(CASE_ID, terminal.ann) == {"note@V1": "half a sentence", "": "ünï"}
    assert again.draft(CASE_ID, terminal.ben) == again.draft(OTHER, terminal.ann) == {}
    again.keep_draft(CASE_ID, terminal.ann, {"note@V1": "half a sentence and more"})
    assert store.draft(CASE_ID, terminal.ann) == {"note@V1": "half a sentence and more"}
    again.keep_draft(CASE_ID, terminal.ann, {})
    assert store.draft(CASE_ID, terminal.ann) == {}
    assert list((terminal.root / "drafts").iterdir()) == []


def test_a_draft_of_another_case_or_operator_is_not_taken_for_ones_own(terminal: Terminal, store: FolderStore) -> None:
    terminal.begin(store, OTHER)
    store.keep_draft(CASE_ID, terminal.ann, {"note": "half"})
    (draft,) = (terminal.root / "drafts").iterdir()
    for case_id, operator in ((OTHER, terminal.ann), (CASE_ID, terminal.ben)):
        store.keep_draft(case_id, operator, {"note": "mine"})
        (own,) = [path for path in (terminal.root / "drafts").iterdir() if path != draft]
        shutil.copy(draft, own)
        with pytest.raises(StoreTrouble, match="cannot be opened: move it away"):
            store.draft(case_id, operator)
        own.unlink()


def test_a_plain_store_keeps_drafts_as_well(new_terminal: Terminal) -> None:
    store = new_terminal.plain_store()
    store.keep_draft(CASE_ID, "x", {"note": "half"})
    assert store.draft(CASE_ID, "x") == {"note": "half"}
    new_terminal.begin(store, CASE_ID)


def test_a_store_that_is_set_up_and_empty_is_a_place_for_cases(terminal: Terminal) -> None:
    store = terminal.store()
    store.keep_profile(terminal.ann, {"name": "Ann"})
    assert terminal.rows(store) == ([], {})
    terminal.begin(store, CASE_ID)
    assert terminal.care().info().kind == "store"
