"""What the screens before the live store share: they stand where nobody is signed in, and an attempt to get in waits off their thread."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual import work
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widgets import Input

from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Station
from screens.frame import FrameScreen
from screens.gate import Gate, Wait

T = TypeVar("T")

ALONE = 60.0
"""Seconds since the last key or paste after which nobody sits at the door any more. Time during which the machine slept counts."""
PASSPHRASES = "#passphrase, #again"
"""The fields of a passphrase."""


class Attended(MessagePump):
    """What a screen with a secret on it has besides: it notices that nobody is there, before a key that comes too late is acted upon."""

    desk: Station
    _used = math.inf
    """When somebody was here last, as the clock's `elapsed` tells it."""

    def left_alone(self) -> None:
        """Nobody has been here for `ALONE` seconds: let nobody see the secret, or use it."""

    def look(self) -> None:
        """Act if nobody was here for too long until now; then the time begins anew."""
        now = self.desk.clock.elapsed()
        if now - self._used >= ALONE:
            self._used = now
            self.left_alone()

    def use(self) -> None:
        """Somebody is here, perhaps too late."""
        self.look()
        self._used = self.desk.clock.elapsed()

    def on_mount(self) -> None:
        """Look once a second, whatever is in front."""
        self._used = self.desk.clock.elapsed()
        self.set_interval(1.0, self.look)

    def on_screen_resume(self) -> None:
        """Somebody came back to it by a key."""
        self.use()

    def on_key(self) -> None:
        """A key that a field does not take for itself."""
        self.use()

    def on_input_changed(self) -> None:
        """Something was typed or pasted."""
        self.use()


class DoorScreen(Attended, FrameScreen):
    """A screen with nobody signed in."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "door.tcss"]
    SECRETS: ClassVar[str] = PASSPHRASES
    """The fields that are emptied when nobody is there."""

    @dataclass
    class Ready(Message):
        """Somebody can sign in from now on, and has written the recovery code down."""

        operator: str

    def __init__(self, station: Station, gate: Gate, operator: str = "") -> None:
        """`operator` is the id that stands ready."""
        super().__init__(station)
        self.gate = gate
        self.ready_id = operator

    def left_alone(self) -> None:
        """What was typed and not sent goes; an id too, for many a passphrase is typed in its place."""
        ids = [box for box in self.query("#operator").results(Input) if box.value != self.ready_id]
        if ids or any(box.value for box in self.query(self.SECRETS).results(Input)):
            self.empty(self.SECRETS)
            for box in ids:
                box.value = self.ready_id
                box.focus()
            self.status.say(f"Nobody typed for {ALONE:.0f} seconds: what should not be seen was emptied.", "refused")

    def empty(self, fields: str = PASSPHRASES) -> None:
        """Nothing that is typed there stays."""
        for box in self.query(fields).results(Input):
            box.value = ""


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

    def left_alone(self) -> None:
        """The same; while an attempt waits, that stays said."""
        if self._pause is None:
            super().left_alone()
        else:
            self.empty(self.SECRETS)

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
