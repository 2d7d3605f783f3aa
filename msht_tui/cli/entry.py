"""`msht entry`: a correction of the record, which strikes an entry through and leaves it readable."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.acts import say_act
from msht_tui.cli.arguments import AtOption, BecauseOption, CaseArgument
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands

app = commands("Correct the record.")


@app.callback()
def entry() -> None:
    """Correct the record. No entry is ever changed or removed."""


@app.command()
def strike(
    case: CaseArgument,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Of the entry, as the log shows it.", show_default=False)],
    because: BecauseOption = "",
    at: AtOption = None,
) -> None:
    """Strike an entry through, with the reason: it no longer counts, and its text stays readable."""
    at_desk = desk()
    say_act(at_desk, at_desk.casework.strike(at_desk.case(case).case_id, number, because=because, at=at))
