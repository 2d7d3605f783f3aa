"""The hand-off: one field of the worksheet after another, in full, ready to be typed into the Home Office's form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from msht_tui.domain.audit import Disclosed
from msht_tui.domain.matter import Matter
from msht_tui.domain.readiness import Row
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Desk, Session
from screens.field_card import SOURCE
from screens.look import shown
from screens.matter import HAND_OFF, WORKSHEET, chosen_matter, read_matters, route_words
from screens.page_frame import PageScreen
from screens.widgets.panel import Panel

CLIPBOARD_SECONDS = 30
"""For how long a copied field stays on the clipboard."""
ONE_PERSON = "One referral is one person."


class HandOffScreen(PageScreen):
    """What the form asks on this route, a field at a time. It shows what may leave and nothing else."""

    PLACE = HAND_OFF
    reading = True
    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "case_frame.tcss", "page_frame.tcss", "hand_off.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "turn(1)", "Next", key_display="space", tooltip="The next field of the form"),
        Binding("backspace", "turn(-1)", "Back", key_display="Backspace", tooltip="The field before"),
        Binding("y", "copy", "Copy", tooltip="Copy this field for half a minute, where the store's settings allow it"),
        Binding("escape,w", "leave", "Worksheet", key_display="Esc", tooltip="Back to the worksheet"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("space", "next field", "turn(1)"),
        ("Backspace", "field before", "turn(-1)"),
        ("y", "copy", "copy"),
        ("Esc", "worksheet", "leave"),
    )

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session)
        self.matter: Matter | None = None
        """As of the last reading; `None` until then, and without a victim."""
        self._copied: Timer | None = None

    def compose_case(self) -> Iterable[Widget]:
        """What holds for the whole form, then the field."""
        yield Panel(id="panel")
        yield from super().compose_case()

    def way(self) -> tuple[str, ...]:
        """By way of the worksheet."""
        return ("5", "W", "T")

    @property
    def fields(self) -> tuple[Row, ...]:
        """What the form asks and there is something to say of, in its order; then answers that can go into another field's box."""
        rows = self.matter.rows if self.matter else ()
        return tuple(row for row in rows if row.asked and row.standing != "empty" and (row.page or _feeds(row)))

    @property
    def place(self) -> int:
        """Which of the fields is shown, from 0."""
        keys = [row.field.key for row in self.fields]
        key = self.session.cursors.get(self.PLACE)
        return keys.index(key) if key in keys else 0

    def subjects_here(self) -> tuple[str, ...]:
        """The victim."""
        return (self.matter.victim,) if self.matter else ()

    # Drawing

    def page_renderable(self) -> Content:
        """The field that is shown."""
        return field_page(self.fields[self.place]) if self.fields else Content("There is nothing to type in yet: no victim, or no answer.")

    def draw_case(self) -> None:
        """Read the matter, then draw it: what may leave can have changed."""
        self.read()

    @work(exclusive=True, group="matter")
    async def read(self) -> None:
        """Read the matter anew."""
        self.matter = chosen_matter(self, await read_matters(self))
        self.show_field()
        self.reading = False
        await self.put_again()

    def show_field(self) -> None:
        """Draw the field that is shown."""
        matter = self.matter
        if matter is not None:
            minutes = matter.worksheet.limits.session_idle_minutes
            still_open = f"   {len(matter.readiness.open)} of what it requires open" if matter.readiness.open else ""
            tone = "bold $warning" if matter.route.anonymous else "bold $accent"
            self.query_one("#panel", Panel).show(
                (
                    (Content.assemble((f"{matter.victim}  ", "bold"), (route_words(matter.route), tone)),),
                    (f"{ONE_PERSON} The form signs out after {minutes} idle minutes.",),
                    (Content.assemble((f"Field {self.place + 1} of {len(self.fields)}", "bold"), still_open),),
                )
            )
        super().draw_case()
        self.show_keys()

    # Keys

    def why_not(self, action: str) -> str | None:
        """There is a first and a last field; copying is for answers, and for a force that wants it."""
        fields = self.fields
        if action == "turn(1)" and self.place >= len(fields) - 1:
            return "That was the last field. When the form has gone: 5, then t marks it as sent."
        if action == "turn(-1)" and self.place == 0:
            return "This is the first field."
        if action == "copy":
            if not self.desk.copy_fields:
                return "Copying is off: copy_fields in the store's settings turns it on."
            return None if fields and fields[self.place].standing in ("answered", "unknown") else "There is no answer to copy."
        return super().why_not(action)

    def action_turn(self, step: int) -> None:
        """The next field or the one before."""
        if not self.refused(f"turn({step})"):
            self.session.cursors[self.PLACE] = self.fields[self.place + step].field.key
            self.status.say("")
            self.show_field()
            self.page.scroll_home(animate=False)

    def action_leave(self) -> None:
        """Back to the worksheet."""
        self.action_go(WORKSHEET)

    # Copying one field, where a force has turned it on

    def action_copy(self) -> None:
        """Copy the field that is shown."""
        if not self.refused("copy"):
            self.copy_field(self.fields[self.place])

    @work(exclusive=True, group="copy")
    async def copy_field(self, row: Row) -> None:
        """Put an answer on the clipboard, for half a minute, once that is recorded, and not when the screen was hidden meanwhile."""
        case_id = self.case.case_id
        try:
            await self.desk.do(lambda casework: self.desk.record(Disclosed(case=case_id, what="worksheet", format="clipboard")))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(f"Not copied. {trouble}", "trouble")
            return
        if not self.is_active:
            return
        self._forget_copied()
        self._to_clipboard(row.text if row.field.options or row.standing == "unknown" else row.value)
        self._copied = self.set_timer(CLIPBOARD_SECONDS, self._forget_copied)
        self.status.say(f"Copied for {CLIPBOARD_SECONDS} seconds: {row.field.label}. {ONE_PERSON} Check whose form it is.", "saved")

    def on_unmount(self) -> None:
        """What was copied goes with the screen."""
        self._forget_copied()

    def _forget_copied(self) -> None:
        if self._copied is not None:
            self._copied.stop()
            self._copied = None
            self._to_clipboard("")

    def _to_clipboard(self, text: str) -> None:
        """The one place that passes the app's guard, which keeps everything else off the clipboard."""
        App.copy_to_clipboard(self.app, text)


