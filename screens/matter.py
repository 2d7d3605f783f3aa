"""What the screens of a victim's matter with the Home Office share: how it is read, and how its standing reads on one line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TypeAlias

from msht_tui.domain.decision import Deadline
from msht_tui.domain.matter import Matter
from msht_tui.domain.moment import local
from msht_tui.domain.refusal import Refused
from msht_tui.domain.route import Route, RouteName
from msht_tui.ports import StoreTrouble
from msht_tui.summary.words import ROUTE
from screens.case_frame import CaseScreen
from screens.look import count, shown

WORKSHEET, HAND_OFF = "worksheet", "hand-off"
"""The places of the two screens; the session keeps the victim of both under the first."""

SHORT: Mapping[RouteName, str] = {
    "child": "child referral",
    "adult_consent": "adult referral",
    "duty_to_notify": "duty to notify",
    "undetermined": "no route yet",
}
"""The routes where room is short."""

Part: TypeAlias = tuple[str, str]
"""Words with their style."""


async def read_matters(screen: CaseScreen) -> Mapping[str, Matter]:
    """The matter of every victim as the case stands, by their id, read off the screen's thread; what is wrong is said instead."""
    view = screen.case
    try:
        return await screen.desk.do(lambda casework: casework.matters(view))
    except (Refused, StoreTrouble) as trouble:
        screen.status.say(str(trouble), "trouble")
        return {}


def chosen_matter(screen: CaseScreen, matters: Mapping[str, Matter]) -> Matter | None:
    """The matter of the victim whose worksheet was opened, else of the first; `None` when there is no victim."""
    return matters.get(screen.session.subjects.get(WORKSHEET, "")) or next(iter(matters.values()), None)


def route_words(route: Route) -> str:
    """The route in words, and that the person stays out of it where they do."""
    return ROUTE[route.route] + (", identity stays out" if route.anonymous else "")


def heading(victim: str, route: Route) -> tuple[Part, ...]:
    """Who, on which route, and what of it a supervisor should see: the line says it where there is no room for the reason."""
    flag = "ask a supervisor" if route.ask_supervisor else "not informed" if route.not_informed else ""
    parts = ((f"{victim} ", "bold"), (SHORT[route.route], "bold $warning" if route.missing else "bold $accent"))
    return (*parts, (f", {flag}", "bold $warning")) if flag else parts


def standing(matter: Matter, now: datetime, zone: tzinfo) -> tuple[Part, ...]:
    """One line: the heading, then how far the worksheet has got, or when it was sent and what is waited for."""
    sent = matter.sent_on(matter.route.route)
    parts = heading(matter.victim, matter.route)
    if sent is None:
        before = ", sent on another route" if matter.sent else ", not sent"
        return (*parts, (f": {matter.readiness.words}", ""), (before, "$warning" if matter.sent else ""))
    reference = f" {shown(sent.event.reference)}" if sent.event.reference else ""
    return (*parts, (f": sent {local(sent.stamp.happened_at, zone, now)}{reference}  ", ""), next_words(matter, now))


def next_words(matter: Matter, now: datetime) -> Part:
    """What is waited for next, or that it is overdue, with its style."""
    deadlines = sorted(matter.deadlines, key=lambda one: one.ends)
    overdue = [one for one in deadlines if one.due_state(now) == "overdue"]
    if overdue:
        return f"OVERDUE since {overdue[0].day:%d %b}", "bold $error"
    due = [one for one in deadlines if one.due_state(now) == "due"]
    if due:
        return f"due {due[0].day:%d %b}", ""
    if matter.conclusive_not_before is not None and all(one.event.decision != "conclusive" for one in matter.decisions):
        return f"conclusive not before {matter.conclusive_not_before:%d %b}", ""
    return "", ""


def to_know(matter: Matter, now: datetime) -> Part:
    """What of a matter should be read first: dates by both readings, what a supervisor should see, what no longer applies, else why."""
    route, kept = matter.route, matter.readiness.not_asked
    if matter.deadlines:
        overdue = any(one.due_state(now) == "overdue" for one in matter.deadlines)
        return "; ".join(deadline_words(one, now) for one in matter.deadlines), "bold $error" if overdue else ""
    for words in (route.ask_supervisor, route.not_informed):
        if words:
            return words, "$warning"
    if kept:
        return f"{count(len(kept), 'answer')} kept that this route does not ask: W shows them", "$warning"
    return route.why + (f" Missing: {', '.join(route.missing)}." if route.missing else ""), ""


def deadline_words(deadline: Deadline, now: datetime) -> str:
    """One reading of a period: "due 30 Nov, five working days (Home Office)"."""
    state = {"due": "due", "overdue": "OVERDUE since", "over": "over since"}[deadline.due_state(now)]
    return f"{state} {deadline.day:%d %b}, {deadline.reading}"
