"""`msht provision`: what was given to whom, or offered and declined, in the running table of each person."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.acts import say_act
from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption, OnePersonArgument, PersonsArgument, subject_ids
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands
from msht_tui.cli.ledgers import person_of, say_ledger
from msht_tui.cli.output import say_data
from msht_tui.domain.entry import ProvisionKind

app = commands("Record and list everything that a person was given or offered.")


@app.command()
def add(
    case: CaseArgument,
    persons: PersonsArgument,
    provision: Annotated[ProvisionKind, typer.Argument(help="What kind of thing.", show_default=False)],
    what: Annotated[str, typer.Option("--what", metavar="TEXT", help="The thing itself; it has to be said.", show_default=False)] = "",
    quantity: Annotated[str, typer.Option("--quantity", metavar="TEXT", help="How much or how many.", show_default=False)] = "",
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who gave it, if it was not you.", show_default=False)] = "",
    declined: Annotated[bool, typer.Option("--declined", help="It was offered and declined.")] = False,
    at: AtOption = None,
) -> None:
    """Record that one person or several were given something, or declined it, one entry each."""
    at_desk = desk()
    case_id = at_desk.case(case).case_id
    view = at_desk.casework.provision(
        case_id, subject_ids(persons), provision, what, quantity=quantity, given_by=by, declined=declined, at=at
    )
    say_act(at_desk, view)


@app.command("list")
def list_provisions(case: CaseArgument, person: OnePersonArgument = None, json: JsonOption = False) -> None:
    """List what one person or everybody was given or declined, in the order in which it happened."""
    from msht_tui.summary.data import provision_data
    from msht_tui.summary.ledger import provisions

    at_desk = desk()
    view = at_desk.case(case)
    found = provisions(view.state, person_of(view, person))
    if json:
        say_data([provision_data(one) for one in found])
    else:
        say_ledger(at_desk, view, found, "Nothing is recorded as given or offered.")
