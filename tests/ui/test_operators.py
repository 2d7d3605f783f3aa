"""Who may sign in, changed with keys: every act, every refusal, who may do what, and where a passphrase never comes to stand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from msht_tui.domain.audit import AuditEvent, OperatorChanged, PassphraseRefused, RecoveryRenewed
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from screens.dialogs.operators import (
    OLD_COPY,
    AddOperatorDialog,
    NewCodeDialog,
    PassphraseDialog,
    RemoveOperatorDialog,
    RoleDialog,
)
from screens.gate import UNSEEN
from screens.lock import LockScreen
from screens.operators import OperatorsScreen
from screens.privacy import PrivacyScreen
from screens.recover import RecoveryScreen
from screens.sign_in import SignInScreen
from screens.worklist import WorklistScreen
from tests.ui.conftest import Hands, Open
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

EVE, NEW = "PC 33", "eve counts seven swans"


@pytest.fixture(autouse=True)
def set_up(live: LiveStore) -> None:
    """Ann is a supervisor and Ben an operator."""
    live.set_up()


def changes(live: LiveStore, passphrase: str = PASS[ANN]) -> Sequence[AuditEvent]:
    """What the terminal's own log says of operators and codes."""
    return [event for event in told(live, passphrase) if isinstance(event, OperatorChanged | RecoveryRenewed)]


def told(live: LiveStore, passphrase: str = PASS[ANN]) -> Sequence[AuditEvent]:
    """All that the terminal's own log says."""
    session = live.operators(live.waited.append).sign_in(ANN, passphrase)
    return [line.event for line in Audit(AuditFile(live.base), session).lines()]


def who(live: LiveStore) -> dict[str, str]:
    """Everybody who may sign in, with their roles."""
    return {one.id: one.role for one in live.operators(live.waited.append).list()}


def opens(live: LiveStore, operator: str, passphrase: str) -> bool:
    """Whether a passphrase lets an operator in."""
    try:
        live.operators(live.waited.append).sign_in(operator, passphrase).close()
    except Refused:
        return False
    return True


async def stand(hands: Hands, operator: str, on: str = "") -> None:
    """Sign in, open the list, and put the cursor on somebody."""
    await sign_in(hands, operator)
    await hands.press("O")
    assert hands.on(OperatorsScreen)
    await hands.press("home")
    while on and hands.row_key != on:
        await hands.press("down")


def passphrase_fields(hands: Hands) -> tuple[str, str]:
    """What stands in the two fields of the question in front."""
    return hands.screen.query_one("#passphrase").value, hands.screen.query_one("#again").value


# The list


