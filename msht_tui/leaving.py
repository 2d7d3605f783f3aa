"""Leaving a desk: a door stands in front at once, and what is behind it goes only once nothing of it can be lost."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from textual.app import App
from textual.cache import FIFOCache, LRUCache
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from msht_tui.domain.audit import AuditEvent
from screens.desk import Desk
from screens.dialogs.question import Question
from screens.frame import DeskScreen

CACHES = (type(lru_cache(lambda: None)), LRUCache, FIFOCache)
"""The kinds of cache that are here."""


class Leaving:
    """A desk that is being left, with the screens that stand on it; its keys are there until it is done."""

    def __init__(self, app: App[None], desk: Desk, event: AuditEvent, gone: Callable[[], object]) -> None:
        """What `app` shows now is the desk's; `event` is how it is left, as it is recorded; `gone` is called when it is."""
        self.desk = desk
        self._app = app
        self._event = event
        self._gone = gone
        self._mode, self._screens = app.current_mode, app.screen_stack
        self._worker = app.run_worker(self._leave(), group="leaving")

    def keep(self) -> None:
        """Have the store keep what is typed there and not recorded. It does not wait for what is being done."""
        keep(self.desk, self._screens)

    async def done(self) -> None:
        """Return once nothing of the desk is left."""
        await self._worker.wait()

    async def _leave(self) -> None:
        """Finish what was asked for, keep what is typed, close the session; then the screens go, if a door stands in front of them."""
        for worker in [worker for worker in self._app.workers if worker.group == "acts"]:
            with suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()
        gather(self._screens)
        await self.desk.leave(self._event)
        self._screens.clear()
        if self._mode != self._app.current_mode:
            await self._app.remove_mode(self._mode)
            self._app.mutate_reactive(App.theme)  # only then does Textual let go of text areas, which watch it
        self._gone()
        forget()


def keep(desk: Desk, screens: Iterable[Screen[Any]]) -> None:
    """Have the store keep what is typed on the screens of a desk and not recorded; what it cannot keep stays with the desk."""
    gather(screens)
    desk.keep_all()


def forget() -> None:
    """Empty every cache of the program: what was drawn of a case stands in them."""
    gc.collect()
    for one in gc.get_objects():
        if type(one) in CACHES:
            one.cache_clear() if hasattr(one, "cache_clear") else one.clear()


def gather(screens: Iterable[Screen[Any]]) -> None:
    """Put what is typed on these and not recorded among the drafts."""
    for screen in screens:
        if isinstance(screen, DeskScreen | Question):
            screen.keep_typed()
