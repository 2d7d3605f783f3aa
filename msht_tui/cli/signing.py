"""Signing in to the live store: once for each command, before anything of it is read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msht_tui.cli.options import Options
from msht_tui.cli.output import complain
from msht_tui.cli.passphrase import STANDARD_INPUT, secret
from msht_tui.domain.refusal import Refused

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.store.audit_file import AuditFile
    from msht_tui.store.keys.operators import Operators
    from msht_tui.store.keys.session import Session

PASSPHRASE_FILE = "--passphrase-file"


def operators_of(workplace: Workplace) -> Operators:
    """Who may sign in to the live store; a growing wait is told before it begins. Raises `Refused` for the exercise store."""
    from msht_tui.store.keys.operators import Operators
    from msht_tui.store.place import KEYS

    if workplace.exercise:
        raise Refused("The exercise store has no operators, and nobody signs in to it: leave --exercise out.")
    workplace.operators = Operators(workplace.base / KEYS, sleep=_wait)
    return workplace.operators


def operators_set_up(workplace: Workplace) -> Operators:
    """The same, of a live store that is set up. Raises `NotSetUp` for any other, with what to do."""
    from msht_tui.bootstrap import NotSetUp

    operators = operators_of(workplace)
    if not operators.is_set_up():
        raise NotSetUp(
            f"The live store in {workplace.base} is not set up yet: msht setup does it. "
            "To practise on made-up cases, put --exercise into the command."
        )
    return operators


def sign_in(workplace: Workplace, options: Options, file: AuditFile, now: Callable[[], datetime]) -> Session:
    """Sign in the operator that the options name; a failure stands in the audit before it is told.

    Raises `Refused` when the passphrase does not fit, or nobody can be asked for it.
    """
    from msht_tui.domain.audit import SignInFailed
    from msht_tui.store.audit import Audit, offered_id
    from msht_tui.store.keys.operators import named
    from msht_tui.store.keys.slots import NOT_TOGETHER, WrongPassphrase

    workplace.operator = named(workplace.operator)
    passphrase = secret(options.passphrase_file, f"passphrase of {_called(workplace.operator, options)}", PASSPHRASE_FILE)
    try:
        return workplace.sign_in(passphrase)
    except WrongPassphrase as error:
        Audit(file).append(SignInFailed(offered=offered_id(workplace.operator, workplace.operators.list())), now())
        again = _again(options.passphrase_file)
        raise WrongPassphrase(f"{NOT_TOGETHER}: name your id with --as, {again}, or ask a supervisor to reset the passphrase.") from error


def _called(operator: str, options: Options) -> str:
    """An operator; that nobody named them, and how to, where it is the login name."""
    named = options.operator or os.environ.get("MSHT_OPERATOR")
    return operator if named else f"{operator} (your login name; --as ID names another)"


def _again(source: str | None) -> str:
    """What to do about a passphrase that was wrong, by where it came from."""
    if source is None:
        return "type the passphrase again"
    return f"look at the passphrase {'on standard input' if source == STANDARD_INPUT else f'in {source}'} ({PASSPHRASE_FILE})"


def _wait(seconds: float) -> None:
    complain(f"Waiting {seconds:.0f} s, because the attempts before this one failed.")
    time.sleep(seconds)
