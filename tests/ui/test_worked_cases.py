"""Two whole cases worked by keys alone: a possible victim in custody, and a call about a car wash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msht_tui.domain.entry import CASE
from msht_tui.domain.pack import Pack
from msht_tui.summary.data import case_data
from msht_tui.summary.ledger import provisions
from msht_tui.summary.words import PROVISION
from screens.dialogs.fact import FactDialog
from screens.dialogs.mark import MarkDialog
from screens.now import NowScreen
from screens.phase import PhaseScreen
from screens.places import PLACES

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open

DIGITS = {place.PLACE: str(number) for number, place in enumerate(PLACES[:6])}
KINDS = ("victim", "suspect", "scene", "other")
ROLES = ("call-handler", "front-counter", "responder", "custody")
STATE_KEYS = {"done": "enter", "not-needed": "x", "deferred": "d", "open": "o"}


class Officer:
    """Works a case act by act, each with the keys that somebody would press."""

    def __init__(self, hands: Hands, pack: Pack, day: str) -> None:
        self.hands = hands
        self.pack = pack
        self.day = day

    async def act(self, clock: str, verb: str, *words: str, **said: str) -> None:
        """At this time of the day, do this."""
        self.hands.clock.set(f"{self.day}T{clock}")
        await getattr(self, verb)(*words, **said)

    async def begin(self, reference: str, role: str) -> None:
        await self.hands.press("n")
        await self.hands.write(reference)
        await self.hands.press("tab", str(ROLES.index(role) + 1), "enter")
        assert isinstance(self.hands.screen, NowScreen)
        self.hands.case_id = self.hands.screen.case.case_id

    async def add(self, kind: str, label: str) -> None:
        await self.hands.press("a", str(KINDS.index(kind) + 1))
        await self.hands.fill(label=label)
        await self.record()

    async def answer(self, subject: str, fact: str, value: str, **said: str) -> None:
        """Answer a fact of somebody: `V1,V2` are several."""
        first, *others = subject.split(",")
        await self.go_to_anybody(first)
        await self.hands.press("F")
        await self.hands.pick_fact(fact)
        dialog = self.hands.screen
        assert isinstance(dialog, FactDialog)
        assert dialog.chosen == (first,)
        await self.hands.press(str(dialog.fact.values.index(value) + 1))
        if others:
            await self.hands.tick(*others)
        await self.hands.fill(**said)
        await self.record()
        await self.hands.press("escape")

    async def mark(self, step: str, state: str, **said: str) -> None:
        """Mark a step, named by item and subjects: `item@V1,V2`, or `item` for the case."""
        item, _, subjects = step.partition("@")
        wanted = subjects.split(",") if subjects else [CASE]
        await self.go_to_step(item, wanted[0])
        await self.hands.press(STATE_KEYS[state])
        dialog = self.hands.screen
        assert isinstance(dialog, MarkDialog), self.hands.status
        if wanted[1:]:
            await self.hands.tick(*wanted[1:])
        await self.hands.fill(**said)
        await self.record()
        await self.show_all()

    async def tick(self, step: str) -> None:
        """Mark a step done, now, with the one key; a decision is offered its reason, and Enter leaves it out."""
        item, _, subject = step.partition("@")
        await self.go_to_step(item, subject or CASE)
        await self.hands.press("space")
        if self.hands.on(MarkDialog):
            await self.record()
        await self.show_all()

    async def provide(self, subject: str, kind: str, what: str, declined: str = "", **said: str) -> None:
        """Write down what was given, or declined: `V1,V2` are several."""
        first, *others = subject.split(",")
        await self.hands.press(DIGITS["victim-care"])
        await self.hands.show_subject(first)
        await self.hands.press("p", str(list(PROVISION).index(kind) + 1))  # type: ignore[arg-type]
        await self.hands.fill(what=what)
        if others:
            await self.hands.tick(*others)
        if declined:
            await self.hands.reach("taken")
            await self.hands.press("2")
        await self.hands.fill(**said)
        await self.record()

    async def speak(self, subject: str, text: str, **said: str) -> None:
        """Write down what was said."""
        await self.hands.press(DIGITS["victim-care"])
        await self.hands.show_subject(subject)
        await self.hands.press("i")
        await self.hands.write(text)
        await self.hands.fill(**said)
        await self.record()

    async def hand_over(self, to: str, **said: str) -> None:
        await self.hands.press("H", "o")
        await self.hands.fill(to=to, **said)
        await self.record()

    async def accept(self, role: str = "") -> None:
        await self.hands.press("H", "y")
        if role:
            await self.hands.press(str(ROLES.index(role) + 1))
        await self.record()

    async def take_up(self) -> None:
        """Open the case from the list, at a window of one's own."""
        await self.hands.press("enter")
        assert isinstance(self.hands.screen, NowScreen)
        self.hands.case_id = self.hands.screen.case.case_id

    async def victim_too(self, suspect: str) -> None:
        await self.hands.press(DIGITS["suspect"])
        await self.hands.show_subject(suspect)
        await self.hands.press("v")

    async def go_to_anybody(self, subject: str) -> None:
        """Any row of this one's, in the phase of their own kind."""
        phase = {"V": "victim-care", "S": "suspect", "L": "scene"}[subject[0]]
        await self.hands.press(DIGITS[phase])
        await self.hands.show_subject(subject)
        await self.hands.press("home")
        while subject not in self.hands.row_key:
            await self.hands.press("down")

    async def go_to_step(self, item: str, subject: str) -> None:
        await self.hands.press(DIGITS[self.pack.item(item).phase])
        assert isinstance(self.hands.screen, PhaseScreen)
        if subject != CASE:
            await self.hands.show_subject(subject)
        await self.hands.find(item if subject == CASE else f"{item}@{subject}")

    async def show_all(self) -> None:
        """End finding, if that is how the step was found."""
        if self.hands.screen.has_class("-finding"):
            await self.hands.press("escape")

    async def record(self) -> None:
        """Enter, and nothing is left unsaid."""
        dialog, before = self.hands.screen, len(self.hands.entries()) if self.hands.case_id else 0
        await self.hands.press("enter")
        assert self.hands.screen is not dialog, self.hands.trouble
        assert len(self.hands.entries()) > before, self.hands.status


