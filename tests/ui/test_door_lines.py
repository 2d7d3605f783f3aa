"""What the screens write into the terminal's own log besides signing in: locks and unlocks, steps of the clock, copies, combinations."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.app import App

from msht_tui.domain.audit import AuditEvent, ClockStepped, Combined, Consulted, Disclosed, Locked, SignedIn, Unlocked
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from screens.dialogs.add import RetireDialog
from screens.hand_off import HandOffScreen
from screens.lock import LockScreen
from screens.now import NowScreen
from screens.privacy import PrivacyScreen
from screens.suspect import SuspectScreen
from tests.ui.conftest import Hands, Open, SetClock
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

ANSWER = "Wednesday"


@pytest.fixture
def case(live: LiveStore) -> str:
    """A live case with two victims, a suspect, and an answer that a field of the worksheet holds."""
    live.set_up()
    work = live.work(BEN)
    case_id = work.open_case(role="responder", reference="LIVE-1").case_id
    for kind in ("victim", "victim", "suspect"):
        work.add_subject(case_id, kind)
    work.set_facts(case_id, ("V1",), {"age": "adult", "consent": "yes"})
    work.answer(case_id, "V1", "first_name", ANSWER)
    return case_id


def events_of(live: LiveStore) -> Sequence[AuditEvent]:
    """What the terminal's own log says, in order."""
    session = live.operators(live.waited.append).sign_in(ANN, PASS[ANN])
    return [line.event for line in Audit(AuditFile(live.base), session).lines()]


async def open_case(hands: Hands, case: str) -> None:
    """Sign in as Ben and open the case."""
    hands.case_id = case
    await sign_in(hands, BEN)
    await hands.press("enter")


# Locking


