"""An app for a shared terminal: whatever ends or stops it, nothing of a case stays on the glass, on the clipboard or in a file."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, ClassVar

from textual.actions import SkipAction
from textual.app import App, ReturnType, SystemCommand
from textual.screen import Screen
from textual.worker import WorkerFailed

from msht_tui.domain.refusal import Refused
from msht_tui.terminal.fault import Fault, Faulted, fault_of
from msht_tui.terminal.signals import ENDING, answer, code_of, known
from msht_tui.terminal.watch import LOST, Watch


class GuardedApp(App[ReturnType]):
    """Textual's app, with what leaks taken away. Subclasses fill in `keep_typed`, `resumed` and `finish`.

    On a real terminal `run` ends the process itself after a signal (exit code 128 + its number) or when the terminal has gone (129), and
    raises `Faulted` after an unexpected exception.
    """

    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = False
    COMMANDS: ClassVar[set[Any]] = set()

    fault: Fault | None = None
    """The first unexpected exception, if there was one."""
    _watch: Watch | None = None
    """While the app runs on a real terminal."""
    _away: ExitStack | None = None
    """While the terminal is given back for a stop: what holds drawing until it is taken again."""

    # What subclasses fill in

    def keep_typed(self) -> None:
        """Keep what is half typed. Called while widgets can still be read, before the process ends or stops; it must not wait."""

    async def resumed(self) -> None:
        """The process was stopped and goes on. Called before anything is drawn again: the place to lock."""

    def finish(self) -> None:
        """Finish every act that was asked for. Called once the terminal is given back, before the process ends."""

    # Signals, and a terminal that goes away

    async def run_async(self, *args: Any, **kwargs: Any) -> ReturnType | None:
        """Run on this terminal. Raises `Refused` where what is drawn would go elsewhere, and `Faulted`. Headless, it guards nothing."""
        if kwargs.get("headless"):
            return await super().run_async(*args, **kwargs)
        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            raise Refused("The app draws on stderr, and that goes elsewhere: start it without 2> or |&.")
        logging.getLogger().addHandler(logging.NullHandler())
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_pass_over)
        watch = self._watch = Watch(lambda: loop.call_soon_threadsafe(self._lose))
        for number in known(*ENDING):
            answer(loop, number, self._leave, lambda number: watch.ending(code_of(number)))
        watch.begin()
        try:
            result = await super().run_async(*args, **kwargs)
        finally:
            watch.stop()
        if self.fault is not None:
            raise Faulted(self.fault)
        return result

    def on_mount(self) -> None:
        """Answer stops as well; Textual's driver has put its own answers in place by now."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in known("SIGTSTP"):
                answer(loop, number, self._stop)
            for number in known("SIGCONT"):
                answer(loop, number, self._go_on)

    def _leave(self, number: int) -> None:
        """Nothing else of the loop runs any more: nothing can be drawn over the terminal that was given back."""
        for last in (self.keep_typed, self._give_back, self.finish):
            _attempt(last)
        os._exit(code_of(number))

    def _lose(self) -> None:
        """There is no terminal left to give back."""
        for last in (self.keep_typed, self.finish):
            _attempt(last)
        os._exit(LOST)

    def _give_back(self) -> None:
        if self._driver is not None and self._away is None:
            self._away = ExitStack()
            self._away.enter_context(self.batch_update())
            _attempt(self.empty_clipboard)
            self._driver.suspend_application_mode()

    def _stop(self, number: int) -> None:
        _attempt(self.keep_typed)
        _attempt(self._give_back)
        _stop_process()

    def _go_on(self, number: int) -> None:
        """Going on in the background there is no terminal to draw on: stop again. `SIGSTOP` gave nobody time to give it back: do so now."""
        if not _in_foreground():
            _stop_process()
            return
        _attempt(self._give_back)
        self.call_later(self._take_again)

    async def _take_again(self) -> None:
        if self._away is None or self._driver is None:
            return
        try:
            await self.resumed()
        finally:
            self._driver.resume_application_mode()
            self._away.close()
            self._away = None
        self.refresh(layout=True)

    # Faults: Textual would print the traceback, with every local variable

    def _handle_exception(self, error: Exception) -> None:
        self._fail(fault_of(error.error if isinstance(error, WorkerFailed) else error))
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def panic(self, *renderables: object) -> None:
        """End, without any of what was to be shown."""
        self._fail(Fault("Panic", ()))
        self._close_messages_no_wait()

    def _fail(self, fault: Fault) -> None:
        """Keep what is half typed at the first fault; what fails because the terminal has gone is none."""
        if self._watch is not None and self._watch.gone():
            self._lose()
        if self.fault is None:
            self.fault = fault
            _attempt(self.keep_typed)

    # What takes text out of the app

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing goes to the clipboard, neither the terminal's nor Textual's own; the key counts as not pressed."""
        raise SkipAction

    def empty_clipboard(self) -> None:
        """A text that was put there past this guard does not stay behind. The terminal has to be the app's to draw on."""
        if self.clipboard:
            super().copy_to_clipboard("")

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """None: one of them saves the screen to a file."""
        return ()

    def save_screenshot(self, filename: str | None = None, path: str | None = None, time_format: str | None = None) -> str:
        """Never."""
        raise SkipAction

    def deliver_screenshot(self, filename: str | None = None, path: str | None = None, time_format: str | None = None) -> str | None:
        """Never."""
        raise SkipAction


def _attempt(last: Callable[[], None]) -> None:
    """Do one of the last things; one that fails keeps no other from being done."""
    try:
        last()
    except Exception as error:  # noqa: BLE001 - the process is about to end, and the terminal has to be given back
        _note(error)


def _pass_over(loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """A task that nobody waits for ends like a thread that nobody waits for."""
    error = told.get("exception")
    if isinstance(error, Exception):
        _note(error)


def _note(error: Exception) -> None:
    threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))


def _in_foreground() -> bool:
    """Whether the terminal is this process's to draw on; it is when nobody shares it out."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return True


def _stop_process() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
