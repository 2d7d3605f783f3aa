"""What people get: an editable install hides a file that the wheel lacks, so the wheel itself is built and looked into."""

from __future__ import annotations

import contextlib
import json
import re
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from msht_tui.content.finder import data_folder

ROOT = Path(__file__).resolve().parents[2]
PACK = "data/packs/app-first-response"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    with contextlib.chdir(ROOT):
        name = build_wheel(str(folder))
    with zipfile.ZipFile(folder / name) as archive:
        return frozenset(archive.namelist())


def sources(folder: str, pattern: str) -> set[str]:
    """The checkout's files below a folder, named as the wheel names them."""
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob(pattern) if path.is_file()}


@pytest.mark.parametrize("package", ["msht_tui", "screens"])
def test_every_module_of_both_packages_is_in_the_wheel(wheel: frozenset[str], package: str) -> None:
    modules = sources(package, "*.py")
    assert modules
    assert modules <= wheel


def test_every_style_sheet_lies_beside_its_screen(wheel: frozenset[str]) -> None:
    sheets = sources("screens", "*.tcss") | sources("msht_tui", "*.tcss")
    assert any(sheet.startswith("screens/") for sheet in sheets)
    assert sheets <= wheel


def test_every_style_sheet_that_a_module_names_is_in_the_wheel(wheel: frozenset[str]) -> None:
    named = {
        f"{Path(module).parent.as_posix()}/{sheet}"
        for module in sources("screens", "*.py") | sources("msht_tui", "*.py")
        for line in re.findall(r"^\s+CSS_PATH\b.*$", (ROOT / module).read_text("utf-8"), re.MULTILINE)
        for sheet in re.findall(r"[\"']([^\"']+\.tcss)[\"']", line)
    }
    assert named
    assert named <= wheel


def test_all_content_is_inside_the_package(wheel: frozenset[str]) -> None:
    content = sources("data", "*.*")
    assert {f"{PACK}/{name}.toml" for name in ("pack", "facts", "sources", "initial-actions", "nrm")} <= content
    assert {f"msht_tui/{name}" for name in content} <= wheel


def test_content_is_data_alone(wheel: frozenset[str]) -> None:
    assert {Path(name).suffix for name in wheel if name.startswith("msht_tui/data/")} <= {".toml", ".md"}


@pytest.mark.parametrize("package", ["msht_tui", "screens"])
def test_both_packages_say_that_they_are_typed(wheel: frozenset[str], package: str) -> None:
    assert f"{package}/py.typed" in wheel


def test_nothing_else_is_in_the_wheel(wheel: frozenset[str]) -> None:
    """No tests, no benchmarks, no caches: two packages and the wheel's own papers."""
    tops = {name.split("/")[0] for name in wheel}
    assert {re.sub(r"-.*\.dist-info$", ".dist-info", top) for top in tops} == {"msht_tui", "screens", "msht_tui.dist-info"}
    assert not [name for name in wheel if "__pycache__" in name or name.endswith(".pyc")]


def test_the_licence_is_in_the_wheel(wheel: frozenset[str]) -> None:
    assert [name for name in wheel if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_installed_command_is_msht() -> None:
    scripts = [entry for entry in distribution("msht-tui").entry_points if entry.group == "console_scripts"]
    assert [(script.name, script.value) for script in scripts] == [("msht", "msht_tui.start:main")]
    assert callable(scripts[0].load())


def test_the_installed_program_finds_the_same_content_as_the_checkout() -> None:
    """Wherever it runs from, the folder it found holds what `data/` of the checkout holds."""
    found = data_folder()
    content = {path.relative_to(found).as_posix(): path.read_bytes() for path in found.rglob("*.toml")}
    assert content == {path.relative_to(ROOT / "data").as_posix(): path.read_bytes() for path in (ROOT / "data").rglob("*.toml")}


def test_an_installed_wheel_reads_its_own_content_and_never_the_checkout() -> None:
    origin = json.loads(distribution("msht-tui").read_text("direct_url.json") or "{}")
    editable = origin.get("dir_info", {}).get("editable", False)
    assert (data_folder() == ROOT / "data") is editable