def field_page(row: Row) -> Content:
    """Page, field and answer, as the form asks for them."""
    asked = row.field
    page = f"{row.page.title}   {row.page.route}" if row.page else f"No page of its own: goes into {asked.feeds}"
    answer = shown(row.text, lines=True) if row.text else "open: nothing is recorded, and the form requires it"
    tone = "bold" if row.standing == "answered" else "$warning" if row.standing in ("withheld", "open") else ""
    parts: list[tuple[str, str]] = [
        ("Page   ", "$foreground 60%"),
        (f"{page}\n", "$accent"),
        ("Field  ", "$foreground 60%"),
        (f"{asked.label}\n\n", "bold"),
        (f"{answer}\n", tone),
    ]
    if asked.parts:
        parts.append((f"\nBoxes of their own: {', '.join(asked.parts)}\n", "$foreground 60%"))
    if row.standing == "unknown" and not asked.takes_unknown:
        parts.append(("\nThe form has no such answer here and will still ask.\n", "$warning"))
    if row.warn:
        parts.append(("\nFree text: read it for names and places before it goes.\n", "$warning"))
    if row.source is not None:
        parts.append((f"\nFrom   {SOURCE[row.source]}\n", "$foreground 60%"))
    return Content.assemble(*parts)


def _feeds(row: Row) -> bool:
    """Whether it has no page and its answer can go into another field's box."""
    return row.field.feeds is not None and row.standing in ("answered", "unknown")
