"""The worksheet of one victim: what the Home Office's form asks, in its order. It collects what is known and never presses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.matter import Matter
from msht_tui.domain.readiness import Answer
from msht_tui.domain.readiness import Row as Gated
from screens.desk import Desk, Session
from screens.dialogs.answer import AnswerDialog
from screens.field_card import field_content
from screens.list_frame import ListScreen
from screens.look import Tone, count
from screens.matter import HAND_OFF, WORKSHEET, chosen_matter, read_matters, route_words
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.panel import Row


class WorksheetScreen(ListScreen):
    """Every field that the route asks. What is shown is what may leave; a withheld answer shows on demand, to be checked or typed."""

    PLACE = WORKSHEET
    reading = True
    LEGEND: ClassVar[Sequence[str]] = (
        "[x] answered, or not known with the reason: both count   [ ] open   [-] withheld, and nothing recorded",
        " .  may stay empty, or kept and not asked on this route   [ID] could point to the person",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "answer", "Answer", key_display="Enter", tooltip="Answer the field; the cursor moves to the next open one"),
        Binding("x", "unknown", "Not known", tooltip="Say why it is not known: as good as an answer"),
        Binding("o", "next_open", "Next open", tooltip="Go to the next open field"),
        Binding("m", "more", "All fields", tooltip="Show the core fields, or all of them"),
        Binding("v", "reveal", "Show withheld", tooltip="Show or hide the withheld answer under the cursor, to check or type it"),
        Binding("T", "hand_off", "Type in", key_display="T", tooltip="One field after another, ready to be typed into the form"),
        Binding("escape,w", "leave", "NRM", key_display="Esc", tooltip="Back to NRM"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "answer", "answer"),
        ("x", "not known", "unknown"),
        ("o", "next open", "next_open"),
        ("m", "core/all", "more"),
        ("T", "type in", "hand_off"),
        ("/", "find", "find"),
        ("v", "withheld", "reveal"),
        ("c", "card", "card"),
        ("Esc", "NRM", "leave"),
    )

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session)
        self.matter: Matter | None = None
        """As of the last reading; `None` until then, and without a victim."""
        self.all_fields = False
        self.revealed = ""
        """The key of the field whose withheld answer is shown; empty when none is."""
        self._go_on_from = ""

    def way(self) -> tuple[str, ...]:
        """By way of NRM."""
        return ("5", "W")

    @property
    def chosen(self) -> Gated | None:
        """The field under the cursor."""
        here = self.here
        return here if isinstance(here, Gated) else None

    def subjects_here(self) -> tuple[str, ...]:
        """The victim."""
        return (self.matter.victim,) if self.matter else ()

    # Drawing

    def draw_case(self) -> None:
        """Read the matter, then draw it."""
        self.read()

    @work(exclusive=True, group="matter")
    async def read(self) -> None:
        """After an answer the cursor goes on to the next open field."""
        self.matter = chosen_matter(self, await read_matters(self))
        super().draw_case()
        self.show_keys()
        if self._go_on_from:
            came_from, self._go_on_from = self._go_on_from, ""
            self.checklist.move_to(self._open_after(came_from))
        self.reading = False
        await self.put_again()

    def panel(self) -> Sequence[Row]:
        """Route, how far it has got, and what to know."""
        matter = self.matter
        if matter is None:
            return (("No victim yet: a adds one. The route follows from age and, for an adult, consent.",),)
        found, route = matter.readiness, matter.route
        following = self._next_open()
        after = f"   next open: {matter.worksheet.field(following).label}" if following else ""
        still = f", {len(found.still_asked)} the form will still ask" if found.still_asked else ""
        tone = "bold $warning" if route.anonymous or route.missing else "bold $accent"
        ready = ("   ready", "bold $success") if found.ready else ("", "")
        return (
            (Content.assemble((f"{matter.victim}  ", "bold"), (route_words(route), tone), ready),),
            (f"{found.words}{still}{after}",),
            (self._to_know(matter),),
        )

    def _to_know(self, matter: Matter) -> tuple[str, str]:
        """What a supervisor should see, else what is kept, else which fields are shown."""
        route, kept = matter.route, matter.readiness.not_asked
        words = route.ask_supervisor or route.not_informed or (route.why if route.missing else "")
        if words:
            return words, "$warning"
        if kept:
            return f"{count(len(kept), 'answer')} kept that this route does not ask: at the end of the list", ""
        mode = "All fields" if self.all_fields else "Core fields; m shows all"
        return f"{mode}. What is not known is written down as not known: never press.", "$foreground 60%"

    def rows(self) -> tuple[ListRow, ...]:
        """The fields under the titles of the form's pages, then what is kept and not asked."""
        rows: list[ListRow] = []
        heading = ""
        matter = self.matter
        for row in sorted(matter.rows, key=lambda row: not row.asked) if matter else ():
            kept = matter is not None and row.field.key in matter.answers
            if not (self.all_fields or row.field.tier != "detail" or row.required or kept):
                continue
            title = row.page.title if row.page else "Not on the form: kept here"
            title = title if row.asked else "Answered, and not asked on this route: kept"
            if title != heading:
                heading = title
                rows.append(ListRow(f"page:{title}", title, tone="heading"))
            mark, short, long, tone = _look(row, kept)
            label = row.field.label + (" [ID]" if row.field.identifying else "")
            rows.append(ListRow(row.field.key, label, mark, short, long, tone, row))
        return tuple(rows)

    @on(Checklist.Highlighted)
    def follow_cursor(self) -> None:
        """What was revealed under another field is hidden again; the header names what is open next from here."""
        if self.chosen is None or self.chosen.field.key != self.revealed:
            self.revealed = ""
        self.show_panel()

    def card_of(self, payload: object) -> Content:
        """The card of a field."""
        if not isinstance(payload, Gated) or self.matter is None:
            return Content("")
        return field_content(payload, self.matter, self.desk.now(), self.desk.zone, revealed=bool(self.revealed))

    # Going on

    def go_on_from(self, key: str) -> None:
        """A field was answered: once that is drawn the cursor goes to the next open one."""
        self._go_on_from = key

    def _open_after(self, key: str) -> str:
        """The key of the next open field in the order of the form; empty when nothing required is open."""
        if self.matter is None:
            return ""
        order = [row.field.key for row in self.matter.rows]
        start = order.index(key) + 1 if key in order else 0
        still_open = set(self.matter.readiness.open)
        return next((one for one in (*order[start:], *order[:start]) if one in still_open), "")

    def _next_open(self) -> str:
        """The key of the field under the cursor while it is open, else of the next one that is."""
        key = self.checklist.current.key if self.checklist.current else ""
        return key if self.matter is not None and key in self.matter.readiness.open else self._open_after(key)

    # Keys

    def why_not(self, action: str) -> str | None:
        """Answers are for a field, of a case that is open; there is something to type in once there is a route."""
        here, matter = self.chosen, self.matter
        if action not in ("answer", "unknown", "reveal", "hand_off", "next_open"):
            return super().why_not(action)
        if matter is None:
            return "No victim yet: a adds one."
        if action == "next_open":
            return None if matter.readiness.open else "Nothing that this route requires is open."
        if action == "hand_off":
            return f"There is no route yet. {matter.route.why}" if matter.route.missing else None
        if here is None:
            return "No field is chosen."
        if action == "reveal":
            return None if here.standing == "withheld" and here.field.key in matter.answers else "No withheld answer stands here."
        if self.case.state.closed_at is not None:
            return "The case is closed: reopen it from the list of cases first."
        if action == "unknown" and here.field.fact is not None and here.field.fact.only:
            return f"It is the fact {here.field.fact.name.replace('_', ' ')} of the case: leave it unset while it is not known."
        return None

    def action_answer(self) -> None:
        """Answer the field."""
        if not self.refused("answer"):
            self._ask(self.chosen)

    def action_unknown(self) -> None:
        """Say why it is not known."""
        if not self.refused("unknown"):
            self._ask(self.chosen, because=True)

    def action_answer_field(self, key: str, because: bool) -> None:
        """Either, of a field that is named."""
        rows = self.matter.rows if self.matter else ()
        if not self.refused("add"):
            self._ask(next((row for row in rows if row.field.key == key), None), because=because)

    def _ask(self, here: Gated | None, *, because: bool = False) -> None:
        matter = self.matter
        if here is not None and matter is not None:
            stands = matter.answers.get(here.field.key, Answer())
            hidden = here.standing == "withheld" and stands.given and not self.revealed
            self.app.push_screen(
                AnswerDialog(self, matter.victim, here.field, Answer() if hidden else stands, hidden=hidden, because=because)
            )

    def action_next_open(self) -> None:
        """The next open field; the one under the cursor while it is open."""
        if not self.refused("next_open"):
            following = self._next_open()
            self.checklist.move_to(following)
            if self.checklist.current is None or self.checklist.current.key != following:
                self.status.say("What is open is hidden by what you look for: Esc shows all again.", "refused")

    def action_more(self) -> None:
        """Core fields, or all."""
        self.all_fields = not self.all_fields
        super().draw_case()

    def action_reveal(self) -> None:
        """Show the withheld answer under the cursor, or hide it."""
        here = self.chosen
        if not self.refused("reveal") and here is not None:
            self.revealed = "" if self.revealed else here.field.key
            self.show_card()

    def action_hand_off(self) -> None:
        """One field after another."""
        if not self.refused("hand_off"):
            self.action_go(HAND_OFF)

    def action_leave(self) -> None:
        """Show all fields again; then back to the phase."""
        if self.has_class("-finding"):
            super().action_leave()
        else:
            self.action_go("nrm")


def _look(row: Gated, kept: bool) -> tuple[str, str, str, Tone]:
    """Mark, state short and long, and colour. What is not known looks like an answer, and a gap like any open step: nothing is red."""
    match row.standing:
        case _ if not row.asked:
            return " . ", "not asked", f"not asked: {row.text}", "muted"
        case "answered":
            return "[x]", row.text, row.text, "done"
        case "unknown":
            return "[x]", "not known", row.text, "done"
        case "withheld":
            return ("[x]", "withheld", "withheld, an answer is kept", "done") if kept else ("[-]", "withheld", "withheld", "done")
        case "open":
            return "[ ]", "open", "open", "open"
        case "empty":
            return " . ", "", "", "muted"
