"""A list that takes longer than half a second to make says how far it has come; a faster one says nothing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from msht_tui.bootstrap import Workplace
from msht_tui.cli import worklist
from msht_tui.store.disk import Disk

CASES = 60


class SlowDisk(Disk):
    """A disk on which to read a case takes a while, by a clock of its own."""

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.seconds = seconds

    def read_from(self, path: Path, offset: int) -> bytes:
        if path.suffix == ".tdb":
            self.now += self.seconds
        return super().read_from(path, offset)


class Terminal(io.StringIO):
    """What a person sees."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "is_told"), [(0.02, True), (0.001, False)])
def test_a_slow_rebuild_says_how_far_it_has_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, is_told: bool) -> None:
    work = Workplace(tmp_path, exercise=True, operator="PC 1").casework
    for _ in range(CASES):
        work.open_case()
    disk, terminal = SlowDisk(seconds), Terminal()
    anew = Workplace(tmp_path, exercise=True, operator="PC 1").casework
    monkeypatch.setattr(anew.store, "disk", disk)
    monkeypatch.setattr(worklist, "monotonic", lambda: disk.now)
    monkeypatch.setattr(sys, "stderr", terminal)
    rows, _ = anew.cases(worklist._progress())
    assert len(rows) == CASES
    assert (f"Reading the cases: 51 of {CASES}" in terminal.getvalue()) == is_told
    assert bool(terminal.getvalue()) == is_told
