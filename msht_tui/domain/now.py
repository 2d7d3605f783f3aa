"""The Now board: what a role does at a pause point, over every subject, most harmful if missed first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from msht_tui.domain.case import CaseState
from msht_tui.domain.entry import CASE
from msht_tui.domain.pack import Item, Pack, PausePoint, Role
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.steps import Progress, Step, progress

NINE = 9
"""A list of ten and more is not read under stress (Gawande and Brigham)."""


class StepRow(msgspec.Struct, frozen=True):
    """An item that is open, with the subjects it is open for."""

    item: Item
    say: str
    """How this role reads it here; the item's title when the list has no words of its own."""
    subjects: tuple[str, ...]
    overdue: bool = False
    """Whether it was left to somebody for these subjects, and the time has passed."""


class FactRow(msgspec.Struct, frozen=True):
    """A fact to be set, in the place of the steps that hang on it."""

    fact: str
    say: str
    subjects: tuple[str, ...]


class LinkRow(msgspec.Struct, frozen=True):
    """A suspect recorded as a possible victim, for whom no victim stands in the case yet."""

    suspect: str


Row: TypeAlias = StepRow | FactRow | LinkRow


class StandingCaution(msgspec.Struct, frozen=True):
    """A caution that holds now, for these subjects."""

    text: str
    subjects: tuple[str, ...]


class Board(msgspec.Struct, frozen=True):
    """What is read at a pause point."""

    role: Role
    point: str
    title: str
    rows: tuple[Row, ...]
    """At most as many as were asked for."""
    more: int
    """Rows of the list that the limit cut off."""
    unset: Mapping[str, tuple[str, ...]]
    """Other unset facts on which steps of this list wait, with the subjects."""
    cautions: tuple[StandingCaution, ...]
    progress: Progress
    """Of the list's steps, for its signals complete and complete except deferred: neither without a victim or while a question stands."""
    vital_elsewhere: tuple[StepRow, ...]
    """Vital steps that are open in the case and not on this list, one row an item, however many."""

    @property
    def words(self) -> str:
        """How far it has come, once no row of the list is open; empty until then. Never complete while a vital step is open elsewhere."""
        if self.more or not all(isinstance(row, StepRow) and row.overdue for row in self.rows):
            return ""
        done = self.progress.complete or self.progress.complete_except_deferred
        deferred = " except deferred" if self.progress.complete_except_deferred else ""
        if self.vital_elsewhere:
            number = sum(len(row.subjects) for row in self.vital_elsewhere)
            steps = "vital step" if number == 1 else "vital steps"
            return f"{f'This list is done{deferred}' if done else 'Nothing on this list is open'}. {number} {steps} open elsewhere:"
        if done:
            return f"This list is complete{deferred}."
        return "" if self.rows else "Nothing on this list is open."


def default_point(pack: Pack, role: Role) -> str:
    """The pause point at which a role begins."""
    return pack.points_for(role)[0]


def unlinked_suspects(case: CaseState) -> tuple[str, ...]:
    """Suspects who may be victims and do not stand in the case as one."""
    return tuple(s.id for s in case.active("suspect") if case.fact(s.id, "possible_victim") == "yes" and case.linked_victim(s.id) is None)


def now_board(
    pack: Pack, case: CaseState, steps: Sequence[Step], role: Role, now: datetime, point: str | None = None, limit: int = NINE
) -> Board:
    """The board for a role at a pause point (its first by default). Raises `Refused` for a point that the role has no list for.

    What was left to somebody until a time that has passed by `now` comes before the list, whatever list it is from.
    """
    chosen = point or default_point(pack, role)
    lists = [p for p in pack.pause_points if p.id == chosen and p.role in (role, None)]
    if not lists:
        points = pack.points_for(role)
        raise Refused(f"{role} has no list for {chosen!r}: it is one of {', '.join(points)}.{nearest(chosen, list(points))}")
    listed = {(item_id, subject) for one in lists for item_id, subject in _listed(one, case, steps)}
    own = [step for step in steps if (step.item.id, step.subject) in listed]
    ranked = sorted(_ranked(pack, lists, case, steps), key=lambda pair: pair[0])
    rows: list[Row] = [LinkRow(suspect) for suspect in unlinked_suspects(case)]
    rows += overdue_rows(steps, now)
    rows += [row for _, row in _merged(ranked)]
    asked = {row.fact for row in rows if isinstance(row, FactRow)}
    unset: dict[str, list[str]] = {}
    for step in own:
        for fact in step.waits_on:
            where = CASE if pack.fact(fact).subject == "case" else step.subject
            if fact not in asked and where not in unset.setdefault(fact, []):
                unset[fact].append(where)
    return Board(
        role=role,
        point=chosen,
        title=lists[0].title,
        rows=tuple(rows[:limit]),
        more=max(0, len(rows) - limit),
        unset={fact: tuple(subjects) for fact, subjects in unset.items() if subjects},
        cautions=standing_cautions(pack, case),
        progress=progress(own, can_complete=bool(case.active("victim")) and all(isinstance(row, StepRow) for row in rows)),
        vital_elsewhere=tuple(
            _one_row_an_item(s for s in steps if s.item.killer and s.state == "open" and (s.item.id, s.subject) not in listed)
        ),
    )