CUSTODY: tuple[tuple[Any, ...], ...] = (
    ("19:05", "begin", "CUS-0417", "custody"),
    ("19:05", "add", "suspect", "Detainee cell 6"),
    ("19:06", "answer", "S1", "arrested", "yes", {"at": "17:40"}),
    ("19:10", "mark", "suspect-also-a-victim@S1", "done", {"because": "Shut in, unpaid, burnt hands"}),
    ("19:10", "victim_too", "S1"),
    ("19:12", "answer", "V1", "age", "not-sure"),
    ("19:12", "answer", "V1", "looks_older_than_claimed", "no"),
    ("19:13", "tick", "treated-as-a-child@V1"),
    ("19:15", "answer", "V1", "interpreter", "needed"),
    ("19:20", "tick", "duty-inspector-told"),
    ("19:31", "mark", "interpreter-decision@V1", "done", {"at": "19:30"}),
    (
        "19:31",
        "mark",
        "independent-interpreter@V1",
        "done",
        {"at": "19:30", "note": "By telephone; the friend from the house was turned away"},
    ),
    ("19:36", "provide", "V1", "food", "hot meal", {"at": "19:35"}),
    ("19:36", "provide", "V1", "clothing", "blanket"),
    ("19:38", "speak", "V1", "Hands hurt, no pain elsewhere", {"interpreter": "by telephone", "demeanour": "looks at the floor"}),
    ("19:40", "answer", "V1", "medical_need", "yes"),
    ("19:40", "mark", "basic-needs-met@V1", "done", {"note": "Nurse looked at the hands"}),
    ("19:40", "tick", "medical-or-specialist-referral@V1"),
    ("19:45", "mark", "local-authority-referral@V1", "done", {"note": "CS-88120"}),
    ("19:45", "mark", "social-care-consulted-on-referral@V1", "done", {"note": "CS-88120"}),
    ("19:46", "mark", "social-worker-in-referral@V1", "deferred", {"to": "day team, children's services", "until": "09:30"}),
    ("19:50", "provide", "V1", "phone", "telephone call", "declined"),
    ("19:55", "answer", "V1", "age_assessment", "requested"),
    ("19:55", "mark", "appropriate-adult-or-advocate@V1", "deferred", {"to": "AA scheme", "until": "20:45"}),
    ("20:05", "tick", "guardian-service-referral@V1"),
    ("20:05", "tick", "child-guardian-referral-ensured@V1"),
    ("20:05", "tick", "child-nrm-referral-ensured@V1"),
    ("20:20", "mark", "missing-reports-reviewed@V1", "deferred", {"to": "MSVLO desk", "until": "08:00"}),
    ("20:25", "mark", "person-as-a-scene@V1,S1", "done", {"note": "Hands swabbed, clothing kept"}),
    ("20:30", "tick", "source-pnc@S1"),
    ("20:31", "tick", "source-local-authority@S1"),
    ("20:32", "mark", "source-anpr@S1", "deferred", {"to": "intelligence unit", "until": "22:00"}),
    ("21:30", "tick", "child-nrm-referral-sent@V1"),
    ("21:30", "tick", "home-office-notified@V1"),
    ("21:30", "tick", "child-safeguarded-before-referral@V1"),
    ("21:31", "answer", "V1", "referral", "sent", {"at": "21:30"}),
    ("21:45", "hand_over", "PS 77", {"remark": "Adviser due at a quarter to nine has not come"}),
)

