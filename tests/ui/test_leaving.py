"""Leaving the desk loses nothing that was typed, reads no file, and ends in no fault, whatever fails or comes in between."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App

from msht_tui.domain.audit import AuditEvent, Consulted, Locked
from msht_tui.domain.refusal import Refused
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.disk import Seen
from msht_tui.terminal import app as guarded
from screens.case_frame import CaseScreen
from screens.desk import Desk
from screens.guidance import GuidanceScreen
from screens.initial_actions import InitialActionsScreen
from screens.lock import LockScreen
from screens.sign_in import SignInScreen
from screens.worklist import WorklistScreen
from tests.ui.conftest import Hands, MoodyDisk, Open
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

HALF = "half a note"
BROKEN = "marking = ["


@pytest.fixture
def case(live: LiveStore) -> str:
    """A case of the live store."""
    live.set_up()
    return live.work(BEN).open_case(role="responder", reference="LIVE-1").case_id


async def half_a_note(hands: Hands) -> None:
    """Ben signs in, opens the case and types half a note."""
    await sign_in(hands, BEN)
    await hands.press("enter", "1", "n")
    await hands.write(HALF)


async def given_back(hands: Hands) -> str:
    """What stands in the note when Ben, on the list of cases, opens the question again."""
    await hands.press("enter", "1", "n")
    return str(hands.screen.text)


def events_of(live: LiveStore) -> Sequence[AuditEvent]:
    """What the terminal's own log says, in order."""
    session = live.operators(live.waited.append).sign_in(ANN, PASS[ANN])
    return [line.event for line in Audit(AuditFile(live.base), session).lines()]


# Settings that cannot be used


@pytest.mark.parametrize("key", ["f3", "f4", "ctrl+q"])
async def test_a_desk_is_left_whatever_has_become_of_the_settings(key: str, at_the_door: Open, live: LiveStore, case: str) -> None:
    settings = live.base / "settings.toml"
    async with at_the_door() as hands:
        await half_a_note(hands)
        settings.write_text(BROKEN)
        await hands.press_only(key)
        await hands.settle()
        assert key == "ctrl+q" or hands.on(SignInScreen)
    settings.unlink()
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        assert await given_back(hands) == HALF


