"""What really loads: each room brings in only the rooms that it may stand on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import msht_tui

ROOT = Path(msht_tui.__file__).resolve().parents[1]
EVERY_SCREEN = (
    "import pkgutil, importlib, screens; [importlib.import_module(m.name) for m in pkgutil.walk_packages(screens.__path__, 'screens.')]"
)


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh Python has loaded after this code."""
    shown = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}\nprint(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(shown.stdout.split())


@pytest.mark.parametrize(
    ("code", "never"),
    [
        (
            "import msht_tui.domain.now, msht_tui.domain.route, msht_tui.domain.moment",
            {"textual", "rich", "typer", "tinydb", "tomllib", "screens"},
        ),
        ("import msht_tui.service", {"textual", "rich", "typer", "tinydb", "screens", "msht_tui.store", "msht_tui.content"}),
        ("import msht_tui.bootstrap", {"textual", "rich", "typer", "tinydb", "screens"}),
        (EVERY_SCREEN, {"typer", "tinydb", "msht_tui.store", "msht_tui.content", "msht_tui.bootstrap", "msht_tui.cli", "msht_tui.app"}),
        ("import msht_tui.app", {"typer", "msht_tui.store", "msht_tui.content", "msht_tui.cli", "tinydb"}),
        ("import msht_tui.summary.data", {"textual", "rich", "tinydb"}),
    ],
    ids=["domain", "service", "bootstrap", "screens", "app", "summary data"],
)
def test_a_room_loads_nothing_that_it_may_not_stand_on(code: str, never: set[str]) -> None:
    loaded = loaded_by(code)
    assert {name for name in loaded for one in never if name == one or name.startswith(f"{one}.")} == set()


def test_the_check_sees_what_is_loaded() -> None:
    assert {"textual", "textual.screen"} <= loaded_by(EVERY_SCREEN)
