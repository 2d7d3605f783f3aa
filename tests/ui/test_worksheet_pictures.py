"""Pictures of the worksheet and the hand-off, each looked at by a person before it was kept."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from msht_tui.app import MshtApp
from msht_tui.service import Casework
from screens.case_frame import CaseScreen
from screens.hand_off import HandOffScreen
from screens.nrm import NrmScreen
from screens.worksheet import WorksheetScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, SetClock

SMALL, LARGE = (80, 24), (120, 40)
Picture = Callable[..., bool]


@pytest.fixture(autouse=True)
def nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case ids are the same in every run, and no cursor blinks."""
    numbers = iter(range(1, 100))
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=bytes([next(numbers)]) * 16, version=4))
    init = Input.__init__

    def still(self: Input, *args: Any, **options: Any) -> None:
        init(self, *args, **options)
        self.cursor_blink = False

    monkeypatch.setattr(Input, "__init__", still)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def anonymous(window: Callable[[str], Casework], wall: SetClock) -> str:
    """A case with an adult who does not agree to be named, some of whose worksheet is answered, and a child whose form has gone."""
    wall.set("2026-11-23T08:14")
    work = window("PC 1234")
    case_id = work.open_case(role="responder", reference="GM-4471").case_id
    work.add_subject(case_id, "victim", "woman at the till")
    work.add_subject(case_id, "victim", "boy in the back room")
    work.set_facts(case_id, ("V1",), {"age": "adult", "consent": "no", "consents_to_be_named": "no"})
    work.set_facts(case_id, ("V2",), {"age": "child"})
    for key, value in (
        ("report_nation", "england"),
        ("responder_work_email", "worker@police.example"),
        ("first_name", "Nobody"),
        ("will_cooperate", "yes"),
        ("how_it_started", "Somebody at home offered her work in a shop, and a room. What it would cost her was said after she came."),
    ):
        work.answer(case_id, "V1", key, value)
    work.answer(case_id, "V1", "living_conditions", unknown_because="too tired to be asked")
    work.answer(case_id, "V1", "family", unknown_because="not spoken of")
    work.send(case_id, "V2", reference="NRM-2026-1", to="SCA", receipt="worker@police.example")
    wall.set("2026-11-23T09:05")
    return case_id


@pytest.fixture
def picture(
    snap_compare: Callable[..., bool],
    make_app: Callable[..., MshtApp],
    hands_on: Callable[[MshtApp, Pilot[None]], Hands],
    anonymous: str,
) -> Picture:
    """Whether a screen, after these keys, looks as its kept picture."""

    def looks_as_kept(screen: type[CaseScreen], size: tuple[int, int], *keys: str) -> bool:
        app = make_app()

        async def come(pilot: Pilot[None]) -> None:
            hands = hands_on(app, pilot)
            hands.case_id = anonymous
            await hands.settle()
            await hands.stand_on(screen)
            await hands.press(*keys)
            await pilot.pause()

        before: Callable[[Pilot[None]], Awaitable[None]] = come
        return snap_compare(app, terminal_size=size, run_before=before)

    return looks_as_kept


def test_worksheet(picture: Picture) -> None:
    assert picture(WorksheetScreen, SMALL, *["down"] * 10)


def test_worksheet_on_a_large_window(picture: Picture) -> None:
    assert picture(WorksheetScreen, LARGE, *["down"] * 10)


def test_answer_dialog(picture: Picture) -> None:
    assert picture(WorksheetScreen, SMALL, "slash", *"how it began", "enter", "enter")


def test_hand_off(picture: Picture) -> None:
    assert picture(HandOffScreen, SMALL, *["space"] * 12)


def test_hand_off_of_a_withheld_field_on_a_large_window(picture: Picture) -> None:
    assert picture(HandOffScreen, LARGE, *["space"] * 7)


def test_nrm_with_a_route_each(picture: Picture) -> None:
    assert picture(NrmScreen, SMALL)


def test_form_sent_dialog(picture: Picture) -> None:
    assert picture(NrmScreen, SMALL, "t")
