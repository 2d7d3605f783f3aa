"""The recovery code at the door: a supervisor who has forgotten the passphrase gets in by it, once, and it is recorded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual.widgets import Input

from msht_tui.domain.audit import AuditLine, OperatorChanged, RecoveryUsed, SignedIn, Stamp
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from screens.first_run import FirstRunScreen, SetUpScreen
from screens.gate import UNSEEN
from screens.lock import LockScreen
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


def lines_of(live: LiveStore, passphrase: str = NEW) -> Sequence[AuditLine]:
    """The terminal's own log."""
    session = live.operators(live.waited.append).sign_in(ANN, passphrase)
    return Audit(AuditFile(live.base), session).lines()[1:]


async def use(hands: Hands, code: str, operator: str = ANN, passphrase: str = NEW, again: str = "") -> None:
    """From the door, fill in everything and press Enter."""
    if not hands.on(RecoverScreen):
        await hands.press("f6")
    for name, text in (("operator", operator), ("typed-code", code)):
        hands.screen.query_one(f"#{name}", Input).value = ""
        await hands.reach(name)
        await hands.write(text)
    await hands.fill(passphrase=passphrase, again=again or passphrase)
    await hands.press("enter")


def fields(hands: Hands) -> list[str]:
    """What stands in the fields: id, code, and the passphrase twice."""
    return [hands.screen.query_one(name, Input).value for name in ("#operator", "#typed-code", "#passphrase", "#again")]