async def test_whoever_locked_it_unlocks_and_another_signs_in(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("f3")
        await sign_in(hands, BEN)
        await hands.press("f3", "shift+tab")
        hands.screen.query_one("#operator").value = ""
        await sign_in(hands, ANN)
        await hands.press("f4")
        await sign_in(hands, ANN)
    ben, ann = SignedIn(role="operator"), SignedIn(role="supervisor")
    found = [event for event in events_of(live) if isinstance(event, SignedIn | Unlocked | Locked)]
    assert found == [ben, Locked(cause="key"), Unlocked(), Locked(cause="key"), ann, ann]


async def test_an_id_in_other_letters_is_the_one_who_locked_it(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("f3", "shift+tab")
        hands.screen.query_one("#operator").value = ""
        await sign_in(hands, BEN.lower(), PASS[BEN])
    assert events_of(live)[-1] == Unlocked()


@pytest.mark.parametrize(("steps", "cause"), [([5] * 60, "idle"), ([5, 20], "resume"), ([3600], "resume")])
async def test_a_lock_says_whether_nobody_was_there_or_the_machine_slept(
    steps: list[int], cause: str, at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        for seconds in steps:
            hands.clock.forward(seconds)
            hands.app.look_for_idleness()
        await hands.settle()
        assert hands.on(LockScreen)
    assert events_of(live)[-1] == Locked(cause=cause)  # type: ignore[arg-type]


async def test_a_key_that_finds_the_machine_awake_again_locks_for_that(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        hands.clock.forward(20)
        await hands.press("n")
        assert hands.on(LockScreen)
    assert events_of(live)[-1] == Locked(cause="resume")


# The clock


@pytest.mark.parametrize("seconds", [-7200, -61, 61, 86400])
async def test_a_clock_that_is_moved_is_recorded_once(
    seconds: int, at_the_door: Open, live: LiveStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SetClock, "elapsed", lambda self: 0.0)
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        hands.clock.forward(60)
        hands.app.look_for_idleness()
        hands.clock.forward(seconds)
        for _ in range(3):
            hands.app.look_for_idleness()
            await hands.settle()
    assert [event for event in events_of(live) if isinstance(event, ClockStepped)] == [ClockStepped(seconds=seconds)]


async def test_a_step_that_is_found_with_the_lock_is_recorded_before_it(
    at_the_door: Open, live: LiveStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SetClock, "elapsed", lambda self: 0.0)
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        hands.clock.forward(-600)
        await hands.press("f3")
    assert events_of(live)[-2:] == [ClockStepped(seconds=-600), Locked(cause="key")]


async def test_a_clock_that_goes_wrong_little_by_little_has_made_no_step(
    at_the_door: Open, live: LiveStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SetClock, "elapsed", lambda self: 0.0)
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        for _ in range(100):
            hands.clock.forward(1)
            hands.app.look_for_idleness()
        await hands.settle()
    assert not any(isinstance(event, ClockStepped) for event in events_of(live))


async def test_time_that_passes_is_no_step(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        for _ in range(50):
            hands.clock.forward(5)
            hands.app.look_for_idleness()
        await hands.settle()
    assert not any(isinstance(event, ClockStepped) for event in events_of(live))


async def test_a_clock_behind_the_case_that_is_opened_is_recorded(at_the_door: Open, live: LiveStore, case: str) -> None:
    live.clock.forward(-120)
    async with at_the_door() as hands:
        await open_case(hands, case)
        await hands.press("escape", "enter")
    assert [event for event in events_of(live) if isinstance(event, ClockStepped)] == [ClockStepped(seconds=-120)]


async def test_a_step_that_cannot_be_recorded_is_told(
    at_the_door: Open, live: LiveStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SetClock, "elapsed", lambda self: 0.0)
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        hands.disk.full = True
        hands.clock.forward(600)
        hands.app.look_for_idleness()
        await hands.settle()
        assert "disk is full" in hands.status
        hands.disk.full = False


# Persons who are one


def combinations(live: LiveStore) -> list[AuditEvent]:
    return [event for event in events_of(live) if isinstance(event, Combined)]


async def test_a_suspect_who_is_linked_to_a_victim_is_recorded(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case)
        await hands.stand_on(SuspectScreen)
        await hands.press("v")
        assert hands.case().state.linked_victim("S1") is not None
    assert combinations(live) == [Combined(case=case, how="linked")]


async def retire(hands: Hands, same_as: str) -> None:
    """Retire V1 from the case's first screen."""
    await hands.press("X", "1")
    assert hands.on(RetireDialog)
    await hands.fill(because="twice", same_as=same_as)
    await hands.press("enter")


@pytest.mark.parametrize(("same_as", "recorded"), [("v2", True), ("", False)])
async def test_two_who_are_the_same_are_recorded_and_one_entered_by_mistake_is_not(
    same_as: str, recorded: bool, at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case)
        await retire(hands, same_as)
        assert hands.case().state.subject("V1").retired
    assert combinations(live) == ([Combined(case=case, how="same")] if recorded else [])


async def test_an_act_that_is_refused_combines_nobody(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case)
        await retire(hands, "S1")
        assert "cannot be the same" in hands.trouble
    assert combinations(live) == []


def failing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log takes nothing the first time that a combination is recorded."""
    append = Audit.append
    left = [StoreTrouble("The log is full.")]

    def fails(self: Audit, event: AuditEvent, at: object) -> None:
        if isinstance(event, Combined) and left:
            raise left.pop()
        append(self, event, at)  # type: ignore[arg-type]

    monkeypatch.setattr(Audit, "append", fails)


async def test_when_only_the_line_fails_only_the_line_is_tried_again(
    at_the_door: Open, live: LiveStore, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case)
        failing_once(monkeypatch)
        await retire(hands, "v2")
        assert "The log is full" in hands.trouble
        before = len(hands.entries())
        await hands.press("enter")
        assert not hands.on(RetireDialog)
        assert len(hands.entries()) == before
        failing_once(monkeypatch)
        await hands.stand_on(SuspectScreen)
        await hands.press("v")
        assert hands.status.startswith("NOT SAVED")
        before = len(hands.entries())
        await hands.press("r")
        assert hands.status.startswith("Saved")
        assert len(hands.entries()) == before
    assert combinations(live) == [Combined(case=case, how="same"), Combined(case=case, how="linked")]


# A field that is copied


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal was told to put on its clipboard."""
    found: list[str] = []

    def copy(app: App[None], text: str) -> None:
        found.append(text)
        app._clipboard = text

    monkeypatch.setattr(App, "copy_to_clipboard", copy)
    return found


async def come_to_the_answer(hands: Hands, live: LiveStore, case: str) -> None:
    """The field that holds the answer, in the hand-off of a store that allows copying."""
    await open_case(hands, case)
    await hands.stand_on(HandOffScreen)
    while ANSWER not in hands.drawn:
        await hands.press("space")


@pytest.fixture
def copying(live: LiveStore, case: str) -> None:
    """The force allows copying."""
    (live.base / "settings.toml").write_text("copy_fields = true\n", "utf-8")


@pytest.mark.usefixtures("copying")
async def test_a_field_is_recorded_as_disclosed_before_it_is_copied(
    at_the_door: Open, live: LiveStore, case: str, copied: list[str]
) -> None:
    async with at_the_door() as hands:
        await come_to_the_answer(hands, live, case)
        hands.disk.full = True
        await hands.press("y")
        assert copied == []
        assert hands.status.startswith("Not copied.")
        hands.disk.full = False
        await hands.press("y")
        assert copied == [ANSWER]
    assert [event for event in events_of(live) if isinstance(event, Disclosed)] == [
        Disclosed(case=case, what="worksheet", format="clipboard")
    ]


@pytest.mark.usefixtures("copying")
async def test_a_screen_that_was_hidden_meanwhile_copies_nothing(at_the_door: Open, live: LiveStore, case: str, copied: list[str]) -> None:
    async with at_the_door() as hands:
        await come_to_the_answer(hands, live, case)
        hands.disk.gate.clear()
        await hands.press_only("y")
        await hands.press_only("f2")
        hands.disk.gate.set()
        await hands.settle()
        assert hands.on(PrivacyScreen)
        assert copied == []


@pytest.mark.usefixtures("copying")
@pytest.mark.parametrize("key", ["f3", "f4"])
async def test_a_lock_empties_the_clipboard_at_once_though_the_disk_hangs(
    key: str, at_the_door: Open, live: LiveStore, case: str, copied: list[str]
) -> None:
    async with at_the_door() as hands:
        await come_to_the_answer(hands, live, case)
        await hands.press("y")
        assert hands.app.clipboard == ANSWER
        hands.disk.gate.clear()
        await hands.press_only(key)
        assert copied[-1] == ""
        assert hands.app.clipboard == ""
        hands.disk.gate.set()
        await hands.settle()
        assert set(copied[1:]) == {""}


async def test_whoever_begins_a_case_has_looked_at_it(at_the_door: Open, live: LiveStore) -> None:
    live.set_up()
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        await hands.press("n", *"L-1", "tab", "1", "enter")
        assert hands.on(NowScreen)
    (row,) = live.work().cases()[0]
    assert [event for event in events_of(live) if isinstance(event, Consulted)] == [Consulted(case=row.case_id, how="opened")]
