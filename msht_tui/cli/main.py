"""The command tree: which module holds which command, and how a command line is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

import click
from typer.main import get_command

from msht_tui.cli.group import Group, commands
from msht_tui.cli.options import GLOBAL, Options
from msht_tui.cli.outcome import WRONG_USAGE, Ended, exit_code_of

MODULES: Mapping[str, str] = {
    "case": "case",
    "subject": "subject",
    "fact": "fact",
    "mark": "steps",
    "note": "steps",
    "next": "steps",
    "interaction": "interaction",
    "provision": "provision",
    "handover": "handover",
    "log": "log",
    "entry": "entry",
    "undo": "undoing",
    "redo": "undoing",
    "nrm": "nrm",
    "summary": "summary",
    "content": "content",
    "store": "store",
    "setup": "setup",
    "operator": "operator",
    "audit": "audit",
}
"""Command to the module of this package that holds it, in the order of the help."""


class Commands(Group):
    """The commands by name; a module is imported when one of its own is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command; `None` when there is none of this name."""
        if cmd_name not in MODULES:
            return None
        command = get_command(import_module(f"msht_tui.cli.{MODULES[cmd_name]}").app)
        return command.commands.get(cmd_name, command) if isinstance(command, click.Group) else command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options that go with every command, then the commands."""
        with formatter.section("Options, with every command"):
            formatter.write_dl([(f"{name} {value}".strip(), words) for name, value, words in GLOBAL])
        self.format_commands(ctx, formatter)


app = commands(
    cls=Commands,
    epilog="Without a command the app starts. Exit codes: 0 done, 1 refused with the reason, 2 wrong usage, 3 trouble with the store.",
)


@app.callback()
def msht() -> None:
    """The first hours of a modern slavery and human trafficking case: what to do now, and a record of what was done."""


def run_command(options: Options, arguments: Sequence[str]) -> int:
    """Run one command line without its global options; the exit code comes back."""

    def act() -> None:
        try:
            code = get_command(app).main(list(arguments), prog_name="msht", standalone_mode=False, obj=options)
        except click.UsageError as error:
            raise Ended(_shown(error)) from error
        except click.Abort as error:
            raise KeyboardInterrupt from error
        except SystemExit as error:
            # What typer and rich make of a reader that went away.
            raise BrokenPipeError from error
        if isinstance(code, int) and code:
            raise Ended(code)

    return exit_code_of(act)


def _shown(error: click.UsageError) -> int:
    """Say what was wrong with the command line."""
    error.show()
    return WRONG_USAGE
