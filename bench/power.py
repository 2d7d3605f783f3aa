"""Cuts the power of a simulated disk at every moment of many days of work, and looks whether all that was told as saved is there.

    python bench/power.py [--count 10000] [--seed N] [--sealed]

Exits with 1 at the first promise that was not kept, and tells the seed and the moment.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType

POWER = Path(__file__).resolve().parents[1] / "tests" / "store" / "power.py"


def simulation() -> ModuleType:
    """The simulated disk, which the tests use too."""
    spec = importlib.util.spec_from_file_location("simulated_power", POWER)
    assert spec is not None and spec.loader is not None
    module = sys.modules["simulated_power"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=10_000, help="how many states at least (default: 10000)")
    parser.add_argument("--seed", type=int, default=0, help="of the first day")
    parser.add_argument("--sealed", action="store_true", help="of a sealed store")
    options = parser.parse_args()
    power = simulation()
    with tempfile.TemporaryDirectory() as folder:
        try:
            tally = power.cut_power_everywhere(Path(folder), options.count, options.seed, power.FixedKeys() if options.sealed else None)
        except power.Violation as violation:
            print(violation)
            return 1
    print(f"{tally.states:,} states after a power cut, of {tally.days:,} days: {tally.entries:,} entries told as saved, 0 lost")
    return 0


if __name__ == "__main__":
    sys.exit(main())
