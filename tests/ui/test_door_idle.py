"""At the door nothing stays in front of nobody: a minute after the last key, secrets are emptied, and a recovery code is hidden."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from screens.door import Attended
from screens.first_run import FirstRunScreen, SetUpScreen
from screens.guidance import GuidanceScreen
from screens.lock import LockScreen
from screens.privacy import PrivacyScreen
from screens.recover import RecoverScreen, RecoveryScreen
from screens.sign_in import SignInScreen
from screens.worklist import WorklistScreen
from tests.ui.conftest import Hands, Open
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

NEW = "ann swims in the sea"


@pytest.fixture
def set_up(live: LiveStore) -> None:
    """Ann is a supervisor and Ben an operator."""
    live.set_up()


async def alone(hands: Hands, seconds: int) -> None:
    """Let seconds pass in which nobody presses a key and every screen looks at the clock as it does."""
    for _ in range(seconds // 5):
        hands.clock.forward(5)
        for screen in hands.app.screen_stack:
            if isinstance(screen, Attended):
                screen.look()
    await hands.settle(acts=False)


def typed(hands: Hands, name: str) -> str:
    """What stands in a field."""
    value: str = hands.screen.query_one(f"#{name}", Input).value
    return value


async def make_code(hands: Hands) -> str:
    """Set the store up; the recovery code that is shown then."""
    await hands.press("s")
    await hands.fill(operator=ANN, passphrase=PASS[ANN], again=PASS[ANN])
    await hands.press("enter")
    assert hands.on(RecoveryScreen)
    code: str = hands.screen.code
    assert code in hands.drawn
    return code


@pytest.mark.usefixtures("set_up")
async def test_what_nobody_sends_goes_after_a_minute_the_id_too(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await hands.write(BEN)
        await hands.press("enter")
        await hands.write(PASS[BEN])
        await alone(hands, 55)
        assert typed(hands, "passphrase") == PASS[BEN]
        await alone(hands, 5)
        assert typed(hands, "passphrase") == ""
        assert typed(hands, "operator") == ""
        assert "60 seconds" in hands.status
        await hands.press("enter")
        assert hands.on(SignInScreen)
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)


@pytest.mark.usefixtures("set_up")
async def test_a_passphrase_typed_in_place_of_an_id_goes_after_a_minute(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await hands.fill(operator=PASS[BEN])
        await alone(hands, 60)
        assert PASS[BEN] not in hands.drawn


@pytest.mark.usefixtures("set_up")
async def test_the_id_that_stood_ready_stays(at_the_door: Open) -> None:
    async with at_the_door(BEN) as hands:
        await hands.write("not all of")
        await alone(hands, 60)
        assert (typed(hands, "operator"), typed(hands, "passphrase")) == (BEN, "")


@pytest.mark.parametrize("used", ["x", "left", "paste"])
@pytest.mark.usefixtures("set_up")
async def test_whatever_is_typed_or_pasted_begins_the_minute_anew(used: str, at_the_door: Open) -> None:
    async with at_the_door(BEN) as hands:
        await hands.write("not all of")
        await alone(hands, 55)
        await (hands.paste(" it") if used == "paste" else hands.press(used))
        await alone(hands, 55)
        assert typed(hands, "passphrase").startswith("not all of")
        await alone(hands, 5)
        assert typed(hands, "passphrase") == ""


@pytest.mark.parametrize("late", ["enter", "x", "paste"])
@pytest.mark.usefixtures("set_up")
async def test_what_comes_after_the_machine_has_slept_finds_the_passphrase_gone(late: str, at_the_door: Open) -> None:
    """Nothing has looked at the clock meanwhile."""
    async with at_the_door(BEN) as hands:
        await hands.write(PASS[BEN])
        hands.clock.forward(3600)
        await (hands.paste("more") if late == "paste" else hands.press(late))
        assert hands.on(SignInScreen)
        assert typed(hands, "passphrase") == ""
        await hands.press("enter")
        assert hands.on(SignInScreen)


@pytest.mark.usefixtures("set_up")
async def test_the_screen_looks_by_itself(at_the_door: Open) -> None:
    async with at_the_door(BEN) as hands:
        await hands.write(PASS[BEN])
        hands.clock.forward(60)
        for _ in range(400):
            if not typed(hands, "passphrase"):
                break
            await hands.pilot.pause(0.05)
        assert typed(hands, "passphrase") == ""


@pytest.mark.parametrize("asleep", [False, True])
@pytest.mark.parametrize("over", ["f1", "f2", "f5"])
@pytest.mark.usefixtures("set_up")
async def test_a_screen_in_front_of_the_door_stops_no_time(over: str, asleep: bool, at_the_door: Open) -> None:
    async with at_the_door(BEN) as hands:
        await hands.write(PASS[BEN])
        await hands.press(over)
        assert not hands.on(SignInScreen)
        if asleep:
            hands.clock.forward(60)
        else:
            await alone(hands, 60)
        await hands.press("escape")
        assert hands.on(SignInScreen)
        assert typed(hands, "passphrase") == ""


@pytest.mark.usefixtures("set_up")
async def test_a_lock_empties_what_is_typed_at_it(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("f3")
        await hands.write(PASS[BEN])
        await alone(hands, 60)
        assert hands.on(LockScreen)
        assert typed(hands, "passphrase") == ""


@pytest.mark.usefixtures("set_up")
async def test_a_refused_recovery_code_can_be_corrected_for_a_minute(at_the_door: Open, live: LiveStore) -> None:
    wrong = live.code[:-1] + ("3" if live.code[-1] != "3" else "4")
    async with at_the_door() as hands:
        await hands.press("f6")
        await hands.fill(**{"operator": ANN, "typed-code": wrong, "passphrase": NEW, "again": NEW})
        await hands.press("enter")
        await alone(hands, 55)
        assert hands.on(RecoverScreen)
        assert typed(hands, "typed-code") == wrong
        await hands.fill(passphrase=NEW)
        await alone(hands, 60)
        assert [typed(hands, name) for name in ("operator", "typed-code", "passphrase", "again")] == ["", "", "", ""]
        assert wrong not in hands.drawn


@pytest.mark.usefixtures("set_up")
async def test_while_an_attempt_waits_the_code_goes_and_the_way_out_stays_said(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await hands.press("f6")
        other = live.operators(live.waited.append)
        old, live.code = live.code, other.renew_recovery(other.sign_in(ANN, PASS[ANN]))
        await hands.fill(**{"operator": ANN, "typed-code": old})
        for _ in range(11):
            await hands.fill(passphrase=NEW, again=NEW)
            await hands.press("enter")
        live.waits = True
        await hands.fill(passphrase=NEW, again=NEW)
        await hands.press_only("enter")
        while "Waiting" not in hands.status:
            await hands.pilot.pause()
        await alone(hands, 60)
        assert typed(hands, "typed-code") == ""
        assert "Esc gives it up" in hands.status
        await hands.press("escape")
        assert "Given up" in hands.status


async def test_set_up_empties_the_passphrases_at_every_enter_and_when_left_alone(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await hands.press("s")
        for passphrase, again in (("short", "short"), (PASS[ANN], "something else")):
            await hands.fill(force="Norshire Police", passphrase=passphrase, again=again)
            hands.screen.query_one("#operator", Input).value = ANN
            await hands.press("enter")
            assert hands.on(SetUpScreen)
            assert [typed(hands, name) for name in ("operator", "passphrase", "again")] == [ANN, "", ""]
            hands.screen.query_one("#force", Input).value = ""
        await hands.fill(passphrase=PASS[ANN], again=PASS[ANN])
        await alone(hands, 60)
        emptied = [typed(hands, name) for name in ("operator", "passphrase", "again")]
        assert emptied == ["", "", ""], "a passphrase that was typed as the id would stand there to be read"
        await hands.press("escape")
        assert hands.on(FirstRunScreen)


async def test_a_recovery_code_is_hidden_after_a_minute_and_one_key_brings_it_back(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        code = await make_code(hands)
        await alone(hands, 55)
        await hands.press("2")
        await alone(hands, 55)
        assert code in hands.drawn
        await alone(hands, 5)
        assert hands.on(PrivacyScreen)
        assert code not in hands.drawn
        await alone(hands, 600)
        await hands.press("enter")
        assert hands.on(RecoveryScreen), "the key that brings it back does nothing else"
        assert code in hands.drawn
        await alone(hands, 60)
        assert hands.on(PrivacyScreen)
        await hands.press("x", "enter")
        assert type(hands.screen) is SignInScreen


@pytest.mark.parametrize("key", ["escape", "enter", "f2", "f3", "f4", "f6", "ctrl+q", "2", "tab"])
async def test_nothing_leads_away_from_a_hidden_code(key: str, at_the_door: Open) -> None:
    async with at_the_door() as hands:
        code = await make_code(hands)
        await alone(hands, 60)
        await hands.press(key)
        if hands.on(PrivacyScreen):
            await hands.press("x")
        assert hands.on(RecoveryScreen)
        assert code in hands.drawn
        assert not hands.app._exit


async def test_guidance_over_a_hidden_code_leads_back_to_it(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        code = await make_code(hands)
        await alone(hands, 60)
        await hands.press("f5")
        assert hands.on(GuidanceScreen)
        await alone(hands, 60)
        assert hands.on(GuidanceScreen)
        await hands.press("escape", "x")
        assert code in hands.drawn


@pytest.mark.parametrize("over", ["f1", "f5"])
async def test_what_hides_the_code_already_is_read_in_peace(over: str, at_the_door: Open) -> None:
    async with at_the_door() as hands:
        code = await make_code(hands)
        await hands.press(over)
        await alone(hands, 600)
        assert not hands.on(PrivacyScreen)
        assert code not in hands.drawn
        await hands.press("escape")
        assert code in hands.drawn


async def test_a_key_after_the_machine_has_slept_hides_the_code_and_does_nothing_else(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        code = await make_code(hands)
        await hands.press("2")
        hands.clock.forward(3600)
        await hands.press("enter")
        assert hands.on(PrivacyScreen)
        await hands.press("enter")
        assert code in hands.drawn
