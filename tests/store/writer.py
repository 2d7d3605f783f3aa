"""Appends notes to a case, and prints the number of each once it is saved: `writer.py CASE_FILE COUNT [KEYS]`, 0 for no end.

`KEYS` is the folder of the keys of a sealed case.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from msht_tui.domain.entry import Document, Entry, NoteAdded, Stamp
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
WHO, PASSPHRASE = "PC 1234", "made up for the tests"


def keys_in(place: Path) -> CaseKeys:
    """The keys of somebody who signs in there, and sets the terminal up when nobody has."""
    operators = Operators(place, costs=CHEAP)
    if not operators.is_set_up():
        operators.set_up(WHO, PASSPHRASE)
    return CaseKeys(operators.sign_in(WHO, PASSPHRASE))


def codec_of(path: Path, place: Path | None) -> Codec:
    """How a case stands on the disk; sealed where there is a place for keys."""
    return PLAIN if place is None else Sealed(keys_in(place), path.stem)


def note(number: int) -> Document:
    now = datetime.now(UTC)
    return Entry(Stamp(number, now, now, "PC 1234"), NoteAdded(text="x" * 200)).document()


def write(path: Path, times: int, place: Path | None) -> None:
    """One entry in each act, or, without an end, three in every third."""
    case = CaseFile(path, Disk(), codec=codec_of(path, place))
    for turn in range(times) if times else count():
        size = 3 if times == 0 and turn % 3 == 0 else 1
        saved = case.append(lambda size=size: [note(len(case.entries) + 1 + i) for i in range(size)])  # type: ignore[misc]
        os.write(1, "".join(f"{entry.number}\n" for entry in saved).encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
