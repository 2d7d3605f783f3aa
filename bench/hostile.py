"""Puts 200 hostile texts into every field of every screen and of a record made elsewhere, and looks at all that is drawn and leaves.

    python bench/hostile.py [--count 200] [--jobs 1] [--screens all] [--terminals 10] [--write]

Each text is pasted into every field of every screen and dialog, at the exercise and the live store, and stands in every field of a
record that the app opens; what is written to the terminal may hold nothing but layout. Every page about that record is parsed
strictly in every format. Some of the texts also go through a real pseudo-terminal, where the system has them.
Exits with 1 when anything was found. `--write` puts the table into docs/benchmarks-hostile.md, and keeps what stands there of parsers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.run import ROOT, machine
from msht_tui.content.library import Library
from msht_tui.domain.case import fold
from msht_tui.domain.entry import CaseOpened, Entry, Stamp
from msht_tui.domain.text import TEXT_LIMIT
from msht_tui.service import CaseView, Casework
from msht_tui.store.folder import FolderStore
from tests.harmless import obeyed_when_drawn
from tests.hostile import HOSTILE, spread
from tests.leaving import leaving
from tests.ui.conftest import LONDON, MoodyDisk, SetClock
from tests.ui.walk import all_screens, hostile_events, walk, with_hostile_record

PAGE = ROOT / "docs" / "benchmarks-hostile.md"
SCREENS, PARSERS = "## Texts", "## Parsers"
"""The sections of the page; each of two programs writes its own."""


class Found(NamedTuple):
    """What one text came to."""

    name: str
    hits: tuple[tuple[str, str], ...]
    """Where, and what."""
    screens: frozenset[str] = frozenset()
    fields: int = 0
    draws: int = 0
    pages: int = 0
    terminals: int = 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=len(HOSTILE), help=f"how many texts, of all families alike (default: {len(HOSTILE)})")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes (default: 1)")
    parser.add_argument("--screens", choices=("all", "none"), default="all", help="none: only the pages that leave")
    parser.add_argument("--terminals", type=int, default=10, help="how many texts go through a pseudo-terminal as well (default: 10)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks-hostile.md")
    options = parser.parse_args()
    texts = spread(HOSTILE, options.count)
    glasses = set(spread(texts, min(options.terminals, len(texts)))) if os.name != "nt" else set[str]()
    begun, found = time.monotonic(), list[Found]()
    with ProcessPoolExecutor(options.jobs) as pool:
        tasks = [pool.submit(tried, name, options.screens == "all", name in glasses) for name in texts]
        for task in tasks:
            one = task.result()
            found.append(one)
            for where, what in one.hits:
                print(f"{one.name}: {where}: {what}", flush=True)
    page = f"{machine()}\n\n{report(found)}"
    print(f"\n{page}\n\n{time.monotonic() - begun:,.0f} seconds")
    if options.write:
        write_section(SCREENS, page)
    return 1 if any(one.hits for one in found) else 0


def tried(name: str, screens: bool, glass: bool) -> Found:
    """Put one text everywhere."""
    text, library = HOSTILE[name], Library()
    with tempfile.TemporaryDirectory() as folder:
        pages = list(in_pages(text, Path(folder) / "pages", library))
        hits = [(page, what) for page, what in pages if what]
        on_screens = asyncio.run(walk(text, Path(folder), library)) if screens else None
        hits += on_screens.hits if on_screens else []
        if glass:
            hits += [("a real terminal", what) for what in in_terminal(text, Path(folder) / "glass", library)]
    seen = (frozenset(on_screens.seen), len(on_screens.fields), on_screens.draws) if on_screens else (frozenset[str](), 0, 0)
    return Found(name, tuple(hits), *seen, pages=len({page for page, _ in pages}), terminals=int(glass))


def in_pages(text: str, folder: Path, library: Library) -> Iterator[tuple[str, str]]:
    """Each page and format, with what is wrong in it, or with nothing; of a record held in memory, which can hold anything."""
    clock, pack, text = SetClock(), library.pack(), text[:TEXT_LIMIT]
    now = clock.now()
    opened = CaseOpened(case="0" * 36, pack=pack.id, version=pack.version, digest=pack.digest, role="responder", exercise=True)
    entries = tuple(Entry(Stamp(n, now, now, text), event) for n, event in enumerate((opened, *hostile_events(text)), 1))
    view = CaseView(pack, fold(entries), entries, True, text, f"{len(entries)}-{'0' * 64}")
    work = Casework(FolderStore(folder, lambda files: pack, exercise=True, disk=MoodyDisk()), library, clock, LONDON, "bench")
    for page, form, wrong in leaving(view, work.matters(view), marking=text, zone=LONDON, now=now):
        for what in wrong or ("",):
            yield f"{page} as {form}", what


def in_terminal(text: str, store: Path, library: Library) -> Iterator[str]:
    """What a real terminal would have obeyed: the record drawn on every screen, the text pasted into a note, locked and quit."""
    from tests.terminal.glass import Glass

    pack = library.pack()
    work = Casework(
        FolderStore(store / "exercise", lambda files: pack, exercise=True, disk=MoodyDisk()), library, SetClock(), LONDON, "PC 1234"
    )
    with_hostile_record(work, text)
    glass = Glass(store)
    try:
        glass.wait_for("Enter")
        for keys in ("\r", *"012345LSH", "1", "n"):
            glass.press(keys)
            glass.read_for(0.4)
        glass.press(f"\x1b[200~{text[:TEXT_LIMIT].encode('utf-8', 'replace').decode()}\x1b[201~")
        glass.read_for(0.6)
        for keys in ("\r", "\x1b", "\x11"):
            glass.press(keys)
            glass.read_for(0.6)
        if glass.ended() != 0:
            yield f"ended with {glass.process.returncode}"
        yield from glass.unrestored()
    finally:
        glass.close()
    yield from sorted(obeyed_when_drawn(glass.all.decode("utf-8", "surrogateescape"), whole_program=True))


def report(found: Sequence[Found]) -> str:
    """A table of the families, then what was found, each thing once."""
    families = list(dict.fromkeys(one.name.partition(":")[0] for one in found))
    lines: list[tuple[str, ...]] = [("family", "texts", "drawn", "pages", "terminals", "hits")]
    for family in (*families, "all"):
        of = [one for one in found if family in ("all", one.name.partition(":")[0])]
        sums = (
            sum(one.draws for one in of),
            sum(one.pages for one in of),
            sum(one.terminals for one in of),
            sum(len(one.hits) for one in of),
        )
        lines.append((family, f"{len(of):,}", *(f"{number:,}" for number in sums)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    seen = frozenset[str]().union(*(one.screens for one in found))
    fields = max((one.fields for one in found), default=0)
    counted = Counter(hit for one in found for hit in one.hits)
    hits = [f"- {where}: {what} ({times:,})" for (where, what), times in counted.most_common(40)]
    words = f"{len(seen)} of {len(all_screens())} screens and dialogs, {fields} fields. Drawn: looks at a whole screen."
    return "\n".join([*rows, "", words, *([] if not hits else ["", "Found, with the number of texts:", "", *hits])])


def write_section(title: str, text: str) -> None:
    """Put a section into the page in place of the one of this title; the other stays."""
    old = PAGE.read_text("utf-8") if PAGE.exists() else ""
    kept = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in old.split("\n## ")[1:]}
    kept[title.removeprefix("## ")] = text
    sections = (f"{one}\n\n{kept[one.removeprefix('## ')]}\n" for one in (SCREENS, PARSERS) if one.removeprefix("## ") in kept)
    PAGE.write_text("\n".join((HEAD, *sections)), "utf-8")


HEAD = """# Hostile texts and generated inputs

Texts: `python bench/hostile.py --write` pastes each text of `tests/hostile.py` into every field of every screen and dialog, at the
exercise and the live store, draws a record made elsewhere that holds it in every field, and parses every page about that record in
every format. A hit is anything drawn or written that is not layout, a link or an action to click, a crash, a question that neither
records nor says why not, a text that is not recorded as it stood, or a page with anything live in it.

Parsers: `python bench/parsers.py --write` gives each parser at the boundary inputs that are made from good ones by a seed. A hit is any
end but a value or the exception that its documentation names.
"""


if __name__ == "__main__":
    sys.exit(main())
