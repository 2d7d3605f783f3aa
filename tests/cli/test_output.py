"""The one way out of the program."""

from __future__ import annotations

import json

import pytest

from msht_tui.cli.output import aligned, json_text, say


@pytest.mark.parametrize("character", ["\x1b", "\x00", "\x9b", "\x7f", "\r", "\u202e", "\u2066", "\U000e0041", "\ud800"])
def test_json_escapes_what_a_terminal_would_obey_and_keeps_its_value(character: str) -> None:
    text = json_text({"note": f"a{character}b Nguyễn"})
    assert character not in text
    assert "Nguyễn" in text
    assert json.loads(text) == {"note": f"a{character}b Nguyễn"}


def test_lines_are_printed_without_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[2Jb\n\tc\u202ed")
    assert capsys.readouterr().out == "a\ufffd[2Jb\n\tc\ufffdd\n"


def test_columns_stand_under_one_another_whatever_the_letters() -> None:
    rows = aligned([["no", "name", "x"], ["1", "Nguyễn", "one\ntwo"], ["2", "山田", "y"]])
    assert rows == ["no  name    x", "1   Nguyễn  one\n            two", "2   山田    y"]
