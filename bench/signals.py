"""Ends the app in a real pseudo-terminal at random moments, by signals and by taking the terminal away, and looks at what is left.

    python bench/signals.py [--count 500] [--seed N] [--sealed]

Exits with 1 when a terminal was not restored, a process lived on, or an act that was shown as saved is not in the store. At a sealed store
also when a half-typed text is not given back, or something of the case is drawn behind the lock or stands in a file.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

GLASS = Path(__file__).resolve().parents[1] / "tests" / "terminal" / "glass.py"


def pseudo_terminal() -> ModuleType:
    """The program in a pseudo-terminal, which the tests use too."""
    spec = importlib.util.spec_from_file_location("glass", GLASS)
    assert spec is not None and spec.loader is not None
    module = sys.modules["glass"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def plain(glass: ModuleType, folder: Path, count: int, moments: Random) -> Iterator[Any]:
    """So many trials at an exercise store, a new one for every ten."""
    for number in range(count):
        store = folder / str(number // 10)
        if number % 10 == 0:
            glass.make_case(store)
        yield glass.trial(store, glass.HOWS[number % len(glass.HOWS)], moments)


def sealed(glass: ModuleType, folder: Path, count: int, moments: Random) -> Iterator[Any]:
    """So many trials at a live store, a new one for every ten."""
    for begin in range(0, count, 10):
        shift = glass.Shift(folder / str(begin))
        after = min(begin + 10, count)
        for number in range(begin, after):
            trial = shift.trial(glass.SEALED_HOWS[number % len(glass.SEALED_HOWS)], moments)
            yield trial._replace(wrong=trial.wrong + shift.look()) if number + 1 == after else trial


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500, help="how many ends (default: 500)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--sealed", action="store_true", help="of somebody who is signed in at a live store")
    options = parser.parse_args()
    ends = sealed if options.sealed else plain
    codes: Counter[tuple[str, int]] = Counter()
    told = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, trial in enumerate(ends(pseudo_terminal(), Path(folder), options.count, Random(options.seed)), 1):
            codes[trial.how, trial.code] += 1
            told += trial.told
            failed += bool(trial.wrong)
            for words in trial.wrong:
                print(f"end {number}, {trial.how}: {words}", flush=True)
    for (how, code), times in sorted(codes.items()):
        print(f"{how:8} exit code {code:4}: {times:,}")
    print(f"{options.count:,} ends: {told:,} acts shown as saved, {failed:,} ends with something wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
