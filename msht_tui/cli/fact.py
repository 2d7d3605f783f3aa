"""`msht fact`: the answers that decide which steps apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption, subject_ids
from msht_tui.cli.desk import Desk, desk
from msht_tui.cli.group import commands
from msht_tui.cli.output import say, say_columns, say_data

if TYPE_CHECKING:
    from msht_tui.service import CaseView

app = commands("Answer the facts that steps depend on.")


@app.callback()
def fact() -> None:
    """Answer the facts that steps depend on."""


@app.command("set")
def set_facts(
    case: CaseArgument,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="V1, or V1,V2, or case for the case itself.", show_default=False)],
    facts: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="Such as age=not-sure.", show_default=False)],
    at: AtOption = None,
) -> None:
    """Answer facts about a subject, or about several at once. The latest answer counts."""
    wanted = _pairs(facts)
    at_desk = desk()
    subjects = subject_ids(subject)
    view = at_desk.casework.set_facts(at_desk.case(case).case_id, subjects, wanted, at=at)
    for one in dict.fromkeys(subjects):
        for name in wanted:
            _say_fact(view, one, name)
        _say_link(at_desk, view, case, one, wanted)


@app.command("list")
def list_facts(json: JsonOption = False) -> None:
    """List the facts that can be answered, of whom, and their answers."""
    from msht_tui.content.library import Library

    found = Library().pack().facts
    if json:
        say_data([{"name": one.name, "subject": one.subject, "ask": one.ask, "values": list(one.values)} for one in found])
    else:
        say_columns([[one.subject, one.name, " | ".join(one.values), one.ask] for one in found])


def _pairs(facts: Sequence[str]) -> dict[str, str]:
    """Name to value. A usage error for what is not written NAME=VALUE, and for two answers to one question."""
    found: dict[str, str] = {}
    for text in facts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            raise typer.BadParameter(f"{text!r} is not written NAME=VALUE, such as age=not-sure.")
        if found.get(name, value) != value:
            raise typer.BadParameter(f"{name} is answered twice: {found[name]} and {value}.")
        found[name] = value
    return found


def _say_fact(view: CaseView, subject: str, name: str) -> None:
    from msht_tui.summary.words import answer_words

    value = view.state.fact(subject, name) or ""
    say(f"{subject} {name}={value} ({answer_words(view.pack, name, value)})")


def _say_link(at_desk: Desk, view: CaseView, case: str, subject: str, facts: dict[str, str]) -> None:
    """A suspect who may be a victim has to stand in the case as one too."""
    if facts.get("possible_victim") == "yes" and view.state.linked_victim(subject) is None:
        say(f"{subject} does not stand in the case as a victim yet: {at_desk.command('subject', 'link', case, subject)}")
