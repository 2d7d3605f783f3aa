"""A process that is killed at any moment loses nothing that it has told as saved."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).resolve().parents[2] / "bench" / "kills.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, str(KILLS), *arguments], capture_output=True, text=True, env=environment)


def test_thirty_kills_lose_nothing_that_was_acknowledged() -> None:
    done = run("--count", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.fullmatch(r"30 kills: ([\d,]+) entries acknowledged, 0 lost, every file opened\n", done.stdout)
    assert told is not None, done.stdout
    assert int(told[1].replace(",", "")) > 100


@pytest.mark.parametrize("liar", ["1000000", "2\n2"])
def test_the_check_finds_an_entry_that_is_not_there(tmp_path: Path, liar: str) -> None:
    """A writer that tells of entries which it never saved is found out."""
    writer = tmp_path / "liar.py"
    writer.write_text(f"import time\nprint('''{liar}''', flush=True)\ntime.sleep(60)\n", "utf-8")
    done = run("--count", "1", "--seed", "1", "--writer", str(writer))
    assert done.returncode == 1
    assert "lost" in done.stdout
