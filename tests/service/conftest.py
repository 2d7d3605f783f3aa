"""Casework over a store on disk, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from msht_tui.content.library import Library
from msht_tui.domain.pack import Pack
from msht_tui.service import Casework
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore


class QuickDisk(Disk):
    """A disk that never waits for its plates: what a power cut does is not the matter here."""

    def sync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.moment.timestamp()


@pytest.fixture
def wall() -> SetClock:
    return SetClock()


@pytest.fixture
def set_time(wall: SetClock) -> Callable[[str], None]:
    """Sets the clock to an ISO time in UTC."""

    def to(text: str) -> None:
        wall.moment = datetime.fromisoformat(text).replace(tzinfo=UTC)

    return to


@pytest.fixture
def begin(kept_content: Callable[[Mapping[str, bytes]], Pack], library: Library, wall: SetClock) -> Callable[..., Casework]:
    """Gives somebody's casework at the store in a folder, as one window has it."""

    def window(folder: Path, operator: str = "PC 1234", content: Library | None = None) -> Casework:
        store = FolderStore(folder, kept_content, exercise=True, disk=QuickDisk())
        return Casework(store, content or library, wall, ZoneInfo("Europe/London"), operator)

    return window


@pytest.fixture
def work(begin: Callable[..., Casework], tmp_path: Path) -> Casework:
    return begin(tmp_path / "store")


@pytest.fixture
def other(begin: Callable[..., Casework], tmp_path: Path) -> Casework:
    """Another window on the same store, with another operator."""
    return begin(tmp_path / "store", "Sgt 77")


@pytest.fixture
def case(work: Casework) -> str:
    """The id of a case with two victims, a suspect, a scene and a caller."""
    case_id = work.open_case(role="custody", reference="EX-1").case_id
    for kind in ("victim", "victim", "suspect", "scene", "other"):
        work.add_subject(case_id, kind)
    return case_id
