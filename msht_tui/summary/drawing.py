"""What every section of the page draws with: the sheet, the pen, the zone, and columns that stay where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from msht_tui.domain.case import Mark, Subject
from msht_tui.domain.entry import CASE, Stamp
from msht_tui.domain.steps import Step, StepState
from msht_tui.summary.identity import WITHHELD
from msht_tui.summary.ink import Column, Pen, ledger, widest
from msht_tui.summary.sheet import ItemSteps, Sheet
from msht_tui.summary.words import SUBJECT, answer_words, fact_title, mark_words, moment_words, one_line

GLYPH: Mapping[StepState, str] = {
    "open": "[ ]",
    "done": "[x]",
    "not-needed": "[-]",
    "deferred": "[~]",
    "waiting": "[?]",
    "inactive": "[.]",
}
AGE: Mapping[str, str] = {"adult": "adult", "child": "child, under 18", "not-sure": "age not sure, treated as a child"}
MARGIN = 4
"""Cells of the left column, which holds a glyph or an id."""
WHEN = 12
"""Cells of "24 Nov 09:30"."""


class Drawing:
    """One sheet, drawn with one pen, in one zone."""

    def __init__(self, sheet: Sheet, pen: Pen, zone: tzinfo) -> None:
        self.sheet = sheet
        self.view = sheet.view
        self.state = sheet.view.state
        self.pack = sheet.view.pack
        self.pen = pen
        self.ink = pen.ink
        self.zone = zone
        listed = [*sheet.killers, *(one for phase in self.pack.phases for one in sheet.open_in(phase))]
        listed += [one for waiting in sheet.waiting for one in waiting.items]
        self.subject_width = widest([*(" ".join(one.subjects) for one in listed), CASE], 4, 11)
        self.who_width = widest(self.state.operators, 6, 14)

    # Words

    def moment(self, moment: datetime) -> str:
        """Day and local time."""
        return moment_words(moment, self.zone)

    def dated(self, moment: datetime) -> str:
        """Day with year, and local time."""
        there = moment.astimezone(self.zone)
        return f"{there.day} {there:%b %Y %H:%M}"

    def names(self, steps: Iterable[Step]) -> str:
        """The subjects of these steps, each once, in the order of the case."""
        found = {step.subject for step in steps}
        return ", ".join(one for one in (CASE, *self.state.subjects) if one in found)

    def kind(self, subject: Subject) -> str:
        """What a subject is, a victim with the age: "Victim, age not sure, treated as a child"."""
        if subject.kind != "victim":
            return SUBJECT[subject.kind]
        age = self.state.fact(subject.id, "age")
        return f"{SUBJECT[subject.kind]}, " + ("age not recorded" if age is None else AGE.get(age, age))

    def label(self, subject: Subject) -> list[Text]:
        """The label in a line of its own, the word that it is withheld, or nothing."""
        if subject.id in self.sheet.withheld:
            return [self.pen.text(WITHHELD)]
        return [self.pen.text(one_line(subject.label), style=self.ink.heavy)] if subject.label else []

    def facts(self, subject: str) -> list[Text]:
        """What is recorded of a subject, in the order of the content; a victim's age stands with its kind."""
        answers = self.state.facts.get(subject, {})
        names = [fact.name for fact in self.pack.facts if fact.name in answers and fact.name != "age"]
        return [self.fact(name, answers[name].value) for name in names]

    def fact(self, name: str, value: str) -> Text:
        """One answer after its title."""
        return self.pen.text((f"{fact_title(self.pack, name)}: ", self.ink.quiet), answer_words(self.pack, name, value))

    # Rows

    def columns(self, *, subject: bool = True) -> list[Column]:
        """Glyph, subject, what, when and who."""
        return [Column(MARGIN - 1), *([Column(self.subject_width)] if subject else []), Column(), Column(WHEN), Column(self.who_width)]

    def sub(self, words: str, style: str = "") -> RenderableType:
        """A head within a section, after a blank line."""
        return Padding(self.pen.text(words, style=style or self.ink.heavy), (1, 0, 0, 0))

    def glyph(self, step: Step) -> Text:
        """The state in three characters; the words beside it say it too."""
        styles: Mapping[StepState, str] = {"deferred": self.ink.amber, "waiting": self.ink.amber, "inactive": self.ink.quiet}
        alarming = (step.state == "open" and step.item.killer) or step.overdue(self.sheet.now)
        return self.pen.text(GLYPH[step.state], style=self.ink.alarm if alarming else styles.get(step.state, ""))

    def items(self, items: Sequence[ItemSteps]) -> RenderableType:
        """Items that nobody has settled, each with the subjects and with what an earlier mark left on record."""
        rows = []
        for one in items:
            recorded = [self._recorded(step, step.mark) for step in one.steps if step.mark is not None]
            rows.append((self.glyph(one.steps[0]), self.pen.text(" ".join(one.subjects)), Group(self.pen.text(one.item.title), *recorded)))
        return ledger([Column(MARGIN - 1), Column(self.subject_width), Column()], rows)

    def _recorded(self, step: Step, mark: Mark) -> Text:
        whose = f"{step.subject} " if step.subject != CASE else ""
        words = one_line(mark_words(mark.event, step.item, self.zone))
        return self.pen.quiet(f"{whose}recorded: {words}, {self.moment(mark.stamp.happened_at)}, {one_line(mark.stamp.by)}")

    def when_and_who(self, mark: Mark) -> tuple[Text, Text]:
        """When it happened and who recorded it."""
        return self.pen.text(self.moment(mark.stamp.happened_at)), self.pen.quiet(one_line(mark.stamp.by))

    def reason(self, before: str, words: str) -> list[Text]:
        """What somebody gave as the reason, after words of ours."""
        return [self.pen.said(before, words, self.ink.quiet)] if words else []

    def remarks(self, mark: Mark) -> list[Text]:
        """The note on a mark, and when it was recorded if that was later than the act."""
        return self.reason("note:", mark.event.note) + self.recorded_late(mark.stamp)

    def recorded_late(self, stamp: Stamp) -> list[Text]:
        """When something was recorded, if that was later than the act."""
        return [self.pen.quiet(f"recorded {self.moment(stamp.recorded_at)}")] if stamp.late else []


def counted(number: int, noun: str) -> str:
    """Such as "1 step" and "2 steps"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def joined(words: Iterable[str]) -> str:
    """Each once, with commas between."""
    return ", ".join(dict.fromkeys(words))


def span_words(span: timedelta) -> str:
    """A span in its two largest units: "2 d 3 h", "18 h 56 min", "5 min"."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"
