"""Gives every parser at the boundary inputs that are made from good ones, and looks how it ends.

    python bench/parsers.py [--each 1000000] [--jobs 1] [--seed N] [--only WORDS] [--write]

Where a parser takes long it gets its share of `--each`: a half, a fiftieth for a pack, a two-hundredth for a worksheet.
Exits with 1 when a parser ended in anything but a value or an exception that it documents, and prints the seed and the input of each.
`--write` puts the table into docs/benchmarks-hostile.md, and keeps what stands there of texts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.hostile import PARSERS, write_section
from bench.run import machine
from tests.parsers import Parser, parsers, tried

SHOWN = 2
"""Inputs that are printed of each kind of error of a parser."""


BATCH = 10_000
"""Inputs of a light parser that a process gives at a time."""


class Row(NamedTuple):
    """What came of one parser, or of a part of its inputs."""

    name: str
    inputs: int
    seconds: float
    errors: Counter[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--each", type=int, default=1_000_000, help="how many inputs for each parser that is quick (default: 1000000)")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes (default: 1)")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs")
    parser.add_argument("--only", default="", metavar="WORDS", help="only parsers whose name holds this")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks-hostile.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(options.jobs) as pool:
        every = [one for one in parsers(Path(folder)) if options.only in one.name]
        tasks = {
            one.name: [pool.submit(given, folder, one.name, numbers, options.seed) for numbers in batches(one, options.each)]
            for one in every
        }
        rows = list[Row]()
        for name, parts in tasks.items():
            rows.append(added(name, [part.result() for part in parts]))
            print(f"{name}: {rows[-1].inputs:,} inputs, {rows[-1].errors.total()} hits", flush=True)
    page = f"{machine()}\n\n{table(rows)}"
    print(f"\n{page}")
    if options.write:
        write_section(PARSERS, page)
    return 1 if any(row.errors for row in rows) else 0


def batches(parser: Parser, each: int) -> Iterator[range]:
    """The numbers of a parser's inputs, in parts that take about as long as those of any other."""
    whole, step = max(int(each * parser.share), 1), max(int(BATCH * parser.share), 1)
    return (range(begin, min(begin + step, whole)) for begin in range(0, whole, step))


@cache
def made(folder: str) -> dict[str, Parser]:
    """The parsers, with a folder of this process."""
    return {parser.name: parser for parser in parsers(Path(tempfile.mkdtemp(dir=folder)))}


def given(folder: str, name: str, numbers: range, seed: int) -> Row:
    """Give a parser the inputs of these numbers."""
    parser, errors = made(folder)[name], Counter[str]()
    begun = time.monotonic()
    for number in numbers:
        ended = tried(parser, f"{seed}:{number}")
        if ended is not None:
            kind = type(ended.error).__name__
            errors[kind] += 1
            if errors[kind] <= SHOWN:
                print(ended, flush=True)
    return Row(name, len(numbers), time.monotonic() - begun, errors)


def added(name: str, parts: list[Row]) -> Row:
    """What they came to together."""
    errors = sum((part.errors for part in parts), Counter[str]())
    return Row(name, sum(part.inputs for part in parts), sum(part.seconds for part in parts), errors)


def table(rows: list[Row]) -> str:
    """Markdown, all of them together last."""
    lines = [("parser", "inputs", "µs each", "hits")]
    for row in (*rows, added("all", rows)):
        hits = ", ".join(f"{number:,} {kind}" for kind, number in row.errors.items()) or "0"
        lines.append((row.name, f"{row.inputs:,}", f"{row.seconds / row.inputs * 1e6:,.0f}", hits))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


if __name__ == "__main__":
    sys.exit(main())
