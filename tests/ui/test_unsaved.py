"""What could not be saved, or was not recorded yet, is never mixed up and never forgotten while the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msht_tui.domain.entry import NoteAdded, StepMarked
from screens.dialogs.note import NoteDialog
from screens.initial_actions import InitialActionsScreen
from screens.now import NowScreen
from screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open


PREPARED = 16
"""Entries of the case as it is opened."""


def marks(hands: Hands) -> list[StepMarked]:
    """The marks that were made since."""
    return [entry.event for entry in hands.entries()[PREPARED:] if isinstance(entry.event, StepMarked)]


async def test_what_failed_is_still_told_and_tried_again_on_another_screen(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.full = True
        await hands.press("space", "0")
        assert hands.on(NowScreen)
        assert hands.status.startswith("NOT SAVED")
        hands.disk.full = False
        await hands.press("r")
        assert hands.status.startswith("Saved")
        assert len(marks(hands)) == 1


async def test_two_failures_are_both_tried_again(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.full = True
        await hands.press("space", "space")
        assert marks(hands) == []
        hands.disk.full = False
        await hands.press("r")
        assert len({mark.item for mark in marks(hands)}) == 2


async def test_a_failed_act_happened_when_its_key_was_pressed(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        pressed = hands.clock.now()
        hands.disk.full = True
        await hands.press("space")
        hands.disk.full = False
        hands.clock.set("2026-11-23T23:30:00+00:00")
        await hands.press("r")
        stamp = hands.entries()[-1].stamp
        assert stamp.happened_at == pressed
        assert stamp.recorded_at == hands.clock.now() > pressed


async def test_a_second_space_while_a_step_is_being_saved_marks_it_once(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            key = hands.row_key
            await hands.press_only("space")
            await hands.press_only("up")
            assert hands.row_key == key
            await hands.press_only("space")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert len(marks(hands)) == 1


async def test_a_note_on_one_person_is_never_given_back_for_another(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.write("about the first")
        await hands.press("escape", "tab", "n")
        assert isinstance(hands.screen, NoteDialog)
        assert "V2" in hands.screen.title_words()
        await hands.write("about the second")
        await hands.press("enter")
        event = hands.entries()[-1].event
        assert isinstance(event, NoteAdded)
        assert (event.subject, event.text) == ("V2", "about the second")


async def test_a_draft_outlives_the_way_back_to_the_list_of_cases(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        await hands.press("enter")
        await hands.press("1", "n")
        await hands.write("half")
        await hands.press("escape", "escape")
        assert hands.on(WorklistScreen)
        await hands.press("enter", "1", "n")
        await hands.write(" and whole")
        await hands.press("enter")
        event = hands.entries()[-1].event
        assert isinstance(event, NoteAdded)
        assert event.text == "half and whole"
