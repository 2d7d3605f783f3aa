"""What the screens before the live store share: they stand where nobody is signed in, and an attempt to get in waits off their thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual import work
from textual.message import Message

from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Station
from screens.frame import FrameScreen
from screens.gate import Gate, Wait

T = TypeVar("T")


class DoorScreen(FrameScreen):
    """A screen with nobody signed in."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "door.tcss"]

    @dataclass
    class Ready(Message):
        """Somebody can sign in from now on, and has written the recovery code down."""

        operator: str

    def __init__(self, station: Station, gate: Gate) -> None:
        super().__init__(station)
        self.gate = gate


class GivenUp(Refused):
    """An attempt that was given up while it waited. It counts all the same."""


class Pause:
    """The wait before an attempt, that a key can end."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def end(self) -> None:
        """Give up, from whatever thread."""
        self._ended.set()

    def wait(self, seconds: float) -> None:
        """Wait, in the thread of the attempt. Raises `GivenUp`."""
        if self._ended.wait(seconds):
            raise GivenUp("Given up before it was tried. The next attempt waits as well.")


class AttemptScreen(DoorScreen):
    """A screen on which somebody tries to get in, one attempt at a time."""

    _pause: Pause | None = None
    """While an attempt is under way."""

    def on_unmount(self) -> None:
        """Nobody waits for an attempt any more."""
        if self._pause is not None:
            self._pause.end()

    def is_trying(self) -> bool:
        """Whether an attempt is under way; if so, says how to give it up."""
        if self._pause is not None:
            self.status.say("The attempt before is still under way: Esc gives it up.", "refused")
        return self._pause is not None

    @work(exclusive=True, group="door")
    async def attempt(self, words: str, act: Callable[[Wait], T], done: Callable[[T], object]) -> None:
        """Try it, off the screen's thread, and hand what it gives to `done`; `words` are shown meanwhile."""
        self._pause = pause = Pause()
        self.status.say(words, "busy")

        def wait(seconds: float) -> None:
            self.app.call_from_thread(self.say_wait, seconds)
            pause.wait(seconds)

        try:
            found = await asyncio.to_thread(act, wait)
        except Refused as refusal:
            self.status.say(str(refusal), "refused")
            self.failed()
        except StoreTrouble as trouble:
            self.status.say(str(trouble), "trouble")
            self.failed()
        else:
            done(found)
        finally:
            self._pause = None

    def failed(self) -> None:
        """An attempt led nowhere, and it was said why."""

    def say_wait(self, seconds: float) -> None:
        """Say how long the attempt waits, and why."""
        self.status.say(f"Waiting {seconds:.0f} s, because the attempts before this one failed. Esc gives it up.", "refused")

    def action_give_up(self) -> None:
        """Give up the attempt that waits."""
        if self._pause is not None:
            self._pause.end()
