"""A line to type in that takes a text whole or not at all, says so, and draws nothing that a terminal obeys."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widgets import Input

from msht_tui.domain.text import clean


class TypedLine(Input):
    """An `Input` into which several lines are pasted as one. What does not fit is not taken, and its screen is told."""

    @dataclass
    class Full(Message):
        """Something was typed or pasted that does not fit any more."""

        line: TypedLine

        @property
        def words(self) -> str:
            """What to say of it."""
            return f"{self.line.max_length} characters fit here: what you typed or pasted last is too long, and was not taken."

    def _on_paste(self, event: events.Paste) -> None:
        """A terminal would obey what is pasted as soon as it is drawn; what nobody sees stays as it is."""
        event.text = " ".join((event.text if self.password else clean(event.text, sys.maxsize)).splitlines())

    def restricted(self) -> None:
        """Say so, instead of a bell."""
        self.post_message(self.Full(self))
