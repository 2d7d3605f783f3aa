"""The lock fixes exactly what is installed, from wherever it comes, and stays within what the project allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BLOCKS = [block for block in re.split(r"\n(?!\s)", LOCK.rstrip("\n")) if block]
"""One requirement each, with the hashes that follow it."""

PINNED = re.compile(r"[a-z0-9-]+==[0-9][\w.!+]*(?: ; [^\\#]+)?(?: \\\n    --hash=sha256:[0-9a-f]{64})+")
WANTED = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["dev"],
    *PROJECT["build-system"]["requires"],
]


def requirement(block: str) -> Requirement:
    return Requirement(block.partition("\\\n")[0].strip())


def pins() -> dict[str, str]:
    """Each locked name with its one version."""
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in map(requirement, BLOCKS)}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition(" ")[0])
def test_every_requirement_is_pinned_with_hashes(block: str) -> None:
    assert PINNED.fullmatch(block), block


def test_no_name_is_locked_twice() -> None:
    names = [canonicalize_name(requirement(block).name) for block in BLOCKS]
    assert sorted(names) == sorted(set(names))


def test_the_lock_names_no_address_and_no_option_but_hashes() -> None:
    assert "http" not in LOCK
    assert "file:" not in LOCK
    assert "@" not in LOCK
    assert set(re.findall(r"(?<!\S)--?[a-z][\w-]*", LOCK)) == {"--hash"}


@pytest.mark.parametrize("wanted", WANTED)
def test_the_pin_is_within_what_the_project_allows(wanted: str) -> None:
    allowed = Requirement(wanted)
    version = pins()[canonicalize_name(allowed.name)]
    assert allowed.specifier.contains(version), f"{allowed} but {version} is locked"


def test_compiled_packages_have_hashes_for_every_platform() -> None:
    """A package with wheels for each system has far more files than a wheel and an archive."""
    counts = {requirement(block).name: block.count("sha256:") for block in BLOCKS}
    assert all(counts[name] >= 15 for name in ("msgspec", "mypy", "ruff", "grimp"))


def test_windows_gets_what_it_alone_needs() -> None:
    colour = next(pin for pin in map(requirement, BLOCKS) if pin.name == "colorama")
    assert colour.marker is not None
    assert colour.marker.evaluate({"sys_platform": "win32"})
    assert not colour.marker.evaluate({"sys_platform": "linux"})
