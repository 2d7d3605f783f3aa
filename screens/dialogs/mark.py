"""Everything that can be said of a step at once: for whom, which state, why, to whom, until when, since when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.entry import CASE, MarkState, StepMarked
from msht_tui.domain.moment import local_day
from msht_tui.domain.pack import Item
from msht_tui.service import CaseView
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, called, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


STATE_WORDS: dict[MarkState, str] = {"done": "done", "not-needed": "not needed", "deferred": "deferred", "open": "open again"}
KEYS: dict[MarkState, str] = {"done": "Enter", "not-needed": "x", "deferred": "d", "open": "o"}
"""The keys that open the form in each state."""


class MarkDialog(CaseQuestion):
    """Marks a step for one or several. A field that the chosen state has no use for stays empty: filled, it is refused in words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "field(-1)", "Field above", tooltip="The field above"),
        Binding("down", "field(1)", "Field below", tooltip="The field below"),
    ]
    KEY_WORDS: ClassVar[str] = "Enter records   Tab next field   space ticks   Esc leaves"

    def __init__(self, opener: CaseScreen, item: Item, subjects: Sequence[str], chosen: Sequence[str], state: MarkState) -> None:
        """`subjects` are those that the step can be marked for now, `chosen` those ticked at first."""
        super().__init__(opener)
        self.item = item
        self.subjects = tuple(subjects)
        self.chosen = tuple(chosen)
        self.state = state
        self.decides = opener.case.pack.fact(item.decides) if item.decides is not None else None
        self._words: Callable[[str], str] = lambda left: ""
        """What is being recorded, given to whom and until when it is left."""

    def title_words(self) -> str:
        """The step."""
        return self.item.title

    def compose_fields(self) -> Iterable[Widget]:
        """For whom, the state, and what goes with it."""
        done, no = ("Decided yes", "Not done") if self.item.kind == "consider" else ("Done", "Not needed")
        states = [("done", done), ("not-needed", no), ("deferred", "Deferred"), ("open", "Open again")]
        if self.subjects != (CASE,):
            yield Choices([(subject, subject) for subject in self.subjects], picked=self.chosen, many=True, id="subjects")
        yield Choices(states, picked=[self.state], id="state")
        if self.decides is not None:
            yield Static(f"It decides {self.decides.title.lower()}: {self.decides.ask}", classes="words", markup=False)
            yield Choices([(option.value, option.label) for option in self.decides.options], id="fact")
        yield field("Because", id="because", placeholder="why; needed when it is not needed", long=True)
        yield field("Left to", id="to", placeholder="a person or a role, when deferred")
        yield field("Until", id="until", placeholder="16:00, or 2026-11-24T09:30, when deferred")
        yield field("Note", id="note", placeholder="what should be known of it; may stay empty", long=True)
        yield field("Time", id="at", placeholder="now; or when it was done, 14:05")

    def on_mount(self) -> None:
        """Begin where the first thing is to be typed."""
        first = {"not-needed": "#because", "deferred": "#to", "open": "#because"}.get(self.state, "#note")
        if self.decides is not None and self.state == "done":
            first = "#fact"
        elif self.item.kind == "consider" and self.state == "done":
            first = "#because"
        self.query_one(first).focus()

    @on(Choices.Picked, "#state")
    def follow_state(self, message: Choices.Picked) -> None:
        """Remember the state that was chosen."""
        self.state = cast(MarkState, message.value)

    @property
    def place(self) -> str:
        """With the step, and those ticked at first."""
        return f"{super().place}: {self.item.id}@{','.join(self.chosen)}"

    @property
    def key(self) -> str:
        """The key of the state."""
        return KEYS[self.state]

    @property
    def action(self) -> str:
        """For the same step and persons, wherever the cursor stands."""
        return called("mark_step", self.item.id, self.state, self.chosen)

    def action_field(self, step: int) -> None:
        """The one-line field above or below, from one to another; a choice keeps these keys to itself."""
        boxes = list(self.query(Input))
        if self.focused in boxes:
            boxes[min(max(boxes.index(self.focused) + step, 0), len(boxes) - 1)].focus()

    def action_leave(self) -> None:
        """Leave without recording; what was typed is kept."""
        if self._busy:
            return
        self.keep_texts()
        if any(place in self.drafts for place, _ in self._boxes()):
            self.opener.status.say(f"Not recorded. What you typed is kept: {self.key} gives it back.", "refused")
        self.dismiss()

    def recorded(self, what: str, view: CaseView) -> None:
        """Say until when it is left as it stands in the record: a bare time may have landed on another day."""
        marks = (entry.event for entry in reversed(view.entries) if isinstance(entry.event, StepMarked))
        mark = next(mark for mark in marks if mark.item == self.item.id)
        to = f" to {mark.to}" if mark.to else ""
        until = f" until {local_day(mark.until, self.desk.zone, self.desk.now())}" if mark.until else ""
        super().recorded(self._words(f"{to}{until}"), view)

    def action_submit(self) -> None:
        """Mark it."""
        boxes = {box.id: box.value for box in self.query(Input)}
        subjects = self.query_one("#subjects", Choices).values if self.query("#subjects") else (CASE,)
        case_id, item, state = self.opener.case.case_id, self.item, self.state
        at, until = self.when(), boxes["until"].strip() or None
        because, to, note = boxes["because"], boxes["to"], boxes["note"]
        fact = self.query_one("#fact", Choices).values if self.query("#fact") else ()
        facts = {str(item.decides): fact[0]} if fact else {}
        whom = "" if subjects == (CASE,) else f" for {', '.join(subjects)}"
        decided = f"; {self.decides.title.lower()}: {self.decides.option(fact[0]).label.lower()}" if fact and self.decides else ""
        decision = {"done": "decided yes", "not-needed": "considered, not done"} if item.kind == "consider" else {}
        said = decision.get(state, STATE_WORDS[state])
        self._words = lambda left: f"{item.title}: {said}{left}{whom}{decided}"
        self.attempt(
            item.title,
            lambda casework: casework.mark(
                case_id, item.id, subjects, state, because=because, to=to, until=until, note=note, facts=facts, at=at
            ),
        )
