"""What the glass shows while somebody looks who should not: nothing."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from screens.desk import Station
from screens.widgets.lines import MarkingLine


class PrivacyScreen(Screen[None]):
    """Hides what is in front."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["privacy.tcss"]

    def __init__(self, station: Station) -> None:
        super().__init__()
        self.station = station

    def compose(self) -> ComposeResult:
        """The marking, and that there is nothing to see."""
        yield MarkingLine(id="marking")
        with Vertical(id="hidden"):
            yield Static("This screen is in use.", id="hidden-title", markup=False)
            yield Static("Any key brings it back.", id="hidden-words", markup=False)
        yield MarkingLine(id="marking-end")

    def on_mount(self) -> None:
        """Mark it as every screen is."""
        for line in self.query(MarkingLine):
            line.set_class(self.station.exercise, "-exercise")
            line.show(Content(self.station.marking))

    def on_key(self, event: events.Key) -> None:
        """Whatever the key is, it only brings back what was there."""
        event.stop()
        event.prevent_default()
        self.dismiss()
