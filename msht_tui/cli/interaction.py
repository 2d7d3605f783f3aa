"""`msht interaction`: who spoke with whom, in the running table of each person."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.acts import say_act
from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption, OnePersonArgument, PersonsArgument, VerbatimOption, subject_ids
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands
from msht_tui.cli.ledgers import person_of, say_ledger
from msht_tui.cli.output import say_data
from msht_tui.domain.entry import Manner

app = commands("Record and list every interaction with a person.")


@app.command()
def add(
    case: CaseArgument,
    persons: PersonsArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was said or done.", show_default=False)],
    spoke: Annotated[str, typer.Option("--spoke", metavar="WHO", help="Who spoke with them, if it was not you.", show_default=False)] = "",
    how: Annotated[Manner | None, typer.Option("--how", help="In which manner.")] = None,
    interpreter: Annotated[
        str, typer.Option("--interpreter", metavar="WHO", help="Who interpreted, or that nobody did.", show_default=False)
    ] = "",
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help="Where, and who else was there.", show_default=False)] = "",
    demeanour: Annotated[
        str, typer.Option("--demeanour", metavar="TEXT", help="How they appeared: what was seen, not what it may mean.", show_default=False)
    ] = "",
    verbatim: VerbatimOption = False,
    at: AtOption = None,
) -> None:
    """Record that somebody spoke with one person or with several, one entry each."""
    at_desk = desk()
    case_id = at_desk.case(case).case_id
    view = at_desk.casework.interaction(
        case_id,
        subject_ids(persons),
        text,
        verbatim=verbatim,
        spoke=spoke,
        how=how,
        interpreter=interpreter,
        place=place,
        demeanour=demeanour,
        at=at,
    )
    say_act(at_desk, view)


@app.command("list")
def list_interactions(case: CaseArgument, person: OnePersonArgument = None, json: JsonOption = False) -> None:
    """List what was said with one person or with everybody, in the order in which it happened."""
    from msht_tui.summary.data import interaction_data
    from msht_tui.summary.ledger import interactions

    at_desk = desk()
    view = at_desk.case(case)
    found = interactions(view.state, person_of(view, person))
    if json:
        say_data([interaction_data(one) for one in found])
    else:
        say_ledger(at_desk, view, found, "No interaction is recorded.")
