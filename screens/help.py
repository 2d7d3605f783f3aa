"""What the keys of a screen do, and a card in full: pages to read, left with Esc."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from screens.desk import Station
from screens.frame import FrameScreen


def key_lines(screen: Screen[Any]) -> list[tuple[str, str]]:
    """Every key that works on a screen with what it does. One that a field takes stands as the screen takes it from there."""
    found: dict[str, str] = {}
    for key, active in screen.active_bindings.items():
        for binding in (active.binding, *screen._bindings.key_to_bindings.get(key, ())):
            if binding.tooltip:
                found.setdefault(binding.key_display or screen.app.get_key_display(binding), binding.tooltip)
    if len(screen.focus_chain) > 1:
        found.setdefault("Tab", "Next field; Shift+Tab goes back")
    return list(found.items())


class ReadingScreen(FrameScreen):
    """A page to read."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "help.tcss"]
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "leave", "Back", key_display="Esc", tooltip="Back"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (("PgDn", "more", "more"), ("Esc", "back", "leave"))

    def compose_body(self) -> Iterable[Widget]:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static(self.page_content(), id="page-text", markup=False)

    def page_content(self) -> Content:
        """What is read."""
        return Content("")

    @property
    def page(self) -> VerticalScroll:
        """The page's window."""
        return self.query_one("#page", VerticalScroll)

    def on_mount(self) -> None:
        """Show whether it goes on below, wherever one has come to."""
        for changing in ("scroll_y", "virtual_size", "size"):
            self.watch(self.page, changing, self.show_keys, init=False)

    def why_not(self, action: str) -> str | None:
        """Whether there is more below."""
        return "This is the end." if action == "more" and self.page.scroll_offset.y >= self.page.max_scroll_y else None

    def action_more(self) -> None:
        """A page down."""
        if not self.refused("more"):
            self.page.scroll_page_down(animate=False)

    def action_help(self) -> None:
        """Already here."""

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.page.scroll_relative(y=lines, animate=False)


class HelpScreen(ReadingScreen):
    """The keys of the screen it was opened from."""

    def __init__(self, desk: Station, about: Screen[Any], legend: Sequence[str] = ()) -> None:
        """`legend` says how the marks of that screen are read, a line each."""
        super().__init__(desk)
        self._lines = key_lines(about)
        self._legend = legend

    def page_content(self) -> Content:
        """Each key with what it does, then how to read the list if it has marks."""
        width = max((len(press) for press, _ in self._lines), default=0)
        parts: list[tuple[str, str]] = [("Keys of this screen\n\n", "bold")]
        for press, words in self._lines:
            parts += [(f"  {press:<{width}}  ", "bold $accent"), (f"{words}\n", "")]
        parts.append(("\nA dim key at the bottom cannot be used now: press it and it says why.\n", ""))
        if self._legend:
            parts += [
                ("\nHow to read the list\n\n", "bold"),
                *((f"  {line}\n", "") for line in self._legend),
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
