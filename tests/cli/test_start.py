"""How the script begins: what it answers at once, what it refuses, and what it does not load."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

from msht_tui.cli.options import Options, WrongUsage, global_options

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript, Script

Start = Callable[..., CompletedProcess[str]]

MAIN = "from msht_tui.start import main; main()"
LOADED = """
import sys
from msht_tui.start import run
code = run(sys.argv[1:])
found = {name.partition(".")[0] for name in sys.modules} & {"typer", "click", "textual", "rich", "tinydb", "msgspec", "cryptography"}
print(code, *sorted(found), file=sys.stderr)
"""


def test_version_names_the_program_the_content_and_its_date(msht: Script) -> None:
    assert re.fullmatch(
        r"msht \d+\.\d+\.\d+ · app-first-response \d+\.\d+\.\d+ · guidance read \d+ \w+ \d{4}\n", msht.bare("--version").out
    )


def test_version_loads_no_library_at_all(started: Start) -> None:
    assert started(LOADED, "--version").stderr.split() == ["0"]


def test_python_starts_the_package_as_the_command(started: Start) -> None:
    code = "import runpy, sys; sys.argv = ['msht_tui', *sys.argv[1:]]; runpy.run_module('msht_tui', run_name='__main__', alter_sys=True)"
    assert started(code, "--version").stdout == started(MAIN, "--version").stdout
    ended = started(code, "case", "shwo")
    assert (ended.returncode, "Usage: msht case" in ended.stderr) == (2, True)


def test_the_list_of_cases_loads_no_command_library(started: Start) -> None:
    assert started(LOADED, "--exercise", "case", "list").stderr.split() == ["0", "msgspec", "tinydb"]


def test_a_live_store_that_is_not_set_up_is_refused_before_any_cryptography_is_loaded(started: Start) -> None:
    ended = started(LOADED, "case", "list")
    assert ended.stderr.splitlines()[-1].split() == ["1", "msgspec"]
    assert "msht setup" in ended.stderr


EXERCISE = "--exercise"


@pytest.mark.parametrize(
    "arguments",
    [("content", "list"), ("content", "show"), (EXERCISE, "case", "new", "--role", "custody"), (EXERCISE, "case", "list", "--json")],
)
def test_plain_commands_load_neither_textual_nor_rich(started: Start, arguments: tuple[str, ...]) -> None:
    code, *loaded = started(LOADED, *arguments).stderr.split()
    assert code == "0"
    assert not {"textual", "rich"} & set(loaded)


@pytest.mark.parametrize("options", [(), ("--exercise",), ("--store", "here", "--as", "PC 1")])
def test_without_a_terminal_the_app_is_refused_in_words(started: Start, options: tuple[str, ...]) -> None:
    ended = started(MAIN, *options)
    assert ended.returncode == 2
    assert "msht case list" in ended.stderr
    assert "msht --help" in ended.stderr
    assert ended.stdout == ""


def test_on_a_terminal_the_app_gets_the_store_and_the_operator_without_typer(started: Start) -> None:
    code = """
import sys, types
app = types.ModuleType("msht_tui.app")
app.run_app = lambda workplace: print(workplace.exercise, workplace.base.name, workplace.operator, "typer" in sys.modules)
sys.modules["msht_tui.app"] = app
sys.stdin = types.SimpleNamespace(isatty=lambda: True)
sys.stdout.isatty = lambda: True
from msht_tui.start import run
sys.exit(run(sys.argv[1:]))
"""
    ended = started(code, "--exercise", "--store=elsewhere", "--as", "PS 77")
    assert (ended.stdout, ended.returncode) == ("True elsewhere PS 77 False\n", 0), ended.stderr


def test_what_textual_would_obey_in_the_environment_is_gone_before_anything_else(started: Start) -> None:
    code = "import os, sys; from msht_tui.start import run; run(['--version']); print([n for n in os.environ if n.startswith('TEXTUAL')])"
    ended = started(code, env={"TEXTUAL_DEBUG": "1", "TEXTUAL_PRESS": "x", "TEXTUAL": "y"})
    assert ended.stdout.splitlines()[-1] == "[]"


def test_names_keep_their_letters_when_the_locale_knows_none(started: Start) -> None:
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    case = started(MAIN, EXERCISE, "case", "new", env=env).stdout.strip()
    started(MAIN, EXERCISE, "note", case, "Nguyễn, Łukasz, עדי", env=env)
    assert "Nguyễn, Łukasz, עדי" in started(MAIN, EXERCISE, "log", case, env=env).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_under_the_output_is_said_in_words(started: Start) -> None:
    code = "import sys; sys.stdout = open('/dev/full', 'w'); from msht_tui.start import main; main()"
    ended = started(code, "content", "show")
    assert ended.returncode == 3
    assert "refused" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_reader_that_goes_away_is_no_failure(started: Start) -> None:
    code = (
        "import os, sys; read, write = os.pipe(); os.close(read); os.dup2(write, 1);"
        "from msht_tui.start import main; sys.argv = ['msht', 'content', 'show']; main()"
    )
    ended = started(code)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "options", "rest"),
    [
        ([], Options(), []),
        (["case", "list"], Options(), ["case", "list"]),
        (["--exercise", "case", "new"], Options(exercise=True), ["case", "new"]),
        (["--store", "d", "--as=PC 1", "log", "x"], Options(store="d", operator="PC 1"), ["log", "x"]),
        (["case", "list", "--exercise"], Options(exercise=True), ["case", "list"]),
        (["log", "x", "--store", "d"], Options(store="d"), ["log", "x"]),
        (["--passphrase-file", "-", "log", "x"], Options(passphrase_file="-"), ["log", "x"]),
        (["note", "x", "--", "--as"], Options(), ["note", "x", "--", "--as"]),
        (["case", "--version"], Options(), ["case", "--version"]),
        (["--exercise=yes"], Options(), ["--exercise=yes"]),
        (["--version"], Options(version=True), []),
    ],
)
def test_global_options_are_taken_off_wherever_they_stand(arguments: list[str], options: Options, rest: list[str]) -> None:
    assert global_options(arguments) == (options, rest)


@pytest.mark.parametrize("arguments", [["--store"], ["--store="], ["--as", " "], ["--passphrase-file"]])
def test_an_option_without_its_value_is_wrong_usage(msht: Script, arguments: list[str]) -> None:
    with pytest.raises(WrongUsage, match="needs"):
        global_options(arguments)
    assert msht.bare(*arguments).code == 2


def test_the_store_and_the_operator_can_come_from_the_environment(started: Start, tmp_path: Path) -> None:
    named = {"MSHT_STORE": str(tmp_path / "named")}
    case = started(MAIN, EXERCISE, "case", "new", env={**named, "MSHT_OPERATOR": "PS 77"}).stdout.strip()
    assert (tmp_path / "named" / "exercise" / "cases" / f"{case}.tdb").is_file()
    assert "PS 77" in started(MAIN, EXERCISE, "log", case, env=named).stdout


def test_exercises_stay_in_a_store_of_their_own(live: LiveScript) -> None:
    made_up = live("case", "new", exercise=True).out.strip()
    assert (live.store / "exercise" / "cases" / f"{made_up}.tdb").is_file()
    assert live("case", "show", made_up).code == 1
    assert live("case", "list", "--json").data["cases"] == []
