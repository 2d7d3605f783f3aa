"""Choices on one line, by number or arrow: one of several, or any of several."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from screens.look import shown


class Choices(Static, can_focus=True):
    """Options of which one is chosen, by number or arrow; or, with `many`, any, by arrow and space."""

    DEFAULT_CSS = """
    Choices { height: auto; padding: 0; }
    Choices:focus { background: $accent 20%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "move(-1)", "Previous", show=False),
        Binding("right,down", "move(1)", "Next", show=False),
        Binding("space", "choose", "Choose", show=False),
        *(Binding(str(number), f"number({number - 1})", str(number), show=False) for number in range(1, 10)),
    ]
    cursor: reactive[int] = reactive(0)
    picked: reactive[frozenset[str]] = reactive(frozenset())

    @dataclass
    class Picked(Message):
        """The choice changed."""

        choices: Choices
        value: str

        @property
        def control(self) -> Choices:
            """Where it was made."""
            return self.choices

    def __init__(
        self,
        options: Sequence[tuple[str, str]],
        *,
        picked: Sequence[str] = (),
        many: bool = False,
        stacked: bool = False,
        id: str | None = None,
    ) -> None:
        super().__init__("", id=id, markup=False)
        self.options = tuple((value, shown(label)) for value, label in options)
        self.many = many
        self.stacked = stacked
        self._places: list[tuple[int, int, int, int]] = []
        self.set_reactive(Choices.picked, frozenset(picked))
        first = next((i for i, (value, _) in enumerate(self.options) if value in picked), 0)
        self.set_reactive(Choices.cursor, first)

    @property
    def values(self) -> tuple[str, ...]:
        """What is chosen, in the order of the options."""
        return tuple(value for value, _ in self.options if value in self.picked)

    def on_mount(self) -> None:
        """Draw."""
        self._draw()

    def watch_cursor(self) -> None:
        """Draw it where it stands."""
        self._draw()

    def watch_picked(self) -> None:
        """Draw what is chosen."""
        self._draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor shows while the choice has the keys."""
        super().watch_has_focus(has_focus)
        self._draw()

    def action_move(self, step: int) -> None:
        """The next or previous option; with a single choice that chooses it."""
        self.cursor = (self.cursor + step) % len(self.options)
        if not self.many:
            self.action_pick(self.cursor)

    def action_choose(self) -> None:
        """Tick or untick the option under the cursor."""
        self.action_pick(self.cursor)

    def action_number(self, index: int) -> None:
        """Choose by number, where one is chosen; where any can be, a stray digit must not take somebody out."""
        if not self.many:
            self.action_pick(index)

    def action_pick(self, index: int) -> None:
        """Choose or unchoose the option of this place."""
        if not 0 <= index < len(self.options):
            return
        self.cursor = index
        value = self.options[index][0]
        self.picked = self.picked ^ {value} if self.many else frozenset({value})
        self.post_message(self.Picked(self, value))

    def pick(self, values: Collection[str]) -> None:
        """Choose these, of those that can be chosen, and nothing else."""
        self.picked = frozenset(value for value, _ in self.options if value in values)
        for value in self.values:
            self.cursor = [one for one, _ in self.options].index(value)
            self.post_message(self.Picked(self, value))

    def _draw(self) -> None:
        parts: list[tuple[str, str]] = []
        self._places = []
        x = y = 0
        for index, (value, label) in enumerate(self.options):
            chosen = value in self.picked
            mark = ("[x]" if chosen else "[ ]") if self.many else ("(*)" if chosen else "( )")
            pointer = ">" if self.has_focus and index == self.cursor else " "
            text = f"{pointer}{mark} {label}" if self.many else f"{pointer}{index + 1} {mark} {label}"
            room = self.content_size.width or 70
            if parts and (self.stacked or x + len(text) + 2 > room):
                parts.append(("\n", ""))
                x, y = 0, y + 1
            elif parts:
                parts.append(("  ", ""))
                x += 2
            parts.append((text, "bold" if chosen else ""))
            self._places.append((y, x, x + len(text), index))
            x += len(text)
        self.update(Content.assemble(*parts))

    def on_resize(self) -> None:
        """Fit the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        at = event.get_content_offset_capture(self)
        for y, begin, end, index in self._places:
            if at.y == y and begin <= at.x < end:
                self.action_pick(index)
