"""A case as it can be read: its content, its state and its record, and what follows from them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

import msgspec

from msht_tui.domain.case import CaseState, fold
from msht_tui.domain.entry import Entry
from msht_tui.domain.matter import route_of
from msht_tui.domain.now import NINE, Board, now_board
from msht_tui.domain.pack import Pack, Phase, Role
from msht_tui.domain.record import until
from msht_tui.domain.refusal import Refused
from msht_tui.domain.review import Review, closing_review
from msht_tui.domain.route import Route
from msht_tui.domain.steps import Progress, Step, phase_progress, steps_of


class CaseView(msgspec.Struct, frozen=True, dict=True):
    """A case as it stands: its content, its state and its record. Immutable; every act gives a new one."""

    pack: Pack
    state: CaseState
    entries: tuple[Entry, ...]
    exercise: bool = False
    notice: str = ""
    """What a person should know about the record itself; empty when there is nothing."""
    check_code: str = ""

    @property
    def case_id(self) -> str:
        """The case's id."""
        return self.state.opened.case if self.state.opened else ""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in the order of the pack."""
        return steps_of(self.pack, self.state)

    def phase_steps(self, phase_id: str) -> tuple[Step, ...]:
        """The steps that a phase shows: its own, then those that other phases show here too."""
        own = [step for step in self.steps if step.item.phase == phase_id]
        return tuple(own + [step for step in self.steps if phase_id in step.item.also_in])

    def progress(self, phase: Phase) -> Progress:
        """How far a phase has come, over the steps that count in it."""
        return phase_progress(phase, self.state, self.steps)

    def board(self, role: Role, now: datetime, point: str | None = None, limit: int = NINE) -> Board:
        """What to do `now` (UTC). Raises `Refused` for a pause point that the role has no list for."""
        return now_board(self.pack, self.state, self.steps, role, now, point, limit)

    def route(self, victim: str) -> Route:
        """The way of a victim's matter to the Home Office. Raises `Refused` for anybody else, and for one who was retired."""
        return route_of(self.state, self.steps, victim)

    def review(self, now: datetime) -> Review:
        """What is left, `now` (UTC), for whoever closes the case or hands it over."""
        return closing_review(self.state, self.steps, self.entries, now)

    def at(self, moment: datetime) -> CaseView:
        """The case as it stood at a moment (UTC), in the order of recording: what was struck later still counts. Raises `Refused`."""
        entries = until(self.entries, moment)
        if not entries:
            raise Refused("The case was not open yet at that time.")
        return CaseView(self.pack, fold(entries), entries, self.exercise, self.notice)