async def test_everybody_sees_who_may_sign_in_with_their_roles(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await stand(hands, BEN)
        assert [(row.title, row.short) for row in hands.checklist.rows] == [(f"{BEN} (you)", "operator"), (ANN, "supervisor")]
        assert "1 supervisor, 1 operator" in hands.drawn
        assert f"you are {BEN}, operator" in hands.drawn
        await hands.press("escape")
        assert hands.on(WorklistScreen)


async def test_an_exercise_has_no_operators(open_app: Open) -> None:
    async with open_app() as hands:
        await hands.press("O")
        assert hands.on(WorklistScreen)
        assert "no operators" in hands.status


async def test_what_another_window_changed_shows_after_the_next_question(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        operators = live.operators(live.waited.append)
        operators.add(operators.sign_in(ANN, PASS[ANN]), EVE, "trainer", NEW)
        await hands.press("a", "escape")
        assert hands.row(EVE).split() == ["PC", "33", "trainer"]


async def test_a_list_that_cannot_be_read_says_why_and_takes_no_key(at_the_door: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(self: object) -> list[tuple[str, str]]:
        raise StoreTrouble("The list lies under water.")

    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        monkeypatch.setattr("msht_tui.badge.LiveBadge.operators", unreadable)
        await hands.press("O")
        assert "under water" in hands.status
        for key in "pRX":
            await hands.press(key)
            assert hands.on(OperatorsScreen)
            assert "could not be read" in hands.status


# Who may do what


@pytest.mark.parametrize("role", ["operator", "trainer"])
async def test_whoever_is_no_supervisor_changes_nobody_else(role: str, at_the_door: Open, live: LiveStore) -> None:
    operators = live.operators(live.waited.append)
    operators.change_role(operators.sign_in(ANN, PASS[ANN]), BEN, role)  # type: ignore[arg-type]
    async with at_the_door() as hands:
        await stand(hands, BEN, ANN)
        for key in "aRXC":
            await hands.press(key)
            assert hands.on(OperatorsScreen), key
            assert "Only a supervisor" in hands.status
        await hands.press("p")
        assert hands.on(OperatorsScreen)
        assert "your own line" in hands.status
        assert hands.dim == {"add", "reset", "role", "remove", "renew"}
    assert who(live) == {ANN: "supervisor", BEN: role}
    assert changes(live) == []


async def test_whoever_is_a_supervisor_no_more_is_refused_at_the_act(at_the_door: Open, live: LiveStore) -> None:
    operators = live.operators(live.waited.append)
    supervisor = operators.sign_in(ANN, PASS[ANN])
    operators.add(supervisor, EVE, "supervisor", NEW)
    async with at_the_door() as hands:
        await sign_in(hands, EVE, NEW)
        await hands.press("O", "a")
        operators.change_role(supervisor, EVE, "operator")
        await hands.fill(operator="PC 44", passphrase=NEW, again=NEW)
        await hands.reach("role")
        await hands.press("1", "enter")
        assert "no supervisor" in hands.trouble
        await hands.press("escape", "a")
        assert "Only a supervisor" in hands.status
    assert "PC 44" not in who(live)


# Letting somebody in


async def test_a_supervisor_lets_somebody_in(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("a")
        await hands.fill(operator=EVE, role="3", passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
        assert hands.status == f"{EVE} can sign in now, as trainer."
        assert hands.row(EVE).split() == ["PC", "33", "trainer"]
        await hands.press("f4")
        await sign_in(hands, EVE, NEW)
        assert f"you are {EVE}" in hands.drawn
    assert changes(live) == [OperatorChanged(operator=EVE, how="added", role="trainer")]


async def test_a_refused_form_keeps_what_is_typed_but_the_passphrases(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("a")
        await hands.fill(operator=BEN, passphrase=NEW, again="something else")
        await refused(hands, "not the same")
        await hands.fill(passphrase=NEW, again=NEW)
        await refused(hands, "Choose with 1 to 3")
        await hands.press("1")
        await hands.fill(passphrase="short", again="short")
        await refused(hands, "too short")
        await hands.fill(passphrase=NEW, again=NEW)
        await refused(hands, "already")
        hands.disk.full = True
        await hands.reach("operator")
        await hands.press(*["backspace"] * len(BEN), *EVE)
        await hands.fill(passphrase=NEW, again=NEW)
        await refused(hands, "disk is full")
        hands.disk.full = False
        await hands.fill(passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
    assert who(live)[EVE] == "operator"


async def refused(hands: Hands, words: str) -> None:
    """Press Enter, and be told why not; the id stays, the passphrases go."""
    operator = hands.screen.query_one("#operator").value
    await hands.press("enter")
    assert hands.on(AddOperatorDialog)
    assert words in hands.trouble
    assert hands.screen.query_one("#operator").value == operator
    assert passphrase_fields(hands) == ("", "")


async def test_nobody_is_let_in_without_an_id(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("a")
        await hands.fill(role="1", passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert "needs an id" in hands.trouble
    assert who(live) == {ANN: "supervisor", BEN: "operator"}


async def test_a_passphrase_can_be_no_longer_than_is_taken(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("a")
        await hands.reach("passphrase")
        await hands.paste("x" * 3000)
        assert len(hands.screen.query_one("#passphrase").value) <= 1000


# A new passphrase


async def test_a_supervisor_gives_somebody_a_new_passphrase(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, BEN)
        await hands.press("p")
        assert hands.on(PassphraseDialog)
        assert f"{BEN} loses the passphrase they have now." in hands.drawn
        await hands.fill(sure="2", passphrase="short", again="short")
        await hands.press("enter")
        assert "too short" in hands.trouble
        assert passphrase_fields(hands) == ("", "")
        await hands.fill(passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
        assert hands.status == f"{BEN} signs in with the new passphrase from now on."
    assert opens(live, BEN, NEW)
    assert not opens(live, BEN, PASS[BEN])
    assert changes(live) == [OperatorChanged(operator=BEN, how="reset")]


async def test_somebody_elses_passphrase_stays_unless_the_answer_is_yes(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, BEN)
        await hands.press("p")
        await hands.fill(passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
        assert hands.status == f"{BEN} keeps the passphrase they have."
    assert opens(live, BEN, PASS[BEN])
    assert changes(live) == []


@pytest.mark.parametrize("operator", [ANN, BEN])
async def test_the_cursor_begins_on_whoever_sits_here(operator: str, at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, operator)
        await hands.press("O")
        assert hands.row_key == operator


async def test_enter_goes_on_to_the_next_field_that_is_empty(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("a", *EVE, "enter", "1", "enter")
        await hands.write(NEW)
        await hands.press("enter")
        await hands.write(NEW)
        assert passphrase_fields(hands) == (NEW, NEW)
        assert EVE not in who(live)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
    assert opens(live, EVE, NEW)


@pytest.mark.parametrize("operator", [ANN, BEN])
async def test_anybody_gives_themselves_a_new_passphrase_and_signs_in_again(operator: str, at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, operator, operator)
        await hands.press("p")
        await hands.fill(present=PASS[operator], passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert type(hands.screen) is SignInScreen
        assert "sign in with the new one" in hands.status
        assert hands.app.desk is None
        await sign_in(hands, operator)
        assert hands.on(SignInScreen)
        await hands.write(NEW)
        await hands.press("enter")
        assert hands.on(WorklistScreen)
    assert changes(live, NEW if operator == ANN else PASS[ANN]) == [OperatorChanged(operator=operator, how="reset")]


async def test_a_new_passphrase_of_ones_own_loses_neither_texts_nor_acts(at_the_door: Open, live: LiveStore) -> None:
    case_id = live.work(BEN).open_case(role="responder", reference="LIVE-1").case_id
    async with at_the_door() as hands:
        hands.case_id = case_id
        await sign_in(hands, BEN)
        await hands.press("enter", "1")
        hands.disk.full = True
        await hands.press("space")
        assert hands.status.startswith("NOT SAVED")
        hands.disk.full = False
        await hands.press("S", "n")
        await hands.write("half a note")
        await hands.press("escape", "escape", "O", "home", "p")
        await hands.fill(present=PASS[BEN], passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert [entry.kind for entry in hands.entries()][-1] == "step-marked", "it was tried again while the keys were there"
        await sign_in(hands, BEN, NEW)
        await hands.press("enter", "S", "n")
        assert hands.screen.text == "half a note"


async def test_whoever_finds_an_open_screen_cannot_change_the_passphrase(at_the_door: Open, live: LiveStore) -> None:
    live.waits = True
    async with at_the_door() as hands:
        await stand(hands, BEN, BEN)
        await hands.press("p")
        for attempt in range(4):
            await hands.fill(present=f"what ben may have {attempt}", passphrase=NEW, again=NEW)
            await hands.press("enter")
            assert hands.on(PassphraseDialog)
            assert hands.screen.query_one("#present").value == ""
            assert passphrase_fields(hands) == ("", "")
            assert ("not the right one" if attempt < 3 else "wrong too often") in hands.trouble
    live.waits = False
    assert opens(live, BEN, PASS[BEN])
    assert not opens(live, BEN, NEW)
    assert changes(live) == []
    assert [event for event in told(live) if isinstance(event, PassphraseRefused)] == [PassphraseRefused()] * 3


async def test_a_full_disk_leaves_the_passphrase_as_it_was(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, BEN, BEN)
        await hands.press("p")
        hands.disk.full = True
        await hands.fill(present=PASS[BEN], passphrase=NEW, again=NEW)
        await hands.press("enter")
        assert "disk is full" in hands.trouble
        assert passphrase_fields(hands) == ("", "")
        hands.disk.full = False
    assert opens(live, BEN, PASS[BEN])


# Roles, and removing


async def test_a_role_is_changed_and_the_last_supervisor_stays_one(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, ANN)
        await hands.press("R", "1", "enter")
        assert hands.on(RoleDialog)
        assert "last supervisor" in hands.trouble
        await hands.press("escape", "home")
        assert hands.row_key == BEN
        await hands.press("R", "2", "enter")
        assert hands.status == f"{BEN} is supervisor now."
        assert hands.row(BEN).split()[-1] == "supervisor"
        await hands.press("end", "R", "1", "enter")
        assert f"you are {ANN}, operator" in hands.drawn
        await hands.press("a")
        assert "Only a supervisor" in hands.status
    assert who(live) == {ANN: "operator", BEN: "supervisor"}


async def test_removing_begins_on_no_and_says_what_it_cannot_do(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, BEN)
        await hands.press("X")
        assert hands.on(RemoveOperatorDialog)
        assert OLD_COPY in str(hands.screen.query(".words").first().render())
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
        assert BEN in who(live)
        await hands.press("X", "2", "enter")
        assert hands.status == f"{BEN} cannot sign in any more."
        assert [row.key for row in hands.checklist.rows] == [ANN]
    assert not opens(live, BEN, PASS[BEN])
    assert changes(live) == [OperatorChanged(operator=BEN, how="removed")]


async def test_nobody_removes_themselves(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, ANN)
        await hands.press("X")
        assert hands.on(OperatorsScreen)
        assert "Nobody removes themselves" in hands.status


async def test_somebody_who_is_gone_already_is_not_removed_again(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN, BEN)
        await hands.press("X", "2")
        operators = live.operators(live.waited.append)
        operators.remove(operators.sign_in(ANN, PASS[ANN]), BEN)
        await hands.press("enter")
        assert "There is no operator" in hands.trouble
    assert changes(live) == []


# The recovery code


async def come_to_the_code(hands: Hands) -> str:
    """Have a new code made; the code."""
    await hands.press("C", "2", "enter")
    assert hands.on(RecoveryScreen)
    code: str = hands.screen.code
    return code


async def test_a_new_recovery_code_is_shown_once_and_takes_the_place_of_the_one_before(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("C")
        assert hands.on(NewCodeDialog)
        await hands.press("enter")
        assert hands.on(OperatorsScreen)
        assert changes(live) == []
        code = await come_to_the_code(hands)
        assert code in hands.drawn
        await hands.press("2", "enter")
        assert hands.on(OperatorsScreen)
        assert code not in hands.drawn
        assert "destroy the paper" in hands.status
    assert changes(live) == [RecoveryRenewed()]
    with pytest.raises(Refused, match="opens nothing"):
        live.operators(live.waited.append).recover(live.code, ANN, NEW)
    assert live.operators(live.waited.append).recover(code, ANN, NEW)


async def test_the_code_is_not_left_by_accident(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        code = await come_to_the_code(hands)
        for key in ("escape", "enter", "q", "w", "f4", "ctrl+q"):
            await hands.press(key)
            assert hands.on(RecoveryScreen), key
            assert code in hands.drawn
        assert "write it down before you leave" in hands.status
        await hands.press("f2")
        assert hands.on(PrivacyScreen)
        assert code not in hands.drawn
        await hands.press("ctrl+q")
        assert not hands.app._exit
        if hands.on(PrivacyScreen):
            await hands.press("x")
        assert code in hands.drawn
        await hands.press("2", "enter", "f4")
        assert hands.on(SignInScreen)


async def test_a_lock_takes_the_code_off_the_glass_and_says_to_make_another(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        code = await come_to_the_code(hands)
        await hands.press("f3")
        assert hands.on(LockScreen)
        assert code not in hands.drawn
        assert hands.status == UNSEEN
        await sign_in(hands, ANN)
        await hands.press("f3")
        assert hands.status == ""


async def test_a_code_that_is_made_behind_the_lock_is_shown_to_nobody(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("C", "2")
        hands.disk.gate.clear()
        await hands.press_only("enter")
        await hands.press_only("f3")
        hands.disk.gate.set()
        await hands.settle()
        assert hands.on(LockScreen)
        assert hands.status == UNSEEN
    assert changes(live) == [RecoveryRenewed()]


async def test_a_code_waits_until_the_screen_is_hidden_no_more(at_the_door: Open) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("C", "2")
        hands.disk.gate.clear()
        await hands.press_only("enter")
        await hands.press_only("f2")
        hands.disk.gate.set()
        await hands.settle()
        assert hands.on(PrivacyScreen)
        await hands.press("x")
        assert hands.on(RecoveryScreen)


async def test_a_code_that_could_not_be_made_is_told_and_holds_nobody(at_the_door: Open, live: LiveStore) -> None:
    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("C", "2")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.on(NewCodeDialog)
        assert "disk is full" in hands.trouble
        hands.disk.full = False
        await hands.press("f3")
        assert hands.status == ""
    assert live.operators(live.waited.append).recover(live.code, ANN, NEW), "the code before still opens"


async def test_a_code_that_cannot_be_recorded_is_not_made(at_the_door: Open, live: LiveStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: object, event: object, at: object) -> None:
        raise StoreTrouble("The log is full.")

    async with at_the_door() as hands:
        await stand(hands, ANN)
        await hands.press("C", "2")
        monkeypatch.setattr(Audit, "append", full)
        await hands.press("enter")
        assert hands.on(NewCodeDialog)
        assert hands.trouble == "The log is full."
        monkeypatch.undo()
    assert live.operators(live.waited.append).recover(live.code, ANN, NEW), "the code before still opens"


# Where a passphrase never comes to stand


async def test_a_passphrase_is_never_drawn_copied_kept_or_written(
    at_the_door: Open, live: LiveStore, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("textual.app.App.copy_to_clipboard", lambda app, text: copied.append(text))
    secret = "Quetschemadam-Canary-9"
    caplog.set_level(0)
    seen: list[str] = []
    async with at_the_door() as hands:
        await stand(hands, ANN, BEN)
        for key in ("a", "p"):
            await hands.press(key)
            await hands.fill(passphrase=secret, again=secret)
            seen += [hands.drawn, hands.app.export_screenshot()]
            await hands.press("ctrl+a", "ctrl+c", "ctrl+x", "super+c", "escape")
        await hands.press("a")
        await hands.fill(operator=EVE, passphrase=secret, again=f"{secret}!")
        await hands.press("f3")
        await sign_in(hands, ANN)
        await hands.press("O", "a")
        assert hands.screen.query_one("#operator").value == EVE, "what is no secret is given back"
        assert passphrase_fields(hands) == ("", "")
        await hands.fill(role="1", passphrase=secret, again=secret)
        await hands.press("enter")
        assert EVE in who(live)
        seen += [hands.drawn, hands.status, str([widget.render() for widget in hands.screen.query("Static")])]
    seen += [*copied, caplog.text]
    assert not any(secret in text for text in seen)
    assert not [path for path in live.base.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
