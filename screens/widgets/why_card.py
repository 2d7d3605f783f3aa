"""The card beside the list: why a step is there, what good looks like, what never to do, and what the record says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from msht_tui.domain.case import Note
from msht_tui.domain.moment import local
from msht_tui.domain.pack import Card, FactDefinition, Item, Pack, Role
from msht_tui.domain.steps import Step
from msht_tui.summary.words import speech_words
from screens.look import answer, long_state, shown

Part = Content | tuple[str, str] | str


STALE = timedelta(days=365)
"""From this age on a contact says that it wants to be checked again."""


class WhyCard(VerticalScroll, can_focus=False):
    """A card with fixed heads. It scrolls by itself with the mouse; `c` opens it in full."""

    DEFAULT_CSS = """
    WhyCard { padding: 0 1; background: $surface; scrollbar-size-vertical: 1; }
    WhyCard > Static { width: 1fr; height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = Static("", markup=False)

    def compose(self) -> ComposeResult:
        """The text."""
        yield self._text

    def show(self, content: Content) -> None:
        """Show this card from its top."""
        self._text.update(content)
        self.scroll_home(animate=False)


def head(name: str, text: str, style: str = "") -> list[Part]:
    """A fixed head with its text; nothing when there is no text."""
    return [("\n" + name + "  ", "bold $foreground 60%"), (text, style), "\n"] if text else []


def item_content(item: Item, role: Role, pack: Pack, local_words: str, today: date) -> list[Part]:
    """The guidance on an item, as this role reads it."""
    parts: list[Part] = [(item.title + "\n", "bold"), (item.force_words + "\n", "$accent")]
    if item.killer:
        parts.append(("VITAL: it costs most when missed\n", "bold $error"))
    if role not in item.roles and item.ask_for:
        parts += ["\n", (item.ask_for + "\n", "bold $warning")]
    parts += head("Why", item.why)
    parts += head("Good", item.good)
    parts += head("Never", item.never, "bold $error")
    for contact in pack.contacts:
        if contact.id in item.contacts:
            reach = ", ".join(part for part in (contact.phone, contact.hours, contact.email) if part)
            old = ", OVER A YEAR AGO: check it first" if today - contact.checked > STALE else ""
            parts += head("Ring", f"{contact.name}: {reach} (checked {contact.checked:%d %b %Y}{old})")
    parts += head("Local", shown(local_words) or "none set yet")
    parts += head("Source", f"APP > {item.section} ({', '.join(item.covers)})", "$foreground 60%")
    return parts


@dataclass(frozen=True)
class StepRecord:
    """A step with what the record says of it."""

    step: Step
    notes: tuple[Note, ...]
    known: Mapping[str, str]
    """The facts that its condition reads, by name."""


def step_content(records: Sequence[StepRecord], role: Role, pack: Pack, now: datetime, zone: tzinfo, local_words: str) -> Content:
    """The card of one item for one or several: state and record of each first, then the guidance."""
    parts = item_content(records[0].step.item, role, pack, local_words, now.astimezone(zone).date())
    states: list[Part] = []
    for record in records:
        found = _record(record, pack, now, zone)
        if found and len(records) > 1:
            states.append((f"{record.step.subject}  ", "bold"))
        states += found
    return Content.assemble(*parts[:2], *states, *parts[2:])


def _record(record: StepRecord, pack: Pack, now: datetime, zone: tzinfo) -> list[Part]:
    step, known = record.step, record.known
    state: list[Part] = []
    if step.state == "waiting":
        asks = "; ".join(pack.fact(name).ask for name in step.waits_on)
        state += [(f"Waits: {asks} f answers it here.\n", "bold $warning")]
    elif step.state == "inactive":
        facts = ", ".join(f"{name} {known.get(name, 'not set')}" for name in step.item.condition.facts())
        state += [(f"Does not apply ({facts}).{' What was recorded is kept.' if step.mark else ''}\n", "$foreground 60%")]
    elif step.state != "open":
        tone = "$warning" if step.state == "deferred" else "$success"
        state += [(long_state(step, now, zone) + "\n", f"bold {tone}")]
    elif step.mark is not None and step.mark.event.state == "done":
        done = f"{local(step.mark.stamp.happened_at, zone, now)} {shown(step.mark.stamp.by)}"
        state += [(f"Last done {done}; the duty goes on\n", "bold $success")]
    if step.mark is not None and step.mark.event.because:
        state += [(f"because {shown(step.mark.event.because, lines=True)}\n", "")]
    if step.item.decides is not None:
        fact = pack.fact(step.item.decides)
        state += [(f"Decides {fact.title.lower()}: {answer(pack, fact.name, known.get(fact.name))}. f sets it.\n", "$accent")]
    for note in record.notes:
        state += [
            (f"{local(note.stamp.happened_at, zone, now)} {shown(note.stamp.by)}: ", "$foreground 60%"),
            shown(speech_words(note.event.text, note.event.verbatim), lines=True),
            "\n",
        ]
    return state


def fact_content(fact: FactDefinition, subjects: tuple[str, ...], waiting: int) -> Content:
    """A question's card."""
    parts: list[Part] = [(fact.title + "\n", "bold"), (f"{fact.ask}\n", "$accent")]
    parts += head("For", ", ".join(subjects))
    parts += head("Answers", "; ".join(option.label + (f" ({option.note})" if option.note else "") for option in fact.options))
    if waiting:
        parts += head("Waits", f"{waiting} {'step waits' if waiting == 1 else 'steps wait'} on it")
    parts += ["\n", ("space or f answers it. Not sure is a real answer.\n", "$foreground 60%")]
    return Content.assemble(*parts)


def card_content(card: Card) -> Content:
    """A reference card."""
    parts: list[Part] = [(card.title + "\n", "bold"), (card.force_words + "\n", "$accent"), "\n", card.text, "\n"]
    parts += head("Source", f"APP > {card.section} ({', '.join(card.covers)})", "$foreground 60%")
    return Content.assemble(*parts)
