"""The door of the live store: an id and a passphrase, before anything of a case is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.desk import Desk, Station
from screens.dialogs.question import field, secret_field
from screens.door import AttemptScreen
from screens.gate import Gate
from screens.recover import RecoverScreen


class SignInScreen(AttemptScreen):
    """Who sits here."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Sign in", tooltip="Go on to the passphrase; then sign in"),
        Binding("escape", "give_up", "Give up", key_display="Esc", tooltip="Give up an attempt that waits; otherwise empty the passphrase"),
        Binding("f6", "recover", "Recover", key_display="F6", tooltip="A supervisor's new passphrase, with the recovery code"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "sign in", "submit"),
        ("F5", "guidance", "app.guidance"),
        ("F6", "recover", "recover"),
        ("Ctrl+Q", "quit", "app.quit"),
        ("Tab", "next field", "focus_next"),
    )

    @dataclass
    class Entered(Message):
        """Somebody has signed in."""

        desk: Desk

    def __init__(self, station: Station, gate: Gate, operator: str = "", *, said: str = "") -> None:
        """`operator` is the id that stands ready, `said` what there is to say first."""
        super().__init__(station, gate, operator)
        self.said = said
        """What there is to say first."""
        self.locked_by = ""
        """Who locked the screen, where it is locked: they unlock it."""

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
            yield field("Your id", id="operator", value=self.ready_id, placeholder="such as a collar number")
            yield secret_field("Passphrase", id="passphrase")

    def on_mount(self) -> None:
        """Begin with what is missing."""
        self.status.say(self.said, "refused" if self.said else "quiet")
        self.query_one("#passphrase" if self.ready_id else "#operator", Input).focus()

    def on_input_submitted(self) -> None:
        """Enter in a field."""
        self.action_submit()

    def action_submit(self) -> None:
        """Go on to what is missing, or try it."""
        operator, passphrase = (self.query_one(name, Input) for name in ("#operator", "#passphrase"))
        if self.is_trying():
            return
        for box, what in ((operator, "id"), (passphrase, "passphrase")):
            if not box.value.strip():
                self.status.say(f"Type your {what}, then Enter.")
                box.focus()
                return
        typed, passphrase.value = passphrase.value, ""
        who = operator.value
        self.attempt(
            "Signing in ...",
            lambda wait: self.gate.sign_in(who, typed, wait, locked_by=self.locked_by),
            lambda desk: self.post_message(self.Entered(desk)),
        )

    def failed(self) -> None:
        """Type the passphrase again."""
        self.query_one("#passphrase", Input).focus()

    def action_give_up(self) -> None:
        """Give up the attempt that waits; otherwise what is typed of a passphrase goes."""
        super().action_give_up()
        self.empty()

    def action_recover(self) -> None:
        """Get a supervisor in who has forgotten the passphrase."""
        if not self.is_trying():
            self.empty()
            self.app.push_screen(RecoverScreen(self.desk, self.gate, self.query_one("#operator", Input).value))
