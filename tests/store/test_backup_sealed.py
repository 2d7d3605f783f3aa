"""A backup of a sealed store needs nobody to sign in, and holds no key: the keys are in a folder of their own, and both come back."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from msht_tui.content.tables import digest_of
from msht_tui.domain.refusal import Refused
from msht_tui.store.backup import back_up
from msht_tui.store.care import Care, worst
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from msht_tui.store.manifest import Manifest, keys_beside
from msht_tui.store.place import kind_of
from msht_tui.store.restore import restore
from msht_tui.store.trouble import Damaged, StoreTrouble

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ONE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
TWO = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
KEY_FILES = {"operators.keys", "cases.keys", "tries.json"}
Terminal = Any


@pytest.fixture
def store(terminal: Terminal) -> FolderStore:
    """With two cases, an audit, and what does not belong into a backup."""
    store: FolderStore = terminal.store()
    for case_id in (ONE, TWO):
        terminal.begin(store, case_id, "one", "two").close()
        store.keep_draft(case_id, terminal.ann, {"note": "half"})
    terminal.rows(store)
    (terminal.root / "audit.tdb").write_bytes(b"a line\nhalf a line")
    (terminal.root / "remembered.audit.log").write_bytes(b"a line\n")
    return store


def backed_up(terminal: Terminal, target: Path, disk: Disk | None = None) -> Manifest:
    care = Care(terminal.root, digest_of, exercise=False, disk=disk)
    return back_up(care, terminal.root / "settings.toml", target, program="1", now=NOW)


def restored(terminal: Terminal, folder: Path, source: Path, keys: Path | None = None, disk: Disk | None = None) -> tuple[Any, Manifest]:
    """The terminal that came of it, and what the backup said."""
    made, _ = restore(Care(folder, digest_of, exercise=False, disk=disk), folder / "settings.toml", source, keys)
    return type(terminal)(folder), made


def test_the_keys_are_in_a_folder_of_their_own(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    made = backed_up(terminal, tmp_path / "backup")
    assert (made.sealed, made.counts.cases, made.counts.entries, made.left_out) == (True, 2, 8, ())
    assert [case.check_code for case in made.cases] == [store.open(case_id).check_code for case_id in (ONE, TWO)]
    names = {path.name for path in (tmp_path / "backup").rglob("*") if path.is_file()}
    assert names == {
        f"{ONE}.tdb",
        f"{TWO}.tdb",
        "backup.json",
        "remembered.log",
        "remembered.audit.log",
        "audit.tdb",
        f"{digest_of({'pack.toml': b'one'})}.json",
    }
    assert {path.name for path in (tmp_path / "backup-keys").iterdir()} == {*KEY_FILES, "keys.json"}
    assert (tmp_path / "backup" / "audit.tdb").read_bytes() == b"a line\n"
    assert worst(Care(tmp_path / "backup", digest_of, exercise=False).verify()) == 0
    folders = [tmp_path / "backup", tmp_path / "backup-keys"]
    assert {path.stat().st_mode & 0o777 for folder in folders for path in folder.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


def test_both_come_back_and_open(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    backed_up(terminal, tmp_path / "backup")
    new, made = restored(terminal, tmp_path / "new", tmp_path / "backup")
    assert made.left_out == () and worst(new.care(new.keys()).verify()) == 0
    for case_id in (ONE, TWO):
        case = new.store(new.ben).open(case_id)
        assert list(case.entries) == list(store.open(case_id).entries)
        new.note(case, "work goes on")
    assert not (new.root / "drafts").exists()


@pytest.mark.parametrize("how", ["gone", "damaged", "earlier", "of an earlier store key"])
def test_lost_or_rolled_back_keys_are_noticed_and_the_older_backup_of_keys_is_to_be_kept(
    terminal: Terminal, tmp_path: Path, how: str
) -> None:
    """By whoever verifies, without a passphrase, and by whoever backs up; and putting the keys of then back mends it."""
    keys = terminal.root / "keys" / "cases.keys"
    store = terminal.store()
    terminal.begin(store, ONE, "one").close()
    earlier = keys.read_bytes()
    terminal.begin(store, TWO, "two").close()
    if how == "of an earlier store key":
        earlier = keys.read_bytes()
        terminal.operators().remove(terminal.session(), terminal.ben)
    whole = keys.read_bytes()
    assert worst(terminal.care().verify()) == 0 and backed_up(terminal, tmp_path / "before").left_out == ()
    if how == "gone":
        keys.unlink()
    else:
        keys.write_bytes({"damaged": b"{"}.get(how, earlier))
    lost = [TWO] if how == "earlier" else [ONE, TWO]
    findings = {found.case: found for found in terminal.care().verify()}
    assert {case_id for case_id, found in findings.items() if found.code} == set(lost)
    assert all(findings[case_id].code == 6 and "destroy no older backup of the keys" in findings[case_id].words for case_id in lost)
    assert terminal.care().info().faults == len(lost)
    made = backed_up(terminal, tmp_path / "after")
    assert [one.what for one in made.left_out] == [f"cases/{case_id}.tdb" for case_id in lost]
    assert all("destroy no older backup of the keys" in one.why for one in made.left_out)
    assert made.counts.cases == 2
    keys.write_bytes(whole)
    assert worst(terminal.care().verify()) == 0
    new, again = restored(terminal, tmp_path / "new", tmp_path / "after", keys_beside(tmp_path / "before"))
    assert again.left_out == () and new.store().ids() and worst(new.care(new.keys()).verify()) == 0


def test_keys_that_another_window_is_just_changing_are_no_finding(
    terminal: Terminal, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = terminal.root / "keys" / "cases.keys"
    whole = keys.read_bytes()
    keys.write_bytes(whole.replace(b'"generation":1', b'"generation":2'))
    monkeypatch.setattr("time.sleep", lambda _: keys.write_bytes(whole))
    assert worst(terminal.care().verify()) == 0


def test_a_plain_case_of_before_needs_no_key(new_terminal: Terminal, tmp_path: Path) -> None:
    new_terminal.begin(new_terminal.plain_store(), ONE, "one").close()
    new_terminal.set_up()
    assert backed_up(new_terminal, tmp_path / "backup").left_out == ()
    assert restored(new_terminal, tmp_path / "new", tmp_path / "backup")[1].left_out == ()


def test_keys_that_are_kept_elsewhere_are_named(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    backed_up(terminal, tmp_path / "backup")
    keys_beside(tmp_path / "backup").rename(tmp_path / "elsewhere")
    with pytest.raises(Refused, match=r"holds sealed cases, and .*backup-keys no backup of their keys: name its folder"):
        restored(terminal, tmp_path / "new", tmp_path / "backup")
    assert not (tmp_path / "new").exists()
    new, _ = restored(terminal, tmp_path / "new", tmp_path / "backup", tmp_path / "elsewhere")
    assert len(new.store().open(ONE).entries) == 4


def test_later_keys_open_earlier_cases_and_earlier_keys_leave_later_cases_closed(
    terminal: Terminal, store: FolderStore, tmp_path: Path
) -> None:
    backed_up(terminal, tmp_path / "first")
    terminal.begin(store, "f" * 36)
    terminal.operators().remove(terminal.session(), terminal.ben)
    backed_up(terminal, tmp_path / "second")
    new, made = restored(terminal, tmp_path / "new", tmp_path / "first", keys_beside(tmp_path / "second"))
    assert made.left_out == () and len(new.store().open(ONE).entries) == 4
    new, made = restored(terminal, tmp_path / "newer", tmp_path / "second", keys_beside(tmp_path / "first"))
    assert [one.what for one in made.left_out] == [f"cases/{'f' * 36}.tdb"]
    assert len(new.store().open(ONE).entries) == 4


def test_keys_that_were_changed_in_any_file_are_refused_by_name(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    backed_up(terminal, tmp_path / "backup")
    for path in sorted((tmp_path / "backup-keys").iterdir()):
        if path.name == "keys.json":
            continue
        data = path.read_bytes()
        for damage in (data[:-1], data + b"x", data.replace(b"1", b"2"), b""):
            if damage != data:
                path.write_bytes(damage)
                with pytest.raises(Damaged, match=path.name.replace(".", r"\.")):
                    restored(terminal, tmp_path / "new", tmp_path / "backup")
        path.write_bytes(data)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, '{"format": "msht-key-backup"}'])
def test_a_manifest_of_keys_that_is_none_is_refused(terminal: Terminal, store: FolderStore, tmp_path: Path, text: str) -> None:
    backed_up(terminal, tmp_path / "backup")
    (tmp_path / "backup-keys" / "keys.json").write_text(text, "utf-8")
    with pytest.raises(Damaged, match=r"keys\.json"):
        restored(terminal, tmp_path / "new", tmp_path / "backup")


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "..", "", "a/b", "settings.toml"])
def test_a_manifest_of_keys_names_its_own_files_alone(terminal: Terminal, store: FolderStore, tmp_path: Path, name: str) -> None:
    backed_up(terminal, tmp_path / "backup")
    path = tmp_path / "backup-keys" / "keys.json"
    told = json.loads(path.read_bytes())
    for files in ([*told["files"], {**told["files"][0], "path": name}], told["files"][:1], []):
        path.write_text(json.dumps({**told, "files": files}), "utf-8")
        with pytest.raises(Damaged, match="does not name the files that keys are in"):
            restored(terminal, tmp_path / "new", tmp_path / "backup")
    path.write_text(json.dumps({**told, "version": 2}), "utf-8")
    with pytest.raises(Refused, match="update it to restore"):
        restored(terminal, tmp_path / "new", tmp_path / "backup")


def test_keys_go_into_a_new_or_empty_folder_and_no_link_is_followed(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "backup-keys").mkdir()
    (tmp_path / "backup-keys" / "x").touch()
    with pytest.raises(Refused, match="is not empty"):
        backed_up(terminal, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    backed_up(terminal, tmp_path / "other")
    (tmp_path / "link").symlink_to(tmp_path / "other-keys")
    with pytest.raises(Refused, match="is a link"):
        restored(terminal, tmp_path / "new", tmp_path / "other", tmp_path / "link")


def test_a_terminal_that_is_set_up_takes_no_restored_keys(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    backed_up(terminal, tmp_path / "backup")
    new = type(terminal)(tmp_path / "new")
    new.set_up()
    with pytest.raises(Refused, match="holds keys already"):
        restored(terminal, tmp_path / "new", tmp_path / "backup")


def test_where_nothing_can_be_written_the_store_is_backed_up_with_its_keys(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    class ReadOnly(Disk):
        def open_or_new(self, path: Path) -> int:
            raise OSError(errno.EROFS, "read-only")

    assert backed_up(terminal, tmp_path / "backup", ReadOnly()).left_out == ()
    assert (tmp_path / "backup-keys" / "keys.json").exists()


def test_a_backup_that_fails_anywhere_is_none_and_leaves_no_key(
    terminal: Terminal, store: FolderStore, tmp_path: Path, failing_disk: Callable[[], Any], endings: tuple[type[BaseException], ...]
) -> None:
    for at in count(1):
        disk, target, failed = failing_disk(), tmp_path / f"backup{at}", False
        disk.arm(at)
        try:
            made = backed_up(terminal, target, disk)
        except endings:
            failed = True
        if kind_of(target) == "store":
            new, _ = restored(terminal, tmp_path / "new", target) if failed or not made.left_out else (None, None)
            if new is not None:
                assert len(new.store().open(ONE).entries) == 4
                shutil.rmtree(new.root)
        elif disk.trouble is OSError:
            assert not target.exists() and not keys_beside(target).exists()
        for folder in (target, keys_beside(target)):
            shutil.rmtree(folder, ignore_errors=True)
        if disk.is_through:
            break
    assert at > 60


def test_a_restore_that_fails_anywhere_leaves_no_half_store(
    terminal: Terminal, store: FolderStore, tmp_path: Path, failing_disk: Callable[[], Any], endings: tuple[type[BaseException], ...]
) -> None:
    backed_up(terminal, tmp_path / "backup")
    for at in count(1):
        disk, new = failing_disk(), tmp_path / f"new{at}"
        disk.arm(at)
        try:
            restored(terminal, new, tmp_path / "backup", disk=disk)
        except endings:
            if kind_of(new) != "store":
                assert not new.exists() or kind_of(new) == "unfinished" or not any(new.iterdir())
        if kind_of(new) == "store":
            there = type(terminal)(new)
            assert len(there.store().open(TWO).entries) == 4
            assert worst(there.care().verify()) == 0
        shutil.rmtree(new, ignore_errors=True)
        if disk.is_through:
            break
    assert at > 40


def test_a_disk_whose_keys_cannot_be_read_is_told(terminal: Terminal, store: FolderStore, tmp_path: Path) -> None:
    class Closed(Disk):
        def read_from(self, path: Path, offset: int) -> bytes:
            if path.suffix == ".keys":
                raise PermissionError(errno.EACCES, "no")
            return super().read_from(path, offset)

    made = backed_up(terminal, tmp_path / "backup", Closed())
    assert [one.what for one in made.left_out] == ["keys"]
    with pytest.raises((Refused, StoreTrouble)):
        restored(terminal, tmp_path / "new", tmp_path / "backup")
