"""What the commands of both ledgers share: whom a list is about, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msht_tui.cli.arguments import one_subject
from msht_tui.cli.desk import Desk, heading
from msht_tui.cli.output import say, say_columns

if TYPE_CHECKING:
    from msht_tui.service import CaseView
    from msht_tui.summary.ledger import Interaction, Provision


def person_of(view: CaseView, named: str | None) -> str | None:
    """The person that a list is about; `None` is everybody. Raises `Refused` for somebody who is not in the case."""
    return None if named is None else view.state.subject(one_subject(named)).id


def say_ledger(at_desk: Desk, view: CaseView, rows: Sequence[Interaction | Provision], nothing: str) -> None:
    """Print the running table, or the words for an empty one."""
    from msht_tui.summary.ledger import running_words
    from msht_tui.summary.words import one_line

    say(heading(view))
    if not rows:
        say(nothing)
        return
    say_columns(
        [
            [
                str(one.stamp.number).rjust(4),
                at_desk.local(one.stamp.happened_at),
                one_line(one.stamp.by),
                one.event.subject,
                running_words(one),
            ]
            for one in rows
        ]
    )