CALL: tuple[tuple[Any, ...], ...] = (
    ("08:14", "begin", "INC-2231", "call-handler"),
    ("08:17", "add", "victim", "man asked for food"),
    ("08:17", "add", "victim", "second man seen"),
    ("08:17", "add", "suspect", "man in house"),
    ("08:17", "add", "scene", "container"),
    ("08:17", "add", "scene", "house across the road"),
    ("08:17", "add", "victim", "third man, not seen"),
    ("08:17", "answer", "L1", "kind", "sleeping"),
    ("08:17", "answer", "L2", "kind", "living"),
    ("08:18", "tick", "more-than-one-scene"),
    ("08:18", "mark", "victims-elsewhere", "done", {"note": "The third man"}),
    ("08:19", "mark", "immediate-danger-assessed@V1,V2", "done", {"note": "The man in the house hits them"}),
    ("08:23", "mark", "duty-inspector-told", "done", {"at": "08:22"}),
    ("08:25", "mark", "scene-treated-as-crime-scene@L1,L2", "deferred", {"to": "attending patrol", "until": "08:45"}),
    ("08:25", "mark", "parties-separated@V1,V2,V3", "deferred", {"to": "attending patrol", "until": "08:45"}),
    ("08:26", "hand_over", "PC 5150", {"at": "08:25", "remark": "Keep the men apart from the man in the house"}),
)
PATROL: tuple[tuple[Any, ...], ...] = (
    ("08:31", "accept", "responder"),
    ("08:52", "answer", "S1", "lives_with_victims", "no"),
    ("08:53", "tick", "advice-before-early-arrest@S1"),
    ("08:54", "mark", "scene-treated-as-crime-scene@L1,L2", "done"),
    ("08:56", "mark", "parties-separated@V1,V2", "done", {"at": "08:55"}),
    ("09:06", "answer", "S1", "arrested", "yes", {"at": "09:05"}),
    ("09:10", "mark", "csi-decided@L1,L2", "done"),
    ("09:12", "mark", "living-conditions-compared@L1,L2", "done", {"note": "Container filmed, then the house"}),
    ("09:14", "mark", "cash-documents-devices@L2", "done", {"note": "Passports and cash"}),
    ("09:16", "mark", "neighbouring-premises@L1", "done", {"note": "A camera next door"}),
    ("09:20", "provide", "V1,V2,V3", "drink", "tea"),
    ("09:20", "provide", "V1,V2,V3", "food", "sandwiches"),
    ("09:30", "answer", "V1,V2", "age", "adult"),
    ("09:31", "answer", "V1", "interpreter", "needed"),
    ("09:40", "tick", "independent-interpreter@V1"),
    ("10:00", "tick", "nrm-explained-for-consent@V1"),
    ("10:00", "tick", "information-sharing-explained@V1"),
    ("10:02", "answer", "V1", "consent", "yes"),
    ("10:03", "tick", "nrm-explained-written-consent@V1"),
    ("10:03", "tick", "adult-consent-and-nrm-referral@V1"),
    ("10:05", "answer", "V1", "destitute", "yes"),
    ("10:05", "answer", "V1", "housing_needed", "yes"),
    ("10:21", "mark", "salvation-army-before-decision@V1", "done", {"at": "10:20"}),
    ("10:21", "mark", "support-for-destitute-victim@V1", "done", {"at": "10:20"}),
    ("10:45", "answer", "V3", "age", "child"),
    ("10:46", "mark", "parties-separated@V3", "done"),
    ("10:50", "provide", "V3", "clothing", "coat"),
    ("10:55", "tick", "local-authority-referral@V3"),
    ("10:56", "mark", "child-nrm-referral-sent@V3", "deferred", {"to": "MSVLO", "until": "16:00"}),
    ("11:05", "tick", "adult-nrm-referral-sent@V1"),
    ("11:05", "answer", "V1", "referral", "sent"),
    ("11:30", "answer", "V2", "interpreter", "not-needed"),
    ("11:32", "tick", "nrm-explained-for-consent@V2"),
    ("11:35", "answer", "V2", "consent", "no"),
    ("11:36", "answer", "V2", "consents_to_be_named", "no"),
    ("11:40", "tick", "duty-to-notify-sent@V2"),
    ("11:41", "answer", "V2", "referral", "notified", {"at": "11:40"}),
)


