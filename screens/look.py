"""How values look on a screen: text made safe to draw, times, marks and words for states."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, TypeAlias

from msht_tui.domain.case import CaseState
from msht_tui.domain.moment import local
from msht_tui.domain.pack import Pack
from msht_tui.domain.steps import Step, StepState
from msht_tui.summary import words

Tone: TypeAlias = Literal["open", "vital", "done", "amber", "red", "muted", "heading", "struck"]

MARKS: dict[StepState, str] = {
    "open": "[ ]",
    "done": "[x]",
    "not-needed": "[-]",
    "deferred": "[~]",
    "waiting": "[?]",
    "inactive": " . ",
}
SHORT = 11
"""Columns of a state at the right of a narrow list."""
VITAL = "vital"
"""The word for a step whose omission has cost most; red is never its only sign."""


@lru_cache(maxsize=4096)
def shown(text: str, *, lines: bool = False) -> str:
    """The text without anything that a terminal obeys, whatever a file may hold; on one line unless `lines`."""
    return words.shown(text) if lines else words.one_line(text)


def elapsed(since: datetime, now: datetime) -> str:
    """Hours, minutes and seconds, or days and hours once there are days."""
    gap = max(now - since, timedelta())
    hours, seconds = divmod(int(gap.total_seconds()), 3600)
    if hours >= 48:
        return f"{hours // 24} days {hours % 24} h"
    return f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"


def count(number: int, noun: str) -> str:
    """`1 victim`, `2 victims`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def held(holder: str, offered_to: str, operator: str) -> str:
    """Who has a case, and to whom it is being handed over: `with you, offered to PS 77`. "Held" is kept for a legal hold."""
    by = "you" if holder == operator else shown(holder)
    return f"with {by}" + (f", offered to {shown(offered_to)}" if offered_to else "")


def ago(since: datetime, now: datetime) -> str:
    """Minutes, or hours and minutes, for a glance."""
    minutes = int(max(now - since, timedelta()).total_seconds()) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"


def day_or_time(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`HH:MM`, or the day alone when it is not today, where there is no room for both."""
    there = moment.astimezone(zone)
    return local(moment, zone) if there.date() == now.astimezone(zone).date() else f"{there:%d %b}"


def short_state(step: Step, now: datetime, zone: tzinfo) -> str:
    """The state in eleven columns."""
    match step.state:
        case "open" if step.item.ongoing and step.mark and step.mark.event.state == "done":
            return f"last {day_or_time(step.mark.stamp.happened_at, now, zone)}"
        case "open":
            return VITAL if step.item.killer else ""
        case "done" if step.mark:
            return _beside("yes" if step.item.kind == "consider" else "done", day_or_time(step.mark.stamp.happened_at, now, zone))
        case "not-needed":
            return "no" if step.item.kind == "consider" else "not needed"
        case "deferred" if step.mark:
            if step.overdue(now):
                return "OVERDUE"
            return f"by {day_or_time(step.mark.event.until, now, zone)}" if step.mark.event.until else "deferred"
        case "waiting":
            return "waits"
        case _:
            return step.state


def _beside(word: str, when: str) -> str:
    """Both in eleven columns; the time alone where its offset leaves no room for the word."""
    return f"{word} {when}" if len(word) + len(when) < SHORT else when


def long_state(step: Step, now: datetime, zone: tzinfo) -> str:
    """The state with who, when and to whom, in one line."""
    mark = step.mark
    match step.state:
        case "open":
            vital = VITAL if step.item.killer else ""
            last = f"last {local(mark.stamp.happened_at, zone, now)}" if mark and mark.event.state == "done" else ""
            return ", ".join(part for part in (vital, last) if part)
        case "waiting":
            return f"waits on {' and '.join(words.fact_words(name) for name in step.waits_on)}"
        case "inactive":
            return "inactive, record kept" if mark else "inactive"
    if mark is None:
        return step.state
    who = f"{local(mark.stamp.happened_at, zone, now)} {shown(mark.stamp.by)}"
    match step.state:
        case "done":
            return f"{'decided yes' if step.item.kind == 'consider' else 'done'} {who}"
        case "not-needed":
            return f"{'considered, not done' if step.item.kind == 'consider' else 'not needed'} {who}"
        case _:
            whom = f" to {shown(mark.event.to)}" if mark.event.to else ""
            until = f" by {local(mark.event.until, zone, now)}" if mark.event.until else ""
            return f"{'OVERDUE' if step.overdue(now) else 'deferred'}{whom}{until}"


def tone_of(step: Step, now: datetime) -> Tone:
    """The colour that goes with the state; the words carry the same."""
    if step.overdue(now):
        return "red"
    if step.state == "open":
        return "vital" if step.item.killer else "open"
    tones: dict[StepState, Tone] = {"done": "done", "not-needed": "done", "deferred": "amber", "waiting": "amber", "inactive": "muted"}
    return tones[step.state]


def age_words(case: CaseState, victim: str) -> str:
    """What is known of a victim's age, with what it means for the work."""
    match case.fact(victim, "age"):
        case None:
            return "age not asked"
        case "not-sure":
            return "age not sure > treat as child"
        case value:
            return value


def answer(pack: Pack, name: str, value: str | None) -> str:
    """An answer as it reads, or that the fact is not set."""
    return "not set" if value is None else shown(words.answer_words(pack, name, value))
