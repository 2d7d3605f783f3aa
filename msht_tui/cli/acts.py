"""How a command tells what it has recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msht_tui.cli.desk import Desk
from msht_tui.cli.output import say_columns

if TYPE_CHECKING:
    from msht_tui.domain.entry import Entry
    from msht_tui.service import CaseView


def say_act(at_desk: Desk, view: CaseView) -> None:
    """Print the entries of the last act; what was struck or recorded again is named in words."""
    last = view.entries[-1].act
    say_columns([[str(one.number).rjust(4), one.subject, _words(at_desk, view, one)] for one in view.entries if one.act == last])


def _words(at_desk: Desk, view: CaseView, entry: Entry) -> str:
    from msht_tui.domain.entry import EntryStruck
    from msht_tui.summary.words import entry_text

    zone = at_desk.workplace.zone
    match entry.event:
        case EntryStruck(entry=number):
            return f"struck through entry {number}: {entry_text(view.entries[number - 1], view.pack, zone)}"
        case _ if entry.stamp.again:
            return f"recorded entry {entry.stamp.again} again: {entry_text(entry, view.pack, zone)}"
        case _:
            return entry_text(entry, view.pack, zone)
