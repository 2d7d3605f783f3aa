"""Where screens get their work done: one writer thread, so that a slow disk never freezes a key and acts keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from msht_tui.domain.audit import AuditEvent, ClockStepped, Combined, Consulted
from msht_tui.domain.pack import Role
from msht_tui.domain.refusal import Refused
from msht_tui.ports import Clock, StoreTrouble
from msht_tui.service import CaseView, Casework
from msht_tui.service.acting import STEP
from msht_tui.summary.log import LogQuery
from screens.asked import Asked
from screens.look import shown

if TYPE_CHECKING:
    from screens.gate import Badge

T = TypeVar("T")
UNSAVED = "unsaved"
"""Where the words of acts stand among the drafts that could not be made durable before the desk was left."""
ASKED = "asked"
"""Where what was typed into other questions that are about no case's screens stands among the same."""
NO_CASE = ""
"""What stands in place of a case's id where the store keeps what was typed of a case that is not begun yet."""
CUSTODY: Role = "custody"


class Station:
    """This terminal, whoever sits at it: what every screen shows of the place."""

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        *,
        exercise: bool,
        marking: str,
        local_words: Mapping[str, str] | None = None,
        plain: bool = False,
        notice: str = "",
    ) -> None:
        self.clock = clock
        self.zone = zone
        """The local time zone."""
        self.exercise = exercise
        """Whether its cases are exercises."""
        self.marking = shown(marking)
        self.local_words = local_words or {}
        """Item id to the force's own words."""
        self.plain = plain
        """Whether the terminal can show ASCII only."""
        self.notice = notice
        """What is wrong with the settings of its store; empty when nothing is."""
        self.locks_in = inf
        """Seconds until it locks if no key is pressed, as they were at the last look; infinite where it never does."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return self.clock.now()


class Desk(Station):
    """The casework of one operator, done off the screen's thread."""

    def __init__(
        self,
        casework: Casework,
        *,
        marking: str,
        local_words: Mapping[str, str] | None = None,
        plain: bool = False,
        copy_fields: bool = False,
        badge: Badge | None = None,
        lock_after: tuple[float, float] = (300.0, 60.0),
    ) -> None:
        """`badge` is given by signing in; `lock_after` is the seconds without a key, elsewhere and in custody, after which it locks."""
        exercise = casework.store.exercise
        super().__init__(casework.clock, casework.zone, exercise=exercise, marking=marking, local_words=local_words, plain=plain)
        self._casework = casework
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self.copy_fields = copy_fields
        """Whether a field of the worksheet may go to the clipboard, for a moment, on its way into the form."""
        self.badge = badge
        """Who is signed in; `None` for exercises, which nobody signs in to."""
        self.lock_after = lock_after
        self.ended: Callable[[str], object] = lambda words: None
        """Called in words when the operator is found to have been removed, or given another passphrase."""
        self.sessions: dict[str, Session] = {}
        """What was opened since the desk was, by case id: choices, drafts and acts that wait to be tried again."""
        self.held: Mapping[str, Mapping[str, str]] = badge.held if badge else {}
        """Case id to what the store could not keep when this operator left last."""
        self.begun = Typed(drafts=dict(self.held.get(NO_CASE, {})))
        """What was typed of a case that is not begun yet."""
        self.drafts: dict[str, str] = dict(self.held.get(ASKED, {}))
        """What was typed into other questions over the list of cases, by its place; it never goes to the disk."""
        self._looked = self._look()

    @property
    def operator(self) -> str:
        """Whose name the entries carry."""
        return self._casework.operator

    def unattended(self) -> Station:
        """This terminal once nobody sits at it any more."""
        return Station(self.clock, self.zone, exercise=self.exercise, marking=self.marking, local_words=self.local_words, plain=self.plain)

    @property
    def idle_limit(self) -> float:
        """Seconds without a key after which this desk locks: fewer once a case was worked in custody."""
        elsewhere, in_custody = self.lock_after
        return in_custody if any(session.role == CUSTODY for session in self.sessions.values()) else elsewhere

    async def do(self, act: Callable[[Casework], T]) -> T:
        """Do an act after those asked for before it. Raises what it raises; returns once it is durable."""
        try:
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._writer, act, self._casework))
        except Refused as refusal:
            if self.badge is None or not self.badge.over:
                raise
            self.ended(str(refusal))
            raise StoreTrouble(str(refusal)) from refusal

    async def read(self, case_id: str, how: Literal["opened", "previewed"]) -> CaseView:
        """A case that is about to be shown; that somebody looks at it is durable first, each time. Raises `StoreTrouble`, `Refused`.

        A clock that is behind the last entry of a case is recorded as well when the case is opened for the first time.
        """

        def consult(casework: Casework) -> CaseView:
            self.record(Consulted(case=case_id, how=how))
            view = casework.view(case_id)
            behind = view.entries[-1].stamp.recorded_at - self.now()
            if behind > STEP and case_id not in self.sessions:
                self.record(ClockStepped(seconds=-round(behind.total_seconds())))
            return view

        return await self.do(consult)

    async def typed_before(self, case_id: str) -> Typed:
        """What the operator typed of a case earlier and did not record. Raises `StoreTrouble`, `Refused`."""
        kept = await self.do(lambda casework: casework.store.draft(case_id, casework.operator))
        return Typed(drafts={**kept, **self.held.get(case_id, {})}, kept=kept)

    async def recall(self) -> None:
        """Have what was typed earlier of a case that is not begun yet stand ready. Raises `StoreTrouble`, `Refused`."""
        before = await self.typed_before(NO_CASE)
        self.begun.kept = before.kept
        self.begun.drafts.update(before.drafts)

    def record(self, event: AuditEvent) -> None:
        """Record what is about to be shown, in the terminal's own log; exercises have none. On the writer's thread.

        Raises `StoreTrouble`: then it must not be shown.
        """
        if self.badge is not None:
            self.badge.record(event)

    def clock_step(self) -> int:
        """By how many seconds the clock was moved since the last look, below zero back; 0 if it was not."""
        (then, passed_then), (now, passed) = self._looked, self._look()
        self._looked = now, passed
        drift = now - then - timedelta(seconds=passed - passed_then)
        return round(drift.total_seconds()) if abs(drift) > STEP else 0

    def _look(self) -> tuple[datetime, float]:
        return self.clock.now(), self.clock.elapsed()

    def keep(self, case_id: str, typed: Typed) -> None:
        """Have the store keep what is typed of a case and not recorded, unless it does. Raises `StoreTrouble`, `Refused`."""
        drafts = {place: text for place, text in typed.drafts.items() if text.strip()}
        if drafts != typed.kept:
            self._casework.store.keep_draft(case_id, self.operator, drafts)
            typed.kept = drafts

    def keep_all(self) -> dict[str, dict[str, str]]:
        """The same for every case, opened or not begun yet; what the store does not keep comes back, by case id."""
        left = {ASKED: dict(self.drafts)} if self.drafts else {}
        everything: dict[str, Typed] = {NO_CASE: self.begun, **self.sessions}
        held, self.held = self.held, {}
        for case_id, drafts in held.items():
            if case_id in (ASKED, *everything):
                continue
            try:
                kept = self._casework.store.draft(case_id, self.operator)
                self.keep(case_id, Typed(drafts={**kept, **drafts}, kept=kept))
            except (StoreTrouble, Refused):
                left[case_id] = dict(drafts)
        self.held = {case_id: left[case_id] for case_id in held if case_id in left}
        for case_id, typed in everything.items():
            try:
                self.keep(case_id, typed)
            except (StoreTrouble, Refused):
                left[case_id] = dict(typed.drafts)
        return left

    def forget(self, case_id: str) -> None:
        """Let go of a case that was erased, and of what was typed of it."""
        self.sessions.pop(case_id, None)
        self.held = {one: typed for one, typed in self.held.items() if one != case_id}

    async def leave(self, event: AuditEvent) -> None:
        """Finish what was asked for, keep what is typed, and let go of the keys. What fails keeps nothing else from being done."""
        await self.do(lambda casework: self._leave(event))
        self.close()

    def _leave(self, event: AuditEvent) -> None:
        left = self.settle()
        if self.badge is not None:
            self.badge.leave(left, event)

    def settle(self) -> dict[str, dict[str, str]]:
        """Try again what could not be made durable, then keep what is typed; what is left of that, as of `keep_all`.

        On the writer's thread.
        """
        for session in self.sessions.values():
            for waiting in tuple(session.unsaved):
                if _succeeds(waiting[1], self._casework):
                    session.unsaved.remove(waiting)
            session.drafts.pop(UNSAVED, None)
            if session.unsaved:
                session.drafts[UNSAVED] = "; ".join(what for what, _ in session.unsaved)
        return self.keep_all()

    def close(self) -> None:
        """Finish what was asked for, then stop and let go of the cases."""
        self._writer.shutdown(wait=True)
        self._casework.close()


