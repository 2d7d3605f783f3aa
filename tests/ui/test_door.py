"""The way into the live store and out of it: set-up, sign-in, lock, and what is left on the glass and in the program."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import pytest
from textual.widgets import Input

from msht_tui.domain.audit import AuditLine
from msht_tui.domain.pack import Role
from msht_tui.service import Casework
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from screens.first_run import FirstRunScreen, SetUpScreen
from screens.guidance import GuidanceScreen
from screens.initial_actions import InitialActionsScreen
from screens.lock import LockScreen
from screens.now import NowScreen
from screens.privacy import PrivacyScreen
from screens.recover import RecoveryScreen
from screens.sign_in import SignInScreen
from screens.worklist import WorklistScreen
from tests.ui.conftest import Hands, Open
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

CANARY = "-".join(("Canary", "Zwetschge"))


@pytest.fixture
def case(live: LiveStore) -> str:
    """A case of the live store, with its canary in a label and a note."""
    live.set_up()
    work: Casework = live.work(BEN)
    case_id = work.open_case(role="responder", reference="LIVE-1").case_id
    work.add_subject(case_id, "victim", CANARY)
    work.set_facts(case_id, ("V1",), {"age": "adult"})
    work.note(case_id, f"{CANARY} is here")
    return case_id


async def test_a_terminal_that_is_not_set_up_offers_the_exercise_with_one_key(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        assert hands.on(FirstRunScreen)
        await hands.press("e")
        assert hands.on(WorklistScreen)
        assert hands.app.desk is not None
        assert hands.app.desk.exercise
        assert "EXERCISE" in hands.drawn


async def test_set_up_shows_the_recovery_code_once_and_leads_to_the_sign_in(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await hands.press("s")
        assert hands.on(SetUpScreen)
        await hands.fill(force="Norshire Police", passphrase=PASS[ANN], again="something else")
        await hands.press("enter")
        assert "Type your id first" in hands.status
        assert hands.screen.focused.id == "operator"
        await hands.fill(operator=ANN)
        await hands.press("enter")
        assert "not the same" in hands.status
        assert not live.operators(print).is_set_up()
        await hands.fill(passphrase=PASS[ANN], again=PASS[ANN])
        await hands.press("enter")
        assert hands.on(RecoveryScreen)
        code = hands.screen.code
        assert code in hands.drawn
        await hands.press("enter")
        assert hands.on(RecoveryScreen), "the code stays until it is said to be written down"
        await hands.press("2", "enter")
        assert hands.on(SignInScreen)
        assert code not in hands.drawn
        await sign_in(hands, ANN)
        assert hands.on(WorklistScreen)
        assert f"you are {ANN}" in hands.drawn
    assert 'force = "Norshire Police"' in (live.base / "settings.toml").read_text("utf-8")
    assert [line.kind for line in lines_of(live)][:2] == ["operator-changed", "signed-in"]


async def test_the_first_screen_says_which_command_seals_cases_of_before(at_the_door: Open, live: LiveStore) -> None:
    from msht_tui.store import chain

    (live.base / "cases").mkdir(parents=True)
    (live.base / "cases" / "x.tdb").write_bytes(b"")
    async with at_the_door() as hands:
        assert "msht store convert" not in hands.drawn
    (live.base / "cases" / "y.tdb").write_bytes(chain.line_of(chain.START, chain.Header(chain.FORMAT, 1, "y"))[0])
    async with at_the_door() as hands:
        assert "1 case from before is here" in hands.drawn
        assert "msht store convert" in hands.drawn


async def test_the_first_screen_names_the_folder(at_the_door: Open, live: LiveStore) -> None:
    """An unmounted drive looks like a terminal that was never set up."""
    async with at_the_door() as hands:
        assert str(live.base) in "".join(hands.drawn.split())
        assert "--store" in hands.drawn


async def test_where_the_keys_are_gone_no_set_up_is_offered(at_the_door: Open, live: LiveStore, case: str) -> None:
    (live.base / "keys").rename(live.base.parent / "away")
    async with at_the_door() as hands:
        assert hands.on(SignInScreen)
        assert "The keys of this store are gone: put back all of" in hands.status
        await sign_in(hands, ANN)
        assert hands.on(SignInScreen)
        assert "The keys of this store are gone" in hands.status
        assert "msht setup" not in hands.drawn
    assert not (live.base / "keys").exists()


async def test_whoever_signs_in_is_named_on_every_screen_and_works(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        assert hands.on(SignInScreen)
        await sign_in(hands, "pc 22", PASS[BEN])
        assert hands.on(WorklistScreen)
        await hands.press("enter")
        hands.case_id = case
        assert BEN in hands.ends
        before = len(hands.case().entries)
        await hands.press("n", *"ok", "enter")
        assert len(hands.case().entries) == before + 1
        assert hands.last.stamp.by == BEN


async def test_enter_with_something_missing_says_what(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await hands.press("enter")
        assert hands.status == "Type your id, then Enter."
        await hands.write(BEN)
        await hands.press("enter")
        assert hands.status == "Type your passphrase, then Enter."
        assert hands.screen.focused.id == "passphrase"
        await sign_in(hands, BEN)
        await hands.press("f3")
        await hands.press("enter")
        assert hands.on(LockScreen)
        assert hands.status == "Type your passphrase, then Enter."
    assert [line.kind for line in lines_of(live) if "sign" in line.kind] == ["signed-in"], "nothing was tried"


async def test_an_undo_goes_back_to_the_sign_in_and_no_further(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        hands.clock.set("2026-11-23T10:00")
        await sign_in(hands, BEN)
        await hands.press("enter", "u")
        assert "signed in" in hands.status
        hands.case_id = case
        assert not any(entry.kind == "entry-struck" for entry in hands.entries())


async def test_a_wrong_passphrase_is_told_and_the_wait_grows(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        for _ in range(5):
            await sign_in(hands, BEN, "not the passphrase")
            assert hands.on(SignInScreen)
            assert hands.screen.query_one("#passphrase").value == ""
        assert live.waited == [1, 2]
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)


async def test_a_wait_is_told_in_seconds_and_given_up_with_esc(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        for _ in range(11):
            await sign_in(hands, BEN, "not the passphrase")
        live.waits = True
        await hands.write(PASS[BEN])
        await hands.press_only("enter")
        while "Waiting" not in hands.status:
            await hands.pilot.pause()
        assert "256 s" in hands.status
        await hands.press("escape")
        assert "Given up" in hands.status
        assert hands.on(SignInScreen)


async def test_a_lock_comes_back_to_the_case_and_the_place_with_what_was_typed(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        await hands.press("f3")
        assert hands.on(LockScreen)
        assert CANARY not in hands.drawn
        assert "LIVE-1" not in hands.drawn
        await sign_in(hands, BEN)
        assert isinstance(hands.frame, InitialActionsScreen)
        await hands.press("enter")
        hands.case_id = case
        assert hands.last.document()["text"] == "half a note"
        await hands.press("n")
        assert hands.screen.text == ""


async def test_another_operator_begins_with_the_list_and_sees_no_draft(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        await hands.press("ctrl+l")
        await hands.press("shift+tab")
        hands.screen.query_one("#operator").value = ""
        await sign_in(hands, ANN)
        assert hands.on(WorklistScreen)
        await hands.press("enter", "1", "n")
        assert hands.screen.text == ""


async def test_signing_out_leads_to_the_door_and_the_next_start_gives_the_draft_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        await hands.press("f4")
        assert type(hands.screen) is SignInScreen
    async with at_the_door(BEN) as hands:
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)
        await hands.press("enter", "1", "n")
        assert hands.screen.text == "half a note"


async def idle(hands: Hands, seconds: int) -> None:
    """Let seconds pass in which nobody presses a key and the program looks at the clock as it does."""
    for _ in range(seconds // 5):
        hands.clock.forward(5)
        hands.app.look_for_idleness()
    await hands.settle()
    hands.frame.tick()
    await hands.settle()


@pytest.mark.parametrize(("role", "limit"), [("responder", 300), ("custody", 60)])
async def test_a_screen_that_nobody_uses_locks(role: Role, limit: int, at_the_door: Open, live: LiveStore, case: str) -> None:
    live.clock.forward(1)
    live.work(BEN).open_case(role=role, reference="LIVE-2")
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("home", "enter")
        assert hands.on(NowScreen)
        await idle(hands, limit - 5)
        assert hands.on(NowScreen)
        assert "locks in 5 s: press a key" in hands.drawn
        await hands.press("down")
        await idle(hands, 5)
        assert "locks in" not in hands.drawn
        await idle(hands, limit - 10)
        await hands.press("f2")
        await idle(hands, limit - 5)
        assert hands.on(PrivacyScreen)
        await idle(hands, 5)
        assert hands.on(LockScreen)


async def test_a_key_after_the_machine_has_slept_only_finds_the_lock(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter")
        hands.clock.forward(20)
        await hands.press("n")
        assert hands.on(LockScreen)


async def test_after_a_lock_nothing_of_the_case_is_left_in_the_program(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", *"012345LSH", "n")
        await hands.write(f"{CANARY} half typed")
        assert left_of_the_case(), "the search finds what is there"
        await hands.press("f3")
        assert hands.on(LockScreen)
        await hands.pilot.pause(0.1)
        gc.collect()
        assert left_of_the_case() == []


def left_of_the_case() -> list[str]:
    """Whatever in memory holds the canary, with what refers to it."""
    gc.collect()
    return [
        f"{type(one)}: {found!r}"[:300]
        for one in gc.get_objects()
        for found in gc.get_referents(one)
        if (type(found) is str and found is not CANARY and CANARY in found) or (type(found) is bytes and CANARY.encode() in found)
    ]


async def test_a_full_disk_keeps_nobody_from_locking_and_no_text_is_lost(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        hands.disk.full = True
        await hands.press("f3")
        assert hands.on(LockScreen)
        hands.disk.full = False
        await sign_in(hands, BEN)
        assert hands.screen.text == "half a note"


async def test_what_is_typed_before_there_is_a_case_is_given_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("n")
        await hands.write("GM-77")
        await hands.press("f3")
        await sign_in(hands, BEN)
        assert hands.screen.query_one("#reference").value == "GM-77"


async def test_words_that_are_looked_for_and_other_fields_are_given_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "slash")
        await hands.write("danger")
        await hands.press("enter", "x")
        await hands.write("no danger seen")
        await hands.press("f3")
        await sign_in(hands, BEN)
        assert hands.frame.query_one("#find", Input).value == "danger"
        assert hands.screen.query_one("#because").value == "no danger seen"


async def test_an_act_that_failed_is_tried_again_before_the_lock(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1")
        hands.disk.full = True
        await hands.press("space")
        assert hands.status.startswith("NOT SAVED")
        hands.disk.full = False
        await hands.press("f3")
        hands.case_id = case
        assert hands.last.kind == "step-marked"


async def test_an_act_that_fails_again_is_told_after_the_lock(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1")
        hands.disk.full = True
        await hands.press("space", "f3")
        hands.disk.full = False
        await sign_in(hands, BEN)
        assert "NOT SAVED when the screen was left: Immediate danger" in hands.status


async def test_whoever_is_removed_meanwhile_is_signed_out_with_the_reason(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter")
        operators = live.operators(live.waited.append)
        operators.remove(operators.sign_in(ANN, PASS[ANN]), BEN)
        await hands.press("1", "space")
        assert type(hands.screen) is SignInScreen
        assert "removed" in hands.status


async def test_an_exercise_hides_but_never_locks(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        await hands.press("enter", "f3")
        assert hands.on(NowScreen)
        assert "never locks" in hands.status
        await hands.press("f2")
        assert hands.on(PrivacyScreen)
        assert "EX-1" not in hands.drawn
        await hands.press("f2")
        assert hands.on(NowScreen)
        await hands.press("n")
        await hands.write("kept over the end")
        await hands.press_only("ctrl+q")
    async with open_app(case_id) as hands:
        await hands.press("enter", "n")
        assert hands.screen.text == "kept over the end"


async def test_the_keys_of_the_terminal_stand_in_the_help(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("question_mark")
        for key in ("F2", "F3", "F4", "F5"):
            assert f"  {key} " in hands.drawn


async def test_looking_at_a_case_is_recorded_before_it_is_shown(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        hands.disk.full = True
        await hands.press("enter")
        assert hands.on(WorklistScreen), "what cannot be recorded is not shown"
        hands.disk.full = False
        await hands.press("enter", "escape", "enter", "f4")
    kinds = [line.kind for line in lines_of(live)]
    assert kinds == ["signed-in", "consulted", "consulted", "signed-out"]


async def test_the_privacy_screen_hides_a_question_and_any_key_brings_it_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "n")
        await hands.write("half")
        await hands.press("f2")
        assert hands.on(PrivacyScreen)
        assert "LIVE-1" not in hands.drawn
        assert CANARY not in hands.drawn
        await hands.press("x")
        assert hands.screen.text == "half"


async def test_guidance_opens_at_the_door_and_while_locked(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await hands.press("f5")
        assert hands.on(GuidanceScreen)
        assert "Whom to ring" in str([row.title for row in hands.checklist.rows])
        await hands.press("escape")
        await sign_in(hands, BEN)
        hands.disk.full = True
        await hands.press("f3", "f5")
        assert hands.on(GuidanceScreen)
        await hands.press("enter")
        assert "Why" in hands.drawn


async def test_the_audit_is_for_supervisors_and_says_what_it_is_for(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN, "not the passphrase")
        await sign_in(hands, BEN)
        await hands.press("A")
        assert hands.on(WorklistScreen)
        assert "supervisors" in hands.status
        await hands.press("f4")
        await sign_in(hands, ANN)
        await hands.press("A")
        assert "no rankings" in " ".join(hands.drawn.split())
        assert [row.title for row in hands.checklist.rows] == [
            "nobody: This log begins, with the setting up of this terminal",
            f"nobody: Sign-in failed, with the id {BEN}",
            f"{BEN}: Signed in as operator",
            f"{BEN}: Signed out",
            f"{ANN}: Signed in as supervisor",
        ]


def lines_of(live: LiveStore) -> Sequence[AuditLine]:
    """The terminal's own log."""
    session = live.operators(live.waited.append).sign_in(ANN, PASS[ANN])
    return Audit(AuditFile(live.base), session).lines()[1:]


@pytest.mark.parametrize("before", [(), ("f3",), ("f4",)])
async def test_quitting_with_a_full_disk_says_first_what_it_would_lose(before: tuple[str, ...], at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        hands.disk.full = True
        await hands.press(*before, "ctrl+q")
        assert hands.app.is_running
        assert "Ctrl+Q again quits without it" in hands.drawn
        hands.disk.full = False
        if before:
            await sign_in(hands, BEN)
        await hands.press("ctrl+q")
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        assert hands.screen.text == "half a note"


async def test_a_second_time_quits_with_a_full_disk(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "1", "n")
        await hands.write("half a note")
        hands.disk.full = True
        await hands.press("f3")
        assert "held until this program ends" in hands.status
        await hands.press("ctrl+q")
        await hands.press_only("ctrl+q")
        await hands.pilot.pause(0.2)
        assert not hands.app.is_running or hands.app._exit
