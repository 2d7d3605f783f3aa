"""Passing a case on, and closing it: what is offered, accepted and sent back by keys, and what is read before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msht_tui.domain.entry import CaseClosed, HandoverAccepted, HandoverReturned, HandoverStarted
from msht_tui.service import Casework
from screens.dialogs.case import CloseCaseDialog
from screens.dialogs.choices import Choices
from screens.dialogs.handover import AcceptDialog, SendBackDialog
from screens.handover import HandoverScreen
from screens.now import NowScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Open

PREPARED = 16
"""Entries of the case as it is opened."""
Window = Callable[[str], Casework]


async def test_a_case_is_offered_and_says_so_everywhere(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        await hands.press("enter", "H", "o")
        assert "vital steps open" in hands.drawn
        await hands.press("enter")
        assert "Say to whom" in hands.trouble
        await hands.fill(to="PS 77", remark="the van is due at ten")
        await hands.press("enter")
        assert hands.last.event == HandoverStarted(to="PS 77", remark="the van is due at ten")
        assert hands.on(HandoverScreen)
        assert "the van is due at ten" in hands.drawn
        for key in "012345LSH":
            await hands.press(key)
            assert "with you, offered to PS 77" in hands.ends
        await hands.press("o")
        assert "handed over to PS 77 already" in hands.status
        await hands.press("y")
        assert "You hold this case" in hands.status
        assert {"offer", "accept"} <= hands.dim
        await hands.press("escape")
        assert "with you, offered to PS 77" in hands.row(case_id)


async def test_the_receiver_accepts_in_another_role_and_sees_its_lists(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").start_handover(case_id, "PS 77", remark="see the note")
    async with open_app(case_id, operator="PS 77") as hands:
        assert "with PC 1234, offered to PS 77" in hands.row(case_id)
        await hands.press("enter", "H", "y")
        assert hands.on(AcceptDialog)
        assert "From PC 1234: see the note" in hands.drawn
        assert hands.screen.query_one("#role", Choices).values == ("responder",)
        await hands.press("4", "enter")
        assert hands.last.event == HandoverAccepted(role="custody")
        assert "with you" in hands.ends
        assert "offered" not in hands.ends
        await hands.press("0")
        assert isinstance(hands.screen, NowScreen)
        assert "In custody (custody)" in hands.drawn
        await hands.press("u")
        assert "no act of yours to undo" in hands.status or "last handover" in hands.status
        assert hands.case().state.holder == "PS 77"


async def test_accepting_in_the_same_role_records_no_role(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").start_handover(case_id, "PS 77")
    async with open_app(case_id, HandoverScreen, operator="PS 77") as hands:
        await hands.press("y", "enter")
        assert hands.last.event == HandoverAccepted()


async def test_sending_back_takes_a_reason_and_the_case_stays_where_it_was(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").start_handover(case_id, "PS 77")
    async with open_app(case_id, HandoverScreen, operator="PS 77") as hands:
        await hands.press("b")
        assert hands.on(SendBackDialog)
        await hands.press("enter")
        assert "Say why the case is sent back" in hands.trouble
        await hands.fill(because="my shift is over")
        await hands.press("enter")
        assert hands.last.event == HandoverReturned(because="my shift is over")
        assert "with PC 1234" in hands.ends
        assert "offered" not in hands.ends


async def test_a_case_opens_in_the_role_in_which_it_is_worked(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").start_handover(case_id, "PS 77")
    window("PS 77").accept_handover(case_id, role="custody")
    async with open_app(case_id) as hands:
        await hands.press("enter")
        assert hands.screen.session.role == "custody"


async def test_closing_shows_its_review_first_and_takes_a_reason(open_app: Open, case_id: str, window: Window) -> None:
    work = window("PC 1234")
    work.mark(case_id, "basic-needs-met", ("V1",), "deferred", to="nurse", until="09:31", at="09:00")
    work.start_handover(case_id, "PS 77")
    async with open_app(case_id) as hands:
        hands.clock.set("2026-11-23T09:45")
        await hands.press("z")
        assert hands.on(CloseCaseDialog)
        for words in (
            "vital steps open: ",
            "other steps open",
            "1 step deferred: 1 OVERDUE, Basic needs assessed and acted on V1",
            "steps waiting for a fact",
            "1 decision without its reason: Work with local",
            "1 entry recorded late: 17",
            "Offered to PS 77, who has not answered",
        ):
            assert words in hands.drawn, words
        assert hands.app.focused is not None
        assert hands.app.focused.id == "sure"
        assert hands.screen.query_one("#sure", Choices).values == ("no",)
        await hands.press("2", "enter")
        assert "Say why the case is closed all the same" in hands.trouble
        await hands.fill(because="taken on by the other force")
        await hands.press("enter")
        assert hands.last.event == CaseClosed(because="taken on by the other force")
