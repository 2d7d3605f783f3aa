"""Commands are driven through the script's own entry, in this process, with a clock that stands until it is set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from msht_tui import bootstrap, start

LONDON = ZoneInfo("Europe/London")


class StandingClock:
    """A clock that shows the time it was set to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 19, 0, tzinfo=LONDON)

    def set(self, text: str) -> None:
        """Local time as ISO 8601."""
        self.moment = datetime.fromisoformat(text).replace(tzinfo=LONDON)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


class Script:
    """`msht` at one store, as one operator."""

    def __init__(self, store: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self.operator = "PC 1234"
        self._capture = capture

    def __call__(self, *arguments: str, exercise: bool = True) -> Outcome:
        """Run a command; nothing is assumed of how it ends."""
        options = ["--store", str(self.store), "--as", self.operator, *(["--exercise"] if exercise else [])]
        return self.bare(*options, *arguments)

    def bare(self, *arguments: str) -> Outcome:
        """Run exactly these arguments."""
        self._capture.readouterr()
        code = start.run(arguments)
        out, err = self._capture.readouterr()
        return Outcome(code, out, err)

    def done(self, *arguments: str) -> str:
        """Run a command that has to succeed; what it printed, without the last line break."""
        outcome = self(*arguments)
        assert outcome.code == 0, outcome.err
        return outcome.out.rstrip("\n")

    def data(self, *arguments: str) -> Any:
        """What a command that has to succeed prints with `--json`."""
        return json.loads(self.done(*arguments, "--json"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StandingClock:
    """The clock that every command reads."""
    standing = StandingClock()
    monkeypatch.setattr(bootstrap.SystemClock, "now", lambda self: standing.moment.astimezone(UTC))
    return standing


@pytest.fixture
def msht(tmp_path: Path, clock: StandingClock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """The script, at an empty store. It empties its environment of Textual's variables, which a plugin of pytest needs afterwards."""
    for name in ("MSHT_STORE", "MSHT_OPERATOR"):
        monkeypatch.delenv(name, raising=False)
    kept = {name: value for name, value in os.environ.items() if name.startswith("TEXTUAL")}
    yield Script(tmp_path / "store", capsys)
    os.environ.update(kept)


@pytest.fixture
def case(msht: Script) -> str:
    """The reference of a case with a victim V1, a suspect S1 and a scene L1."""
    msht.done("case", "new", "--ref", "EX-1", "--role", "custody")
    for kind in ("victim", "suspect", "scene"):
        msht.done("subject", "add", "EX-1", kind, "--label", f"the {kind}")
    return "EX-1"


Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def started(tmp_path: Path) -> Start:
    """Run Python code, or `msht` with arguments, in a process of its own, with an empty store and no terminal."""
    root = str(Path(start.__file__).resolve().parents[1])

    def run(code: str, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        ours = {"PYTHONPATH": root, "MSHT_STORE": str(tmp_path / "store"), "MSHT_OPERATOR": "PC 1234", **(env or {})}
        command: Sequence[str] = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, env=os.environ | ours, capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL)

    return run
