"""`msht undo` and `msht redo`: one's own last act, taken back or recorded again."""

from __future__ import annotations

from msht_tui.cli.acts import say_act
from msht_tui.cli.arguments import CaseArgument
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands

app = commands()


@app.command()
def undo(case: CaseArgument) -> None:
    """Strike your own last act through, whole. What others did, or came before a handover, takes a strike with a reason."""
    at_desk = desk()
    say_act(at_desk, at_desk.casework.undo(at_desk.case(case).case_id))


@app.command()
def redo(case: CaseArgument) -> None:
    """Record again what you undid last, with the time at which it happened."""
    at_desk = desk()
    say_act(at_desk, at_desk.casework.redo(at_desk.case(case).case_id))
