"""A backup is whole or is none: while others write, whatever the disk does, and whoever changed it since."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from msht_tui.content.tables import digest_of
from msht_tui.domain.entry import CaseOpened, Entry, NoteAdded, Stamp
from msht_tui.domain.refusal import Refused
from msht_tui.store import backup as backup_module
from msht_tui.store import care as care_module
from msht_tui.store.backup import back_up
from msht_tui.store.care import Care, worst
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk
from msht_tui.store.filling import Copy
from msht_tui.store.folder import FolderStore
from msht_tui.store.manifest import Manifest
from msht_tui.store.place import kind_of
from msht_tui.store.restore import restore
from msht_tui.store.trouble import Damaged, StoreTrouble

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
FILES = {"pack.toml": b"one"}
DIGEST = digest_of(FILES)
ONE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
TWO = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
WRITER = Path(__file__).with_name("writer.py")
CALLS = ("open_new", "open_or_new", "write_all", "sync", "replace", "sync_folder", "read_from", "look_at", "look_at_open", "close")


class FailingDisk(Disk):
    """A disk whose call number `at` fails, and with `for_good` every later one too; a failing write has written a half."""

    def __init__(self, at: int, error: int = errno.EIO, *, for_good: bool = False) -> None:
        self.at, self.error, self.for_good, self.made = at, error, for_good, 0

    def fails(self) -> bool:
        self.made += 1
        return self.made == self.at or (self.for_good and self.made > self.at)


def _failing(name: str) -> Callable[..., object]:
    real = getattr(Disk, name)

    def call(self: FailingDisk, *arguments: Any) -> object:
        if not self.fails():
            return real(self, *arguments)
        if name == "write_all":
            real(self, arguments[0], arguments[1][: len(arguments[1]) // 2])
        if name == "close":
            real(self, *arguments)
        raise OSError(self.error, "the disk failed")

    return call


for _name in CALLS:
    setattr(FailingDisk, _name, _failing(_name))


class Shop:
    """A store with two cases and settings, and a place for backups of it."""

    def __init__(self, folder: Path, *, exercise: bool = False) -> None:
        self.base = folder / "base"
        self.exercise = exercise
        self.root = self.base / "exercise" if exercise else self.base
        self.target = folder / "backup"
        self.folder = FolderStore(self.root, lambda files: pytest.fail("nothing here reads a pack"), exercise=exercise)
        self.folder.keep_pack(DIGEST, FILES)
        for case_id in (ONE, TWO):
            self.add(case_id)
        self.settings = self.base / "settings.toml"
        self.settings.write_text('marking = "TEST"\n', "utf-8")

    def add(self, case_id: str, notes: int = 3) -> None:
        opened = CaseOpened(case=case_id, pack="demo", version="1", digest=DIGEST, role="responder", exercise=self.exercise)
        case = self.folder.create(case_id, [Entry(Stamp(1, NOW, NOW, "PC 1"), opened).document()])
        for number in range(2, 2 + notes):
            note = Entry(Stamp(number, NOW, NOW, "PC 1"), NoteAdded(text=f"note {number}")).document()
            case.append(lambda note=note: [note])  # type: ignore[misc]

    def path(self, case_id: str = ONE) -> Path:
        return self.folder.cases / f"{case_id}.tdb"

    def care(self, disk: Disk | None = None) -> Care:
        return Care(self.root, digest_of, exercise=self.exercise, disk=disk)

    def back_up(self, target: Path | None = None, disk: Disk | None = None) -> Manifest:
        return back_up(self.care(disk), self.settings, target or self.target, program="1.2.3", now=NOW)

    def restore(self, base: Path, source: Path | None = None, disk: Disk | None = None, *, exercise: bool | None = None) -> Care:
        exercise = self.exercise if exercise is None else exercise
        care = Care(base / "exercise" if exercise else base, digest_of, exercise=exercise, disk=disk)
        restore(care, base / "settings.toml", source or self.target)
        return Care(care.root, digest_of, exercise=exercise)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(care_module, "PAUSE", 0.0)
    return Shop(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder that is no lock, mark or manifest."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock" and path.name not in ("backup.json", "unfinished")
    }


def verified(folder: Path) -> int:
    return worst(Care(folder, digest_of, exercise=False).verify())


@pytest.mark.parametrize("exercise", [False, True])
def test_what_was_backed_up_is_restored_to_the_byte(tmp_path: Path, exercise: bool) -> None:
    shop = Shop(tmp_path, exercise=exercise)
    (shop.folder.cases / f"{ONE}.torn").write_bytes(b"half\n")
    made = shop.back_up()
    assert (made.counts.cases, made.counts.entries, made.counts.packs, made.left_out) == (2, 8, 1, ())
    assert [case.check_code for case in made.cases] == [shop.folder.open(case_id).check_code for case_id in (ONE, TWO)]
    restored = shop.restore(tmp_path / "new")
    assert worst(restored.verify()) == 0
    assert files(tmp_path / "new") == files(shop.base)
    assert kind_of(restored.root) == "store"


def test_the_manifest_says_what_is_there(shop: Shop) -> None:
    shop.back_up()
    told = json.loads((shop.target / "backup.json").read_bytes())
    assert (told["format"], told["version"], told["program"], told["case_format"]) == ("msht-backup", 1, "1.2.3", 1)
    assert (told["made_at"], told["exercise"]) == ("2026-11-23T14:05:00Z", False)
    assert {file["path"] for file in told["files"]} == {"remembered.log", "settings.toml", f"packs/{DIGEST}.json"}


def test_a_backup_can_be_verified_as_a_store(shop: Shop) -> None:
    shop.back_up()
    assert verified(shop.target) == 0


def test_a_backup_does_not_touch_the_records(shop: Shop) -> None:
    before = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in shop.base.rglob("*.*") if path.suffix != ".lock" and path.is_file()
    }
    shop.back_up()
    after = {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in shop.base.rglob("*.*") if path.suffix != ".lock" and path.is_file()
    }
    assert after == before


def test_copies_can_be_read_by_their_owner_alone(shop: Shop) -> None:
    shop.back_up()
    assert {path.stat().st_mode & 0o777 for path in shop.target.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in [shop.target, *shop.target.rglob("*")] if path.is_dir()} == {0o700}


# What is not whole


def test_an_unfinished_tail_is_not_copied(shop: Shop) -> None:
    whole = shop.path().read_bytes()
    shop.path().write_bytes(whole + b"half a line")
    made = shop.back_up()
    assert (shop.target / "cases" / f"{ONE}.tdb").read_bytes() == whole
    assert [one.what for one in made.left_out] == [f"cases/{ONE}.tdb"]
    assert "copied up to its last whole act" in made.left_out[0].why


def test_a_damaged_case_is_named_and_set_aside_and_the_others_are_backed_up(shop: Shop, tmp_path: Path) -> None:
    damaged = shop.path().read_bytes().replace(b"note 2", b"note X")
    shop.path().write_bytes(damaged)
    made = shop.back_up()
    assert [case.id for case in made.cases] == [TWO]
    assert [one.what for one in made.left_out] == [f"cases/{ONE}.tdb"]
    assert "broken at entry 2" in made.left_out[0].why
    assert (shop.target / "damaged" / f"{ONE}.tdb").read_bytes() == damaged
    findings = shop.restore(tmp_path / "new").verify()
    assert [(one.case, one.state) for one in findings] == [(ONE, "gone"), (TWO, "intact")]


def test_what_cannot_be_read_is_named_and_links_are_not_followed(shop: Shop, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    for path in (shop.folder.cases / "link.tdb", shop.folder.cases / "link.torn", shop.folder.packs / "link.json"):
        path.symlink_to(secret)
    shop.settings.unlink()
    shop.settings.symlink_to(secret)
    shop.path(TWO).unlink()
    made = shop.back_up()
    assert {one.what for one in made.left_out} == {
        "cases/link.tdb",
        "cases/link.torn",
        "packs/link.json",
        "settings.toml",
        f"cases/{TWO}.tdb",
    }
    assert b"secret" not in b"".join(files(shop.target).values())


def test_content_that_was_altered_is_not_backed_up(shop: Shop) -> None:
    (shop.folder.packs / f"{DIGEST}.json").write_bytes(b'{"pack.toml":"dHdv"}')
    made = shop.back_up()
    assert [one.what for one in made.left_out] == [f"packs/{DIGEST}.json"]


def test_names_that_no_store_gives_are_left_out(shop: Shop, tmp_path: Path) -> None:
    odd = "a case\x1b[2J"
    (shop.folder.cases / f"{odd}.tdb").write_bytes(b"x")
    (shop.folder.packs / f"{odd}.json").write_bytes(b"x")
    made = shop.back_up()
    assert {one.what for one in made.left_out} == {f"cases/{odd}.tdb", f"packs/{odd}.json"}
    assert worst(shop.restore(tmp_path / "new").verify()) == 0


# In use


def test_a_backup_while_another_process_writes_is_a_whole_beginning_of_the_record(shop: Shop, tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), str(shop.path()), "0"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert writer.stdout is not None
    try:
        told = []
        for run in range(5):
            told.append(int(writer.stdout.readline()))
            made = shop.back_up(tmp_path / f"backup{run}")
            assert made.left_out == ()
    finally:
        writer.kill()
        writer.communicate()
    live = shop.path().read_bytes()
    lengths = []
    for run in range(5):
        restored = shop.restore(tmp_path / f"new{run}", tmp_path / f"backup{run}")
        assert worst(restored.verify()) == 0
        copied = restored.case_path(ONE).read_bytes()
        assert live.startswith(copied)
        lengths.append(len(CaseFile(restored.case_path(ONE), Disk()).entries))
    assert all(length >= number for length, number in zip(lengths, told, strict=True))
    assert lengths == sorted(lengths) and lengths[-1] > lengths[0]


def test_where_nothing_can_be_written_the_store_is_backed_up_without_locks(shop: Shop) -> None:
    class ReadOnly(Disk):
        def open_or_new(self, path: Path) -> int:
            raise OSError(errno.EROFS, "read-only")

    assert shop.back_up(disk=ReadOnly()).left_out == ()


def test_a_case_that_stays_locked_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Locked:
        def __init__(self, path: Path, disk: Disk) -> None:
            pass

        def held(self) -> None:
            raise StoreTrouble("Another window has held it for 10 seconds.")

        def close(self) -> None:
            pass

    monkeypatch.setattr(backup_module, "FileLock", Locked)
    assert {one.what for one in shop.back_up().left_out} == {f"cases/{ONE}.tdb", f"cases/{TWO}.tdb"}


# Disks that fail


def fates(act: Callable[[Disk], object], error: int, *, for_good: bool) -> Sequence[BaseException | None]:
    """Fail each call of an act in turn, until it makes fewer; how each ended."""
    ended: list[BaseException | None] = []
    for at in count(1):
        disk = FailingDisk(at, error, for_good=for_good)
        try:
            act(disk)
            ended.append(None)
        except (StoreTrouble, Refused) as trouble:
            ended.append(trouble)
        if disk.made < at:
            return ended
    raise AssertionError


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("killed", [False, True])
def test_a_backup_that_fails_anywhere_is_none(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, for_good: bool, killed: bool
) -> None:
    """With `killed` nothing is tidied up afterwards, as after a power cut."""
    if killed:
        monkeypatch.setattr(Copy, "_take_back", lambda self: None)
    turns = count()

    def act(disk: Disk) -> None:
        turn = next(turns)
        target, new = tmp_path / f"backup{turn}", tmp_path / f"new{turn}"
        try:
            made = shop.back_up(target, disk)
        except StoreTrouble:
            if kind_of(target) == "store":
                assert (target / "backup.json").exists() and verified(target) == 0 and worst(shop.restore(new, target).verify()) == 0
            else:
                assert verified(target) == 6
                assert killed or kind_of(target) == "missing"
                with pytest.raises(Refused, match="no whole backup"):
                    shop.restore(new, target)
                assert not new.exists()
            raise
        left_out = {one.what.partition("/")[2].partition(".")[0] for one in made.left_out}
        findings = shop.restore(new, target).verify()
        assert {one.case for one in findings if one.code and one.case} <= {ONE, TWO} & left_out or DIGEST in left_out

    ended = fates(act, error, for_good=for_good)
    assert len(ended) > 40
    assert ended[-1] is None
    assert sum(1 for one in ended if isinstance(one, StoreTrouble)) > 20


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize("for_good", [False, True])
@pytest.mark.parametrize("killed", [False, True])
def test_a_restore_that_fails_anywhere_leaves_no_half_store(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, for_good: bool, killed: bool
) -> None:
    shop.back_up()
    if killed:
        monkeypatch.setattr(Copy, "_take_back", lambda self: None)
    turns = count()

    def act(disk: Disk) -> None:
        new = tmp_path / f"new{next(turns)}"
        try:
            shop.restore(new, disk=disk)
        except StoreTrouble:
            if kind_of(new) == "store":
                assert files(new) == files(shop.base)
            else:
                assert verified(new) == 6
                assert killed or not new.exists()
            raise
        assert verified(new) == 0
        assert files(new) == files(shop.base)

    ended = fates(act, error, for_good=for_good)
    assert len(ended) > 25
    assert ended[-1] is None
    assert all(ended[:-1]), "a call can fail unnoticed"


def test_a_disk_that_gives_back_something_else_is_found_out(shop: Shop) -> None:
    class Liar(Disk):
        def write_all(self, descriptor: int, data: bytes) -> None:
            super().write_all(descriptor, data.replace(b"note 3", b"note 4"))

    with pytest.raises(Damaged, match="the disk is at fault"):
        shop.back_up(disk=Liar())
    assert not shop.target.exists()


def test_a_backup_or_restore_that_was_broken_off_is_refused_as_a_store(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    (shop.target / "unfinished").write_bytes(b"")
    with pytest.raises(Refused, match="broken off"):
        shop.restore(tmp_path / "new")
    assert verified(shop.target) == 6


# Where to


def test_a_backup_goes_into_a_new_or_empty_folder_alone(shop: Shop, tmp_path: Path) -> None:
    shop.target.mkdir()
    shop.back_up()
    with pytest.raises(Refused, match="is not empty"):
        shop.back_up()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for target, words in ((link, "is a link"), (shop.root / "copies", "inside the store"), (shop.root, "inside the store")):
        with pytest.raises(Refused, match=words):
            shop.back_up(target)
    (tmp_path / "file").write_bytes(b"")
    for target in (tmp_path / "file", tmp_path / "file" / "backup"):
        with pytest.raises(StoreTrouble, match="Could not"):
            shop.back_up(target)
    assert not (tmp_path / "elsewhere").exists()


def test_there_has_to_be_a_store_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        back_up(Care(tmp_path / "none", digest_of, exercise=False), tmp_path / "settings.toml", tmp_path / "b", program="1", now=NOW)
    assert not (tmp_path / "b").exists()


def test_a_restore_goes_into_a_new_or_empty_store_alone(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    before = files(shop.base)
    with pytest.raises(Refused, match=r"holds cases, packs, remembered\.log already: name a new folder with --store"):
        shop.restore(shop.base)
    assert files(shop.base) == before
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "letter.txt").write_bytes(b"x")
    with pytest.raises(Refused, match=r"holds letter\.txt already"):
        shop.restore(letters)
    for inside in (shop.target / "new", shop.target):
        with pytest.raises(Refused, match="inside the backup"):
            shop.restore(inside)
    empty = tmp_path / "empty"
    for name in ("cases", "packs", "exercise"):
        (empty / name).mkdir(parents=True)
    assert worst(shop.restore(empty).verify()) == 0


def test_settings_that_are_there_stay(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    new = tmp_path / "new"
    new.mkdir()
    (new / "settings.toml").write_text('marking = "OURS"\n', "utf-8")
    assert worst(shop.restore(new).verify()) == 0
    assert (new / "settings.toml").read_text("utf-8") == 'marking = "OURS"\n'


@pytest.mark.parametrize("exercise", [False, True])
def test_live_cases_and_exercises_are_not_mixed(tmp_path: Path, exercise: bool) -> None:
    shop = Shop(tmp_path, exercise=exercise)
    shop.back_up()
    with pytest.raises(Refused, match="with --exercise" if exercise else "without --exercise"):
        shop.restore(tmp_path / "new", exercise=not exercise)
    assert not (tmp_path / "new").exists()


# What was done to a backup


def test_a_backup_that_was_changed_in_any_file_is_refused_by_name(shop: Shop, tmp_path: Path) -> None:
    (shop.folder.cases / f"{ONE}.torn").write_bytes(b"half\n")
    shop.back_up()
    changed = [path for path in sorted(shop.target.rglob("*")) if path.is_file() and path.name != "backup.json"]
    assert len(changed) == 6
    for path in changed:
        data = path.read_bytes()
        other = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
        for damage in (other, data + b"x", data[:-1], b"", None):
            path.unlink()
            if damage is not None:
                path.write_bytes(damage)
            with pytest.raises(Damaged, match=path.name.replace(".", r"\.")):
                shop.restore(tmp_path / "new")
            assert not (tmp_path / "new").exists()
            path.write_bytes(data)
    assert worst(shop.restore(tmp_path / "new").verify()) == 0


def test_a_case_that_was_cut_or_worked_on_in_the_backup_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    path = shop.target / "cases" / f"{ONE}.tdb"
    data = path.read_bytes()
    path.write_bytes(b"".join(data.splitlines(keepends=True)[:-1]))
    with pytest.raises(Damaged, match="not the check code"):
        shop.restore(tmp_path / "new")
    path.write_bytes(data)
    note = Entry(Stamp(5, NOW, NOW, "PC 1"), NoteAdded(text="more")).document()
    CaseFile(path, Disk()).append(lambda: [note])
    with pytest.raises(Damaged, match="not the check code"):
        shop.restore(tmp_path / "new")


def test_a_case_that_was_written_anew_with_the_same_length_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    path = shop.target / "cases" / f"{ONE}.tdb"
    size = path.stat().st_size
    documents = [entry.document() for entry in CaseFile(path, Disk()).entries]
    path.unlink()
    other = CaseFile.create(path, Disk(), documents[:1])
    for document in documents[1:]:
        other.append(lambda document=document: [{**document, "text": document["text"].replace("note", "NOTE")}])  # type: ignore[misc]
    assert path.stat().st_size == size
    with pytest.raises(Damaged, match="not the check code"):
        shop.restore(tmp_path / "new")


def test_every_copy_is_on_the_disk_before_the_mark_goes(shop: Shop, tmp_path: Path) -> None:
    class Noted(Disk):
        def __init__(self) -> None:
            self.open: dict[int, Path] = {}
            self.synced: set[Path] = set()

        def open_new(self, path: Path) -> int:
            descriptor = super().open_new(path)
            self.open[descriptor] = path
            return descriptor

        def sync(self, descriptor: int) -> None:
            super().sync(descriptor)
            if (self.open[descriptor].parents[0] / "unfinished").exists() or (self.open[descriptor].parents[1] / "unfinished").exists():
                self.synced.add(self.open[descriptor])

        def sync_folder(self, folder: Path) -> None:
            super().sync_folder(folder)
            self.synced.add(folder)

    for act, folder in (
        (lambda disk: shop.back_up(disk=disk), shop.target),
        (lambda disk: shop.restore(tmp_path / "new", disk=disk), tmp_path / "new"),
    ):
        disk = Noted()
        act(disk)
        there = {path for path in [folder, folder.parent, *folder.rglob("*")] if path.suffix != ".lock"}
        assert there <= disk.synced


def test_a_case_that_the_manifest_does_not_name_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    (shop.target / "cases" / "other.tdb").write_bytes(b"x")
    with pytest.raises(Damaged, match=r"other\.tdb: backup\.json does not name it"):
        shop.restore(tmp_path / "new")


def test_links_in_a_backup_are_refused(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    path = shop.target / "cases" / f"{ONE}.tdb"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Damaged, match="is a link"):
        shop.restore(tmp_path / "new")
    path.unlink()
    (tmp_path / "elsewhere").rename(path)
    (shop.target / "cases").rename(tmp_path / "cases")
    (shop.target / "cases").symlink_to(tmp_path / "cases")
    with pytest.raises(Damaged, match="it is a link"):
        shop.restore(tmp_path / "new")
    (tmp_path / "way").symlink_to(shop.target)
    with pytest.raises(Refused, match="is a link"):
        shop.restore(tmp_path / "new", tmp_path / "way")
    assert not (tmp_path / "new").exists()


HOSTILE = ["../escaped", "/escaped", "..", "", "a/b", "a\\b", "C:x", "\x00", "x" * 300]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_manifest_names_nothing_outside_its_folder(shop: Shop, tmp_path: Path, name: str) -> None:
    shop.back_up()
    path = shop.target / "backup.json"
    told = json.loads(path.read_bytes())
    for change in ("cases", "files"):
        hostile = json.loads(path.read_bytes())
        hostile[change][0]["id" if change == "cases" else "path"] = name
        path.write_text(json.dumps(hostile), "utf-8")
        with pytest.raises(Damaged, match="is not the name of a"):
            shop.restore(tmp_path / "new")
        path.write_text(json.dumps(told), "utf-8")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000, '{"format": "msht-backup"}', "\ud800"])
def test_a_manifest_that_is_none_is_refused(shop: Shop, tmp_path: Path, text: str) -> None:
    shop.back_up()
    (shop.target / "backup.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Damaged, match=r"backup\.json"):
        shop.restore(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_manifest_that_names_a_file_twice_is_refused(shop: Shop, tmp_path: Path) -> None:
    shop.back_up()
    path = shop.target / "backup.json"
    told = json.loads(path.read_bytes())
    told["cases"].append(told["cases"][0])
    path.write_text(json.dumps(told), "utf-8")
    with pytest.raises(Damaged, match="names a file twice"):
        shop.restore(tmp_path / "new")


@pytest.mark.parametrize(("key", "value"), [("format", "other"), ("version", 2), ("case_format", 2)])
def test_a_backup_of_a_newer_program_is_refused(shop: Shop, tmp_path: Path, key: str, value: object) -> None:
    shop.back_up()
    path = shop.target / "backup.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}), "utf-8")
    with pytest.raises(Refused, match="update it to restore"):
        shop.restore(tmp_path / "new")


def test_what_has_no_manifest_is_no_backup(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no whole backup"):
        shop.restore(tmp_path / "new", shop.base)
    with pytest.raises(Refused, match="no whole backup"):
        shop.restore(tmp_path / "new", tmp_path / "none")
