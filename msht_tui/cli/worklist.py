"""The list of cases. It stands apart from the commands because it is wanted at once: it needs no command library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msht_tui.cli.desk import EXERCISE, Desk
from msht_tui.cli.outcome import TROUBLE, Ended
from msht_tui.cli.output import complain, say, say_columns, say_data

if TYPE_CHECKING:
    from msht_tui.domain.pack import SubjectKind
    from msht_tui.service import CaseView, Unreadable

SHORT = 8
"""Characters of an id that a list shows, unless more are needed to tell two apart."""
KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")
AGES = ("child", "not-sure", "adult")
"""The bands of the list, those to be careful with first; a victim without one is of an age not asked yet."""


def print_list(at_desk: Desk, *, json: bool) -> None:
    """Print every case that can be read, and name the others on stderr. Raises `Ended` when there are any."""
    views, unreadable = at_desk.casework.cases()
    if json:
        say_data(_list_data(at_desk, views, unreadable))
    else:
        _say_list(at_desk, views)
    for one in unreadable:
        complain(f"Case {one.case_id} cannot be read: {one.why}")
    if unreadable:
        raise Ended(TROUBLE)


def _say_list(at_desk: Desk, views: Sequence[CaseView]) -> None:
    from msht_tui.summary.words import one_line

    if at_desk.workplace.exercise:
        say(EXERCISE)
    if not views:
        say(f"There is no case in {at_desk.workplace.root} yet. Open one: {at_desk.command('case', 'new')}")
        return
    phases = {phase.id: phase.title for view in views for phase in view.pack.phases}
    rows = [["Case", "References", "Victims", "Others", *phases.values(), "Opened", "Closed"]]
    length = _short_length([view.case_id for view in views])
    for view in views:
        done = {phase.id: view.progress(phase) for phase in view.pack.phases}
        rows.append(
            [
                view.case_id[:length],
                one_line(", ".join(one.value for one in view.state.references)) or "-",
                _counted(_ages(view)) or "-",
                _counted({kind: count for kind, count in _kinds(view).items() if kind != "victim"}) or "-",
                *(f"{done[phase].settled}/{done[phase].total}" if phase in done and done[phase].total else "-" for phase in phases),
                at_desk.local(view.state.opened_at),
                at_desk.local(view.state.closed_at) or "-",
            ]
        )
    say_columns(rows)


def _list_data(at_desk: Desk, views: Sequence[CaseView], unreadable: Sequence[Unreadable]) -> dict[str, object]:
    from msht_tui.summary.data import iso
    from msht_tui.summary.words import shown

    return {
        "exercise": at_desk.workplace.exercise,
        "cases": [
            {
                "id": view.case_id,
                "references": [{"kind": one.kind, "value": shown(one.value)} for one in view.state.references],
                "ages": _ages(view),
                "subjects": _kinds(view),
                "phases": [
                    {"id": phase.id, "settled": progress.settled, "total": progress.total, "complete": progress.complete}
                    for phase in view.pack.phases
                    for progress in (view.progress(phase),)
                ],
                "opened_at": iso(view.state.opened_at),
                "closed_at": iso(view.state.closed_at),
            }
            for view in views
        ],
        "unreadable": [{"id": one.case_id, "why": one.why} for one in unreadable],
    }


def _short_length(ids: Sequence[str]) -> int:
    """How much of each id tells them all apart."""
    return next(length for length in range(SHORT, 37) if length == 36 or len({one[:length] for one in ids}) == len(set(ids)))


def _ages(view: CaseView) -> dict[str, int]:
    """How many victims there are in each age band; `unset` is an age that nobody has answered yet."""
    found = Counter(view.state.fact(victim.id, "age") or "unset" for victim in view.state.active("victim"))
    return {band: found[band] for band in (*AGES, "unset") if found[band]}


def _kinds(view: CaseView) -> dict[str, int]:
    """How many subjects there are of each kind, without the retired ones."""
    found = Counter(subject.kind for subject in view.state.active())
    return {kind: found[kind] for kind in KINDS if found[kind]}


_PLURAL = {"child": "children", "adult": "adults", "suspect": "suspects", "scene": "scenes", "other": "others"}
_WORDS = {"not-sure": "not sure", "unset": "age not asked"}


def _counted(counts: Mapping[str, int]) -> str:
    """Such as "1 child, 2 adults"."""
    return ", ".join(f"{count} {_WORDS.get(name) or (_PLURAL.get(name, name) if count > 1 else name)}" for name, count in counts.items())
