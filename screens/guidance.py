"""The guidance without a case: it opens while the screen is locked, with a full disk and with a broken store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from msht_tui.domain.pack import Card, Contact, Item, Pack
from msht_tui.summary.words import ROLE
from screens.desk import Station
from screens.frame import FrameScreen
from screens.help import CardScreen
from screens.look import VITAL
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.why_card import STALE, Part, WhyCard, card_content, head, item_content


class GuidanceScreen(FrameScreen):
    """The lists for each pause point, the steps of each phase, what is good to know, and whom to ring."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "guidance.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,c", "card", "Card", tooltip="This card in full"),
        Binding("escape,q", "leave", "Back", key_display="Esc", tooltip="Back"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "card in full", "card"),
        ("Esc", "back", "leave"),
    )

    def __init__(self, station: Station, pack: Pack) -> None:
        super().__init__(station)
        self.pack = pack

    def compose_body(self) -> Iterable[Widget]:
        """A heading, the list, the card."""
        yield Static(f"Guidance, with no case open. {self.pack.title}", id="heading", markup=False)
        with Horizontal(id="work"):
            yield Checklist(id="list")
            yield WhyCard(id="card")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    def on_mount(self) -> None:
        """Show the list."""
        self.checklist.show(tuple(self._rows()))

    def _rows(self) -> Iterable[ListRow]:
        for point in self.pack.pause_points:
            who = f", {ROLE[point.role].lower()}" if point.role else ""
            yield ListRow(f"point:{point.id}:{point.role}", f"{point.title}{who}", tone="heading")
            for step in point.steps:
                if step.item is not None:
                    item = self.pack.item(step.item)
                    yield self._row(f"{point.id}:{point.role}:{item.id}", step.say or item.title, item)
        for phase in self.pack.phases:
            yield ListRow(f"phase:{phase.id}", phase.title, tone="heading")
            for item in self.pack.items:
                if item.phase == phase.id:
                    yield self._row(item.id, item.title, item)
            for card in self.pack.cards:
                if card.phase == phase.id:
                    yield ListRow(f"card:{card.id}", card.title, " i ", "to know", "to know", "muted", card)
        yield ListRow("contacts", "Whom to ring", tone="heading")
        for contact in self.pack.contacts:
            yield ListRow(f"contact:{contact.id}", contact.name, short=contact.phone or "", long=contact.phone or "", payload=contact)

    def _row(self, key: str, title: str, item: Item) -> ListRow:
        words = VITAL if item.killer else item.force
        return ListRow(key, title, short=words, long=words, tone="vital" if item.killer else "open", payload=item)

    @on(Checklist.Highlighted)
    def show_card(self) -> None:
        """The card of the row under the cursor."""
        self.query_one("#card", WhyCard).show(self._card())

    def _card(self) -> Content:
        match self.checklist.current.payload if self.checklist.current else None:
            case Item() as item:
                local_words = self.desk.local_words.get(item.id, "")
                return Content.assemble(*item_content(item, item.roles[0], self.pack, local_words, self._today()))
            case Card() as card:
                return card_content(card)
            case Contact() as contact:
                return self._contact(contact)
            case _:
                return Content("")

    def _contact(self, contact: Contact) -> Content:
        old = ", OVER A YEAR AGO: check it first" if self._today() - contact.checked > STALE else ""
        parts: list[Part] = [(f"{contact.name}\n", "bold"), (f"{contact.purpose}\n", "$accent")]
        for name, text in (("Ring", contact.phone), ("Hours", contact.hours), ("Write", contact.email)):
            parts += head(name, text or "")
        parts += head("Checked", f"{contact.checked:%d %b %Y}{old}")
        parts += head("Source", contact.source, "$foreground 60%")
        return Content.assemble(*parts)

    def _today(self) -> date:
        return self.desk.now().astimezone(self.desk.zone).date()

    def action_card(self) -> None:
        """The card in full."""
        self.app.push_screen(CardScreen(self.desk, self._card()))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()
