"""A process that is killed at any moment loses nothing that it has told as saved."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from msht_tui.domain.entry import Document
from msht_tui.store.case_file import CaseFile
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk

KILLS = Path(__file__).resolve().parents[2] / "bench" / "kills.py"
WRITER = Path(__file__).with_name("writer.py")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, str(KILLS), *arguments], capture_output=True, text=True, env=environment)


@pytest.mark.parametrize("sealed", [[], ["--sealed"]], ids=["plain", "sealed"])
def test_a_hundred_kills_lose_nothing_that_was_acknowledged(sealed: list[str]) -> None:
    done = run("--count", "100", *sealed)
    assert done.returncode == 0, done.stdout + done.stderr
    told = re.fullmatch(r"100 kills: ([\d,]+) entries acknowledged, 0 lost, every file opened\n", done.stdout)
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


@pytest.mark.parametrize("sealed", [False, True])
def test_processes_never_interleave(tmp_path: Path, opening: list[Document], sealed: bool) -> None:
    path, place = tmp_path / f"{opening[0]['case']}.tdb", tmp_path / "keys"
    codec: Codec = PLAIN
    if sealed:
        spec = importlib.util.spec_from_file_location("writer", WRITER)
        assert spec is not None and spec.loader is not None
        writer = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(writer)
        keys = writer.keys_in(place)
        keys.create(path.stem)
        codec = Sealed(keys, path.stem)
    CaseFile.create(path, Disk(), opening, codec=codec).close()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(WRITER), str(path), "40", *([str(place)] if sealed else [])]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    acknowledged = [int(line) for one in writers for line in one.communicate()[0].split()]
    assert [one.returncode for one in writers] == [0, 0, 0]
    assert sorted(acknowledged) == list(range(2, 122))
    assert len(CaseFile(path, Disk(), codec=codec).entries) == 121
