"""Help of every command, and how each kind of failure ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import pytest
from typer.main import get_command

from msht_tui.cli.main import app

if TYPE_CHECKING:
    from tests.cli.conftest import Script, StandingClock


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


KEEPING = ("due", "keep", "hold", "release", "erase")
"""What is done with the terminal's copy of a case: facts of the audit, not of the case's record."""
COMMANDS = dict(leaves(get_command(app)))
TABLE: set[tuple[str, ...]] = {
    *(("case", name) for name in ("new", "list", "show", "ref", "close", "reopen")),
    *(("case", name) for name in KEEPING),
    *(("subject", name) for name in ("add", "link", "retire")),
    *(("content", name) for name in ("list", "show", "check")),
    *((name,) for name in ("mark", "note", "next", "log", "summary", "undo", "redo")),
    *((noun, verb) for noun in ("interaction", "provision") for verb in ("add", "list")),
    *(("handover", name) for name in ("start", "accept", "return", "page")),
    ("entry", "strike"),
    ("fact", "set"),
    ("fact", "list"),
    *(("nrm", name) for name in ("route", "readiness", "worksheet", "fields", "answer", "sent", "decision", "dates")),
    *(("store", name) for name in ("info", "verify", "backup", "restore", "rebuild", "convert", "dump", "acknowledge")),
    ("setup",),
    *(("audit", name) for name in ("show", "verify", "export", "acknowledge")),
    *(("operator", name) for name in ("list", "add", "reset", "role", "remove", "recover", "new-recovery-code")),
}
GROUPS = sorted({path[0] for path in TABLE if len(path) > 1})
WRITING = [
    path
    for path in sorted(TABLE)
    if path[0] in ("subject", "mark", "note", "interaction", "provision", "handover", "entry", "fact", "case", "nrm")
    and path[-1] not in (*KEEPING, "list", "show", "page", "route", "readiness", "worksheet", "fields", "dates")
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


@pytest.mark.parametrize("path", [("undo",), ("redo",)], ids=" ".join)
def test_an_act_that_is_taken_back_or_done_again_keeps_its_own_time(path: tuple[str, ...]) -> None:
    assert "--at" not in [option for parameter in COMMANDS[path].params for option in parameter.opts]


@pytest.mark.parametrize("path", [(), *((noun,) for noun in GROUPS)])
def test_groups_list_their_commands(msht: Script, path: tuple[str, ...]) -> None:
    outcome = msht.bare(*path, "--help")
    names = {command[len(path)] for command in COMMANDS if command[: len(path)] == path}
    assert outcome.code == 0
    assert all(f"\n  {name} " in outcome.out for name in names)


def test_the_help_names_the_options_of_every_command_and_the_exit_codes(msht: Script) -> None:
    words = " ".join(msht.bare("--help").out.split())
    assert all(
        name in words for name in ("--store DIR", "--exercise", "--as OPERATOR", "--passphrase-file FILE", "MSHT_STORE", "MSHT_OPERATOR")
    )
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
        (("interaction", "add", "EX-1", "V1", "words", "--how", "shouting"), "shouting"),
        (("interaction", "add", "EX-1", "V1"), "Missing argument"),
        (("provision", "add", "EX-1", "V1", "sweets", "--what", "x"), "sweets"),
        (("provision", "list", "EX-1", "V1,V2"), "not one subject"),
        (("entry", "strike", "EX-1", "last"), "last"),
        (("handover", "accept", "EX-1", "--role", "chef"), "chef"),
        (("handover", "page", "EX-1", "--format", "pdf"), "pdf"),
        (("log", "EX-1", "--subject", "V1,S1"), "not one subject"),
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
        (("case", "show", "EX-1", "--at", "2031-01-01T10:00"), "in the future"),
        (("case", "show", "EX-1", "--at", "2020-01-01T10:00"), "not open yet"),
        (("case", "ref", "EX-1", "crime", "CR/9", "--at", "25:99"), "is no time"),
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
        (("note", "EX-1", "words", "--at", "2031-01-01T10:00"), "in the future"),
        (("interaction", "add", "EX-1", "V1", " "), "Say what was said or done"),
        (("interaction", "add", "EX-1", "L1", "words"), "L1 is no person"),
        (("interaction", "add", "EX-1", "case", "words"), "case is no person"),
        (("interaction", "add", "EX-1", "V7", "words"), "no subject 'V7'"),
        (("interaction", "add", "EX-1", ",", "words"), "Say for whom"),
        (("interaction", "add", "EX-1", "V1", "words", "--at", "2031-01-01T10:00"), "in the future"),
        (("interaction", "list", "EX-1", "V7"), "no subject 'V7'"),
        (("provision", "add", "EX-1", "V1", "food"), "Say what was given or offered"),
        (("provision", "add", "EX-1", "V1,L1", "food", "--what", "tea"), "L1 is no person"),
        (("provision", "add", "EX-1", "V1", "food", "--what", "tea", "--at", "2031-01-01T10:00"), "in the future"),
        (("entry", "strike", "EX-1", "3"), "Say why entry 3 is struck"),
        (("entry", "strike", "EX-1", "3", "--because", "x", "--at", "2031-01-01T10:00"), "in the future"),
        (("entry", "strike", "EX-1", "1", "--because", "x"), "it opens the case"),
        (("entry", "strike", "EX-1", "99", "--because", "x"), "There is no entry 99: the record goes from 1 to 5"),
        (("handover", "start", "EX-1"), "Say to whom the case is handed over"),
        (("handover", "start", "EX-1", "--to", "PS 77", "--at", "2031-01-01T10:00"), "in the future"),
        (("handover", "accept", "EX-1"), "No handover of this case is under way: PC 1234 holds it"),
        (("handover", "return", "EX-1", "--because", "x"), "No handover of this case is under way"),
        (("redo", "EX-1"), "no act of yours to do again"),
        (("log", "EX-1", "--subject", "V7"), "no subject 'V7'"),
        (("log", "EX-1", "--phase", "scen"), "Did you mean scene"),
        (("log", "EX-1", "--kind", "note"), "Did you mean note-added"),
        (("log", "EX-1", "--operator", "PC 123"), "Did you mean PC 1234"),
        (("log", "EX-1", "--since", "soon"), "is no time"),
        (("log", "EX-1", "--until", "2031-01-01T10:00"), "in the future"),
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


REFUSED_LATER: list[tuple[list[tuple[str, ...]], tuple[str, ...], str]] = [
    ([("handover", "start", "EX-1", "--to", "PS 77")], ("handover", "start", "EX-1", "--to", "PC 5"), "handed over to PS 77 already"),
    ([("handover", "start", "EX-1", "--to", "PS 77")], ("handover", "accept", "EX-1"), "You hold this case"),
    ([("handover", "start", "EX-1", "--to", "PS 77")], ("handover", "return", "EX-1"), "Say why the case is sent back"),
    ([("note", "EX-1", "a"), ("undo", "EX-1")], ("entry", "strike", "EX-1", "6", "--because", "x"), "Entry 6 is not struck: it is struck"),
    ([("note", "EX-1", "a"), ("undo", "EX-1")], ("entry", "strike", "EX-1", "7", "--because", "x"), "a strike stays"),
    ([("note", "EX-1", "a", "--on", "V1")], ("entry", "strike", "EX-1", "3", "--because", "x"), "entry 6 depends on it"),
    ([("note", "EX-1", "a"), ("undo", "EX-1"), ("note", "EX-1", "b")], ("redo", "EX-1"), "nothing has been recorded since"),
    ([("entry", "strike", "EX-1", "5", "--because", "x")], ("undo", "EX-1"), "struck another: a strike stays"),
]


@pytest.mark.parametrize(("acts", "arguments", "words"), REFUSED_LATER, ids=[words for *_, words in REFUSED_LATER])
def test_what_stands_in_the_record_already_can_refuse_an_act(
    msht: Script, case: str, acts: list[tuple[str, ...]], arguments: tuple[str, ...], words: str
) -> None:
    for act in acts:
        msht.done(*act)
    before = msht.data("log", case)
    outcome = msht(*arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert words in outcome.err
    assert msht.data("log", case) == before


def test_nobody_undoes_what_others_did_or_what_came_before_a_handover(msht: Script, case: str) -> None:
    msht.done("handover", "start", case, "--to", "PS 77")
    msht.operator = "PS 77"
    outcome = msht("undo", case)
    assert (outcome.code, outcome.err) == (1, "There is no act of yours to undo in this case.\n")
    msht.done("handover", "accept", case)
    msht.operator = "PC 1234"
    outcome = msht("undo", case)
    assert outcome.code == 1
    assert "not later than the last handover. Strike entry 6 with a reason instead" in outcome.err


def test_undo_ends_at_the_opening_of_the_case(msht: Script) -> None:
    msht.done("case", "new", "--ref", "EX-2")
    outcome = msht("undo", "EX-2")
    assert outcome.code == 1
    assert "the opening of the case stays" in outcome.err


def test_closing_shows_what_is_left_and_refuses_without_a_reason(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T20:00")
    msht.done("mark", case, "basic-needs-met@V1", "deferred", "--to", "nurse", "--until", "20:30")
    msht.done("mark", case, "more-than-one-scene", "done", "--at", "19:10")
    msht.done("handover", "start", case, "--to", "PS 77")
    clock.set("2026-11-22T20:31")
    before = msht.data("log", case)
    outcome = msht("case", "close", case)
    assert outcome.code == 1
    left = {" ".join(line.split()) for line in outcome.out.splitlines()}
    assert left >= {
        "vital open parties-separated@V1",
        "overdue left to nurse until 22 Nov 20:30 basic-needs-met@V1",
        "decided no reason given more-than-one-scene",
        "late recorded 50 min after it happened entry 7",
        "handover offered to PS 77, not answered yet",
    }
    assert "Say why the case is closed all the same. It has" in outcome.err
    assert msht.data("log", case) == before


def test_a_closed_case_takes_nothing_until_it_is_reopened(msht: Script, case: str) -> None:
    msht.done("note", case, "undone")
    msht.done("undo", case)
    msht.operator = "PS 77"
    said = msht.done("case", "close", case, "--because", "handed to the day team")
    msht.operator = "PC 1234"
    assert "vital steps open" in said
    assert "working copy" in said
    for arguments in (
        ("mark", case, "duty-inspector-told", "done"),
        ("note", case, "words"),
        ("interaction", "add", case, "V1", "words"),
        ("provision", "add", case, "V1", "food", "--what", "tea"),
        ("entry", "strike", case, "3", "--because", "x"),
        ("handover", "start", case, "--to", "PS 77"),
        ("undo", case),
        ("redo", case),
        ("case", "close", case, "--because", "again"),
    ):
        outcome = msht(*arguments)
        assert outcome.code == 1, arguments
        assert "The case is closed: reopen it first" in outcome.err
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
