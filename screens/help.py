"""What the keys of a screen do, and a card in full: pages to read, left with Esc."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from screens.desk import Station
from screens.frame import FrameScreen

LEGEND = (
    "[ ] open   [x] done   [-] not needed   [~] deferred   [?] waits on a fact    .  does not apply",
    "[.] being saved   [!] cannot be read or at fault    i  to know   STRUCK: struck through, no longer counts",
    "vital: inspections found what it costs when this is missed",
)
"""How a list of steps is read."""


class ReadingScreen(FrameScreen):
    """A page to read."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "help.tcss"]
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", key_display="Esc", tooltip="Back"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (("Esc", "back", "leave"),)

    def compose_body(self) -> Iterable[Widget]:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static(self.page_content(), id="page-text", markup=False)

    def page_content(self) -> Content:
        """What is read."""
        return Content("")

    def action_help(self) -> None:
        """Already here."""

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one("#page", VerticalScroll).scroll_relative(y=lines, animate=False)


class HelpScreen(ReadingScreen):
    """The keys of the screen it was opened from."""

    def __init__(self, desk: Station, about: FrameScreen, legend: Sequence[str] = LEGEND) -> None:
        """`legend` says how the list of that screen is read, a line each."""
        super().__init__(desk)
        self._lines = about.key_lines()
        self._legend = legend

    def page_content(self) -> Content:
        """Each key with what it does, then how to read the list."""
        width = max((len(press) for press, _ in self._lines), default=0)
        parts: list[tuple[str, str]] = [("Keys of this screen\n\n", "bold")]
        for press, words in self._lines:
            parts += [(f"  {press:<{width}}  ", "bold $accent"), (f"{words}\n", "")]
        parts += [
            ("\nHow to read the list\n\n", "bold"),
            *((f"  {line}\n", "") for line in self._legend),
            ("  A dim key at the bottom cannot be used now: press it and it says why.\n", ""),
            ("\nWhat is recorded stays. A step that no longer applies keeps its record and brings it back.\n", "$foreground 70%"),
            ("This is a working copy: enter the matter in the force's own systems as well.\n", "$foreground 70%"),
        ]
        return Content.assemble(*parts)


class CardScreen(ReadingScreen):
    """A card over the whole window."""

    def __init__(self, desk: Station, content: Content) -> None:
        super().__init__(desk)
        self._content = content

    def page_content(self) -> Content:
        """The card."""
        return self._content
