"""What the whole process keeps to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from msht_tui.terminal import process

START = "from msht_tui.terminal.process import guarded; from pathlib import Path\n"


def said(program: str) -> str:
    return subprocess.run([sys.executable, "-c", START + program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither modes nor limits")
def test_files_are_for_their_owner_alone_and_cores_are_off(tmp_path: Path) -> None:
    made = tmp_path / "made"
    act = f"""
def act():
    import resource
    Path({str(made)!r}).touch()
    print(resource.getrlimit(resource.RLIMIT_CORE))
    return 0
guarded(act, Path)
"""
    assert said(act) == "(0, 0)"
    assert made.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
@pytest.mark.parametrize("arguments", [[], ["case", "list"], ["--exercise", "case", "list"]])
def test_nobody_looks_into_the_memory_of_the_app_or_of_any_command(arguments: list[str]) -> None:
    program = f"""
import ctypes, sys
from msht_tui import start
sys.argv = ["msht", *{arguments!r}]
start.run = lambda rest: print(rest, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)) or 0
start.main()
"""
    assert said(program) == f"{arguments!r} 0"


def test_what_an_act_returns_is_the_exit_code_and_ctrl_c_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "protect_files", lambda: None)
    monkeypatch.setattr(process, "protect_memory", lambda: None)
    monkeypatch.setattr(process.FaultLog, "hook", lambda self: None)

    def interrupted() -> int:
        raise KeyboardInterrupt

    assert process.guarded(lambda: 3, Path) == 3
    assert process.guarded(interrupted, Path) == process.INTERRUPTED