def _succeeds(act: Callable[[Casework], CaseView], casework: Casework) -> bool:
    """Whether an act that could not be made durable can be now."""
    try:
        act(casework)
    except (StoreTrouble, Refused):
        return False
    return True


class Combining:
    """An act that makes two subjects of a case one person, then its line in the terminal's own log.

    When only the line cannot be written, the act is not done again with it.
    """

    def __init__(self, desk: Desk, case_id: str, how: Literal["linked", "same"]) -> None:
        self._desk = desk
        self._line = Combined(case=case_id, how=how)
        self._done = False

    def do(self, casework: Casework, act: Callable[[Casework], CaseView]) -> CaseView:
        """The case after both, on the writer's thread. Raises what the act raises, and `StoreTrouble`."""
        if not self._done:
            act(casework)
            self._done = True
        self._desk.record(self._line)
        return casework.view(self._line.case)


@dataclass(kw_only=True)
class Typed:
    """What was typed and not recorded."""

    drafts: dict[str, str] = field(default_factory=dict)
    """By the place where it was typed."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What the store keeps of it."""


@dataclass
class Session(Typed):
    """What the screens of one case share while it is open: the case, and the viewer's choices, which are no entries."""

    view: CaseView
    role: Role
    point: str
    screen_for: Callable[[str], type[Any]]
    """From a place of the phase bar to its screen."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Phase id to the subject chosen there."""
    unsaved: list[tuple[str, Callable[[Casework], CaseView]]] = field(default_factory=list)
    """Acts that could not be made durable, in words and to be tried again."""
    query: LogQuery = field(default_factory=LogQuery)
    """What is looked for in the log."""
    words: str = ""
    """Something to say when the first screen is shown."""
    again: Asked | None = None
    """The question to put again there."""
    cursors: dict[str, str] = field(default_factory=dict)
    """Screen to the key of the row the cursor stands on."""

    def begin_as(self, role: Role) -> None:
        """See the case as this role, at its first pause point."""
        self.role, self.point = role, self.view.pack.points_for(role)[0]
