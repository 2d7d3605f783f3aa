"""The options that go with every command. Read by hand, in one place, because the app starts without the command library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GLOBAL: tuple[tuple[str, str, str], ...] = (
    ("--store", "DIR", "Folder of the records (or MSHT_STORE); your own data folder otherwise."),
    ("--exercise", "", "Use the separate exercise store: made-up cases only."),
    ("--as", "OPERATOR", "Who you are (or MSHT_OPERATOR); your login name otherwise."),
    ("--passphrase-file", "FILE", "Holds your passphrase for the live store; - is standard input. Otherwise you are asked for it."),
    ("--version", "", "Print the version, the content in use and its date."),
)
"""Name, what follows it, and help."""
_FIELDS = {"--as": "operator", "--passphrase-file": "passphrase_file"}
"""Those that are called otherwise below."""


class WrongUsage(Exception):
    """What was typed cannot be understood; the message says why."""


class Options(NamedTuple):
    """What was chosen for the whole command line."""

    store: str | None = None
    exercise: bool = False
    operator: str | None = None
    passphrase_file: str | None = None
    version: bool = False


def global_options(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    """The global options, wherever they stand before a `--`, and the other arguments in order. Raises `WrongUsage`."""
    values: dict[str, str | bool] = {}
    takes = {name: value for name, value, _ in GLOBAL}
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        name, equals, value = argument.partition("=")
        if argument == "--":
            return Options(**values), [*rest, argument, *waiting]  # type: ignore[arg-type]  # the table above gives each name its type
        if name not in takes or (equals and not takes[name]) or (name == "--version" and rest):
            rest.append(argument)
            continue
        if takes[name] and not equals:
            value = waiting.pop(0) if waiting else ""
        if takes[name] and not value.strip():
            raise WrongUsage(f"{name} needs {takes[name]} after it.")
        values[_FIELDS.get(name, name.removeprefix("--"))] = value if takes[name] else True
    return Options(**values), rest  # type: ignore[arg-type]
