"""A victim's matter with the Home Office: its route, its worksheet, what was sent and decided, and what is waited for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from functools import cached_property
from typing import TypeAlias

import msgspec

from msht_tui.domain.case import CaseState, Recorded
from msht_tui.domain.decision import Deadline, Windows, conclusive_not_before, reconsideration, windows
from msht_tui.domain.entry import CASE, DecisionReceived, ReferralSent
from msht_tui.domain.readiness import Answer, Given, Readiness, Row, filled, gated, readiness
from msht_tui.domain.refusal import Refused
from msht_tui.domain.route import Route, nation_note, nrm_route
from msht_tui.domain.steps import Step
from msht_tui.domain.worksheet import Worksheet

IsWorkingDay: TypeAlias = Callable[[date, str | None], bool]
"""Whether people work on a day in a nation; see `Calendar`."""
EXPLAINED = frozenset({"NRM-7", "NRM-8"})
"""The units that say what an adult is told before consent counts."""
EVIDENCE = "DEC-2"
"""The unit on specific evidence, without which a positive decision may be lost."""


class Dates(msgspec.Struct, frozen=True):
    """What is waited for after a referral was sent."""

    windows: Windows | None
    """When the decision on reasonable grounds is expected; `None` until a referral has been sent."""
    decided: bool
    """Whether that decision has come."""
    conclusive_not_before: date | None
    reconsideration: Deadline | None

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """The ends of the periods that somebody still waits for or can still use."""
        expected = self.windows.deadlines if self.windows and not self.decided else ()
        return (*expected, *([self.reconsideration] if self.reconsideration else []))


class Matter(msgspec.Struct, frozen=True, dict=True):
    """Where one victim's matter stands."""

    victim: str
    route: Route
    worksheet: Worksheet
    answers: Given
    """Every answer, identifying ones too: for the screen on which they are typed. What leaves comes from `rows`."""
    sent: tuple[Recorded[ReferralSent], ...]
    decisions: tuple[Recorded[DecisionReceived], ...]
    dates: Dates
    nation_note: str
    evidence_open: bool

    @cached_property
    def readiness(self) -> Readiness:
        """How far the worksheet has got on its route."""
        return readiness(self.worksheet, self.answers, self.route)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """What may leave, in the order of the form."""
        return gated(self.worksheet, self.answers, self.route)

    @property
    def windows(self) -> Windows | None:
        """When the decision on reasonable grounds is expected; `None` until a referral has been sent."""
        return self.dates.windows

    @property
    def conclusive_not_before(self) -> date | None:
        """The local day before which no decision on conclusive grounds is expected."""
        return self.dates.conclusive_not_before

    @property
    def reconsideration(self) -> Deadline | None:
        """Until when a negative decision can be asked to be looked at again."""
        return self.dates.reconsideration

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """The ends of the periods that somebody still waits for or can still use."""
        return self.dates.deadlines

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to think of before it is marked as sent. None of it forbids the sending."""
        found = [self.route.not_informed, self.route.ask_supervisor, self.nation_note if self.route.route == "duty_to_notify" else ""]
        if self.evidence_open:
            found.append("Specific evidence: that step is open, and without it a positive decision, or support, may be lost.")
        if self.readiness.open:
            found.append(f"The worksheet has {len(self.readiness.open)} open of {len(self.readiness.required)} that the form requires.")
        return tuple(words for words in found if words)

    def sent_on(self, route: str) -> Recorded[ReferralSent] | None:
        """What was sent on this route and still counts."""
        return next((one for one in reversed(self.sent) if one.event.route == route), None)


def route_of(case: CaseState, steps: Sequence[Step], victim: str) -> Route:
    """The route of a victim as the case stands. Raises `Refused` for anybody else, and for one who was retired."""
    subject = case.subject(victim)
    if subject.kind != "victim":
        raise Refused(f"{victim} is a {subject.kind}: only a victim has a route.")
    if subject.retired is not None:
        same = f": it is {subject.same_as}" if subject.same_as else ""
        raise Refused(f"{victim} is retired ({subject.retired}){same}: only a victim in the case has a route.")
    helps = case.worksheet.get(victim, {}).get("will_cooperate")
    explained = [step.state for step in steps if step.subject == victim and EXPLAINED & set(step.item.covers)]
    return nrm_route(
        case.answers(victim), cooperate=helps.event.value or None if helps else None, informed=all(state == "done" for state in explained)
    )


def matter_of(
    case: CaseState,
    steps: Sequence[Step],
    victim: str,
    worksheet: Worksheet,
    profile: Mapping[str, str],
    zone: tzinfo,
    is_working_day: IsWorkingDay,
) -> Matter:
    """The matter of a victim; `profile` is what the operator typed once for all cases. Raises `Refused` as `route_of` does."""
    route = route_of(case, steps, victim)
    typed = {key: Answer(one.event.value, one.event.unknown_because, one.stamp) for key, one in case.worksheet.get(victim, {}).items()}
    facts = {**case.facts.get(CASE, {}), **case.facts.get(victim, {})}
    person = case.merged(victim)
    return Matter(
        victim=victim,
        route=route,
        worksheet=worksheet,
        answers=filled(worksheet, typed, facts, profile),
        sent=tuple(one for one in case.referrals if one.event.subject in person),
        decisions=tuple(one for one in case.decisions if one.event.subject in person),
        dates=dates_of(case, victim, zone, is_working_day),
        nation_note=nation_note(case.fact(CASE, "nation")),
        evidence_open=any(step.subject == victim and EVIDENCE in step.item.covers and step.state == "open" for step in steps),
    )


def dates_of(case: CaseState, victim: str, zone: tzinfo, is_working_day: IsWorkingDay) -> Dates:
    """What is waited for after the last referral of a person, by the decisions made since. A notification has no dates."""
    nation, person = case.fact(CASE, "nation"), case.merged(victim)
    sent = [one for one in case.referrals if one.event.subject in person and one.event.route != "duty_to_notify"]
    since = sent[-1].stamp.number if sent else case.number
    decisions = [one for one in case.decisions if one.event.subject in person and one.stamp.number > since]
    reasonable = next((one for one in reversed(decisions) if one.event.decision == "reasonable"), None)
    positive = reasonable if reasonable and reasonable.event.outcome == "positive" else None
    negative = decisions[-1] if decisions and decisions[-1].event.outcome == "negative" else None
    return Dates(
        windows=windows(sent[-1].stamp.happened_at, zone, lambda day: is_working_day(day, nation)) if sent else None,
        decided=reasonable is not None,
        conclusive_not_before=conclusive_not_before(positive.stamp.happened_at, zone) if positive else None,
        reconsideration=reconsideration(negative.stamp.happened_at, zone) if negative else None,
    )


def deadlines_of(case: CaseState, zone: tzinfo, is_working_day: IsWorkingDay) -> tuple[Deadline, ...]:
    """The deadlines of every victim in the case. Where no referral was sent it asks for no bank holiday."""
    return tuple(deadline for victim in case.active("victim") for deadline in dates_of(case, victim.id, zone, is_working_day).deadlines)
