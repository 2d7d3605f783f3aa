"""Pictures of the screens where nobody is signed in, each looked at by a person before it was kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from msht_tui.app import MshtApp
from msht_tui.gate import LiveGate

if TYPE_CHECKING:
    from tests.ui.conftest import Hands
    from tests.ui.live import LiveStore

ANN, PASSPHRASE = "PS 11", "ann rides a bicycle"
CODE = "3479A-CDEFG-HJKMN-PQRTV-WXY34-79AC4"
LARGE = (120, 40)
Picture = Callable[..., bool]


@pytest.fixture
def picture(
    snap_compare: Callable[..., bool],
    hands_on: Callable[[MshtApp, Pilot[None]], Hands],
    live: LiveStore,
    still: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Picture:
    """Whether the door of a live store, after these keys, looks as its kept picture."""
    monkeypatch.setattr(LiveGate, "folder", lambda self: "/srv/norshire/msht")

    def looks_as_kept(*keys: str, set_up: bool = True, size: tuple[int, int] = (80, 24)) -> bool:
        if set_up:
            operators = live.operators(live.waited.append)
            operators.set_up(ANN, PASSPHRASE, live.begin)
            supervisor = operators.sign_in(ANN, PASSPHRASE)
            operators.add(supervisor, "PC 22", "operator", PASSPHRASE)
            operators.add(supervisor, "Training 3", "trainer", PASSPHRASE)
        app = live.app(ANN)

        async def come(pilot: Pilot[None]) -> None:
            hands = hands_on(app, pilot)
            await hands.settle()
            await hands.press(*keys)
            await pilot.pause(0.1)

        return snap_compare(app, terminal_size=size, run_before=come)

    return looks_as_kept


def test_first_run(picture: Picture) -> None:
    assert picture(set_up=False)


def test_set_up(picture: Picture) -> None:
    assert picture("s", *"Norshire Police", "tab", "tab", *"PS 11", "tab", *"abc", set_up=False)


def test_sign_in(picture: Picture) -> None:
    assert picture(*"wrong", "enter")


def test_lock(picture: Picture) -> None:
    assert picture(*PASSPHRASE, "enter", "f3")


def test_privacy(picture: Picture) -> None:
    assert picture(*PASSPHRASE, "enter", "n", "f2")


def test_guidance(picture: Picture) -> None:
    assert picture("f5")


OPERATORS = (*PASSPHRASE, "enter", "O")
ADD = (*OPERATORS, "a", *"PC 33", "tab", "1", "tab", *"abcd", "tab", *"abce", "enter")
RECOVER = ("f6", *"3479A", "tab", *"abcd", "tab", *"abce", "enter")
NEW_CODE = (*OPERATORS, "C", "2", "enter", "enter")


def test_operators(picture: Picture) -> None:
    assert picture(*OPERATORS)


def test_operators_on_a_large_window(picture: Picture) -> None:
    assert picture(*OPERATORS, size=LARGE)


def test_let_somebody_in(picture: Picture) -> None:
    assert picture(*ADD)


def test_let_somebody_in_on_a_large_window(picture: Picture) -> None:
    assert picture(*ADD, size=LARGE)


def test_remove_somebody(picture: Picture) -> None:
    assert picture(*OPERATORS, "home", "X")


def test_recover(picture: Picture) -> None:
    assert picture(*RECOVER)


def test_recover_on_a_large_window(picture: Picture) -> None:
    assert picture(*RECOVER, size=LARGE)


@pytest.fixture
def same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recovery code is the same in every run."""
    monkeypatch.setattr("msht_tui.store.keys.operators.new_code", lambda: CODE)


@pytest.mark.usefixtures("same_code")
def test_recovery_code(picture: Picture) -> None:
    assert picture(*NEW_CODE)


@pytest.mark.usefixtures("same_code")
def test_recovery_code_on_a_large_window(picture: Picture) -> None:
    assert picture(*NEW_CODE, size=LARGE)
