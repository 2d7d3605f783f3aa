"""The list of cases. It stands apart from the commands because it is wanted at once: it needs no command library."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

from msht_tui.cli.desk import EXERCISE, Desk
from msht_tui.cli.options import Options
from msht_tui.cli.outcome import TROUBLE, Ended
from msht_tui.cli.output import complain, say, say_columns, say_data

if TYPE_CHECKING:
    from msht_tui.domain.pack import SubjectKind
    from msht_tui.domain.worklist import WorklistRow
    from msht_tui.service import Unreadable

SHORT = 8
"""Characters of an id that a list shows, unless more are needed to tell two apart."""
KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")
MOMENT = 0.5
"""Seconds of reading after which its progress is shown, and shown anew."""
UNSET = "unset"
AGES = ("child", "not-sure", "adult")
"""The bands of the list, those to be careful with first; a victim without one is of an age not asked yet."""


def list_at_once(options: Options) -> None:
    """The whole of `msht case list`. Raises `Ended` as below."""
    with closing(Desk(options)) as at_desk:
        at_desk.sign_in()
        print_list(at_desk, json=False)


def print_list(at_desk: Desk, *, json: bool) -> None:
    """Print every case that can be read, and name the others on stderr. Raises `Ended` when there are any."""
    rows, unreadable = at_desk.casework.cases(_progress())
    if json:
        say_data(_list_data(at_desk, rows, unreadable))
    else:
        _say_list(at_desk, rows)
    for row in rows:
        if row.fault:
            complain(f"Case {row.case_id}: {row.fault}")
    for one in unreadable:
        complain(f"Case {one.case_id} cannot be read: {one.why}")
    if unreadable or any(row.fault for row in rows):
        raise Ended(TROUBLE)


def _progress() -> Callable[[int, int], None]:
    """Tells a terminal how far a reading has come that takes longer than a moment."""
    told = monotonic()

    def tell(read: int, of: int) -> None:
        nonlocal told
        if sys.stderr.isatty() and monotonic() - told > MOMENT:
            told = monotonic()
            print(f"\rReading the cases: {read} of {of}", end="", file=sys.stderr, flush=True)  # noqa: T201

    return tell


def _say_list(at_desk: Desk, rows: Sequence[WorklistRow]) -> None:
    from msht_tui.summary.words import due_words, one_line

    if at_desk.workplace.exercise:
        say(EXERCISE)
    if not rows:
        say(f"There is no case in {at_desk.workplace.root} yet. Open one: {at_desk.command('case', 'new')}")
        return
    phases = {phase.id: phase.title for row in rows for phase in row.phases}
    table = [["Case", "References", "Victims", "Others", *phases.values(), "Due", "Opened", "Closed"]]
    length = _short_length([row.case_id for row in rows])
    for row in rows:
        counts = {phase.id: f"{phase.settled}/{phase.total}" for phase in row.phases if phase.total}
        table.append(
            [
                row.case_id[:length],
                one_line(", ".join(one.value for one in row.references)) or "-",
                _counted(_ages(row)) or "-",
                _counted({kind: count for kind, count in _kinds(row).items() if kind != "victim"}) or "-",
                *(counts.get(phase, "-") for phase in phases),
                due_words(row, at_desk.now(), at_desk.workplace.zone) or "-",
                at_desk.local(row.opened_at),
                at_desk.local(row.closed_at) or "-",
            ]
        )
    say_columns(table)


def _list_data(at_desk: Desk, rows: Sequence[WorklistRow], unreadable: Sequence[Unreadable]) -> dict[str, object]:
    from msht_tui.summary.data import iso
    from msht_tui.summary.words import shown

    now = at_desk.now()
    return {
        "exercise": at_desk.workplace.exercise,
        "cases": [
            {
                "id": row.case_id,
                "references": [{"kind": one.kind, "value": shown(one.value)} for one in row.references],
                "ages": _ages(row),
                "subjects": _kinds(row),
                "phases": [{"id": one.id, "settled": one.settled, "total": one.total, "complete": one.complete} for one in row.phases],
                "overdue": row.overdue(now),
                "deadlines": [
                    {"reading": one.reading, "day": one.day.isoformat(), "ends": iso(one.ends), "state": one.due_state(now)}
                    for one in row.deadlines
                ],
                "holder": shown(row.holder) or None,
                "offered_to": shown(row.offered_to) or None,
                "opened_at": iso(row.opened_at),
                "closed_at": iso(row.closed_at),
                "fault": row.fault,
            }
            for row in rows
        ],
        "unreadable": [{"id": one.case_id, "why": one.why} for one in unreadable],
    }


def _short_length(ids: Sequence[str]) -> int:
    """How much of each id tells them all apart."""
    return next(length for length in range(SHORT, 37) if length == 36 or len({one[:length] for one in ids}) == len(set(ids)))


def _ages(row: WorklistRow) -> dict[str, int]:
    """How many victims there are in each age band, those to be careful with first."""
    return {band: row.ages[band] for band in (*AGES, UNSET) if row.ages.get(band)}


def _kinds(row: WorklistRow) -> dict[str, int]:
    """How many subjects there are of each kind."""
    return {kind: row.subjects[kind] for kind in KINDS if row.subjects.get(kind)}


_PLURAL = {"child": "children", "adult": "adults", "suspect": "suspects", "scene": "scenes", "other": "others"}
_WORDS = {"not-sure": "not sure", "unset": "age not asked"}


def _counted(counts: Mapping[str, int]) -> str:
    """Such as "1 child, 2 adults"."""
    return ", ".join(f"{count} {_WORDS.get(name) or (_PLURAL.get(name, name) if count > 1 else name)}" for name, count in counts.items())
