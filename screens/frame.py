"""What every screen has: the marking first and last, the message of the moment, the keys that work here, and help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from screens.asked import Where
from screens.desk import Desk, Station
from screens.widgets.lines import Key, KeyBar, MarkingLine, StatusLine
from screens.widgets.typed import TypedLine

SMALLEST = (60, 18)
"""Columns and rows below which nothing can be read safely."""

LOCKS_SOON = 15
"""Seconds before a lock from which it is announced."""


class FrameScreen(Screen[None]):
    """A screen of the program. Subclasses say what stands between the lines, and which keys are shown first."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss"]
    AUTO_FOCUS = "Checklist"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", key_display="?", tooltip="What the keys of this screen do")
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = ()
    """Key as shown, label and action, in the order of the bottom line; hiding the screen and help are added last."""
    LEGEND: ClassVar[Sequence[str]] = ()
    """How the marks of its list are read, a line each; none where it has no marks."""
    NAME: ClassVar[str] = "MSHT first response"

    def __init__(self, desk: Station) -> None:
        super().__init__()
        self.desk = desk

    def compose(self) -> ComposeResult:
        """The lines, and what a screen puts between them."""
        yield MarkingLine(id="marking")
        yield from self.compose_body()
        yield StatusLine(id="status")
        yield KeyBar(id="keys")
        yield MarkingLine(id="marking-end")
        with Vertical(id="too-small"):
            yield Static("", id="too-small-words", markup=False)

    def compose_body(self) -> Iterable[Widget]:
        """What stands between the lines."""
        return ()

    def on_mount(self) -> None:
        """Draw the lines and keep the clock going."""
        self.set_class(self.desk.exercise, "-exercise")
        self.set_class(self.desk.plain, "-plain")
        for line in self.query(MarkingLine):
            line.set_class(self.desk.exercise, "-exercise")
        self.show_marking()
        self.show_keys()
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        """Once a second while the screen is in front."""
        if self.is_current:
            self.show_marking()

    def show_marking(self) -> None:
        """Marking, what this is, and the time; before a lock how long it will be."""
        marking = self.desk.marking + ("  EXERCISE, NOT A REAL CASE" if self.desk.exercise else "")
        clock = f"{self.desk.now().astimezone(self.desk.zone):%H:%M:%S}"
        soon = self.desk.locks_in <= LOCKS_SOON
        what = f"locks in {self.desk.locks_in:.0f} s: press a key" if soon else self.NAME
        self.query_one("#marking", MarkingLine).show(marking, Content(f"{what}   {clock}"))
        self.query_one("#marking-end", MarkingLine).show(marking)

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the window is too small to work in."""
        width, height = event.size
        small = width < SMALLEST[0] or height < SMALLEST[1]
        self.set_class(small, "-too-small")
        self.set_class(width < 76, "-narrow")
        self.set_class(width >= 100, "-wide")
        self.set_class(height >= 32 and width >= 76, "-roomy")
        words = f"This window is {width}x{height}. Make it at least {SMALLEST[0]}x{SMALLEST[1]}: nothing is lost meanwhile."
        self.query_one("#too-small-words", Static).update(Content(words))

    # The message of the moment, and the keys

    @property
    def status(self) -> StatusLine:
        """The line of the message of the moment."""
        return self.query_one("#status", StatusLine)

    def why_not(self, action: str) -> str | None:
        """Why the key of an action cannot be used now, in words; `None` when it can."""
        return None

    def show_keys(self) -> None:
        """Show the keys that work here and now."""
        keys = [Key(press, label, action, self.why_not(action) is None) for press, label, action in self.SHOWN_KEYS]
        typing = isinstance(self.focused, Input | TextArea)
        self.query_one("#keys", KeyBar).show([*keys, Key("F2", "hide", "app.privacy"), Key("F1" if typing else "?", "help", "help")])

    def on_descendant_focus(self) -> None:
        """In a field `?` is a letter."""
        self.show_keys()

    def on_screen_suspend(self) -> None:
        """The keys of a screen that is not in front do not work."""
        self._show_bar(False)

    def on_screen_resume(self) -> None:
        """It is in front again, and so are its keys."""
        self._show_bar(True)

    def _show_bar(self, shown: bool) -> None:
        for bar in self.query(KeyBar):
            bar.visible = shown

    def refused(self, action: str) -> bool:
        """Whether the action cannot be used now; if so, says why."""
        why = self.why_not(action)
        if why is not None:
            self.status.say(why, "refused")
        return why is not None

    @on(KeyBar.Pressed)
    async def press_shown_key(self, message: KeyBar.Pressed) -> None:
        """A click on a key at the bottom is that key."""
        await self.run_action(message.action)

    @on(TypedLine.Full)
    def say_full(self, message: TypedLine.Full) -> None:
        """What was not taken."""
        self.status.say(message.words, "refused")

    def action_help(self) -> None:
        """What the keys of this screen do."""
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.desk, self, self.LEGEND))


class DeskScreen(FrameScreen):
    """A screen of somebody at their desk."""

    desk: Desk

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)

    def where(self) -> Where:
        """Where on the screen the operator stands."""
        return Where()

    def keep_typed(self) -> None:
        """Put what is typed here and not recorded among the drafts: the screen is about to go."""
