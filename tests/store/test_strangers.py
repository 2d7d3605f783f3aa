"""What lies where a store should be, and is a link or somebody else's, is not read and not written to."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from msht_tui.bootstrap import Workplace
from msht_tui.domain.pack import Pack
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.trouble import StoreTrouble

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links take rights there, and owners are others")


def opened(root: Path, pack: Pack) -> FolderStore:
    return FolderStore(root, lambda files: pack, exercise=True)


@pytest.mark.parametrize("name", ["", "cases"])
def test_a_link_is_no_store(tmp_path: Path, pack: Pack, name: str) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "store"
    elsewhere.mkdir()
    link = root / name if name else root
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    with pytest.raises(StoreTrouble, match="is a link"):
        opened(root, pack)
    assert not list(elsewhere.iterdir())


@pytest.mark.parametrize("owner", [0, 1234])
@pytest.mark.parametrize("name", ["", "cases"])
def test_only_ones_own_folders_and_the_administrators_are_used(
    tmp_path: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch, name: str, owner: int
) -> None:
    (tmp_path / "store" / "cases").mkdir(parents=True)
    named = tmp_path / "store" / name
    real: Callable[[Path], os.stat_result] = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        found = real(path)
        whose = owner if path == named else 1000
        return os.stat_result((*found[:4], whose, *found[5:]))

    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(Path, "lstat", lstat)
    if owner == 0:
        opened(tmp_path / "store", pack)
    else:
        with pytest.raises(StoreTrouble, match="belongs to another user"):
            opened(tmp_path / "store", pack)


def test_settings_that_are_a_link_are_not_heeded(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('marking = "NOT PROTECTIVELY MARKED"\n', "utf-8")
    (tmp_path / "settings.toml").symlink_to(tmp_path / "mine.toml")
    with pytest.raises(StoreTrouble, match="is a link"):
        Workplace(tmp_path, operator="PC 1").settings  # noqa: B018 - reading it is the act


def test_settings_of_more_than_a_mebibyte_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(StoreTrouble, match="is too large"):
        Workplace(tmp_path, operator="PC 1").settings  # noqa: B018 - reading it is the act


# The live store, when somebody is about to use it

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, PASSPHRASE, NEXT = "PC 1 Ann", "ann rides a bicycle", "found my way back"
FOLDERS = ["", "cases", "drafts", "keys", "packs"]
FILES = [
    "audit.tdb",
    "audit.lock",
    "catalogue.sealed",
    "drafts/one.0123456789abcdef.draft",
    "profiles.sealed",
    "remembered.audit.log",
    "remembered.log",
]


class Terminal:
    """A live store that is set up and in use, and the ways into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.operators = Operators(root / "keys", costs=CHEAP, sleep=lambda _: None)
        self.code = self.operators.set_up(ANN, PASSPHRASE)
        for folder in FOLDERS:
            (root / folder).mkdir(mode=0o700, exist_ok=True)
        for file in FILES:
            (root / file).touch(0o600)

    def sign_in(self) -> object:
        return self.operators.sign_in(ANN, PASSPHRASE)

    def recover(self) -> object:
        return self.operators.recover(self.code, ANN, NEXT)

    def set_up(self) -> object:
        """Anew, after what stands in the way of that is gone."""
        shutil.rmtree(self.root / "keys")
        for file in FILES:
            if file.endswith((".sealed", ".draft")):
                (self.root / file).unlink()
        return self.operators.set_up(ANN, PASSPHRASE)

    def modes(self) -> dict[str, int]:
        return {folder: stat.S_IMODE((self.root / folder).stat().st_mode) for folder in FOLDERS}


WAYS = [Terminal.sign_in, Terminal.recover, Terminal.set_up]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "live store")


@pytest.mark.parametrize("way", WAYS)
def test_a_live_store_that_others_may_look_into_is_shut(terminal: Terminal, way: Callable[[Terminal], object]) -> None:
    for folder in FOLDERS:
        (terminal.root / folder).chmod(0o755)
    way(terminal)
    assert terminal.modes() == dict.fromkeys(FOLDERS, 0o700)


@pytest.mark.parametrize("way", [Terminal.sign_in, Terminal.recover])
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702, 0o1777])
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_live_store_that_others_may_write_into_is_refused_with_what_mends_it(
    terminal: Terminal, folder: str, mode: int, way: Callable[[Terminal], object]
) -> None:
    (terminal.root / folder).chmod(mode)
    before = {path.name for path in terminal.root.rglob("*")}
    with pytest.raises(StoreTrouble, match=rf"can get into .*{folder}: .* chmod -R go-rwx '{terminal.root}'"):
        way(terminal)
    assert stat.S_IMODE((terminal.root / folder).stat().st_mode) == mode, "it is for people to look what was done there"
    assert {path.name for path in terminal.root.rglob("*")} == before


def test_nobody_is_made_supervisor_in_a_folder_that_others_may_write_into(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store").chmod(0o777)
    with pytest.raises(StoreTrouble, match="can get into"):
        Operators(tmp_path / "store" / "keys", costs=CHEAP).set_up(ANN, PASSPHRASE)
    assert not list((tmp_path / "store").iterdir())


@pytest.mark.parametrize("name", [name for name in [*FOLDERS, *FILES] if name])
def test_a_link_in_a_live_store_lets_nobody_in(terminal: Terminal, name: str) -> None:
    path, elsewhere = terminal.root / name, terminal.root.parent / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    with pytest.raises(StoreTrouble, match=f"{path} is a link"):
        terminal.sign_in()


def test_a_live_store_that_is_a_link_lets_nobody_in(terminal: Terminal) -> None:
    (terminal.root.parent / "link").symlink_to(terminal.root)
    with pytest.raises(StoreTrouble, match="link is a link"):
        Operators(terminal.root.parent / "link" / "keys", costs=CHEAP).sign_in(ANN, PASSPHRASE)


@pytest.mark.parametrize("owner", [0, 1234])
@pytest.mark.parametrize("name", [*FOLDERS, *FILES])
def test_a_strangers_file_in_a_live_store_lets_nobody_in(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, owner: int
) -> None:
    named = terminal.root / name
    real: Callable[[Path], os.stat_result] = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        found = real(path)
        return os.stat_result((*found[:4], owner if path == named else 1000, *found[5:]))

    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(Path, "lstat", lstat)
    if owner == 0:
        terminal.sign_in()
    else:
        with pytest.raises(StoreTrouble, match=f"{named} belongs to another user"):
            terminal.sign_in()


def test_a_disk_that_keeps_no_rights_is_no_place_for_live_cases(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    (terminal.root / "cases").chmod(0o755)
    monkeypatch.setattr(Path, "chmod", lambda path, mode: None)
    with pytest.raises(StoreTrouble, match="cases: nothing was written there"):
        terminal.sign_in()


def test_what_is_no_part_of_a_live_store_is_left_as_it_is(terminal: Terminal, pack: Pack) -> None:
    others = [terminal.root / name for name in (".git", "notes", "exercise", "exercise/cases")]
    for folder in others:
        folder.mkdir()
        folder.chmod(0o777)
    (terminal.root / "minutes").symlink_to(terminal.root.parent)
    terminal.sign_in()
    opened(terminal.root / "exercise", pack)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in others} == {0o777}
