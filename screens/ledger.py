"""The running table of people: what each was given, what they declined, and what was said to them last, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from msht_tui.domain.moment import local
from msht_tui.service import CaseView
from msht_tui.summary.ledger import interactions, provisions
from msht_tui.summary.words import interaction_words
from screens.desk import Desk
from screens.look import shown
from screens.widgets.panel import Row


def ledger_row(view: CaseView, subject: str, desk: Desk, *, chosen: bool) -> Row:
    """One person's line: given and declined, the latest first, then the last interaction."""
    now, zone = desk.now(), desk.zone
    given = [
        (
            f"{'declined ' if one.event.declined else ''}{shown(one.event.what)} {local(one.stamp.happened_at, zone, now)}",
            one.event.declined,
        )
        for one in reversed(provisions(view.state, subject))
    ]
    parts: list[tuple[str, str]] = []
    for words, declined in given:
        parts += [(", " if parts else "", ""), (words, "$warning" if declined else "")]
    spoke = interactions(view.state, subject)
    said = f"{local(spoke[-1].stamp.happened_at, zone, now)} {shown(interaction_words(spoke[-1].event))}" if spoke else "nothing said yet"
    return (
        (subject, "bold" if chosen else ""),
        Content.assemble(*parts) if parts else ("nothing given yet", "$foreground 60%"),
        (said, "" if spoke else "$foreground 60%"),
    )


def ledger_rows(view: CaseView, subjects: Sequence[str], desk: Desk, chosen: str) -> list[Row]:
    """The lines of these people."""
    return [ledger_row(view, subject, desk, chosen=subject == chosen) for subject in subjects]
