"""`msht setup`: from an empty folder to a live store with its first supervisor."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.desk import chosen, desk_of_nobody
from msht_tui.cli.group import commands
from msht_tui.cli.output import say
from msht_tui.cli.passphrase import new_secret
from msht_tui.cli.signing import PASSPHRASE_FILE, operators_of
from msht_tui.ports import StoreTrouble

app = commands()

ONCE = "Write it down now: it is not shown again. It lets a supervisor back in who has forgotten the passphrase, and works once."
KEEP = "Keep it where no operator of this terminal gets at it alone, such as in a sealed envelope in the safe. Whoever has it can get in."


@app.command()
def setup(
    operator: Annotated[
        str, typer.Option("--operator", metavar="ID", help="Of the first supervisor, such as a collar number.", show_default=False)
    ],
    force: Annotated[str, typer.Option("--force", metavar="NAME", help="The police force, for the settings.", show_default=False)] = "",
    marking: Annotated[
        str, typer.Option("--marking", metavar="TEXT", help="First and last line of every page; OFFICIAL-SENSITIVE, if left out.")
    ] = "",
) -> None:
    """Set this terminal up for live cases: its first supervisor, and a recovery code that is printed once.

    The passphrase comes from --passphrase-file, or is asked for twice: at least 12 characters, or four words.
    """
    from msht_tui.domain.audit import OperatorChanged, SignedIn
    from msht_tui.settings import with_settings, write_settings
    from msht_tui.store.keys.operators import named
    from msht_tui.store.keys.passphrase import new_passphrase
    from msht_tui.store.place import refuse_foreign

    at_desk = desk_of_nobody()
    workplace = at_desk.workplace
    workplace.operator = named(operator)
    operators = operators_of(workplace)
    refuse_foreign(workplace.base)
    operators.refuse_set_up()
    before = workplace.settings
    settings = with_settings(workplace.base, {"force": force, "marking": marking})
    passphrase = new_passphrase(new_secret(chosen().passphrase_file, "new passphrase", PASSPHRASE_FILE))
    operators.folder.make()
    write_settings(workplace.base, settings)
    code = operators.set_up(workplace.operator, passphrase, at_desk.begin_audit)
    session = workplace.sign_in(passphrase)
    supervisor = session.operator
    try:
        for event in (OperatorChanged(operator=supervisor, how="added", role="supervisor"), SignedIn(role="supervisor")):
            at_desk.record(event)
    except StoreTrouble as trouble:
        unseen = "The terminal is set up, and its recovery code was not shown: make another with msht operator new-recovery-code."
        raise StoreTrouble(f"{trouble} {unseen}") from trouble
    say(f"This terminal is set up for live cases, in {workplace.base}, marked {marking or before.marking}.")
    say(f"Its first supervisor is {supervisor}.")
    say_code(code)
    if session.before:
        say("It holds cases from before. Seal them now: msht store convert")


def say_code(code: str) -> None:
    """Print a recovery code, with what to do with it."""
    say(f"\nRecovery code: {code}\n\n{ONCE}\n{KEEP}")
