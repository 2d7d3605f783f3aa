"""`msht nrm`: which way a victim's matter goes to the Home Office."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.arguments import CaseArgument, JsonOption, one_subject
from msht_tui.cli.desk import desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import say, say_columns, say_data

app = commands("The National Referral Mechanism: the route of a victim's matter.")

ROUTE = {
    "child": "child: NRM referral, no consent question",
    "adult_consent": "adult who consents: NRM referral",
    "duty_to_notify": "duty to notify, without a referral",
    "undetermined": "not determined yet",
}


@app.callback()
def nrm() -> None:
    """The National Referral Mechanism: the route of a victim's matter."""


@app.command()
def route(
    case: CaseArgument,
    victim: Annotated[str, typer.Argument(metavar="VICTIM", help="Such as V1.", show_default=False)],
    json: JsonOption = False,
) -> None:
    """Show the route of a victim, why, and which facts are missing for it."""
    subject = one_subject(victim)
    view = desk().case(case)
    found = view.route(subject)
    if json:
        say_data(
            {
                "case": view.case_id,
                "subject": subject,
                "route": found.route,
                "why": found.why,
                "missing": list(found.missing),
                "anonymous": found.anonymous,
            }
        )
        return
    say(heading(view))
    rows = [["Victim", subject], ["Route", ROUTE[found.route]], ["Why", found.why]]
    if found.missing:
        rows.append(["Missing", ", ".join(found.missing)])
    if found.anonymous:
        rows.append(["Identity", "nothing that identifies the person may be sent"])
    say_columns(rows)
