"""The first start of a live store: an exercise at once, or this terminal is set up for live cases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Desk, Station
from screens.dialogs.question import field, secret_field
from screens.door import DoorScreen
from screens.gate import Gate
from screens.look import count
from screens.recover import RULE, MakesCode
from screens.widgets.lines import Urgency


class FirstRunScreen(DoorScreen):
    """Nobody can sign in here yet."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "practise", "Exercise", tooltip="Practise on made-up cases: nothing has to be set up for it"),
        Binding("s", "set_up", "Set up", tooltip="Set this terminal up for live cases"),
        Binding("q", "leave", "Quit", tooltip="Quit"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("e", "exercise", "practise"),
        ("s", "set up", "set_up"),
        ("F5", "guidance", "app.guidance"),
        ("q", "quit", "leave"),
    )

    @dataclass
    class Practised(Message):
        """An exercise was chosen."""

        desk: Desk

    def compose_body(self) -> Iterable[Widget]:
        """What can be chosen."""
        plain = self.gate.plain_cases()
        parts: list[tuple[str, str]] = [
            ("This terminal is not set up for live cases yet.\n", "bold"),
            (f"Folder: {self.gate.folder()}\n", ""),
            ("If live cases are kept somewhere else already, do not set it up: quit,\n", ""),
            ("and connect that drive or name that folder with --store.\n\n", ""),
            ("  e  ", "bold $accent"),
            ("Practise on made-up cases. Nothing has to be set up for it.\n\n", ""),
            ("  s  ", "bold $accent"),
            ("Set it up for live cases. You become its first supervisor, with\n", ""),
            ("     an id, a passphrase and a recovery code to write down. From\n     then on every case is sealed on this disk.\n", ""),
        ]
        if plain:
            words = f"\n{count(plain, 'case')} from before {'is' if plain == 1 else 'are'} here, not sealed, and will not be opened.\n"
            parts += [(f"{words}Once set up, seal them with: msht store convert\n", "bold $warning")]
        with Vertical(id="door"):
            yield Static(Content.assemble(*parts), markup=False)

    @work(exclusive=True, group="door")
    async def action_practise(self) -> None:
        """The exercise store."""
        try:
            self.post_message(self.Practised(await asyncio.to_thread(self.gate.practise)))
        except (Refused, StoreTrouble) as trouble:
            self.status.say(str(trouble), "trouble")

    def action_set_up(self) -> None:
        """Ask for what it takes."""
        self.app.push_screen(SetUpScreen(self.desk, self.gate))

    def action_leave(self) -> None:
        """Quit."""
        self.app.exit()


class SetUpScreen(DoorScreen, MakesCode):
    """What setting up takes."""

    AUTO_FOCUS = "#force"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Set up", tooltip="Set the terminal up"),
        Binding("escape", "leave", "Back", key_display="Esc", tooltip="Back; nothing is set up"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "set up", "submit"),
        ("Tab", "next field", "focus_next"),
        ("Esc", "back", "leave"),
        ("F5", "guidance", "app.guidance"),
    )

    def __init__(self, station: Station, gate: Gate) -> None:
        super().__init__(station, gate)
        self._operator = ""

    def compose_body(self) -> Iterable[Widget]:
        """The fields."""
        with Vertical(id="door"):
            yield Static("Set this terminal up for live cases", id="heading", markup=False)
            yield field("Force", id="force", placeholder="name of the police force; can stay empty")
            yield field("Marking", id="own-marking", value=self.desk.marking)
            yield Static("You, the first supervisor", classes="words after", markup=False)
            yield field("Your id", id="operator", placeholder="such as a collar number")
            yield secret_field("Passphrase", id="passphrase")
            yield secret_field("Once more", id="again")
            yield Static(RULE, classes="words after", markup=False)

    def on_input_submitted(self) -> None:
        """Enter in a field."""
        self.action_submit()

    def action_submit(self) -> None:
        """Set it up, if the two passphrases are the same; they are emptied in any case."""
        force, marking, operator, passphrase, again = (
            self.query_one(f"#{name}", Input).value for name in ("force", "own-marking", "operator", "passphrase", "again")
        )
        if self.unwritten:
            return
        if not operator.strip():
            self.refuse("Type your id first. Nothing was set up.", "refused", "operator")
            return
        self.empty()
        if passphrase != again:
            self.refuse("The two passphrases are not the same. Nothing was set up: type them again.", "refused")
            return
        self._operator, self.unwritten = operator, True
        self.status.say("Setting up ...", "busy")
        self.set_up(operator, passphrase, force, "" if marking == self.desk.marking else marking)

    @work(exclusive=True, group="door")
    async def set_up(self, operator: str, passphrase: str, force: str, marking: str) -> None:
        """Set it up, off the screen's thread, and show the recovery code."""
        try:
            code = await asyncio.to_thread(self.gate.set_up, operator, passphrase, force=force, marking=marking)
        except (Refused, StoreTrouble) as wrong:
            self.refuse(str(wrong), "refused" if isinstance(wrong, Refused) else "trouble")
        else:
            self.desk = self.gate.station()
            self.show_code(code)

    def refuse(self, words: str, urgency: Urgency, field: str = "passphrase") -> None:
        """Say why nothing was set up, and go to the field that is to be typed: the passphrases are again."""
        self.unwritten = False
        self.status.say(words, urgency)
        self.query_one(f"#{field}", Input).focus()

    def written(self) -> None:
        """Sign in for the first time."""
        super().written()
        self.post_message(self.Ready(self._operator))

    def action_leave(self) -> None:
        """Back."""
        if not self.unwritten:
            self.dismiss()
