"""Gives every parser at the boundary a million inputs that are made from good ones, and looks how it ends.

    python bench/parsers.py [--count 1000000] [--seed N] [--only WORDS] [--write]

Exits with 1 when a parser ended in anything but a value or an exception that it documents, and prints the seed and the input of each.
`--write` puts the table into docs/benchmarks-hostile.md, and keeps what stands there of texts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.hostile import PARSERS, write_section
from bench.run import machine
from tests.parsers import Parser, parsers, shared_out, tried

SHOWN = 2
"""Inputs that are printed of each kind of error of a parser."""


class Row(NamedTuple):
    """What came of one parser."""

    name: str
    inputs: int
    seconds: float
    errors: Counter[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=1_000_000, help="how many inputs for all parsers together (default: 1000000)")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs")
    parser.add_argument("--only", default="", metavar="WORDS", help="only parsers whose name holds this")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks-hostile.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        every = [one for one in parsers(Path(folder)) if options.only in one.name]
        shares = shared_out(every, options.count)
        rows = [given(one, shares[one.name], options.seed) for one in every]
    page = f"{machine()}\n\n{table(rows)}"
    print(f"\n{page}")
    if options.write:
        write_section(PARSERS, page)
    return 1 if any(row.errors for row in rows) else 0


def given(parser: Parser, inputs: int, seed: int) -> Row:
    """Give a parser so many inputs."""
    errors: Counter[str] = Counter()
    begun = time.monotonic()
    for number in range(inputs):
        ended = tried(parser, f"{seed}:{number}")
        if ended is not None:
            kind = type(ended.error).__name__
            errors[kind] += 1
            if errors[kind] <= SHOWN:
                print(ended, flush=True)
    return Row(parser.name, inputs, time.monotonic() - begun, errors)


def table(rows: list[Row]) -> str:
    """Markdown, all of them together last."""
    lines = [("parser", "inputs", "µs each", "hits")]
    total = Row("all", sum(row.inputs for row in rows), sum(row.seconds for row in rows), sum((row.errors for row in rows), Counter()))
    for row in (*rows, total):
        hits = ", ".join(f"{number:,} {kind}" for kind, number in row.errors.items()) or "0"
        lines.append((row.name, f"{row.inputs:,}", f"{row.seconds / row.inputs * 1e6:,.0f}", hits))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


if __name__ == "__main__":
    sys.exit(main())
