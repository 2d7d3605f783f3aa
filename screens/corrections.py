"""What an undo or a redo did, in words: known only from the record, once it is durable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from msht_tui.domain.entry import Entry, EntryStruck
from msht_tui.service import CaseView
from msht_tui.summary.words import entry_text
from screens.look import shown


def correction_words(view: CaseView, zone: tzinfo) -> str:
    """What the last act struck or recorded again, such as "Undone, struck through: V1: Food given: hot meal (entry 12)"; else empty."""
    last = [entry for entry in view.entries if entry.act == view.entries[-1].act]
    struck = [view.entries[entry.event.entry - 1] for entry in last if isinstance(entry.event, EntryStruck)]
    undone = any(isinstance(entry.event, EntryStruck) and entry.event.undo for entry in last)
    if struck:
        how = "Undone, struck through" if undone else "Struck through"
        return f"{how}: {_said(struck, view, zone)}"
    again = [entry for entry in last if entry.stamp.again]
    return f"Recorded again: {_said(again, view, zone)}" if again else ""


def _said(entries: Sequence[Entry], view: CaseView, zone: tzinfo) -> str:
    first = entries[0]
    whom = "" if first.subject == "case" else f"{first.subject}: "
    numbers = ", ".join(str(entry.number) for entry in entries)
    return f"{whom}{shown(entry_text(first, view.pack, zone))} ({'entry' if len(entries) == 1 else 'entries'} {numbers})"
