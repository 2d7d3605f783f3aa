"""Ends the app in a real pseudo-terminal at random moments, by signals and by taking the terminal away, and looks at what is left.

    python bench/signals.py [--count 500] [--seed N]

Exits with 1 when a terminal was not restored, a process lived on, or an act that was shown as saved is not in the store.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType

GLASS = Path(__file__).resolve().parents[1] / "tests" / "terminal" / "glass.py"


def pseudo_terminal() -> ModuleType:
    """The program in a pseudo-terminal, which the tests use too."""
    spec = importlib.util.spec_from_file_location("glass", GLASS)
    assert spec is not None and spec.loader is not None
    module = sys.modules["glass"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=500, help="how many ends (default: 500)")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    options = parser.parse_args()
    glass, moments = pseudo_terminal(), Random(options.seed)
    codes: Counter[tuple[str, int]] = Counter()
    told = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.count):
            if number % 10 == 0:
                store = Path(folder) / str(number)
                glass.make_case(store)
            trial = glass.trial(store, glass.HOWS[number % len(glass.HOWS)], moments)
            codes[trial.how, trial.code] += 1
            told += trial.told
            failed += bool(trial.wrong)
            for words in trial.wrong:
                print(f"end {number + 1}, {trial.how}: {words}")
    for (how, code), times in sorted(codes.items()):
        print(f"{how:8} exit code {code:4}: {times:,}")
    print(f"{options.count:,} ends: {told:,} acts shown as saved, {failed:,} ends with something wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
