"""The copies of the content that a store keeps: named by their digest, and never believed when they are something else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from msht_tui.domain.pack import Pack
from msht_tui.ports import StoreTrouble
from msht_tui.store.folder import FolderStore

FILES = {"pack.toml": b"one", "facts.toml": b"\xff\x00"}


def read(files: Mapping[str, bytes]) -> Pack:
    """A pack whose digest is the text of its first file."""
    digest = files["pack.toml"].decode()
    return Pack("demo", "Demo", "1", date(2026, 1, 1), "nowhere", (), (), (), (), (), (), (), (), digest)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store", read, exercise=True)


def test_what_was_kept_is_read_back(store: FolderStore) -> None:
    seen: list[Mapping[str, bytes]] = []

    def look(files: Mapping[str, bytes]) -> Pack:
        seen.append(files)
        return read(files)

    store.keep_pack("one", FILES)
    assert FolderStore(store.root, look, exercise=True).pack("one").digest == "one"
    assert seen == [FILES]


def test_a_copy_is_kept_once(store: FolderStore) -> None:
    store.keep_pack("one", FILES)
    before = (store.packs / "one.json").stat().st_ino
    store.keep_pack("one", FILES)
    assert (store.packs / "one.json").stat().st_ino == before


def test_a_damaged_copy_is_put_right_by_the_next_case_under_the_same_content(store: FolderStore) -> None:
    store.keep_pack("one", FILES)
    (store.packs / "one.json").write_bytes(b"{")
    with pytest.raises(StoreTrouble, match=r"one\.json is damaged: put a copy of it back"):
        store.pack("one")
    store.keep_pack("one", FILES)
    assert store.pack("one").digest == "one"


def test_a_copy_under_the_wrong_name_is_refused(store: FolderStore) -> None:
    store.keep_pack("two", FILES)
    with pytest.raises(StoreTrouble, match="is not the content it is named after"):
        store.pack("two")


def test_missing_content_is_told_in_words(store: FolderStore) -> None:
    with pytest.raises(StoreTrouble, match="Could not read the content of the case"):
        store.pack("none")


def test_a_store_that_is_not_there_has_no_cases(store: FolderStore) -> None:
    assert store.ids() == []
    assert not store.root.exists()


def test_other_files_among_the_cases_are_no_cases(store: FolderStore) -> None:
    store.cases.mkdir(parents=True)
    for name in ("a.lock", "a.torn", "a.1234.new", "notes.txt"):
        (store.cases / name).write_bytes(b"")
    assert store.ids() == []


def test_a_store_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FolderStore(tmp_path / "file" / "store", read, exercise=True)
    with pytest.raises(StoreTrouble, match=r"Could not (make|read)"):
        store.keep_pack("one", FILES)
    with pytest.raises(StoreTrouble, match="Could not read"):
        store.ids()
