"""What commands print as data is described, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from msht_tui.bootstrap import Settings

if TYPE_CHECKING:
    from tests.cli.conftest import Script

DOCS = Path(__file__).resolve().parents[2] / "docs" / "json.md"
FREE = {"facts", "counts", "ages", "settled"}
"""Fields whose own keys are names from the content or from the case."""


def fields(data: object) -> Iterator[str]:
    """Every field name in this data, at any depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            if key not in FREE:
                yield from fields(value)
    elif isinstance(data, list):
        for one in data:
            yield from fields(one)


@pytest.mark.parametrize(
    ("heading", "command"),
    [
        ("msht case list --json", ("case", "list", "--json")),
        ("msht case show CASE --json", ("case", "show", "EX-1", "--json")),
        ("msht log CASE --json", ("log", "EX-1", "--json")),
        ("msht interaction list CASE [V1] --json", ("interaction", "list", "EX-1", "--json")),
        ("msht provision list CASE [V1] --json", ("provision", "list", "EX-1", "V1", "--json")),
        ("msht next CASE --json", ("next", "EX-1", "--json")),
        ("msht nrm route CASE V1 --json", ("nrm", "route", "EX-1", "V1", "--json")),
        ("msht summary CASE --format json", ("summary", "EX-1", "--format", "json")),
        ("msht handover page CASE --format json", ("handover", "page", "EX-1", "--format", "json")),
        ("msht fact list --json", ("fact", "list", "--json")),
        ("msht content list --json", ("content", "list", "--json")),
        ("msht content show [ITEM] --json", ("content", "show", "--json")),
    ],
)
def test_every_field_of_the_data_is_described(msht: Script, case: str, heading: str, command: tuple[str, ...]) -> None:
    msht.done("note", case, "a note", "--on", "parties-separated@V1")
    msht.done("fact", "set", case, "S1", "possible_victim=yes")
    msht.done("interaction", "add", case, "V1", "asked for water")
    msht.done("provision", "add", case, "V1", "drink", "--what", "water")
    msht.done("mark", case, "parties-separated@V1", "deferred", "--to", "patrol")
    msht.done("undo", case)
    msht.done("handover", "start", case, "--to", "PS 77")
    text = DOCS.read_text("utf-8")
    section = text.partition(f"## `{heading}`\n")[2].partition("\n## ")[0]
    inherited = text if any(words in section for words in ("as above", "case show", "as in")) else section
    described = set(re.findall(r"`([a-z_]+)`", inherited))
    assert section
    assert set(fields(msht(*command).data)) <= described


def test_every_setting_is_described_with_its_default_and_the_bounds_of_the_lock() -> None:
    text = (DOCS.parent / "security.md").read_text("utf-8").partition("### Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", text, re.MULTILINE)
    assert {name: json.loads(default) for name, default in rows} == msgspec.to_builtins(Settings())
    for seconds, fits in ((19, False), (20, True), (3600, True), (3601, False)):
        with nullcontext() if fits else pytest.raises(msgspec.ValidationError):
            msgspec.convert({"lock_after": seconds, "lock_after_in_custody": seconds}, Settings)
    assert "from 20 to 3600" in text
