"""Lists the cases of a store and prints the most bytes that the process held: `held.py STORE`. Linux only.

It loads what the program loads and nothing of the benchmarks, so that what it holds is the program and the store.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from msht_tui.bootstrap import SystemClock  # noqa: E402 - after the path
from msht_tui.content.library import Library  # noqa: E402
from msht_tui.content.reader import read_pack  # noqa: E402
from msht_tui.service import Casework  # noqa: E402
from msht_tui.store.case_keys import CaseKeys  # noqa: E402
from msht_tui.store.folder import FolderStore  # noqa: E402

WRITER = ROOT / "tests" / "store" / "writer.py"


def keys_in(place: Path) -> CaseKeys:
    """Signed in as the tests sign in, with little work on the passphrase."""
    spec = importlib.util.spec_from_file_location("writer", WRITER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: CaseKeys = module.keys_in(place)
    return found


def most() -> int:
    """Bytes that this process has held at the most."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    root = Path(sys.argv[1])
    keys = keys_in(root / "keys") if (root / "keys").exists() else None
    store = FolderStore(root, lambda files: read_pack(files, "kept content"), exercise=keys is None, keys=keys)
    Casework(store, Library(), SystemClock(), ZoneInfo("Europe/London"), "bench").cases()
    print(most())
