"""Runs every check that takes too long for each change, in turn, and prints one table.

    python bench/nightly.py [--quick] [--write]

Exits with 1 when one of them failed. `--quick` is about a tenth of it and leaves the pages of the benchmarks alone; `--write` writes
docs/nightly.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.run import ROOT, machine

PAGE = ROOT / "docs" / "nightly.md"
HEAD = """# The nightly checks

What `python bench/nightly.py --write` found when it ran last: every check that takes too long for each change, with the last line that it
printed. [bench/README.md](../bench/README.md) says what each of them does.
"""
COUNTED = (
    ("bench/kills.py --count", 5_000),
    ("bench/kills.py --sealed --count", 5_000),
    ("bench/power.py --count", 10_000),
    ("bench/power.py --sealed --count", 10_000),
    ("bench/signals.py --count", 500),
    ("bench/signals.py --sealed --count", 300),
    ("bench/hostile.py --jobs 2 --count", 200),
    ("bench/parsers.py --jobs 2 --each", 1_000_000),
)
"""What takes a count, and the full one."""
THOROUGH = "-m pytest -q tests"
"""The suite, with the profile of Hypothesis that the nightly checks use."""
MEASURED = ("bench/run.py", "bench/store.py measure", "bench/log.py")


class Result(NamedTuple):
    """What one command came to."""

    command: str
    code: int
    line: str
    """The last that it printed, on stdout when there was anything."""
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="a tenth of the counts")
    parser.add_argument("--write", action="store_true", help="write docs/nightly.md")
    options = parser.parse_args()
    results = list[Result]()
    for command in commands(quick=options.quick):
        results.append(run(command, "msht" if options.quick else "thorough"))
        print(f"exit code {results[-1].code}: {command}", flush=True)
    page = f"{machine()}\n\n{table(results)}"
    print(f"\n{page}")
    if options.write:
        PAGE.write_text(f"{HEAD}\n{page}\n", "utf-8")
    return 1 if any(result.code for result in results) else 0


def commands(*, quick: bool) -> list[str]:
    """The arguments of Python for each command, in the order in which they run."""
    counted = [f"{command} {full // 10 if quick else full}" for command, full in COUNTED]
    return [*counted, THOROUGH, *(f"{command} --{'quick' if quick else 'write'}" for command in MEASURED)]


def run(command: str, profile: str) -> Result:
    """Run one of them, with a profile of Hypothesis."""
    begun = time.monotonic()
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "HYPOTHESIS_PROFILE": profile}
    ended = subprocess.run([sys.executable, *command.split()], cwd=ROOT, env=surroundings, capture_output=True, encoding="utf-8")
    lines = (ended.stdout.strip() or ended.stderr.strip()).splitlines()
    return Result(command, ended.returncode, lines[-1] if lines else "", time.monotonic() - begun)


def table(results: list[Result]) -> str:
    """One line for each command."""
    rows = [
        f"| `python {one.command}` | {'failed: ' if one.code else ''}{one.line.replace('|', ' ').strip()} | {one.seconds:,.0f} |"
        for one in results
    ]
    return "\n".join(["| command | its last line | seconds |", "|---|---|---|", *rows])


if __name__ == "__main__":
    sys.exit(main())
