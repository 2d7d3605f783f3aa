"""Where screens get their work done: one writer thread, so that a slow disk never freezes a key and acts keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from msht_tui.domain.pack import Role
from msht_tui.service import CaseView, Casework
from msht_tui.summary.log import LogQuery

T = TypeVar("T")


class Desk:
    """The casework of one operator, done off the screen's thread, with what every screen shows of the place."""

    def __init__(self, casework: Casework, *, marking: str, local_words: dict[str, str] | None = None, plain: bool = False) -> None:
        self._casework = casework
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self.marking = marking
        self.local_words = local_words or {}
        """Item id to the force's own words."""
        self.plain = plain
        """Whether the terminal can show ASCII only."""
        self.sessions: dict[str, Session] = {}
        """What was opened since the program began, by case id: choices, drafts and acts that wait to be tried again."""

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise store."""
        return self._casework.store.exercise

    @property
    def operator(self) -> str:
        """Whose name the entries carry."""
        return self._casework.operator

    @property
    def zone(self) -> tzinfo:
        """The local time zone."""
        return self._casework.zone

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._casework.clock.now()

    async def do(self, act: Callable[[Casework], T]) -> T:
        """Do an act after those asked for before it. Raises what it raises; returns once it is durable."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._writer, act, self._casework))

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        self._writer.shutdown(wait=True)


@dataclass
class Session:
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
    drafts: dict[str, str] = field(default_factory=dict)
    """What a note is on to its text, when it was left unrecorded."""
    cursors: dict[str, str] = field(default_factory=dict)
    """Screen to the key of the row the cursor stands on."""

    def begin_as(self, role: Role) -> None:
        """See the case as this role, at its first pause point."""
        self.role, self.point = role, self.view.pack.points_for(role)[0]