def overdue_rows(steps: Sequence[Step], now: datetime) -> list[StepRow]:
    """What is overdue, vital items first, one row an item."""
    return _one_row_an_item((step for step in steps if step.overdue(now)), overdue=True)


def _one_row_an_item(steps: Iterable[Step], *, overdue: bool = False) -> list[StepRow]:
    """These steps by their item, vital ones first, in the items' own words."""
    by_item: dict[str, list[Step]] = {}
    for step in sorted(steps, key=lambda step: step.item.priority):
        by_item.setdefault(step.item.id, []).append(step)
    return [StepRow(found[0].item, found[0].item.title, tuple(step.subject for step in found), overdue) for found in by_item.values()]


def standing_cautions(pack: Pack, case: CaseState) -> tuple[StandingCaution, ...]:
    """The cautions that hold, each with the subjects it holds for. An undecided one does not stand."""
    found: list[StandingCaution] = []
    for caution in pack.cautions:
        candidates = (CASE,) if caution.subject == "case" else tuple(s.id for s in case.active(caution.subject))
        subjects = tuple(s for s in candidates if caution.condition.holds(case.answers(s)))
        if subjects:
            found.append(StandingCaution(caution.text, subjects))
    return tuple(found)


def _meant_for(point: PausePoint, case: CaseState, subject: str) -> bool:
    """Whether the list is meant for this subject: undecided means not yet."""
    return bool(point.condition.holds(case.answers(subject)))


def _listed(point: PausePoint, case: CaseState, steps: Sequence[Step]) -> list[tuple[str, str]]:
    names = {place.item for place in point.steps}
    return [(s.item.id, s.subject) for s in steps if s.item.id in names and _meant_for(point, case, s.subject)]


def _ranked(pack: Pack, lists: Sequence[PausePoint], case: CaseState, steps: Sequence[Step]) -> list[tuple[int, Row]]:
    """Every row of these lists with its place, before rows for one item are made one."""
    ranked: list[tuple[int, Row]] = []
    for point in lists:
        for place, entry in enumerate(point.steps):
            if entry.fact is not None:
                kind = pack.fact(entry.fact).subject
                candidates = (CASE,) if kind == "case" else tuple(s.id for s in case.active(kind))
                subjects = tuple(s for s in candidates if case.fact(s, entry.fact) is None)
                if subjects:
                    ranked.append((place, FactRow(entry.fact, entry.say, subjects)))
                continue
            found = [s for s in steps if s.item.id == entry.item and s.state == "open" and _meant_for(point, case, s.subject)]
            if found:
                ranked.append((place, StepRow(found[0].item, entry.say or found[0].item.title, tuple(s.subject for s in found))))
    return ranked


def _merged(ranked: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """One row for each item and fact, in its first place, with the subjects of all."""
    merged: dict[tuple[type[Row], str], tuple[int, Row]] = {}
    for place, row in ranked:
        key = (type(row), row.item.id if isinstance(row, StepRow) else getattr(row, "fact", ""))
        if key not in merged:
            merged[key] = (place, row)
            continue
        first, before = merged[key]
        if not isinstance(before, LinkRow) and not isinstance(row, LinkRow):
            subjects = before.subjects + tuple(s for s in row.subjects if s not in before.subjects)
            merged[key] = (first, msgspec.structs.replace(before, subjects=subjects))
    return list(merged.values())
