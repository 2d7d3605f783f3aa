"""A victim's matter with the Home Office in words and as data: the route, how far the worksheet is, what was sent, the dates."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from msht_tui.domain.case import Recorded
from msht_tui.domain.decision import Deadline
from msht_tui.domain.entry import DecisionReceived, ReferralSent
from msht_tui.domain.matter import Matter
from msht_tui.domain.readiness import Readiness
from msht_tui.domain.route import Route
from msht_tui.summary.data import iso, stamp_data
from msht_tui.summary.words import ROUTE, moment_words, one_line, shown

DECIDED = "decided"
"""How a period stands that was waited for until the decision came."""


def day_words(day: date) -> str:
    """A day with its year, as "30 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"


def sent_words(sent: Recorded[ReferralSent], zone: tzinfo) -> str:
    """When it was sent, on which route, to whom, and its reference."""
    event = sent.event
    to = f", to {event.to}" if event.to else ""
    reference = f", reference {event.reference}" if event.reference else ""
    return one_line(f"{moment_words(sent.stamp.happened_at, zone)}, {ROUTE[event.route]}{to}{reference}")


def decision_words(decision: Recorded[DecisionReceived], zone: tzinfo) -> str:
    """Which decision came when, as "24 Nov 09:30, reasonable grounds: positive"."""
    event = decision.event
    return f"{moment_words(decision.stamp.happened_at, zone)}, {event.decision} grounds: {event.outcome}"


def date_words(matter: Matter, now: datetime) -> list[tuple[bool, str]]:
    """What is waited for and until when, `now` (aware): whether it is overdue, and the words, which say so too."""
    found = [(one.due_state(now) == "overdue", _deadline_words(one, now)) for one in matter.deadlines]
    if matter.conclusive_not_before is not None and not any(one.event.decision == "conclusive" for one in matter.decisions):
        found.append((False, f"conclusive grounds: not before {day_words(matter.conclusive_not_before)}"))
    return found


def _deadline_words(deadline: Deadline, now: datetime) -> str:
    state = deadline.due_state(now)
    return f"{deadline.reading}: until {day_words(deadline.day)}, {'OVERDUE' if state == 'overdue' else state}"


def route_data(route: Route, nation_note: str) -> dict[str, object]:
    """The route, why, and what goes with it."""
    return {
        "route": route.route,
        "why": route.why,
        "missing": list(route.missing),
        "anonymous": route.anonymous,
        "source": route.source,
        "never_ask": list(route.never_ask),
        "before": list(route.before),
        "ask_supervisor": route.ask_supervisor or None,
        "informed": route.informed,
        "not_informed": route.not_informed or None,
        "nation_note": nation_note or None,
    }


def readiness_data(readiness: Readiness) -> dict[str, object]:
    """How far a worksheet has got, by the keys of its fields."""
    return {
        "route": readiness.route,
        "ready": readiness.ready,
        "required": list(readiness.required),
        "answered": list(readiness.answered),
        "unknown": list(readiness.unknown),
        "open": list(readiness.open),
        "still_asked": list(readiness.still_asked),
        "not_asked": list(readiness.not_asked),
    }


def dates_data(matter: Matter, now: datetime) -> dict[str, object]:
    """What was sent and decided, and until when the rest is due, `now` (aware); days are local."""
    windows = matter.windows.deadlines if matter.windows else ()
    return {
        "sent": [_sent_data(one) for one in matter.sent],
        "decisions": [
            {"number": one.stamp.number, "decision": one.event.decision, "outcome": one.event.outcome, **stamp_data(one.stamp)}
            for one in matter.decisions
        ],
        "windows": [_deadline_data(one, DECIDED if matter.dates.decided else one.due_state(now)) for one in windows],
        "conclusive_not_before": matter.conclusive_not_before.isoformat() if matter.conclusive_not_before else None,
        "reconsideration": (
            _deadline_data(matter.reconsideration, matter.reconsideration.due_state(now)) if matter.reconsideration else None
        ),
    }


def _sent_data(sent: Recorded[ReferralSent]) -> dict[str, object]:
    event = sent.event
    return {
        "number": sent.stamp.number,
        "route": event.route,
        "to": shown(event.to) or None,
        "reference": shown(event.reference) or None,
        "receipt": shown(event.receipt) or None,
        **stamp_data(sent.stamp),
    }


def _deadline_data(deadline: Deadline, state: str) -> dict[str, object]:
    return {"reading": deadline.reading, "day": deadline.day.isoformat(), "ends": iso(deadline.ends), "state": state}
