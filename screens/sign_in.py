"""The door of the live store: an id and a passphrase, before anything of a case is read."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Desk, Station
from screens.dialogs.question import field, secret_field
from screens.door import DoorScreen
from screens.gate import Gate


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


class SignInScreen(DoorScreen):
    """Who sits here."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Sign in", tooltip="Go on to the passphrase; then sign in"),
        Binding("escape", "give_up", "Give up", key_display="Esc", tooltip="Give up an attempt that waits; otherwise empty the passphrase"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "sign in", "submit"),
        ("Tab", "next field", "focus_next"),
        ("F5", "guidance", "app.guidance"),
        ("F2", "hide", "app.privacy"),
        ("Ctrl+Q", "quit", "app.quit"),
    )

    @dataclass
    class Entered(Message):
        """Somebody has signed in."""

        desk: Desk

    def __init__(self, station: Station, gate: Gate, operator: str = "", *, said: str = "") -> None:
        """`operator` is the id that stands ready, `said` what there is to say first."""
        super().__init__(station, gate)
        self._said = said
        self.operator = operator
        self._pause: Pause | None = None
        """While an attempt is under way."""

    def heading(self) -> str:
        """What this is."""
        return "Sign in"

    def words(self) -> str:
        """What comes of it."""
        return "Cases are sealed: what you open and enter from here on is recorded under your id."

    def compose_body(self) -> Iterable[Widget]:
        """The heading, and the two fields."""
        with Vertical(id="door"):
            yield Static(self.heading(), id="heading", markup=False)
            yield Static(self.words(), classes="words", markup=False)
            yield field("Your id", id="operator", value=self.operator, placeholder="such as a collar number")
            yield secret_field("Passphrase", id="passphrase")

    def on_mount(self) -> None:
        """Begin with what is missing."""
        self.status.say(self._said, "refused" if self._said else "quiet")
        self.query_one("#passphrase" if self.operator else "#operator", Input).focus()

    def on_unmount(self) -> None:
        """Nobody waits for an attempt any more."""
        if self._pause is not None:
            self._pause.end()

    def on_input_submitted(self) -> None:
        """Enter in a field."""
        self.action_submit()

    def action_submit(self) -> None:
        """Go on to the passphrase, or try it."""
        operator, passphrase = (self.query_one(name, Input) for name in ("#operator", "#passphrase"))
        if self._pause is not None:
            self.status.say("The attempt before is still under way: Esc gives it up.", "refused")
        elif not passphrase.value:
            passphrase.focus()
        else:
            typed, passphrase.value = passphrase.value, ""
            self.sign_in(operator.value, typed)

    @work(exclusive=True, group="door")
    async def sign_in(self, operator: str, passphrase: str) -> None:
        """Try it, off the screen's thread."""
        self._pause = pause = Pause()
        self.status.say("Signing in ...", "busy")

        def wait(seconds: float) -> None:
            self.app.call_from_thread(self.say_wait, seconds)
            pause.wait(seconds)

        try:
            desk = await asyncio.to_thread(self.gate.sign_in, operator, passphrase, wait)
        except Refused as refusal:
            self.status.say(str(refusal), "refused")
            self.query_one("#passphrase", Input).focus()
        except StoreTrouble as trouble:
            self.status.say(str(trouble), "trouble")
        else:
            self.post_message(self.Entered(desk))
        finally:
            self._pause = None

    def say_wait(self, seconds: float) -> None:
        """Say how long the attempt waits, and why."""
        self.status.say(f"Waiting {seconds:.0f} s, because the attempts before this one failed. Esc gives it up.", "refused")

    def action_give_up(self) -> None:
        """Give up the attempt that waits; what is typed of a passphrase goes."""
        if self._pause is not None:
            self._pause.end()
        else:
            self.query_one("#passphrase", Input).value = ""
