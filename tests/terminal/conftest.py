"""The program in a real pseudo-terminal, where the system has them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def terminals() -> ModuleType:
    """The program in a pseudo-terminal, `glass.py` of this folder."""
    pytest.importorskip("pty", reason="pseudo-terminals and their signals are a matter of Unix")
    spec = importlib.util.spec_from_file_location("glass", Path(__file__).with_name("glass.py"))
    assert spec is not None and spec.loader is not None
    module = sys.modules["glass"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def glass(terminals: ModuleType, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts the program, or another one, in a pseudo-terminal over a store with one case; nothing of it outlives the test."""
    terminals.make_case(tmp_path / "store")
    begun: list[Any] = []

    def begin(program: str = terminals.PROGRAM, *, store: Path = tmp_path / "store", **options: Any) -> Any:
        begun.append(terminals.Glass(store, program, **options))
        return begun[-1]

    yield begin
    for one in begun:
        one.close()
