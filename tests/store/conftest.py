"""A small case on disk, and the entries to add to it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from msht_tui.domain.entry import CaseOpened, Document, Entry, NoteAdded, Stamp
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk

CASE_ID = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@pytest.fixture(scope="session")
def power() -> ModuleType:
    """The disk whose power can be cut, `power.py` of this folder."""
    spec = importlib.util.spec_from_file_location("power", Path(__file__).with_name("power.py"))
    assert spec is not None and spec.loader is not None
    module = sys.modules["power"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def note() -> Callable[[int, str], Document]:
    """Makes the document of a note, from its number and text."""

    def make(number: int, text: str = "The van is back.") -> Document:
        return Entry(Stamp(number, NOW, NOW, "PC 1234"), NoteAdded(text=text)).document()

    return make


@pytest.fixture
def opening() -> list[Document]:
    """The first act of a case."""
    event = CaseOpened(case=CASE_ID, pack="demo", version="1.0.0", digest="d" * 64, role="responder")
    return [Entry(Stamp(1, NOW, NOW, "PC 1234"), event).document()]


@pytest.fixture
def path(tmp_path: Path, opening: list[Document]) -> Path:
    """A case file with its opening entry."""
    path = tmp_path / f"{CASE_ID}.tdb"
    CaseFile.create(path, Disk(), opening).close()
    return path


@pytest.fixture
def add(note: Callable[[int, str], Document]) -> Callable[..., list[int]]:
    """Appends notes to a case file as one act, and gives their numbers."""

    def append(case: CaseFile, *texts: str) -> list[int]:
        entries = case.append(lambda: [note(number, text) for number, text in enumerate(texts, len(case.entries) + 1)])
        return [entry.number for entry in entries]

    return append
