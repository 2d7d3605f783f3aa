"""The recovery code: shown once when one is made, and used once by a supervisor who has forgotten the passphrase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.desk import Station
from screens.dialogs.choices import Choices
from screens.dialogs.question import field, secret_field
from screens.door import PASSPHRASES, AttemptScreen, Attended
from screens.frame import FrameScreen
from screens.gate import Gate
from screens.privacy import PrivacyScreen

RULE = "At least 12 characters, or four words. It is asked for at every sign-in and nobody can look it up."
ONCE = (
    "Write this code down now: it is not shown again. It lets a supervisor back in who has forgotten the passphrase, and works once.",
    "Keep it where no operator gets at it alone, such as in a sealed envelope in the safe. Whoever has it can get in.",
)
NOT_ALIKE = "The two passphrases are not the same. Nothing was changed: type them again."


class RecoveryScreen(Attended, FrameScreen):
    """The recovery code, once. Nothing leads away from it but having written it down; left alone, it hides until a key is pressed."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "recover.tcss"]
    AUTO_FOCUS = "#written"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Go on", tooltip="Go on, once it is written down"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("1 or 2", "choose", "focus_next"),
        ("Enter", "go on", "submit"),
    )

    def __init__(self, station: Station, code: str) -> None:
        super().__init__(station)
        self.code = code

    def compose_body(self) -> Iterable[Widget]:
        """The code, what it is for, and whether it is written down."""
        with Vertical(id="once"):
            yield Static("Recovery code", id="heading", markup=False)
            yield Static(self.code, id="code", markup=False)
            for words in ONCE:
                yield Static(words, classes="words", markup=False)
            yield Choices([("no", "Not yet"), ("yes", "Yes, it is written down")], picked=["no"], id="written")

    def left_alone(self) -> None:
        """Hide it: it is not lost."""
        if self.is_active:
            self.app.push_screen(PrivacyScreen(self.desk))

    def action_submit(self) -> None:
        """Go on, once it is written down."""
        if self.query_one("#written", Choices).values == ("yes",):
            self.dismiss()
        else:
            self.status.say("Write the code down first, then choose 2: it is not shown again.", "refused")


class MakesCode(FrameScreen):
    """A screen that has a recovery code made. The code is shown as soon as the screen is in front: never over one that hides it."""

    unwritten = False
    """Whether a code was asked for that nobody has said to have written down."""
    _code = ""

    def show_code(self, code: str) -> None:
        """Show a code that was made."""
        self._code = code
        if self.is_active:
            self._show_code()

    def on_screen_resume(self) -> None:
        """Show the code that waits to be shown."""
        self._show_code()

    def _show_code(self) -> None:
        if self._code:
            code, self._code = self._code, ""
            self.app.push_screen(RecoveryScreen(self.desk, code), lambda _: self.written())

    def written(self) -> None:
        """The code is written down."""
        self.unwritten = False


class RecoverScreen(AttemptScreen, MakesCode):
    """Gives a supervisor a new passphrase with the recovery code. The code is seen as it is typed: it comes from paper, and works once."""

    AUTO_FOCUS = ""
    SECRETS: ClassVar[str] = f"#typed-code, {PASSPHRASES}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Recover", tooltip="Use the code; it is used up by it, and the next one is shown"),
        Binding("escape", "give_up", "Back", key_display="Esc", tooltip="Give up an attempt that waits; otherwise back to the sign-in"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "use the code", "submit"),
        ("Tab", "next field", "focus_next"),
        ("Esc", "back", "give_up"),
        ("F5", "guidance", "app.guidance"),
    )

    def __init__(self, station: Station, gate: Gate, operator: str) -> None:
        """`operator` is the id that stands ready."""
        super().__init__(station, gate)
        self.operator = operator

    def compose_body(self) -> Iterable[Widget]:
        """What it does, and the fields."""
        with Vertical(id="door"):
            yield Static("Sign in with the recovery code", id="heading", markup=False)
            words = "For a supervisor who has forgotten the passphrase. The code works once: the next one is shown, to be written down."
            yield Static(words, classes="words", markup=False)
            yield field("Your id", id="operator", value=self.operator, placeholder="such as a collar number")
            yield field("Recovery code", id="typed-code", placeholder="six groups of five characters")
            yield Static("The new passphrase", classes="words after", markup=False)
            yield secret_field("Passphrase", id="passphrase")
            yield secret_field("Once more", id="again")
            yield Static(RULE, classes="words after", markup=False)

    def on_mount(self) -> None:
        """Begin with what is missing."""
        self.query_one("#typed-code" if self.operator else "#operator", Input).focus()

    def on_input_submitted(self) -> None:
        """Enter in a field."""
        self.action_submit()

    def action_submit(self) -> None:
        """Use the code, if the two passphrases are the same; they are emptied in any case."""
        if self.is_trying():
            return
        operator, code, passphrase, again = (
            self.query_one(name, Input).value for name in ("#operator", "#typed-code", "#passphrase", "#again")
        )
        if not operator.strip():
            self.status.say("Type your id first: a supervisor's. Nothing was tried.", "refused")
            self.query_one("#operator", Input).focus()
            return
        self.empty()
        if passphrase != again:
            self.status.say(NOT_ALIKE, "refused")
            self.failed()
            return
        self.operator, self.unwritten = operator.strip(), True
        self.attempt("Trying the code ...", lambda wait: self.gate.recover(code, operator, passphrase, wait), self.show_code)

    def failed(self) -> None:
        """Nothing was made: type the passphrases again."""
        self.unwritten = False
        self.query_one("#passphrase", Input).focus()

    def written(self) -> None:
        """Sign in with the new passphrase."""
        super().written()
        self.post_message(self.Ready(self.operator))

    def action_give_up(self) -> None:
        """Give up the attempt that waits; otherwise back."""
        if self._pause is not None:
            super().action_give_up()
        else:
            self.dismiss()
