"""Kills a process that writes a case, again and again at random moments, and looks whether all that it told as saved is there.

    python bench/kills.py [--count 5000] [--seed N] [--sealed]

Exits with 1 when an acknowledged entry is missing or the file does not open.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from uuid import uuid4

from msht_tui.domain.entry import CaseOpened, Entry, Stamp
from msht_tui.store.case_file import CaseFile
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.trouble import StoreTrouble

WRITER = Path(__file__).resolve().parents[1] / "tests" / "store" / "writer.py"
KILLS_PER_FILE = 25
LATEST = 0.03
"""Seconds after its first saved act in which a writer is killed; one in ten is killed while it still starts."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=5000, help="how many kills (default: 5000)")
    parser.add_argument("--seed", type=int, default=None, help="of the random moments")
    parser.add_argument("--sealed", action="store_true", help="of a sealed case")
    parser.add_argument("--writer", type=Path, default=WRITER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    acknowledged = lost = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path()
        codec: Codec = PLAIN
        place = Path(folder) / "keys" if options.sealed else None
        for kill in range(options.count):
            if kill % KILLS_PER_FILE == 0:
                path, codec = begin(Path(folder), place)
            told = killed_writer([str(options.writer), str(path), "0", *([str(place)] if place else [])], moments)
            acknowledged += len(told)
            try:
                kept = {entry.number for entry in CaseFile(path, Disk(), codec=codec).entries}
            except StoreTrouble as trouble:
                print(f"kill {kill + 1}: the file does not open: {trouble}")
                return 1
            missing = set(told) - kept
            if missing or len(set(told)) < len(told):
                print(f"kill {kill + 1}: acknowledged and lost: {sorted(missing) or told}")
                lost += max(len(missing), 1)
    print(f"{options.count:,} kills: {acknowledged:,} entries acknowledged, {lost:,} lost, every file opened")
    return 1 if lost else 0


def begin(folder: Path, place: Path | None) -> tuple[Path, Codec]:
    """A new case file with its opening entry, and how it stands there; sealed where there is a place for keys."""
    path = folder / f"{uuid4()}.tdb"
    codec: Codec = PLAIN
    if place is not None:
        keys = the_writer().keys_in(place)
        keys.create(path.stem)
        codec = Sealed(keys, path.stem)
    now = datetime.now(UTC)
    opened = CaseOpened(case=path.stem, pack="bench", version="1", digest="0" * 64, role="responder", exercise=True)
    CaseFile.create(path, Disk(), [Entry(Stamp(1, now, now, "bench"), opened).document()], codec=codec).close()
    return path, codec


def the_writer() -> ModuleType:
    """What is killed, which the tests use too."""
    spec = importlib.util.spec_from_file_location("killed_writer", WRITER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def killed_writer(command: list[str], moments: random.Random) -> list[int]:
    """The numbers that a writer told as saved before it was killed."""
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = b"" if moments.random() < 0.1 else process.stdout.readline()
    killer = threading.Timer(moments.uniform(0, LATEST), process.kill)
    killer.start()
    told += process.stdout.read()
    killer.join()
    process.wait()
    process.stdout.close()
    return [int(line) for line in told.split(b"\n")[:-1]]


if __name__ == "__main__":
    sys.exit(main())
