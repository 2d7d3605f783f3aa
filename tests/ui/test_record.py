"""Corrections by keys: undone, recorded again, struck through; and the log in which all of it is read and found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from msht_tui.domain.entry import Entry, EntryStruck, StepMarked
from msht_tui.service import Casework
from msht_tui.summary import words
from screens.dialogs.record import StrikeDialog
from screens.help import HelpScreen
from screens.initial_actions import InitialActionsScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.summary import SummaryScreen
from screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open

PREPARED = 16
"""Entries of the case as it is opened."""
DANGER = "immediate-danger-assessed"
Window = Callable[[str], Casework]


def card(hands: Hands) -> str:
    """What the card beside the list says."""
    return str(hands.screen.query_one("#card").query_one("Static").render())


def panel(hands: Hands) -> str:
    """What stands above the list."""
    return str(hands.screen.query_one("#panel").render())


def numbers(hands: Hands) -> list[int]:
    """The entries that the log shows."""
    return [int(row.key) for row in hands.checklist.rows if row.selectable]


# Undo and redo


async def test_u_strikes_ones_last_act_whole_and_says_in_words_which_it_was(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to(DANGER)
        await hands.press("space", "enter")
        assert len(hands.entries()) == PREPARED + 2
        await hands.press("u")
        assert hands.status.startswith("Undone, struck through: V1: Immediate danger to the victim assessed: done (entries 17, 18)")
        assert [entry.event for entry in hands.entries()[-2:]] == [EntryStruck(entry=17, undo=True), EntryStruck(entry=18, undo=True)]
        assert hands.row(DANGER).endswith("vital V1 V2")
        await hands.press("U")
        assert hands.status.startswith("Recorded again: V1: Immediate danger to the victim assessed: done (entries 21, 22)")
        assert [entry.stamp.again for entry in hands.entries()[-2:]] == [17, 18]
        assert DANGER not in [row.key for row in hands.checklist.rows]


async def test_several_acts_are_undone_one_by_one_and_recorded_again_in_their_order(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space", "space", "u", "u")
        assert hands.row(f"{DANGER}@V1").startswith("[ ]")
        await hands.press("U", "U")
        assert [entry.stamp.again for entry in hands.entries()[-2:]] == [17, 18]
        await hands.press("U")
        assert "no act of yours to do again" in hands.status


async def test_u_pressed_while_an_act_is_being_saved_undoes_that_act(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            await hands.press_only("space")
            await hands.press_only("u")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert hands.last.event == EntryStruck(entry=17, undo=True)
        assert hands.row(f"{DANGER}@V1").startswith("[ ]")


async def test_what_cannot_be_undone_is_refused_in_words(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, SummaryScreen, operator="PS 77") as hands:
        await hands.press("u")
        assert "no act of yours to undo" in hands.status
        await hands.press("U")
        assert "no act of yours to do again" in hands.status
        assert len(hands.entries()) == PREPARED


async def test_an_undo_that_could_not_be_saved_is_never_tried_on_a_later_act(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.full = True
        await hands.press("u")
        assert hands.status.startswith("NOT SAVED: your last act undone")
        assert "Press the key again" in hands.status
        hands.disk.full = False
        await hands.press("r")
        assert "nothing to try again" in hands.status
        assert len(hands.entries()) == PREPARED


async def test_a_person_whose_adding_is_undone_is_gone_from_every_screen(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("a", "1", "enter")
        assert hands.screen.subject == "V3"
        await hands.press("u")
        assert hands.screen.subject == "V1"
        for key in "0234LSH5":
            await hands.press(key)
        assert "V3" not in hands.drawn


# Striking


async def test_a_strike_asks_for_its_reason_puts_the_state_back_and_stays_readable(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space", "L", "x")
        assert hands.on(StrikeDialog)
        assert "V1: Immediate danger to the victim assessed: done" in hands.drawn
        await hands.press("enter")
        assert "Say why entry 17 is struck" in hands.trouble
        await hands.fill(because="the other victim was meant")
        await hands.press("enter")
        assert hands.last.event == EntryStruck(entry=17, because="the other victim was meant")
        assert hands.status.startswith("Struck through: V1: Immediate danger")
        assert hands.row("17").endswith("STRUCK")
        hands.checklist.move_to("17")
        await hands.settle()
        assert "STRUCK by PC 1234, 23 Nov 09:30, entry 18: the other victim was meant" in card(hands)
        assert "Immediate danger to the victim assessed: done" in card(hands)
        await hands.press("x")
        assert "it is struck already" in hands.status
        await hands.press("end", "x")
        assert "a strike stays" in hands.status
        assert "strike" in hands.dim
        await hands.press("1")
        assert hands.row(f"{DANGER}@V1").startswith("[ ]")


async def test_a_struck_entry_is_drawn_struck_through(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("u", "home", "end")
        hands.app.screen._on_timer_update()
        struck = {
            segment.text.strip()
            for strip in hands.app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.strike
        }
        assert any("charities" in text for text in struck)
        assert not any("STRUCK" in text for text in struck)


async def test_what_others_depend_on_is_not_struck_and_they_are_named(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        hands.checklist.move_to("3")
        await hands.press("x")
        assert hands.on(LogScreen)
        assert "Strike the later ones first" in hands.status
        assert "10" in hands.status


async def test_striking_a_closing_begins_on_no(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").close_case(case_id, because="all done")
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("x")
        assert hands.app.focused is not None
        assert hands.app.focused.id == "sure"
        await hands.press("enter")
        assert hands.on(LogScreen)
        assert hands.case().state.closed_at is not None
        await hands.press("x", "2")
        await hands.fill(because="the wrong case was closed")
        await hands.press("enter")
        assert hands.case().state.closed_at is None
        assert "CLOSED" not in hands.ends


# The log


async def test_filters_are_said_in_words_above_the_list_and_escape_clears_them_all(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        everything = numbers(hands)
        await hands.press("f")
        await hands.reach("subject")
        await hands.press("3", "enter")
        assert {hands.entries()[number - 1].subject for number in numbers(hands)} == {"V1"}
        assert f"{len(numbers(hands))} of {PREPARED} entries: V1" in panel(hands)
        await hands.press("slash")
        await hands.write("charities")
        await hands.press("enter")
        assert [hands.entries()[number - 1].step for number in numbers(hands)] == ["local-charities@V1"]
        assert "with charities" in panel(hands)
        await hands.press("escape")
        assert hands.on(LogScreen)
        assert numbers(hands) == everything
        assert "in the order of recording" in panel(hands)
        await hands.press("escape")
        assert hands.on(WorklistScreen)


@pytest.mark.parametrize(
    ("field", "choose", "kept"),
    [
        ("phase", ("3",), lambda entry: entry.step == "csi-decided@L1"),
        ("operator", ("3",), lambda entry: entry.stamp.by == "PS 77"),
        ("kind", ("right", "right", "right"), lambda entry: entry.kind == "subject-added"),
    ],
)
async def test_the_log_is_filtered_by_each_field(
    field: str, choose: tuple[str, ...], kept: Callable[[Entry], bool], open_app: Open, case_id: str, window: Window
) -> None:
    window("PS 77").note(case_id, "seen at the desk")
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("f")
        await hands.reach(field)
        await hands.press(*choose, "enter")
        assert numbers(hands) == [entry.number for entry in hands.entries() if kept(entry)]
        assert numbers(hands)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_the_check_code_says_that_it_is_cut_and_where_it_is_whole(open_app: Open, case_id: str, size: tuple[int, int]) -> None:
    async with open_app(case_id, LogScreen, size=size) as hands:
        code = hands.case().check_code
        assert f"check code {code[:24]}.., whole on S" in hands.drawn
        await hands.press("S")
        await hands.press("end")
        assert code in "".join(hands.drawn.split())


async def test_a_filter_that_nothing_meets_says_so(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("slash")
        await hands.write("no such words")
        assert "No entry is like this" in hands.drawn
        await hands.press("enter", "x")
        assert "No entry is chosen" in hands.status


async def test_h_leads_from_a_step_to_its_latest_entry_and_g_back_again(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space", "up", "o")
        await hands.fill(because="ticked by mistake")
        await hands.press("enter", "L", "f", "right", "enter", "1")
        hands.checklist.move_to(f"{DANGER}@V1")
        await hands.press("h")
        assert hands.on(LogScreen)
        assert hands.row_key == "18"
        assert isinstance(hands.entries()[17].event, StepMarked)
        await hands.press("g")
        assert hands.on(InitialActionsScreen)
        assert hands.row_key == f"{DANGER}@V1"


async def test_g_on_an_entry_about_somebody_retired_says_so(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").retire_subject(case_id, "V1", because="entered twice", same_as="V2")
    async with open_app(case_id, LogScreen) as hands:
        hands.checklist.move_to("12")
        await hands.press("g")
        assert hands.on(LogScreen)
        assert "V1 is retired (entered twice), and is the same as V2" in hands.status


async def test_an_entry_made_late_shows_by_how_much(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").note(case_id, "seen earlier", at="07:25")
    async with open_app(case_id, LogScreen) as hands:
        assert hands.row("17") == "17 Note: seen earlier (recorded 2 h 5 min later) 07:25 late"
        assert "Recorded  23 Nov 2026 09:30:00 +0000, 2 h 5 min later" in card(hands)


async def test_a_row_from_another_day_shows_its_day(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space")
        hands.clock.moment += timedelta(days=1)
        await hands.stand_on(InitialActionsScreen, anew=True)
        assert hands.row(f"{DANGER}@V1").endswith("done 23 Nov")


async def test_the_help_of_the_log_lists_only_keys_that_it_takes(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen, size=(100, 60)) as hands:
        await hands.press("question_mark")
        assert hands.on(HelpScreen)
        text = str(hands.screen.query_one("#page-text").render())
        for absent in ("Mark the step done", "Not needed", "Leave it to somebody", "All facts"):
            assert absent not in text
        for legend in ("[.] being saved", "[!] cannot be read", "i  to know"):
            assert legend in text


async def test_the_words_of_a_long_record_are_made_once(
    open_app: Open, case_id: str, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = window("PC 1234")
    for number in range(40):
        work.note(case_id, f"note {number}")
    made: list[int] = []
    text_of = words.entry_text

    def counted(entry: Entry, *others: Any) -> str:
        made.append(entry.number)
        return text_of(entry, *others)

    monkeypatch.setattr("msht_tui.summary.log.entry_text", counted)
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("up", "pageup", "home", "end", "slash")
        await hands.write("note 3")
        await hands.press("enter", "escape", "n", "o", "k", "enter")
        assert hands.row_key
        assert made == list(range(1, PREPARED + 40 + 2)), "each entry once, the new one as it comes"


async def test_text_typed_for_a_strike_is_kept_when_the_disk_fails(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("x")
        await hands.fill(because="wrong")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.trouble.startswith("NOT SAVED")
        assert hands.screen.query_one("#because", Input).value == "wrong"
        hands.disk.full = False
        await hands.press("enter")
        assert hands.last.event == EntryStruck(entry=16, because="wrong")
