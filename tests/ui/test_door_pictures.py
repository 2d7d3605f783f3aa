"""Pictures of the screens where nobody is signed in, each looked at by a person before it was kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from msht_tui.app import MshtApp

if TYPE_CHECKING:
    from tests.ui.conftest import Hands
    from tests.ui.live import LiveStore

ANN, PASSPHRASE = "PS 11", "ann rides a bicycle"
Picture = Callable[..., bool]


@pytest.fixture
def picture(snap_compare: Callable[..., bool], hands_on: Callable[[MshtApp, Pilot[None]], Hands], live: LiveStore, still: None) -> Picture:
    """Whether the door of a live store, after these keys, looks as its kept picture at 80x24."""

    def looks_as_kept(*keys: str, set_up: bool = True) -> bool:
        if set_up:
            live.operators(live.waited.append).set_up(ANN, PASSPHRASE)
        app = live.app(ANN)

        async def come(pilot: Pilot[None]) -> None:
            hands = hands_on(app, pilot)
            await hands.settle()
            await hands.press(*keys)
            await pilot.pause(0.1)

        return snap_compare(app, terminal_size=(80, 24), run_before=come)

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