@pytest.mark.usefixtures("set_up")
async def test_the_code_lets_a_supervisor_in_again_and_the_next_one_is_shown(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        assert "F6 recover" in hands.drawn
        await use(hands, live.code.lower().replace("-", " "))
        assert hands.on(RecoveryScreen)
        code = hands.screen.code
        assert code in hands.drawn
        for key in ("escape", "enter", "ctrl+q"):
            await hands.press(key)
            assert hands.on(RecoveryScreen), key
        await hands.press("2", "enter")
        assert type(hands.screen) is SignInScreen
        assert hands.screen.query_one("#operator", Input).value == ANN
        assert code not in hands.drawn
        await sign_in(hands, ANN)
        assert hands.on(SignInScreen), "the forgotten passphrase opens nothing any more"
        await hands.write(NEW)
        await hands.press("enter")
        assert hands.on(WorklistScreen)
        await hands.press("f4")
        await use(hands, live.code)
        assert "opens nothing here" in hands.status
        await use(hands, code)
        assert hands.on(RecoveryScreen)
    at = live.clock.now()
    assert lines_of(live)[0] == AuditLine(Stamp(2, at), RecoveryUsed(operator=ANN))
    assert AuditLine(Stamp(4, at, ANN), SignedIn(role="supervisor")) in lines_of(live)


@pytest.mark.usefixtures("set_up")
async def test_what_is_refused_keeps_what_is_typed_but_the_passphrases(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await hands.press(*"ann", "f6")
        assert fields(hands) == ["ann", "", "", ""]
        wrong = live.code[:-1] + ("3" if live.code[-1] != "3" else "4")
        for code, operator, passphrase, again, words in (
            (live.code, ANN, NEW, "something else", "not the same"),
            (wrong, ANN, NEW, NEW, "one character or more is wrong"),
            (live.code, ANN, "short", "short", "too short"),
            (live.code, BEN, NEW, NEW, "no supervisor"),
            (live.code, "PC 99", NEW, NEW, "no operator"),
        ):
            await use(hands, code, operator, passphrase, again)
            assert hands.on(RecoverScreen)
            assert words in hands.status
            assert fields(hands) == [operator, code, "", ""]
        await hands.press("escape")
        assert type(hands.screen) is SignInScreen
    live.operators(live.waited.append).sign_in(ANN, PASS[ANN])


@pytest.mark.usefixtures("set_up")
async def test_wrong_codes_wait_longer_and_longer_and_esc_gives_up(at_the_door: Open, live: LiveStore) -> None:
    operators = live.operators(live.waited.append)
    other = operators.renew_recovery(operators.sign_in(ANN, PASS[ANN]))
    async with at_the_door() as hands:
        for _ in range(11):
            await use(hands, live.code)
            assert "opens nothing here" in hands.status
        assert live.waited == [1, 2, 4, 8, 16, 32, 64, 128]
        live.waits = True
        await hands.fill(passphrase=NEW, again=NEW)
        await hands.press_only("enter")
        while "Waiting" not in hands.status:
            await hands.pilot.pause()
        assert "256 s" in hands.status
        await hands.press_only("enter")
        assert "still under way" in hands.status
        await hands.press("escape")
        assert "Given up" in hands.status
        assert hands.on(RecoverScreen)
        live.waits = False
        await use(hands, other)
        assert hands.on(RecoveryScreen)


@pytest.mark.usefixtures("set_up")
async def test_at_a_locked_screen_the_code_lets_in_and_nothing_of_a_case_is_seen(at_the_door: Open, live: LiveStore) -> None:
    live.work(BEN).open_case(role="responder", reference="LIVE-1")
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("enter", "f3")
        assert hands.on(LockScreen)
        await use(hands, live.code)
        assert "LIVE-1" not in hands.drawn
        await hands.press("2", "enter")
        assert type(hands.screen) is SignInScreen
        assert "LIVE-1" not in hands.drawn
        await hands.write(NEW)
        await hands.press("enter")
        assert hands.on(WorklistScreen)
    assert [line.kind for line in lines_of(live)] == ["signed-in", "consulted", "locked", "recovery-used", "signed-in"]


@pytest.mark.usefixtures("set_up")
async def test_a_code_whose_use_cannot_be_recorded_is_not_used(at_the_door: Open, live: LiveStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, event: object, at: object) -> None:
        raise StoreTrouble("The log is full.")

    async with at_the_door() as hands:
        monkeypatch.setattr(Audit, "append", full)
        await use(hands, live.code)
        assert hands.on(RecoverScreen)
        assert hands.status == "The log is full."
        monkeypatch.undo()
        await hands.press("escape")
        assert hands.on(SignInScreen)
    live.operators(live.waited.append).sign_in(ANN, PASS[ANN])
    live.operators(live.waited.append).recover(live.code, ANN, NEW)


async def test_a_set_up_that_could_not_be_recorded_shows_no_code(
    at_the_door: Open, live: LiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, event: object, at: object) -> None:
        raise StoreTrouble("The log is full.")

    monkeypatch.setattr(Audit, "append", full)
    async with at_the_door() as hands:
        await hands.press("s")
        await hands.fill(operator=ANN, passphrase=PASS[ANN], again=PASS[ANN])
        await hands.press("enter")
        assert hands.on(SetUpScreen)
        assert hands.status == f"The log is full. {UNSEEN}"
        await hands.press("escape")
        assert hands.on(FirstRunScreen)
    live.operators(live.waited.append).sign_in(ANN, PASS[ANN])


async def test_settings_that_break_before_the_set_up_are_told_in_words(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await hands.press("s")
        await hands.fill(force="Norshire Police", operator=ANN)
        live.base.mkdir(parents=True, exist_ok=True)
        for broken in (b"marking = [", b"\xff", b"marking = 3"):
            (live.base / "settings.toml").write_bytes(broken)
            await hands.fill(passphrase=PASS[ANN], again=PASS[ANN])
            await hands.press("enter")
            assert hands.on(SetUpScreen)
            assert "settings.toml cannot be used" in " ".join(hands.status.split())
            assert not live.operators(print).is_set_up()
        (live.base / "settings.toml").unlink()
        await hands.fill(passphrase=PASS[ANN], again=PASS[ANN])
        await hands.press("enter")
        await hands.press("2", "enter")
        await sign_in(hands, ANN)
        assert hands.on(WorklistScreen)
    assert lines_of(live, PASS[ANN])[0].event == OperatorChanged(operator=ANN, how="added", role="supervisor")
