"""The log of a case: every entry in words, made once, and which of them somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import get_args

import msgspec

from msht_tui.domain.entry import CASE, AnyEvent, Entry, EntryStruck
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.service import CaseView
from msht_tui.summary.identity import may_be_named, withheld
from msht_tui.summary.words import entry_text, moment_words, one_line, span

KINDS: tuple[str, ...] = tuple(str(event.__struct_config__.tag) for event in get_args(AnyEvent))
"""What an entry can be, as the log names it."""


class LogRow(msgspec.Struct, frozen=True):
    """An entry with its words and with what it can be found by. A strike is found by what it strikes too."""

    entry: Entry
    text: str
    subjects: frozenset[str]
    """Whom it is about; "case" is the case itself."""
    phase: str
    """The phase of its step; empty when it is about none."""
    haystack: str
    """Its words, its step and who made it, without upper case."""


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for in a log. Empty fields hold for every entry."""

    subject: str = ""
    phase: str = ""
    """The id of a phase."""
    kind: str = ""
    """One of `KINDS`."""
    operator: str = ""
    text: str = ""
    """Words that all stand in the entry, in whatever letters."""
    since: datetime | None = None
    """UTC, by when it happened, this moment included; so is `until`."""
    until: datetime | None = None

    def holds(self, row: LogRow) -> bool:
        """Whether this entry is looked for."""
        stamp = row.entry.stamp
        return (
            (not self.subject or self.subject in row.subjects)
            and self.phase in ("", row.phase)
            and self.kind in ("", row.entry.kind)
            and (not self.operator or self.operator.casefold() == stamp.by.casefold())
            and (self.since is None or self.since <= stamp.happened_at)
            and (self.until is None or stamp.happened_at <= self.until)
            and all(word in row.haystack for word in self.text.casefold().split())
        )

    def words(self, pack: Pack, zone: tzinfo) -> str:
        """What is looked for, such as "V1, Scene, by PC 1234"; empty when everything is."""
        parts = (
            self.subject,
            pack.phase(self.phase).title if self.phase else "",
            self.kind.replace("-", " "),
            f"by {one_line(self.operator)}" if self.operator else "",
            f"with {one_line(self.text)}" if self.text.strip() else "",
            f"since {moment_words(self.since, zone)}" if self.since else "",
            f"until {moment_words(self.until, zone)}" if self.until else "",
        )
        return ", ".join(part for part in parts if part)

    def refuse_unknown(self, view: CaseView) -> None:
        """Raises `Refused` for a subject, phase, kind or operator that the case does not know: it would find nothing."""
        if self.subject and self.subject != CASE:
            view.state.subject(self.subject)
        if self.phase:
            view.pack.phase(self.phase)
        if self.kind and self.kind not in KINDS:
            raise Refused(f"There is no kind of entry {self.kind!r}: it is one of {', '.join(KINDS)}.{nearest(self.kind, list(KINDS))}")
        known = view.state.operators
        if self.operator and self.operator.casefold() not in [name.casefold() for name in known]:
            raise Refused(f"{self.operator} made no entry in this case: {', '.join(known)} did.{nearest(self.operator, list(known))}")


class Log:
    """The rows of a case as it stands. The words of the log before are used again while the same victims may be named."""

    def __init__(self, view: CaseView, zone: tzinfo, before: Log | None = None) -> None:
        self.view = view
        self.named, self.withheld = may_be_named(view), withheld(view)
        same = (
            before is not None
            and (before.named, before.withheld) == (self.named, self.withheld)
            and before.view.entries == view.entries[: len(before.rows)]
        )
        kept = before.rows if before is not None and same else ()
        rows = list(kept)
        for entry in view.entries[len(rows) :]:
            text = entry_text(entry, view.pack, zone, self.named, self.withheld)
            rows.append(_row(entry, text, view.pack, rows))
        self.rows: tuple[LogRow, ...] = tuple(rows)
        """In the order of the record."""

    def chosen(self, query: LogQuery) -> tuple[LogRow, ...]:
        """Those that are looked for."""
        return tuple(row for row in self.rows if query.holds(row))


def strike_words(view: CaseView, number: int, zone: tzinfo) -> str:
    """By whom, when and why an entry was struck; empty while it counts."""
    strike = view.state.struck.get(number)
    if strike is None:
        return ""
    why = "undone by whoever made it" if strike.event.undo else strike.event.because
    return one_line(f"STRUCK by {strike.stamp.by}, {moment_words(strike.stamp.recorded_at, zone)}, entry {strike.stamp.number}: {why}")


def later_words(entry: Entry, zone: tzinfo) -> Sequence[str]:
    """What the two clocks and a redo add to an entry: when it was written down and how much later, and of which it is the same."""
    stamp = entry.stamp
    late = f"recorded {moment_words(stamp.recorded_at, zone)}, {span(stamp.recorded_at - stamp.happened_at)} later"
    return [*([late] if stamp.late else []), *([f"entry {stamp.again} recorded again"] if stamp.again else [])]


def _row(entry: Entry, text: str, pack: Pack, before: Sequence[LogRow]) -> LogRow:
    subjects = frozenset(one for name in ("victim", "same_as") if (one := getattr(entry.event, name, None))) | {entry.subject}
    item = pack.item_by_id.get(getattr(entry.event, "item", None) or "")
    phase = item.phase if item else ""
    if isinstance(entry.event, EntryStruck) and 0 < entry.event.entry <= len(before):
        struck = before[entry.event.entry - 1]
        subjects, phase = struck.subjects, struck.phase
    return LogRow(entry, text, subjects, phase, f"{text} {entry.step or ''} {entry.stamp.by}".casefold())
