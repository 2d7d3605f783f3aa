"""A screen of a case that is one page to read, as it would be printed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.visual import VisualType
from textual.widget import Widget
from textual.widgets import Static

from screens.case_frame import CaseScreen


class PageScreen(CaseScreen):
    """A page with the keys to read it. Subclasses say which."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "case_frame.tcss", "page_frame.tcss"]
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", "Down", tooltip="Down and up, a line at a time"),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll_page(1)", "A page down", key_display="PgDn", tooltip="A page down"),
        Binding("pageup", "scroll_page(-1)", "A page up", key_display="PgUp", tooltip="A page up"),
        Binding("home", "scroll_edge(0)", "Top", show=False),
        Binding("end", "scroll_edge(1)", "End", show=False),
    ]

    def compose_case(self) -> Iterable[Widget]:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static("", id="page-text", markup=False)

    def page_renderable(self) -> VisualType:
        """The page as the case stands."""
        return Content("")

    def draw_case(self) -> None:
        """Draw the page."""
        self.query_one("#page-text", Static).update(self.page_renderable())

    @property
    def page(self) -> VerticalScroll:
        """The page's window."""
        return self.query_one("#page", VerticalScroll)

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.page.scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, direction: int) -> None:
        """A page down or up."""
        self.page.scroll_relative(y=direction * max(1, self.page.size.height - 2), animate=False)

    def action_scroll_edge(self, end: int) -> None:
        """The top or the end."""
        if end:
            self.page.scroll_end(animate=False)
        else:
            self.page.scroll_home(animate=False)
