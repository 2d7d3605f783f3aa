"""Rows of choices that lie on one line: the phases of a case, and the people and scenes of a phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


@dataclass(frozen=True)
class Tab:
    """One choice: its value, and how it reads long and short."""

    value: str
    long: str
    short: str
    style: str = ""


class TabLine(Static):
    """Choices on one line; they shorten together when the line is narrow, and the chosen one is always in sight."""

    DEFAULT_CSS = """
    TabLine { height: 1; padding: 0 1; text-wrap: nowrap; }
    """

    @dataclass
    class Chosen(Message):
        """A choice was clicked."""

        tab_line: TabLine
        value: str

        @property
        def control(self) -> TabLine:
            """The line it came from."""
            return self.tab_line

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._tabs: tuple[Tab, ...] = ()
        self._chosen: str | None = None
        self._places: list[tuple[int, int, str]] = []

    def show(self, tabs: Sequence[Tab], chosen: str | None) -> None:
        """Show these choices with this one chosen."""
        self._tabs, self._chosen = tuple(tabs), chosen
        self._draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def _texts(self, room: int) -> list[tuple[Tab, str]]:
        """All long; else only the chosen one long; else all short; else short ones from the chosen on, with the rest counted."""
        for long in (lambda _: True, lambda tab: tab.value == self._chosen, lambda _: False):
            texts = [(tab, tab.long if long(tab) else tab.short) for tab in self._tabs]
            if sum(len(text) + 1 for _, text in texts) < room:
                return texts
        start = next((i for i, tab in enumerate(self._tabs) if tab.value == self._chosen), 0)
        begin = max(0, start - 1)
        fitting: list[tuple[Tab, str]] = []
        used = 8
        for tab in self._tabs[begin:]:
            used += len(tab.short) + 1
            if used > room:
                break
            fitting.append((tab, tab.short))
        return fitting

    def _draw(self) -> None:
        room = max(self.content_size.width, 10)
        texts = self._texts(room)
        parts: list[Content | tuple[str, str] | str] = []
        self._places = []
        position = 0
        for tab, text in texts:
            if parts:
                parts.append(" ")
            parts.append((text, "bold reverse" if tab.value == self._chosen else tab.style))
            self._places.append((position, position + len(text), tab.value))
            position += len(text) + 1
        hidden = len(self._tabs) - len(texts)
        if hidden:
            parts.append((f" +{hidden} more", "$foreground 60%"))
        self.update(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        """A click on a choice chooses it."""
        x = event.get_content_offset_capture(self).x
        for begin, end, value in self._places:
            if begin <= x < end:
                self.post_message(self.Chosen(self, value))