async def test_whoever_was_removed_is_led_to_the_door_though_the_settings_are_broken(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        (live.base / "settings.toml").write_text(BROKEN)
        operators = live.operators(live.waited.append)
        operators.remove(operators.sign_in(ANN, PASS[ANN]), BEN)
        await hands.press("enter")
        assert type(hands.screen) is SignInScreen
        assert "removed" in hands.status


async def test_a_lock_keeps_the_marking_and_signing_in_says_what_is_wrong(at_the_door: Open, live: LiveStore, case: str) -> None:
    settings = live.base / "settings.toml"
    settings.write_text('marking = "OFFICIAL: NORSHIRE"')
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        settings.write_text(BROKEN)
        await hands.press("f3")
        assert hands.on(LockScreen)
        assert "OFFICIAL: NORSHIRE" in hands.drawn
        await sign_in(hands, BEN)
        assert hands.on(LockScreen)
        assert "settings.toml cannot be used" in hands.status


@pytest.mark.parametrize("broken", [BROKEN, 'zone = "Europe/Nowhere"'])
async def test_broken_settings_at_the_start_are_told_at_a_door_with_guidance(
    broken: str, at_the_door: Open, live: LiveStore, case: str
) -> None:
    (live.base / "settings.toml").write_text(broken)
    async with at_the_door() as hands:
        assert hands.on(SignInScreen)
        assert "settings.toml" in hands.status
        await hands.press("f5")
        assert hands.on(GuidanceScreen)


async def test_keys_that_cannot_be_read_at_the_start_are_told_at_a_door_with_guidance(
    at_the_door: Open, case: str, disk: MoodyDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked_away(path: Path) -> Seen:
        raise PermissionError(errno.EACCES, "no", str(path))

    monkeypatch.setattr(disk, "look_at", locked_away)
    async with at_the_door() as hands:
        assert hands.on(SignInScreen)
        assert "operators.keys" in hands.status
        await hands.press("f5")
        assert hands.on(GuidanceScreen)


# What comes while a desk is being left


@asynccontextmanager
async def slow_lock(hands: Hands) -> AsyncIterator[None]:
    """Lock, and hold the leaving up behind the door by an act that was asked for before."""
    held_up, desk = threading.Event(), hands.app.desk
    assert desk is not None
    hands.app.run_worker(desk.do(lambda casework: held_up.wait(20)), group="acts")
    await hands.press_only("f3")
    assert hands.on(LockScreen)
    try:
        yield
    finally:
        held_up.set()


async def test_what_is_typed_is_kept_at_once_by_a_signal_that_comes_while_a_lock_is_being_finished(
    at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        store = live.work(BEN).store
        async with slow_lock(hands):
            assert store.draft(case, BEN) == {}
            hands.app.keep_typed()
            assert HALF in store.draft(case, BEN).values()
        await hands.settle()


async def test_the_end_of_the_program_waits_for_a_lock_that_is_being_finished(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        async with slow_lock(hands):
            quitting = asyncio.create_task(hands.app.action_quit())
            await hands.pilot.pause()
            assert not quitting.done()
        await quitting
    assert events_of(live)[-1] == Locked(cause="key")
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        assert await given_back(hands) == HALF


async def test_quitting_by_key_while_a_lock_is_being_finished_is_no_fault(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        async with slow_lock(hands):
            hands._send("ctrl+q")
            hands._send("ctrl+q")
            await asyncio.sleep(0.05)
        await hands.app.workers.wait_for_complete()
    assert hands.app.fault is None
    assert HALF in live.work(BEN).store.draft(case, BEN).values()


async def test_whoever_unlocks_while_the_lock_is_being_finished_comes_in_after_it(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        async with slow_lock(hands):
            for key in (*PASS[BEN], "enter"):
                await hands.press_only(key)
            await hands.pilot.pause(0.2)
            assert hands.on(LockScreen)
            assert hands.app.desk is None
        await hands.settle()
        assert isinstance(hands.frame, InitialActionsScreen)
        assert hands.screen.text == HALF


# A passphrase that was reset, and keys that cannot be reached


def reset(live: LiveStore, operator: str, passphrase: str) -> None:
    """Ann resets it in another window."""
    operators = live.operators(live.waited.append)
    session = operators.sign_in(ANN, PASS[ANN])
    operators.reset(session, operator, passphrase)
    session.close()


async def test_what_is_typed_while_ones_passphrase_is_reset_is_given_back_with_the_new_one(
    at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        reset(live, BEN, "ben winds up old clocks")
        await hands.press("enter")
        assert type(hands.screen) is SignInScreen
        assert "new passphrase" in hands.status
        await sign_in(hands, BEN, "ben winds up old clocks")
        assert hands.on(WorklistScreen)
        assert await given_back(hands) == HALF


@pytest.fixture
def unreachable(live: LiveStore) -> Callable[[], object]:
    """Takes the keys away, as a drive that was unplugged does."""
    return lambda: (live.base / "keys").rename(live.base / "elsewhere")


async def test_a_case_on_the_screen_says_that_the_keys_cannot_be_reached(
    at_the_door: Open, case: str, unreachable: Callable[[], object]
) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter")
        unreachable()
        hands.screen.tick()
        await hands.settle()
        assert hands.on(CaseScreen)
        assert "The keys of this store are gone" in hands.status


async def test_the_list_says_that_the_keys_cannot_be_reached(at_the_door: Open, case: str, unreachable: Callable[[], object]) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        unreachable()
        await hands.press("enter")
        assert hands.on(WorklistScreen)
        assert "The keys of this store are gone" in hands.status
        hands.screen.load()
        await hands.settle()
        assert "The keys of this store are gone" in hands.status


async def test_a_draft_that_cannot_be_reached_keeps_nobody_from_the_case(
    at_the_door: Open, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(desk: Desk, case_id: str) -> dict[str, str]:
        raise Refused("The keys are not there.")

    monkeypatch.setattr(Desk, "typed_before", refuses)
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter")
        assert hands.on(CaseScreen)
        assert "The keys are not there" in hands.status


# Looking, and the clipboard


async def test_each_opening_is_recorded_and_what_stays_on_the_screen_is_not(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "L", "S", "0")
        hands.screen.tick()
        await hands.press("question_mark", "escape", "escape", "enter", "escape", "z", "escape")
    looks = [event for event in events_of(live) if isinstance(event, Consulted)]
    assert looks == [Consulted(case=case, how=how) for how in ("opened", "opened", "previewed")]


@pytest.mark.parametrize("signal", ["stop", "go on"])
async def test_a_field_that_was_copied_goes_before_the_terminal_is_given_back(
    signal: str, at_the_door: Open, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`go on` without a stop before is what is left of SIGSTOP."""
    given_back: list[str] = []
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        app, driver = hands.app, hands.app._driver
        App.copy_to_clipboard(app, "Zwetschge")
        monkeypatch.setattr(driver, "suspend_application_mode", lambda: given_back.append(app.clipboard))
        monkeypatch.setattr(driver, "resume_application_mode", lambda: None)
        monkeypatch.setattr(guarded, "_stop_process", lambda: None)
        monkeypatch.setattr(guarded, "_in_foreground", lambda: True)
        app._stop(20) if signal == "stop" else app._go_on(18)
        assert given_back == [""]
        app._go_on(18)
        await hands.settle()
        assert hands.on(LockScreen)


# A case that is not begun yet


async def type_a_reference(hands: Hands) -> None:
    await hands.press("n")
    await hands.write("GM-77")


@pytest.mark.parametrize("exercise", [False, True])
async def test_what_is_typed_of_a_new_case_is_on_the_disk_for_the_next_start(
    exercise: bool, at_the_door: Open, open_app: Open, live: LiveStore, case: str, tmp_path: Path
) -> None:
    """Of the live store it is sealed, under the operator; once it was left without recording, nothing is kept of it."""

    @asynccontextmanager
    async def at_the_list() -> AsyncIterator[Hands]:
        async with open_app() if exercise else at_the_door() as hands:
            if not exercise:
                await sign_in(hands, BEN)
            yield hands

    async with at_the_list() as hands:
        await type_a_reference(hands)
        hands.app.keep_typed()
        (kept,) = tmp_path.rglob("*.draft")
        assert (b"GM-77" in kept.read_bytes()) == exercise
    async with at_the_list() as hands:
        await hands.press("n")
        assert hands.screen.query_one("#reference").value == "GM-77"
        await hands.press("escape")
        assert list(tmp_path.rglob("*.draft")) == []
    async with at_the_list() as hands:
        await hands.press("n")
        assert hands.screen.query_one("#reference").value == ""


async def test_what_is_typed_of_a_new_case_is_given_to_nobody_else(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await type_a_reference(hands)
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        await hands.press("n")
        assert hands.screen.query_one("#reference").value == ""


async def test_a_note_that_a_full_disk_could_not_keep_is_there_after_a_second_lock(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await half_a_note(hands)
        for _ in range(2):
            hands.disk.full = True
            await hands.press("f3")
            hands.disk.full = False
            await sign_in(hands, BEN)
        assert hands.screen.text == HALF


async def test_what_is_held_of_a_case_that_nobody_opens_in_between_is_held_on(at_the_door: Open, live: LiveStore, case: str) -> None:
    live.clock.forward(1)
    async with at_the_door() as hands:
        await half_a_note(hands)
        hands.disk.full = True
        await hands.press("f3")
        hands.disk.full = False
        hands.app._back_to = None
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)
        await hands.press("f3")
        await sign_in(hands, BEN)
        assert await given_back(hands) == HALF
