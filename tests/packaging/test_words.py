"""The project works anywhere: no file tells on which machine it was written, or where its packages were fetched from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {"__pycache__", "build", "dist", "node_modules", "venv"}
KEPT = {".ci", ".gitignore", ".gitattributes", ".github", ".pre-commit-config.yaml"}
"""Names that begin with a dot and are part of the project; all others are caches and tools' own."""

MACHINE_PATHS = [
    re.compile(r"(?<![\w.~-])/(?:work|root|opt|builds?)/+\w"),
    re.compile(r"(?<![\w.~-])/(?:home|Users)/+[a-z]\w*/"),
    re.compile(r"(?<![\w.~-])/tmp/(?:\w*\d{4}|brief|bash_)"),
    re.compile(r"\b[A-Za-z]:\\+(?:Users|Work)\\+\w", re.IGNORECASE),
]
INDEX_ADDRESSES = [
    re.compile(r"\bpypi\.(?:org|python)|\bpythonhosted\b", re.IGNORECASE),
    re.compile(r"https?://[^\s\"'>)]*/simple\b", re.IGNORECASE),
    re.compile(r"--(?:extra-)?index" r"-url[ =]+\S|--find-links[ =]+\S|\bfind-links *= *\S"),
]


def project_files(folder: Path) -> Iterator[Path]:
    """The project's own files, without caches and environments."""
    for path in sorted(folder.iterdir()):
        if path.name in SKIPPED or path.name.endswith(".egg-info") or (path.name.startswith(".") and path.name not in KEPT):
            continue
        if path.is_dir():
            yield from project_files(path)
        else:
            yield path


def lines() -> Iterator[tuple[str, str]]:
    """Every line of every text file, each with its place."""
    for path in project_files(ROOT):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{path.relative_to(ROOT).as_posix()}:{number}", line


@pytest.mark.parametrize("pattern", MACHINE_PATHS + INDEX_ADDRESSES, ids=lambda pattern: pattern.pattern)
def test_no_file_names_a_machine_or_an_index(pattern: re.Pattern[str]) -> None:
    assert [f"{place}: {line.strip()[:120]}" for place, line in lines() if pattern.search(line)] == []


@pytest.mark.parametrize(
    "text",
    [
        "see /{}/main".format("work"),
        "'/{}/x'".format("root"),
        "file:///{}/wheels".format("opt"),
        "/{}/sam/msht".format("home"),
        "C:\\{}\\sam".format("Users"),
    ],
)
def test_the_patterns_find_a_machine_path(text: str) -> None:
    assert any(pattern.search(text) for pattern in MACHINE_PATHS)


@pytest.mark.parametrize(
    "text", ["https://{}.org/p".format("pypi"), "https://example.org/{}".format("simple"), "--index{} x".format("-url")]
)
def test_the_patterns_find_an_index_address(text: str) -> None:
    assert any(pattern.search(text) for pattern in INDEX_ADDRESSES)


@pytest.mark.parametrize(
    "text", ["../{}/main".format("work"), "and/or", "https://example.org/{}/list".format("work"), "Home/End", "~/{}/x".format("work")]
)
def test_the_patterns_leave_other_text_alone(text: str) -> None:
    assert not any(pattern.search(text) for pattern in MACHINE_PATHS + INDEX_ADDRESSES)
