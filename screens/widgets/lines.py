"""The fixed lines around every screen: marking, the case, the message of the moment, and the keys that work here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeAlias

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

_ALWAYS = 2
"""How many keys at the end of the bottom line are always shown."""
Urgency: TypeAlias = Literal["quiet", "saved", "busy", "refused", "trouble"]


def spread(left: Content, right: Content, width: int) -> Content:
    """One at the left end, one at the right, with what is between; the left one gives way."""
    gap = width - left.cell_length - right.cell_length
    if gap < 1:
        left = left.truncate(max(width - right.cell_length - 3, 0)) + Content("..")
        gap = max(width - left.cell_length - right.cell_length, 0)
    return left + Content(" " * gap) + right


class Line(Static):
    """A line of two ends."""

    DEFAULT_CSS = """
    Line { height: 1; padding: 0 1; text-wrap: nowrap; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._ends = (Content(""), Content(""))

    def show(self, left: Content | str, right: Content | str = "") -> None:
        """Draw these two ends."""
        ends = (Content(left) if isinstance(left, str) else left, Content(right) if isinstance(right, str) else right)
        if not (ends[0].is_same(self._ends[0]) and ends[1].is_same(self._ends[1])):
            self._ends = ends
            self._draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        self.update(spread(*self._ends, max(self.content_size.width, 1)))


class MarkingLine(Line):
    """The protective marking, first and last on every screen."""

    DEFAULT_CSS = """
    MarkingLine { background: $primary; color: $foreground; text-style: bold; }
    MarkingLine.-exercise { background: $secondary; }
    """


class StatusLine(Line):
    """What just happened, in words; it stays until the next thing happens."""

    DEFAULT_CSS = """
    StatusLine { color: $foreground 70%; }
    StatusLine.-saved { color: $success; }
    StatusLine.-busy { color: $foreground; }
    StatusLine.-refused { color: $warning; text-style: bold; height: auto; max-height: 3; text-wrap: wrap; }
    StatusLine.-trouble { color: $error; text-style: bold; height: auto; max-height: 3; text-wrap: wrap; }
    """

    def say(self, text: str, urgency: Urgency = "quiet", key: str = "") -> None:
        """Show this message, and at the right what key goes with it."""
        for name in ("saved", "busy", "refused", "trouble"):
            self.set_class(name == urgency, f"-{name}")
        self.show(text, key)

    def _draw(self) -> None:
        if self.has_class("-trouble") or self.has_class("-refused"):
            self.update(self._ends[0])
        else:
            super()._draw()


@dataclass(frozen=True)
class Key:
    """A key that works here: what to press, what it does, and whether it can be used now."""

    press: str
    label: str
    action: str
    enabled: bool = True


class KeyBar(Static):
    """The keys that work here and now; those that cannot be used are dim, and say why when they are pressed."""

    DEFAULT_CSS = """
    KeyBar { height: 1; padding: 0 1; text-wrap: nowrap; color: $foreground 80%; }
    """
    keys: reactive[tuple[Key, ...]] = reactive((), layout=False)

    @dataclass
    class Pressed(Message):
        """A key was clicked."""

        action: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def show(self, keys: Sequence[Key]) -> None:
        """Show these keys, the first ones first; those that do not fit are left to the help."""
        self.keys = tuple(keys)

    def watch_keys(self) -> None:
        """Draw them."""
        self._draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def fitting(self) -> tuple[Key, ...]:
        """The keys that fit, the last two always among them: whoever stands beside the screen comes at any time, and so does a question."""
        first, always = self.keys[:-_ALWAYS], self.keys[-_ALWAYS:]
        room = self.content_size.width - sum(_width(key) + 2 for key in always)
        ends = accumulate(_width(key) + 2 for key in first)
        return (*(key for key, end in zip(first, ends, strict=True) if end <= room + 2), *always)

    def _draw(self) -> None:
        parts: list[Content | tuple[str, str] | str] = []
        for key in self.fitting():
            if parts:
                parts.append("  ")
            parts.append((key.press, "bold $accent" if key.enabled else "$foreground 40%"))
            parts.append((f" {key.label}", "" if key.enabled else "$foreground 40%"))
        self.update(Content.assemble(*parts))

    def on_click(self, event: events.Click) -> None:
        """A click on a key is that key."""
        x = event.get_content_offset_capture(self).x
        position = 0
        for key in self.fitting():
            if position <= x < position + _width(key):
                self.post_message(self.Pressed(key.action))
                return
            position += _width(key) + 2


def _width(key: Key) -> int:
    return cell_len(key.press) + 1 + cell_len(key.label)
