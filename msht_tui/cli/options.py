"""The options that stand before a command. Read by hand, in one place, because the app starts without the command library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

GLOBAL: tuple[tuple[str, str, str], ...] = (
    ("--store", "DIR", "Folder of the records (or MSHT_STORE); your own data folder otherwise."),
    ("--exercise", "", "Use the separate exercise store: made-up cases only."),
    ("--as", "OPERATOR", "Who makes the entries (or MSHT_OPERATOR); your login name otherwise."),
    ("--version", "", "Print the version, the content in use and its date."),
)
"""Name, what follows it, and help."""


class WrongUsage(Exception):
    """What was typed cannot be understood; the message says why."""


class Options(NamedTuple):
    """What was typed before the command."""

    store: str | None = None
    exercise: bool = False
    operator: str | None = None
    version: bool = False


def global_options(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    """The options at the beginning, and the arguments from the command on. Raises `WrongUsage`."""
    values: dict[str, str | bool] = {}
    wanted = {name: value for name, value, _ in GLOBAL}
    rest = list(arguments)
    while rest:
        name, equals, value = rest[0].partition("=")
        if name not in wanted or (equals and not wanted[name]):
            break
        del rest[0]
        key = "operator" if name == "--as" else name.removeprefix("--")
        if not wanted[name]:
            values[key] = True
            continue
        if not equals:
            value = rest.pop(0) if rest else ""
        if not value.strip():
            raise WrongUsage(f"{name} needs {wanted[name]} after it.")
        values[key] = value
    return Options(**values), rest  # type: ignore[arg-type]  # the table above gives each name its type
