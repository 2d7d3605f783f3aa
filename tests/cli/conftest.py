"""Commands are driven through the script's own entry, in this process, with a clock that stands until it is set."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from msht_tui import bootstrap, start
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs

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


CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
"""What a guess costs where a test signs in."""
SUPERVISOR, PASSPHRASE = "PS 77", "brass lantern on the quay"


class Script:
    """`msht` at one store of exercises, as one operator."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self.operator = "PC 1234"

    def __call__(self, *arguments: str, exercise: bool = True) -> Outcome:
        """Run a command; nothing is assumed of how it ends."""
        options = ["--store", str(self.store), "--as", self.operator, *(["--exercise"] if exercise else [])]
        return self.bare(*options, *arguments)

    def bare(self, *arguments: str) -> Outcome:
        """Run exactly these arguments, in an environment of their own."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MSHT_")}
        with mock.patch.dict(os.environ, environment, clear=True), redirect_stdout(out), redirect_stderr(err):
            code = start.run(arguments)
        for stream in (out, err):
            stream.seek(0)
        return Outcome(code, out.read(), err.read())

    def copied(self, store: Path) -> Script:
        """The script at a copy of its store, which can be changed freely."""
        shutil.copytree(self.store, store)
        return Script(store)

    def done(self, *arguments: str) -> str:
        """Run a command that has to succeed; what it printed, without the last line break."""
        outcome = self(*arguments)
        assert outcome.code == 0, outcome.err
        return outcome.out.rstrip("\n")

    def data(self, *arguments: str) -> Any:
        """What a command that has to succeed prints with `--json`."""
        return json.loads(self.done(*arguments, "--json"))


class LiveScript(Script):
    """`msht` at a live store; each operator has the passphrase in a file."""

    def __init__(self, store: Path, secrets: Path) -> None:
        super().__init__(store)
        self.operator = SUPERVISOR
        self.secrets = secrets
        self.passphrases = {SUPERVISOR: PASSPHRASE}
        self.code = ""
        """The recovery code."""

    def __call__(self, *arguments: str, exercise: bool = False) -> Outcome:
        """Run a command, signed in unless it is about exercises."""
        signed_in = () if exercise else ("--passphrase-file", self.secret(self.passphrases[self.operator]))
        return super().__call__(*arguments, *signed_in, exercise=exercise)

    def secret(self, text: str | bytes) -> str:
        """A new file with this in it, which its owner alone may read."""
        self.secrets.mkdir(exist_ok=True)
        path = self.secrets / str(len(list(self.secrets.iterdir())))
        path.write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode())
        path.chmod(0o600)
        return str(path)

    def let_in(self, operator: str, role: str = "operator") -> None:
        """Add an operator."""
        self.passphrases[operator] = f"the passphrase of {operator}"
        self.done("operator", "add", operator, "--role", role, "--new-passphrase-file", self.secret(self.passphrases[operator]))

    def by(self, operator: str) -> LiveScript:
        """The same store, as somebody else."""
        other = LiveScript(self.store, self.secrets)
        other.operator, other.passphrases = operator, self.passphrases
        return other


@pytest.fixture(scope="module")
def clock() -> Iterator[StandingClock]:
    """The clock that every command of a module reads."""
    standing = StandingClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap.SystemClock, "now", lambda self: standing.moment.astimezone(UTC))
        yield standing


NewScript = Callable[[], Script]


@pytest.fixture(scope="module")
def new_script(tmp_path_factory: pytest.TempPathFactory) -> NewScript:
    """Scripts that several tests read from, each at an empty store."""
    return lambda: Script(tmp_path_factory.mktemp("shared") / "store")


@pytest.fixture
def msht(tmp_path: Path, clock: StandingClock) -> Script:
    """The script, at an empty store, on an evening."""
    clock.set("2026-11-22T19:00")
    return Script(tmp_path / "store")


@pytest.fixture
def unset(tmp_path: Path, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> LiveScript:
    """The script at a live store that nobody has set up, where guessing costs next to nothing."""
    monkeypatch.setattr(Operators.__init__, "__kwdefaults__", {**(Operators.__init__.__kwdefaults__ or {}), "costs": CHEAP})
    clock.set("2026-11-22T19:00")
    return LiveScript(tmp_path / "store", tmp_path / "secrets")


@pytest.fixture
def live(unset: LiveScript) -> LiveScript:
    """The same store, set up."""
    unset.code = re.findall("Recovery code: (\\S+)", unset.done("setup", "--operator", SUPERVISOR))[0]
    return unset


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
