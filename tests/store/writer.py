"""Appends notes to a case, and prints the number of each once it is saved: `writer.py CASE_FILE COUNT`, 0 for no end."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from msht_tui.domain.entry import Document, Entry, NoteAdded, Stamp
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk


def note(number: int) -> Document:
    now = datetime.now(UTC)
    return Entry(Stamp(number, now, now, "PC 1234"), NoteAdded(text="x" * 200)).document()


def write(path: Path, times: int) -> None:
    """One entry in each act, or, without an end, three in every third."""
    case = CaseFile(path, Disk())
    for turn in range(times) if times else count():
        size = 3 if times == 0 and turn % 3 == 0 else 1
        saved = case.append(lambda size=size: [note(len(case.entries) + 1 + i) for i in range(size)])  # type: ignore[misc]
        os.write(1, "".join(f"{entry.number}\n" for entry in saved).encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
