"""What lies where a store should be, and is a link or somebody else's, is not read and not written to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from msht_tui.bootstrap import Workplace
from msht_tui.domain.pack import Pack
from msht_tui.store.folder import FolderStore
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
