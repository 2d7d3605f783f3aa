"""Help of every command, and how each kind of failure ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import pytest
from typer.main import get_command

from msht_tui.cli.main import app

if TYPE_CHECKING:
    from tests.cli.conftest import Script


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that name it."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from leaves(inner, (*path, name))


COMMANDS = dict(leaves(get_command(app)))
TABLE: set[tuple[str, ...]] = {
    *(("case", name) for name in ("new", "list", "show", "ref", "close", "reopen")),
    *(("subject", name) for name in ("add", "link", "retire")),
    *(("content", name) for name in ("list", "show", "check")),
    *((name,) for name in ("mark", "note", "next", "log", "summary")),
    ("fact", "set"),
    ("fact", "list"),
    ("nrm", "route"),
    *(("store", name) for name in ("info", "verify", "backup", "restore", "rebuild", "dump", "acknowledge")),
}
WRITING = [
    path
    for path in sorted(TABLE)
    if path[0] in ("subject", "mark", "note") or path == ("fact", "set") or (path[0] == "case" and path[1] not in ("list", "show"))
]


def test_the_commands_are_those_that_the_readme_lists() -> None:
    assert set(COMMANDS) == TABLE


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does_and_what_each_parameter_is_for(msht: Script, path: tuple[str, ...]) -> None:
    outcome = msht.bare(*path, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: msht {' '.join(path)}")
    assert COMMANDS[path].help
    words = " ".join(outcome.out.split())
    for parameter in COMMANDS[path].params:
        meant = getattr(parameter, "help", None)
        assert meant, parameter.name
        assert meant.split()[0] in words


@pytest.mark.parametrize("path", WRITING, ids=" ".join)
def test_every_command_that_writes_takes_a_time(path: tuple[str, ...]) -> None:
    assert "--at" in [option for parameter in COMMANDS[path].params for option in parameter.opts]


@pytest.mark.parametrize("path", [(), ("case",), ("subject",), ("fact",), ("nrm",), ("content",), ("store",)])
def test_groups_list_their_commands(msht: Script, path: tuple[str, ...]) -> None:
    outcome = msht.bare(*path, "--help")
    names = {command[len(path)] for command in COMMANDS if command[: len(path)] == path}
    assert outcome.code == 0
    assert all(f"\n  {name} " in outcome.out for name in names)


def test_the_help_names_the_options_of_every_command_and_the_exit_codes(msht: Script) -> None:
    words = " ".join(msht.bare("--help").out.split())
    assert all(name in words for name in ("--store DIR", "--exercise", "--as OPERATOR", "MSHT_STORE", "MSHT_OPERATOR"))
    assert "3 trouble with the store" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("cas", "list"), "Did you mean case?"),
        (("case", "shwo"), "Did you mean show"),
        (("case", "show"), "Missing argument"),
        (("case", "new", "--role", "chef"), "chef"),
        (("subject", "add", "EX-1", "robot"), "robot"),
        (("subject", "link", "EX-1", "S1,S2"), "not one subject"),
        (("fact", "set", "EX-1", "V1", "age"), "NAME=VALUE"),
        (("fact", "set", "EX-1", "V1", "age=adult", "age=child"), "answered twice"),
        (("mark", "EX-1", "parties-separated@V1", "finished"), "finished"),
        (("note", "EX-1", "words", "--on", "parties-separated@V1,V2"), "not one step"),
        (("next", "EX-1", "--limit", "0"), "0"),
        (("summary", "EX-1", "--format", "pdf"), "pdf"),
        (("nrm", "route", "EX-1", "V1,V2"), "not one subject"),
    ],
)
def test_wrong_usage_ends_with_2(msht: Script, case: str, arguments: tuple[str, ...], words: str) -> None:
    outcome = msht(*arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("case", "show", "EX-2"), "Did you mean EX-1?"),
        (("case", "ref", "EX-1", "crime", "  "), "needs a value"),
        (("case", "reopen", "EX-1"), "nothing to reopen"),
        (("case", "close", "EX-1", "--at", "25:99"), "is no time"),
        (("case", "close", "EX-1", "--at", "2031-01-01T10:00"), "in the future"),
        (("subject", "link", "EX-1", "V1"), "only a suspect"),
        (("subject", "retire", "EX-1", "V1"), "Say why"),
        (("subject", "retire", "EX-1", "V1", "--because", "twice", "--same-as", "S1"), "cannot be the same"),
        (("fact", "set", "EX-1", "V1", "aeg=child"), "Did you mean age"),
        (("fact", "set", "EX-1", "V1", "age=teenager"), "adult, child, not-sure"),
        (("fact", "set", "EX-1", "S1", "age=child"), "a fact of a victim"),
        (("fact", "set", "EX-1", "V7", "age=child"), "no subject 'V7'"),
        (("mark", "EX-1", "partis-separated@V1", "done"), "Did you mean parties-separated"),
        (("mark", "EX-1", "parties-separated@V1", "not-needed"), "Say why"),
        (("mark", "EX-1", "parties-separated@V1", "deferred"), "Say to whom"),
        (("mark", "EX-1", "parties-separated@V1", "done", "--to", "PC 2"), "Only a deferred step"),
        (("mark", "EX-1", "parties-separated", "done"), "Say for whom: parties-separated@V1"),
        (("mark", "EX-1", "parties-separated@S1", "done"), "is a step of a victim"),
        (("mark", "EX-1", "child-nrm-referral-sent@V1", "done"), "waits on age"),
        (("note", "EX-1", "  "), "note is empty"),
        (("next", "EX-1", "--point", "in-custdy"), "Did you mean in-custody"),
        (("nrm", "route", "EX-1", "S1"), "only a victim"),
        (("content", "show", "parties-seperated"), "Did you mean parties-separated"),
    ],
)
def test_a_refusal_ends_with_1_says_why_and_records_nothing(msht: Script, case: str, arguments: tuple[str, ...], words: str) -> None:
    before = msht.data("log", "EX-1")
    outcome = msht(*arguments)
    assert outcome.code == 1
    assert words in outcome.err
    assert outcome.out == ""
    assert msht.data("log", "EX-1") == before


def test_a_reference_of_two_cases_is_refused_with_both_ids(msht: Script) -> None:
    ids = [msht.done("case", "new", "--ref", "EX-9") for _ in range(2)]
    outcome = msht("log", "ex-9")
    assert outcome.code == 1
    assert all(case_id in outcome.err for case_id in ids)


def test_a_closed_case_takes_nothing_until_it_is_reopened(msht: Script, case: str) -> None:
    assert "working copy" in msht.done("case", "close", case, "--because", "handed to the day team")
    assert msht("mark", case, "duty-inspector-told", "done").code == 1
    msht.done("case", "reopen", case)
    msht.done("mark", case, "duty-inspector-told", "done")


def test_a_damaged_case_ends_with_3_and_hides_no_other(msht: Script, case: str) -> None:
    other = msht.done("case", "new", "--ref", "EX-2")
    msht.done("note", other, "so that the opening is not the last line")
    path = msht.store / "exercise" / "cases" / f"{other}.tdb"
    path.write_bytes(path.read_bytes().replace(b"case-opened", b"case-0pened"))
    for arguments in (("case", "list"), ("case", "list", "--json")):
        outcome = msht(*arguments)
        assert outcome.code == 3
        assert "EX-1" in outcome.out
        assert other in outcome.err
    assert msht("case", "list", "--json").data["unreadable"][0]["id"] == other
    shown = msht("case", "show", other)
    assert shown.code == 3
    assert "damaged" in shown.err
    assert "Traceback" not in shown.err


def test_settings_that_cannot_be_used_end_with_3(msht: Script, case: str) -> None:
    (msht.store / "settings.toml").write_text('zone = "Mars/Olympus"\n', "utf-8")
    outcome = msht("log", case)
    assert outcome.code == 3
    assert "Mars/Olympus" in outcome.err


def test_an_unfinished_last_line_is_mentioned_on_stderr(msht: Script, case: str) -> None:
    path = next((msht.store / "exercise" / "cases").glob("*.tdb"))
    path.write_bytes(path.read_bytes() + b"half a li")
    outcome = msht("log", case)
    assert outcome.code == 0
    assert "not finished" in outcome.err
