"""The summary: the page for a supervisor, as it would be printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from msht_tui.summary.page import summary_renderable
from screens.case_frame import CaseScreen


class SummaryScreen(CaseScreen):
    """The same page that `msht summary` prints."""

    PLACE = "summary"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "case_frame.tcss", "summary.tcss"]
    AUTO_FOCUS = "#page"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(1)", "Down", tooltip="Down and up, a line at a time"),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll_page(1)", "A page down", key_display="PgDn", tooltip="A page down"),
        Binding("pageup", "scroll_page(-1)", "A page up", key_display="PgUp", tooltip="A page up"),
        Binding("home", "scroll_edge(0)", "Top", show=False),
        Binding("end", "scroll_edge(1)", "End", show=False),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("PgDn", "page down", "scroll_page(1)"),
        ("PgUp", "page up", "scroll_page(-1)"),
        ("n", "note", "note"),
        ("a", "add", "add"),
        ("0", "now", "go('now')"),
        ("Esc", "cases", "leave"),
    )

    def compose_case(self) -> Iterable[Widget]:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static("", id="page-text", markup=False)

    def draw_case(self) -> None:
        """Draw the page as the case stands."""
        page = summary_renderable(self.case, marking=self.desk.marking, zone=self.desk.zone, now=self.desk.now(), ascii=self.desk.plain)
        self.query_one("#page-text", Static).update(page)

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