async def work(officer: Officer, acts: tuple[tuple[Any, ...], ...]) -> None:
    for clock, verb, *words in acts:
        said: dict[str, str] = words.pop() if words and isinstance(words[-1], dict) else {}
        await officer.act(clock, verb, *words, **said)


class Outcome:
    """What a case came to, read from its plain data alone, in the guidance's own units."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.steps: list[Mapping[str, Any]] = data["steps"]
        self.subjects = {subject["id"]: subject for subject in data["subjects"]}

    def of(self, unit: str, subject: str) -> list[Mapping[str, Any]]:
        """The steps that cover a unit for somebody; there always is one."""
        found = [step for step in self.steps if unit in step["covers"] and step["subject"] == subject]
        assert found, f"nothing covers {unit} for {subject}"
        return found

    def states(self, unit: str, subject: str) -> set[str]:
        return {step["state"] for step in self.of(unit, subject)}

    def active(self, unit: str, subject: str) -> bool:
        return all(step["active"] for step in self.of(unit, subject))

    def active_for(self, unit: str) -> set[str]:
        """The victims for whom a unit is active."""
        return {subject for subject, one in self.subjects.items() if one["kind"] == "victim" and self.active(unit, subject)}

    def deferred(self) -> set[str]:
        return {step["step"] for step in self.steps if step["state"] == "deferred"}

    def complete(self, phase: str) -> bool:
        return next(bool(one["complete"]) for one in self.data["phases"] if one["id"] == phase)

    def group_complete(self, group: str, subject: str) -> bool:
        return next(bool(one["complete"]) for one in self.data["groups"] if (one["id"], one["subject"]) == (group, subject))


def custody_holds(outcome: Outcome) -> None:
    """What must hold when the custody case has been worked."""
    for unit in ("ACT-16", "VIC-8", "NRM-4", "NRM-5", "NRM-7", "NRM-8", "AGE-3"):
        assert outcome.states(unit, "V1") == {"inactive"}, unit
    for unit in ("VIC-9", "AGE-2", "AGE-5", "AGE-6", "AGE-7", "AGE-8"):
        assert outcome.active(unit, "V1"), unit
    for unit in (
        "AGE-1",
        "ACT-5",
        "VIC-6",
        "ACT-1",
        "ACT-2",
        "ACT-17",
        "CHD-3",
        "ICT-3",
        "ACT-18",
        "NRM-3",
        "NRM-2",
        "VIC-10",
        "CHD-1",
        "SCN-5",
    ):
        assert outcome.states(unit, "V1") == {"done"}, unit
    assert outcome.deferred() == {
        "social-worker-in-referral@V1",
        "appropriate-adult-or-advocate@V1",
        "missing-reports-reviewed@V1",
        "source-anpr@S1",
    }
    until = {step["step"]: (step["to"], step["until"]) for step in outcome.steps if step["state"] == "deferred"}
    assert until["social-worker-in-referral@V1"] == ("day team, children's services", "2026-11-23T09:30:00Z")
    assert until["appropriate-adult-or-advocate@V1"] == ("AA scheme", "2026-11-22T20:45:00Z")
    assert until["missing-reports-reviewed@V1"] == ("MSVLO desk", "2026-11-23T08:00:00Z")
    assert until["source-anpr@S1"] == ("intelligence unit", "2026-11-22T22:00:00Z")
    sources = sorted(step["state"] for step in outcome.of("SUS-6", "S1"))
    assert sources == ["deferred", "done", "done", "open", "open", "open", "open", "open"]
    assert not outcome.group_complete("intelligence-sources", "S1")
    assert not outcome.complete("nrm")
    assert (outcome.subjects["S1"]["linked"], outcome.subjects["V1"]["linked"]) == ("V1", "S1")
    assert outcome.subjects["V1"]["facts"]["referral"] == "sent"
    assert outcome.subjects["S1"]["facts"] == {"arrested": "yes", "possible_victim": "yes"}


def call_holds(outcome: Outcome) -> None:
    """What must hold when the call has been worked."""
    assert [subject for subject, one in outcome.subjects.items() if one["kind"] == "victim"] == ["V1", "V2", "V3"]
    assert outcome.active_for("NRM-5") == {"V2"}
    assert outcome.active_for("NRM-4") == {"V1"}
    assert outcome.active_for("ICT-3") == {"V3"}
    assert outcome.active_for("HSG-5") == {"V1"}
    assert outcome.states("VIC-6", "V2") == {"inactive"}
    assert outcome.states("AGE-1", "V1") == outcome.states("AGE-1", "V2") == {"inactive"}
    assert outcome.states("SUS-4", "S1") == {"inactive"}
    advice = outcome.of("SUS-2", "S1")[0]
    assert (advice["state"], advice["recorded"]["state"]) == ("inactive", "done")
    assert outcome.states("VIC-2", "V1") == outcome.states("VIC-2", "V2") == outcome.states("VIC-2", "V3") == {"done"}
    assert outcome.of("VIC-2", "V1")[0]["happened_at"] == "2026-11-23T08:55:00Z"
    assert outcome.states("SCN-1", "L1") == outcome.states("SCN-1", "L2") == {"done"}
    assert outcome.states("ACT-3", "V1") == outcome.states("ACT-3", "V2") == {"done"}
    assert outcome.states("ACT-3", "V3") == {"open"}
    assert outcome.deferred() == {"child-nrm-referral-sent@V3"}


async def test_a_possible_victim_in_custody(open_app: Open, pack: Pack, holds_as_worked: Callable[[str, Mapping[str, Any]], None]) -> None:
    async with open_app() as hands:
        officer = Officer(hands, pack, "2026-11-22")
        before, after = CUSTODY[:-6], CUSTODY[-6:]
        await work(officer, before)
        child_at_nine = case_data(hands.case())["steps"]

        await officer.act("21:00", "answer", "V1", "age", "adult")
        adult = Outcome(case_data(hands.case()))
        for unit in ("CHD-3", "ICT-3", "ACT-18", "AGE-1"):
            assert all(step["state"] == "inactive" and step["recorded"]["state"] == "done" for step in adult.of(unit, "V1")), unit
        assert all(adult.active(unit, "V1") for unit in ("ACT-16", "VIC-8", "NRM-7", "NRM-8"))

        await officer.act("21:02", "answer", "V1", "age", "not-sure")
        assert case_data(hands.case())["steps"] == child_at_nine

        await work(officer, after)
        assert "with you, offered to PS 77" in hands.ends

    async with open_app(operator="PS 77") as sergeant:
        receiver = Officer(sergeant, pack, "2026-11-22")
        await receiver.take_up()
        assert "with PC 1234, offered to PS 77" in sergeant.ends
        await receiver.act("21:52", "accept")
        assert "with you" in sergeant.ends
        view = sergeant.case()
        custody_holds(Outcome(case_data(view)))
        holds_as_worked("custody", case_data(view))
        assert view.route("V1").route == "child"
        given = [(one.event.provision, one.event.what, one.event.declined) for one in provisions(view.state, "V1")]
        assert given == [("food", "hot meal", False), ("clothing", "blanket", False), ("phone", "telephone call", True)]
        assert provisions(view.state, "S1") == provisions(view.state, "V1"), "one person, under either id"
        arrest = next(entry for entry in view.entries if getattr(entry.event, "name", "") == "arrested")
        assert (arrest.stamp.happened_at.hour, arrest.stamp.happened_at.minute) == (17, 40)
        assert [entry.stamp.by for entry in view.entries].count("PS 77") == 1
        assert (view.state.holder, view.state.role, view.state.offered) == ("PS 77", "custody", None)


async def test_a_call_about_a_car_wash(open_app: Open, pack: Pack, holds_as_worked: Callable[[str, Mapping[str, Any]], None]) -> None:
    async with open_app() as hands:
        officer = Officer(hands, pack, "2026-11-23")
        await work(officer, CALL[:8])
        await hands.press("0")
        assert isinstance(hands.screen, NowScreen)
        assert 0 < len(hands.screen.board().rows) <= 9
        assert hands.screen.session.role == "call-handler"
        await work(officer, CALL[8:])

    async with open_app(operator="PC 5150") as patrol:
        officer = Officer(patrol, pack, "2026-11-23")
        await officer.take_up()
        await work(officer, PATROL[:1])
        await patrol.press("0")
        assert isinstance(patrol.screen, NowScreen)
        assert patrol.screen.session.role == "responder"
        await work(officer, PATROL[1:])
        view = patrol.case()
        call_holds(Outcome(case_data(view)))
        holds_as_worked("car-wash", case_data(view))
        routes = [view.route(victim) for victim in ("V1", "V2", "V3")]
        assert [route.route for route in routes] == ["adult_consent", "duty_to_notify", "child"]
        assert routes[1].anonymous
        given = {victim: [one.event.what for one in provisions(view.state, victim)] for victim in ("V1", "V2", "V3")}
        assert given == {"V1": ["tea", "sandwiches"], "V2": ["tea", "sandwiches"], "V3": ["tea", "sandwiches", "coat"]}
        offer, acceptance = (next(e for e in view.entries if e.kind == kind) for kind in ("handover-started", "handover-accepted"))
        assert (offer.stamp.by, offer.stamp.happened_at.minute, offer.stamp.recorded_at.minute) == ("PC 1234", 25, 26)
        assert (acceptance.stamp.by, acceptance.stamp.happened_at.minute) == ("PC 5150", 31)
        assert (view.state.holder, view.state.role) == ("PC 5150", "responder")
        assert [entry.number for entry in view.entries] == list(range(1, len(view.entries) + 1))
