"""The summary: the page for a supervisor, as it would be printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import RenderableType

from msht_tui.summary.page import summary_renderable
from screens.page_frame import PageScreen


class SummaryScreen(PageScreen):
    """The same page that `msht summary` prints."""

    PLACE = "summary"
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("PgDn", "page down", "scroll_page(1)"),
        ("PgUp", "page up", "scroll_page(-1)"),
        ("n", "note", "note"),
        ("a", "add", "add"),
        ("0", "now", "go('now')"),
        ("Esc", "cases", "leave"),
    )

    def page_renderable(self) -> RenderableType:
        """The page as the case stands."""
        return summary_renderable(self.case, marking=self.desk.marking, zone=self.desk.zone, now=self.desk.now(), ascii=self.desk.plain)
