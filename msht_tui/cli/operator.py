"""`msht operator`: who may sign in to the live store."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.arguments import JsonOption
from msht_tui.cli.desk import chosen, desk, desk_of_nobody
from msht_tui.cli.group import commands
from msht_tui.cli.output import say, say_columns, say_data
from msht_tui.cli.passphrase import new_secret, refuse_one_input_for_two, secret
from msht_tui.cli.setup import say_code
from msht_tui.cli.signing import operators_set_up
from msht_tui.domain.audit import SignInFailed
from msht_tui.store.audit import offered_id
from msht_tui.store.keys.operators import refuse_oneself
from msht_tui.store.keys.passphrase import new_passphrase
from msht_tui.store.keys.slots import Role, WrongPassphrase

app = commands("List, let in, reset and remove those who sign in to the live store. Changes take a supervisor.")

NEW_PASSPHRASE_FILE, CODE_FILE = "--new-passphrase-file", "--code-file"
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Of the operator, such as a collar number.", show_default=False)]
NewPassphraseOption = Annotated[
    str | None,
    typer.Option(NEW_PASSPHRASE_FILE, metavar="FILE", help="Holds their new passphrase; - is standard input. Otherwise it is asked for."),
]


@app.command("list")
def list_operators(json: JsonOption = False) -> None:
    """List everybody who may sign in, with their roles."""
    found = desk().session.operators.list()
    if json:
        say_data([{"id": one.id, "role": one.role} for one in found])
    else:
        say_columns([[one.id, one.role] for one in found])


@app.command()
def add(
    operator: IdArgument,
    role: Annotated[Role, typer.Option("--role", help="What they may do.", show_default=False)],
    new_passphrase_file: NewPassphraseOption = None,
) -> None:
    """Let somebody in, from now on."""
    refuse_one_input_for_two(chosen().passphrase_file, new_passphrase_file)
    at_desk = desk()
    session, passphrase = at_desk.session, _new_passphrase(operator, new_passphrase_file)
    session.operators.add(session, operator, role, passphrase, at_desk.record)
    say(f"{operator} can sign in now, as {role}.")


@app.command()
def reset(operator: IdArgument, new_passphrase_file: NewPassphraseOption = None) -> None:
    """Give an operator a new passphrase, or yourself; the old one opens nothing any more."""
    refuse_one_input_for_two(chosen().passphrase_file, new_passphrase_file)
    at_desk = desk()
    session, passphrase = at_desk.session, _new_passphrase(operator, new_passphrase_file)
    session.operators.reset(session, operator, passphrase, at_desk.record)
    say(f"{operator} signs in with the new passphrase from now on.")


@app.command()
def role(
    operator: IdArgument,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="What they may do.", show_default=False)],
) -> None:
    """Give an operator another role. The last supervisor stays one."""
    at_desk = desk()
    at_desk.session.operators.change_role(at_desk.session, operator, role, at_desk.record)
    say(f"{operator} is {role} now.")


@app.command()
def remove(operator: IdArgument) -> None:
    """Let somebody else in no more: all keys are wrapped anew. What they entered stays."""
    at_desk = desk()
    refuse_oneself(at_desk.session, operator)
    at_desk.session.operators.remove(at_desk.session, operator, at_desk.record)
    say(f"{operator} cannot sign in any more. A copy of the folder keys from before still opens the cases of before: see docs/security.md.")


@app.command()
def recover(
    operator: IdArgument,
    code_file: Annotated[
        str | None,
        typer.Option(CODE_FILE, metavar="FILE", help="Holds the recovery code; - is standard input. Otherwise you are asked for it."),
    ] = None,
    new_passphrase_file: NewPassphraseOption = None,
) -> None:
    """Give a supervisor a new passphrase with the recovery code, which is used up by it; prints the next one. Nobody has to sign in."""
    refuse_one_input_for_two(code_file, new_passphrase_file)
    at_desk = desk_of_nobody()
    operators = operators_set_up(at_desk.workplace)
    code = secret(code_file, "recovery code", CODE_FILE)
    passphrase = _new_passphrase(operator, new_passphrase_file)
    try:
        next_code = operators.recover(code, operator, passphrase, at_desk.record)
    except WrongPassphrase:
        at_desk.record(SignInFailed(offered=offered_id(operator, operators.list())))
        raise
    say(f"{operator} signs in with the new passphrase from now on. The recovery code is used up; this is the next one.")
    say_code(next_code)


@app.command("new-recovery-code")
def new_recovery_code() -> None:
    """Make a new recovery code and print it once; the one before opens nothing any more."""
    at_desk = desk()
    say_code(at_desk.session.operators.renew_recovery(at_desk.session, at_desk.record))


def _new_passphrase(operator: str, source: str | None) -> str:
    """A passphrase for an operator. Raises `Refused`, also for one that is too short."""
    return new_passphrase(new_secret(source, f"new passphrase of {operator}", NEW_PASSPHRASE_FILE))
