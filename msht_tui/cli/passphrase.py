"""Secrets that are typed: from a file, from standard input, or at a prompt that does not show them. Never an argument or a variable."""

from __future__ import annotations

import os
import stat
import sys
from getpass import GetPassWarning, getpass
from pathlib import Path
from warnings import catch_warnings, simplefilter

from msht_tui.cli.output import complain
from msht_tui.domain.refusal import Refused

LARGEST = 8192
"""Bytes of a file that holds one secret: the longest passphrase takes half of it."""
STANDARD_INPUT = "-"


def secret(source: str | None, what: str, option: str) -> str:
    """The secret in a file or on standard input (`-`), without one line break at its end; without a source it is asked for.

    `what` is how it is called and `option` names the option that takes a file. Raises `Refused`.
    """
    return asked(what, option) if source is None else _read(source, what)


def new_secret(source: str | None, what: str, option: str) -> str:
    """The same for a secret that begins now: at a prompt it is typed twice. Raises `Refused`."""
    if source is not None:
        return _read(source, what)
    typed = asked(what, option)
    if asked(f"{what}, once more", option) != typed:
        raise Refused("The two are not the same. Nothing was changed: begin again.")
    return typed


def asked(what: str, option: str) -> str:
    """What is typed at a prompt that does not show it. Raises `Refused` where there is no terminal."""
    if not is_terminal():
        raise Refused(f"The {what} is needed, and nobody can be asked for it here: use {option} FILE, or - for standard input.")
    with catch_warnings():
        simplefilter("error", GetPassWarning)
        try:
            return getpass(f"{what[:1].upper()}{what[1:]}: ")
        except (GetPassWarning, EOFError) as error:
            raise Refused(f"This terminal cannot keep the {what} from being shown: use {option} FILE.") from error


def is_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def refuse_one_input_for_two(*sources: str | None) -> None:
    """Raises `Refused` when two secrets are to come from standard input, which is one."""
    if sources.count(STANDARD_INPUT) > 1:
        raise Refused("Only one of them can come from standard input: put the other into a file. Nothing was changed.")


def _read(source: str, what: str) -> str:
    data = _piped(what) if source == STANDARD_INPUT else _from_file(Path(source).expanduser(), what)
    name = "Standard input" if source == STANDARD_INPUT else source
    if len(data) > LARGEST:
        raise Refused(f"{name} is longer than any {what}: name a file that holds it and nothing else.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not UTF-8 text: write the {what} anew, as plain text.") from error
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise Refused(f"{name} is empty: it should hold the {what}.")
    return text


def _piped(what: str) -> bytes:
    if sys.stdin is None:
        raise Refused(f"There is no standard input to read the {what} from.")
    if sys.stdin.isatty():
        raise Refused(f"Standard input is this terminal, which would show the {what}: leave the option out, and you are asked for it.")
    return sys.stdin.buffer.read(LARGEST + 1)


def _from_file(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if os.name != "nt" and stat.S_ISREG(status.st_mode) and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                complain(f"Note: others on this machine may read {path}: take their rights away (chmod 600).")
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"Could not read the {what} from {path}: {error.strerror}. Name a file that holds it.") from error
