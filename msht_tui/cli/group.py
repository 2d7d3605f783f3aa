"""What the groups of commands have in common: plain help, near names for a wrong one, and no completion scripts."""

from __future__ import annotations

import click
import typer
from typer.core import TyperGroup

from msht_tui.domain.refusal import nearest


class Group(TyperGroup):
    """A group of commands that names the near ones when one is not there."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments begin with. A usage error names the near ones."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            ctx.fail(f"There is no command {args[0]!r}.{nearest(args[0], known)}")
        return super().resolve_command(ctx, args)


def commands(help: str | None = None, cls: type[TyperGroup] = Group, epilog: str | None = None) -> typer.Typer:
    """An empty group of commands."""
    return typer.Typer(
        cls=cls,
        help=help,
        epilog=epilog,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
