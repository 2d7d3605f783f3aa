"""Everything that can be said of a step at once: for whom, which state, why, to whom, until when, since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.entry import CASE, MarkState
from msht_tui.domain.pack import Item
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


STATE_WORDS: dict[MarkState, str] = {"done": "done", "not-needed": "not needed", "deferred": "deferred", "open": "open again"}


class MarkDialog(CaseQuestion):
    """Marks a step for one or several. A field that the chosen state has no use for stays empty: filled, it is refused in words."""

    KEY_WORDS: ClassVar[str] = "Enter records   Tab next field   space ticks   Esc leaves"

    def __init__(self, opener: CaseScreen, item: Item, subjects: Sequence[str], chosen: Sequence[str], state: MarkState) -> None:
        """`subjects` are those that the step can be marked for now, `chosen` those ticked at first."""
        super().__init__(opener)
        self.item = item
        self.subjects = tuple(subjects)
        self.chosen = tuple(chosen)
        self.state = state
        self.decides = opener.case.pack.fact(item.decides) if item.decides is not None else None

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
        yield field("Because", id="because", long=True)
        yield field("Left to", id="to", placeholder="a person or a role, when deferred")
        yield field("Until", id="until", placeholder="16:00, or 2026-11-24T09:30, when deferred")
        yield field("Note", id="note", long=True)
        yield field("Time", id="at", placeholder="now; or when it was done, 14:05")

    def on_mount(self) -> None:
        """Begin where the first thing is to be typed."""
        first = {"not-needed": "#because", "deferred": "#to", "open": "#because"}.get(self.state, "#at")
        if self.decides is not None and self.state == "done":
            first = "#fact"
        elif self.item.kind == "consider" and self.state == "done":
            first = "#because"
        self.query_one(first).focus()

    @on(Choices.Picked, "#state")
    def follow_state(self, message: Choices.Picked) -> None:
        """Remember the state that was chosen."""
        self.state = cast(MarkState, message.value)

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
        left = " ".join(part for part in (f"to {to}" if to else "", f"until {until}" if until else "") if part)
        decided = f"; {self.decides.title.lower()}: {self.decides.option(fact[0]).label.lower()}" if fact and self.decides else ""
        decision = {"done": "decided yes", "not-needed": "considered, not done"} if item.kind == "consider" else {}
        said = decision.get(state, STATE_WORDS[state])
        self.attempt(
            f"{item.title}: {said}{' ' + left if left else ''}{whom}{decided}",
            lambda casework: casework.mark(
                case_id, item.id, subjects, state, because=because, to=to, until=until, note=note, facts=facts, at=at
            ),
        )
