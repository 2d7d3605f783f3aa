"""Marking, asking, finding and failing: what keys and clicks leave on the screen and on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, OptionList, TextArea

from msht_tui.domain.entry import FactRecorded, NoteAdded, PersonsLinked, StepMarked, SubjectAdded
from msht_tui.domain.now import StepRow
from msht_tui.service import Casework
from screens import steps_frame
from screens.dialogs.choices import Choices
from screens.dialogs.fact import FactDialog, FactPicker
from screens.dialogs.mark import MarkDialog
from screens.dialogs.note import NoteDialog
from screens.initial_actions import InitialActionsScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.scene import SceneScreen
from screens.suspect import SuspectScreen
from screens.victim_care import VictimCareScreen
from screens.widgets.lines import KeyBar
from screens.widgets.tabs import TabLine
from screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open, SetClock

DANGER = "immediate-danger-assessed"
NEEDS = "basic-needs-met"
WAITING = "age-assessment-requested@V1"
Window = Callable[[str], Casework]


def marks(hands: Hands) -> list[StepMarked]:
    """The marks on disk after those that the case began with."""
    return [entry.event for entry in hands.entries()[16:] if isinstance(entry.event, StepMarked)]


async def test_space_marks_the_step_done_now_and_moves_on_to_the_next_open_one(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        assert hands.row_key == f"{DANGER}@V1"
        await hands.press("space")
        assert hands.row(f"{DANGER}@V1") == "[x] Immediate danger to the victim assessed done 09:30"
        assert hands.row_key == f"{NEEDS}@V1"
        assert "Saved" in hands.status
        await hands.press("space")
        assert [(mark.item, mark.subject, mark.state) for mark in marks(hands)] == [(DANGER, "V1", "done"), (NEEDS, "V1", "done")]
        assert hands.last.stamp.happened_at == hands.last.stamp.recorded_at == hands.clock.now()


async def test_moving_on_begins_again_at_the_top_after_the_last_open_step(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("slash")
        await hands.write("assessed")
        await hands.press("enter", "end", "space")
        assert marks(hands)[0].item == "risk-to-others-assessed"
        assert hands.row_key == f"{DANGER}@V1"


async def test_a_row_that_stands_for_several_asks_for_whom_and_marks_those_left_ticked(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to(DANGER)
        await hands.press("space")
        dialog = hands.screen
        assert isinstance(dialog, MarkDialog)
        assert dialog.query_one("#subjects", Choices).values == ("V1", "V2")
        await hands.press("enter")
        assert [(mark.subject, mark.state) for mark in marks(hands)] == [("V1", "done"), ("V2", "done")]
        assert DANGER not in [row.key for row in hands.checklist.rows]

        hands.checklist.move_to(NEEDS)
        await hands.press("space")
        await hands.tick("V1")
        await hands.press("enter")
        assert [(mark.item, mark.subject) for mark in marks(hands)][2:] == [(NEEDS, "V2")]
        assert hands.row(NEEDS).endswith("vital V1")


async def test_marking_for_nobody_is_refused_inside_the_dialog(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to(DANGER)
        await hands.press("space")
        await hands.tick("V1", "V2")
        await hands.press("enter")
        assert hands.on(MarkDialog)
        assert "Say for whom" in hands.trouble
        assert marks(hands) == []


async def test_x_without_a_reason_says_so_and_keeps_what_was_typed(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("x")
        await hands.fill(note="seen by the nurse")
        await hands.press("enter")
        assert hands.on(MarkDialog)
        assert "not needed is never done" in hands.trouble
        assert hands.screen.query_one("#note", Input).value == "seen by the nurse"
        assert marks(hands) == []
        await hands.fill(because="somebody else did")
        await hands.press("enter")
        assert marks(hands) == [
            StepMarked(subject="V1", item=DANGER, state="not-needed", because="somebody else did", note="seen by the nurse")
        ]


async def test_a_wrong_time_keeps_everything_until_it_is_right(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("enter")
        await hands.fill(at="quarter past", because="as agreed")
        await hands.press("enter")
        assert "is no time" in hands.trouble
        boxes = {box.id: box.value for box in hands.screen.query(Input)}
        assert (boxes["at"], boxes["because"]) == ("quarter past", "as agreed")
        await hands.reach("at")
        await hands.press("ctrl+u")
        await hands.write("09:12")
        await hands.press("enter")
        assert marks(hands)[0].because == "as agreed"
        assert (hands.last.stamp.happened_at.hour, hands.last.stamp.happened_at.minute) == (9, 12)
        assert hands.last.stamp.recorded_at == hands.clock.now()


async def test_d_leaves_a_step_to_somebody_until_a_time_and_says_when_it_is_overdue(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("d", "enter")
        assert "to whom" in hands.trouble
        await hands.fill(to="night patrol", until="10:15")
        await hands.press("enter")
        mark = marks(hands)[0]
        assert mark.until is not None
        assert (mark.state, mark.to, mark.until.hour, mark.until.minute) == ("deferred", "night patrol", 10, 15)
        assert hands.row(f"{DANGER}@V1").endswith("by 10:15")
        hands.clock.set("2026-11-23T10:16")
        await hands.stand_on(InitialActionsScreen, anew=True)
        assert hands.row(f"{DANGER}@V1").endswith("OVERDUE")


async def test_o_opens_a_step_again_and_what_was_recorded_stays_in_the_log(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space", "up", "o")
        assert hands.on(MarkDialog)
        await hands.fill(because="ticked by mistake")
        await hands.press("enter")
        assert hands.row(f"{DANGER}@V1").startswith("[ ]")
        assert [mark.state for mark in marks(hands)] == ["done", "open"]
        await hands.press("o")
        assert "open already" in hands.status


async def test_a_step_that_is_done_is_not_marked_twice_by_space(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("space", "up", "space")
        assert "Already done" in hands.status
        assert len(marks(hands)) == 1


async def test_space_pressed_twice_by_a_bouncing_key_marks_one_step_and_says_so(
    open_app: Open, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        monkeypatch.setattr(steps_frame, "BOUNCING", 3600)
        await hands.press("space", "space")
        assert hands.status == "Pressed twice: only Immediate danger to the victim assessed for V1 was marked."
        assert hands.row_key == f"{NEEDS}@V1"
        assert [mark.item for mark in marks(hands)] == [DANGER]
        monkeypatch.setattr(steps_frame, "BOUNCING", 0)
        await hands.press("space")
        assert [mark.item for mark in marks(hands)] == [DANGER, NEEDS]


async def test_the_form_begins_in_the_note_and_up_and_down_lead_from_field_to_field(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("enter")
        assert hands.app.focused is not None
        assert hands.app.focused.id == "note"
        assert all(box.placeholder for box in hands.screen.query(Input))
        seen = []
        for key in ("down", "down", "up", "up", "up", "up", "up", "shift+tab", "down"):
            await hands.press(key)
            seen.append(hands.app.focused.id)
        assert seen == ["at", "at", "note", "until", "to", "because", "because", "state", "state"]
        assert hands.screen.state == "not-needed", "in a choice the key chooses"


async def test_what_was_typed_on_a_step_is_given_back_for_this_step_until_it_is_recorded(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("x")
        await hands.fill(because="seen by a ", at="09:12")
        await hands.press("escape")
        assert hands.status == "Not recorded. What you typed is kept: x gives it back."
        assert marks(hands) == []

        await hands.press("tab", "x")
        assert {box.value for box in hands.screen.query(Input)} == {""}, "another person's step"
        await hands.press("escape")
        assert "x gives it back" in hands.status, "nothing was typed: the message before it stands"
        await hands.press("shift+tab", "x")
        assert hands.screen.query_one("#at", Input).value == "09:12"
        await hands.write("nurse")
        await hands.press("enter")
        assert [(mark.subject, mark.because) for mark in marks(hands)] == [("V1", "seen by a nurse")]
        await hands.press("x")
        assert {box.value for box in hands.screen.query(Input)} == {""}


async def test_a_bare_time_that_lands_on_another_day_is_said_with_that_day(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("d")
        await hands.fill(to="day shift", until="08:00", at="19:05")
        await hands.press("enter")
        assert "deferred to day shift until 08:00 for V1, at yesterday 22 Nov 19:05" in hands.status
        await hands.press("d")
        await hands.fill(until="08:00")
        await hands.press("enter")
        assert hands.status.endswith("deferred until tomorrow 24 Nov 08:00 for V1")
        await hands.press("d")
        await hands.fill(until="2026-11-26T08:00")
        await hands.press("enter")
        assert hands.status.endswith("deferred until 26 Nov 08:00 for V1")


async def test_a_waiting_step_refuses_and_f_answers_the_fact_it_waits_on(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.checklist.move_to(WAITING)
        await hands.settle()
        for key in ("space", "x", "d", "o"):
            await hands.press(key)
            assert "waits on looks_older_than_claimed" in hands.status
            assert "Press f" in hands.status
        assert marks(hands) == []
        await hands.press("f")
        assert hands.on(FactDialog)
        assert (hands.screen.fact.name, hands.screen.chosen) == ("looks_older_than_claimed", ("V1",))
        await hands.press("1", "enter")
        assert hands.last.event == FactRecorded(subject="V1", name="looks_older_than_claimed", value="yes")
        assert hands.row(WAITING).startswith("[ ]")


async def test_an_inactive_step_says_which_fact_rules_it_out(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.checklist.move_to("treated-as-a-child@V1")
        await hands.press("space")
        assert "does not apply: it depends on age" in hands.status
        assert marks(hands) == []


async def test_a_possible_victim_heads_the_lists_until_space_adds_them(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").set_facts(case_id, ("S1",), {"possible_victim": "yes"})
    async with open_app(case_id, NowScreen) as hands:
        first = next(row for row in hands.checklist.rows if row.selectable)
        assert first.key == "link@S1"
        await hands.press("home", "x")
        assert "This is a question" in hands.status
        await hands.press("space")
        assert [type(entry.event) for entry in hands.entries()[-2:]] == [SubjectAdded, PersonsLinked]
        assert hands.case().state.linked_victim("S1") is not None
        assert "link@S1" not in [row.key for row in hands.checklist.rows]


async def test_v_links_a_suspect_once(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, SuspectScreen) as hands:
        await hands.press("v")
        state = hands.case().state
        assert (state.subject("S1").linked, state.subject("V3").linked) == ("V3", "S1")
        assert state.fact("S1", "possible_victim") == "yes"
        count = len(hands.entries())
        assert "victim_too" in hands.dim
        await hands.press("v")
        assert "stands in the case as V3 already" in hands.status
        assert len(hands.entries()) == count


async def test_one_answer_can_be_given_for_several(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("m", "3")
        await hands.tick("V2")
        await hands.press("enter")
        events = [entry.event for entry in hands.entries()[-2:]]
        assert events == [FactRecorded(subject=victim, name="medical_need", value="not-sure") for victim in ("V1", "V2")]


async def test_a_fact_without_an_answer_is_not_recorded(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("m", "enter")
        assert "Choose an answer" in hands.trouble
        await hands.press("1")
        await hands.tick("V1")
        await hands.press("enter")
        assert "for whom" in hands.trouble
        assert len(hands.entries()) == 16


async def test_an_age_that_nobody_asked_stands_first_and_space_asks_it(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").add_subject(case_id, "victim", "third man")
    async with open_app(case_id, InitialActionsScreen, subjects={"initial-actions": "V3"}) as hands:
        assert hands.row_key == "fact:age"
        await hands.press("space")
        assert hands.on(FactDialog)
        assert (hands.screen.fact.name, hands.screen.chosen) == ("age", ("V3",))
        await hands.press("2", "enter")
        assert hands.case().state.fact("V3", "age") == "child"
        assert "child" in hands.screen.tab("V3").long


async def test_the_list_of_facts_puts_those_first_that_steps_wait_on(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("F")
        assert hands.on(FactPicker)
        options = [str(option.prompt) for option in hands.screen.query_one(OptionList).options]
        assert "waiting" in options[0]
        assert any(option.endswith("(of the case)") for option in options)
        waiting = ["waiting" in option for option in options if not option.endswith("(of the case)")]
        assert waiting == sorted(waiting, reverse=True)


async def test_a_dim_key_says_why(open_app: Open, window: Window) -> None:
    case_id = window("PC 1234").open_case().case_id
    async with open_app(case_id, SceneScreen) as hands:
        assert "attended" in hands.dim
        await hands.press("t")
        assert "Choose a scene first" in hands.status


async def test_where_no_row_is_chosen_every_key_for_a_row_is_dim_and_says_so(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("slash")
        await hands.write("no such words")
        await hands.press("enter")
        assert {"done", "mark('not-needed')", "mark('deferred')", "mark('open')", "fact", "card"} <= hands.dim
        for key in ("space", "x", "d", "o", "f", "enter", "c"):
            await hands.press("escape", "slash")
            await hands.write("no such words")
            await hands.press("enter", key)
            assert hands.on(InitialActionsScreen)
            assert "No row is chosen" in hands.status, key
        assert len(hands.entries()) == 16


async def test_reference_cards_are_read_not_marked(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NrmScreen) as hands:
        await hands.press("end")
        assert hands.row_key.startswith("card:")
        await hands.press("space")
        assert "nothing to mark" in hands.status


async def test_find_filters_keeps_on_enter_and_escape_shows_all_again(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        everything = [row.key for row in hands.checklist.rows]
        await hands.press("slash")
        await hands.write("risk others")
        found = [row.key for row in hands.checklist.rows if row.selectable]
        assert found == ["risk-to-others-assessed@V1"]
        await hands.press("enter", "space")
        assert marks(hands)[0].item == "risk-to-others-assessed"
        await hands.press("escape")
        assert hands.on(InitialActionsScreen)
        assert [row.key for row in hands.checklist.rows] == everything
        await hands.press("slash")
        await hands.write("no such words")
        assert "No row holds these words" in hands.drawn
        await hands.press("escape", "escape")
        assert hands.on(WorklistScreen)


async def test_a_note_is_on_the_step_under_the_cursor_and_takes_lines(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.write("first")
        await hands.press("ctrl+j")
        await hands.write("second")
        await hands.fill(at="09:01")
        await hands.press("enter")
        assert hands.last.event == NoteAdded(text="first\nsecond", subject="V1", item=DANGER)
        assert hands.last.stamp.happened_at.minute == 1
        assert "first" in str(hands.screen.query_one("#card").query_one("Static").render())


async def test_enter_in_a_note_records_it(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n", "o", "k", "enter")
        assert hands.last.event == NoteAdded(text="ok", subject="V1", item=DANGER)


async def test_a_note_left_with_escape_is_given_back_until_it_is_recorded(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.write("half a sent")
        await hands.press("escape")
        assert "Not recorded" in hands.status
        assert len(hands.entries()) == 16
        await hands.press("n")
        await hands.write("ence")
        await hands.press("enter")
        assert hands.last.event == NoteAdded(text="half a sentence", subject="V1", item=DANGER)
        await hands.press("n")
        assert hands.screen.query_one(TextArea).text == ""


async def test_an_empty_note_is_refused_in_words(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.reach("at")
        await hands.press("enter")
        assert hands.on(NoteDialog)
        assert "The note is empty" in hands.trouble
        assert len(hands.entries()) == 16


async def test_a_note_on_a_row_of_several_is_on_the_one_that_is_chosen(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to(NEEDS)
        await hands.press("n")
        await hands.write("has eaten")
        await hands.reach("subject")
        await hands.press("2", "enter")
        assert hands.last.event == NoteAdded(text="has eaten", subject="V2", item=NEEDS)


# Saving


async def test_a_step_shows_saving_until_it_is_on_the_disk(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            await hands.press_only("space")
            assert hands.row(f"{DANGER}@V1") == "[.] Immediate danger to the victim assessed saving"
            assert hands.status.startswith("Saving: Immediate danger")
            assert "Saved" not in hands.status
            assert marks(hands) == []
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert hands.row(f"{DANGER}@V1").startswith("[x]")
        assert hands.status.startswith("Saved")
        assert len(marks(hands)) == 1


async def test_two_keys_in_a_row_are_both_saved_while_the_disk_is_slow(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            await hands.press_only("space")
            await hands.press_only("space")
            assert hands.row(f"{DANGER}@V1").startswith("[.]")
            assert hands.row(f"{NEEDS}@V1").startswith("[.]")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert [mark.item for mark in marks(hands)] == [DANGER, NEEDS]


async def test_an_act_that_failed_says_not_saved_and_r_tries_it_again(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.full = True
        await hands.press("space")
        assert hands.status.startswith("NOT SAVED: Immediate danger to the victim assessed")
        assert "free some space" in hands.status
        assert hands.row(f"{DANGER}@V1").startswith("[ ]")
        assert marks(hands) == []
        await hands.press("r")
        assert hands.status.startswith("NOT SAVED")
        hands.disk.full = False
        await hands.press("r")
        assert hands.status.startswith("Saved")
        assert hands.row(f"{DANGER}@V1").startswith("[x]")
        assert len(marks(hands)) == 1
        await hands.press("r")
        assert "nothing to try again" in hands.status
        assert len(marks(hands)) == 1


async def test_a_dialog_keeps_what_was_typed_when_the_disk_fails(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("x")
        await hands.fill(because="a long reason", note="and a note")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.on(MarkDialog)
        assert hands.trouble.startswith("NOT SAVED")
        boxes = {box.id: box.value for box in hands.screen.query(Input)}
        assert (boxes["because"], boxes["note"]) == ("a long reason", "and a note")
        hands.disk.full = False
        await hands.press("enter")
        assert hands.on(InitialActionsScreen)
        assert marks(hands) == [StepMarked(subject="V1", item=DANGER, state="not-needed", because="a long reason", note="and a note")]


async def test_a_new_case_that_cannot_be_saved_keeps_its_reference(open_app: Open) -> None:
    async with open_app() as hands:
        await hands.press("n")
        await hands.write("EX-9")
        await hands.press("tab", "1")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.trouble.startswith("NOT SAVED")
        assert hands.screen.query_one("#reference", Input).value == "EX-9"
        hands.disk.full = False
        await hands.press("enter")
        assert hands.on(NowScreen)
        assert hands.screen.case.state.title == "EX-9"


async def test_a_dialog_left_while_its_act_is_being_saved_leaves_the_screen_as_it_was(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("enter")
        hands.disk.gate.clear()
        try:
            await hands.press_only("enter")
            await hands.press_only("escape")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert hands.on(InitialActionsScreen)
        assert len(marks(hands)) == 1
        await hands.press("space")
        assert hands.on(InitialActionsScreen)


async def test_going_to_another_screen_while_an_act_is_being_saved_loses_nothing(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            await hands.press_only("space")
            await hands.press_only("2")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert hands.on(SceneScreen)
        assert [mark.item for mark in marks(hands)] == [DANGER]
        await hands.press("1")
        assert hands.row(f"{DANGER}@V1").startswith("[x]")


async def test_no_act_of_a_quick_hand_is_dropped_when_the_screen_is_left(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        try:
            for key in ("space", "space", "space", "2"):
                await hands.press_only(key)
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert len(marks(hands)) == 3


async def test_an_act_that_fails_after_the_screen_was_left_is_still_told(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        hands.disk.full = True
        try:
            await hands.press_only("space")
            await hands.press_only("2")
        finally:
            hands.disk.gate.set()
        await hands.settle()
        assert hands.on(SceneScreen)
        assert "NOT SAVED" in hands.status


async def test_quitting_while_acts_are_being_saved_saves_them_and_ends_cleanly(open_app: Open, case_id: str, window: Window) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        hands.disk.gate.clear()
        await hands.press_only("space")
        await hands.press_only("space")
        opening = threading.Timer(0.2, hands.disk.gate.set)  # quitting waits for what is being saved
        opening.start()
        await hands.press_only("ctrl+q")
        opening.join()
    steps = [entry.step for entry in window("PC 1234").view(case_id).entries]
    assert steps[16:] == [f"{DANGER}@V1", f"{NEEDS}@V1"]


# Several windows, and a case that is closed


async def test_entries_of_another_window_appear(open_app: Open, case_id: str, window: Window) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        window("Sgt 77").mark(case_id, DANGER, ("V1",), "done")
        hands.screen.look_for_others()
        await hands.settle()
        assert hands.row(f"{DANGER}@V1").startswith("[x]")
        assert "1 new entry from another window" in hands.status
        window("Sgt 77").mark(case_id, NEEDS, ("V1", "V2"), "done")
        hands.screen.look_for_others()
        await hands.settle()
        assert "2 new entries from another window" in hands.status


async def test_two_windows_number_their_entries_without_a_gap(open_app: Open, case_id: str, window: Window) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        window("Sgt 77").note(case_id, "from the other window")
        await hands.press("space")
        assert [entry.number for entry in hands.entries()] == list(range(1, 19))
        assert [entry.stamp.by for entry in hands.entries()[-2:]] == ["Sgt 77", "PC 1234"]


async def test_a_closed_case_refuses_in_words_and_can_be_read(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").close_case(case_id, because="all done")
    async with open_app(case_id, InitialActionsScreen) as hands:
        count = len(hands.entries())
        for key in ("space", "enter", "x", "d", "o", "n", "a", "f", "F", "m", "i", "p", "u", "A", "X"):
            await hands.press(key)
            assert hands.on(InitialActionsScreen), key
            assert "The case is closed" in hands.status, key
        await hands.press("c", "escape", "S", "L", "1")
        assert "CLOSED" in hands.ends
        assert len(hands.entries()) == count


async def test_a_case_closed_by_another_window_refuses_and_keeps_the_reason_typed(open_app: Open, case_id: str, window: Window) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("x")
        await hands.fill(because="typed already")
        window("Sgt 77").close_case(case_id, because="all done")
        await hands.press("enter")
        assert "The case is closed" in hands.trouble
        assert hands.screen.query_one("#because", Input).value == "typed already"


async def test_closing_begins_on_no_and_reopening_goes_on(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        await hands.press("z", "enter")
        assert hands.case().state.closed_at is None
        await hands.press("z", "2")
        await hands.fill(because="handed on")
        await hands.press("enter")
        assert hands.case().state.closed_at is not None
        assert "1 closed" in hands.drawn
        await hands.press("z", "2", "enter")
        assert hands.case().state.closed_at is None
        assert [entry.number for entry in hands.entries()][-2:] == [17, 18]


# Where one stands


async def test_switching_phases_keeps_the_chosen_subject_and_the_cursor(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("tab")
        key = "questions-limited@V2"
        hands.checklist.move_to(key)
        await hands.press("2", "tab")
        scene_key = "cash-documents-devices@L2"
        hands.checklist.move_to(scene_key)
        await hands.press("L", "1")
        assert hands.screen.subject == "V2"
        assert hands.row_key == key
        await hands.press("2")
        assert (hands.screen.subject, hands.row_key) == ("L2", scene_key)


async def test_the_next_subject_keeps_the_item(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, VictimCareScreen) as hands:
        hands.checklist.move_to("referred-to-support-services@V1")
        await hands.press("right")
        assert hands.row_key == "referred-to-support-services@V2"
        await hands.press("left")
        assert hands.row_key == "referred-to-support-services@V1"


async def test_somebody_added_is_shown_at_once(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("a", "1")
        await hands.fill(label="third man")
        await hands.press("enter")
        assert hands.screen.subject == "V3"
        assert hands.row_key.endswith("@V3") or hands.row_key == "fact:age"
        assert hands.checklist.rows[0].key == "fact:age"


async def test_g_in_the_log_goes_to_the_step_of_the_entry(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        assert hands.row_key == "16"
        await hands.press("up", "g")
        assert hands.on(SuspectScreen)
        assert hands.row_key == "source-pnc@S1"
        await hands.press("L", "home", "g")
        assert "not about a step" in hands.status


async def test_role_and_pause_point_are_the_viewers_choice_and_no_entries(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        first = [row.key for row in hands.checklist.rows]
        await hands.press("P")
        assert [row.key for row in hands.checklist.rows] != first
        await hands.press("R")
        assert "(custody)" in hands.drawn
        assert len(hands.entries()) == 16


async def test_a_list_that_is_done_shows_what_is_vital_and_open_elsewhere_to_be_marked(
    open_app: Open, case_id: str, window: Window, wall: SetClock
) -> None:
    work = window("PC 1234")
    for row in work.view(case_id).board("responder", wall.now(), limit=99).rows:
        assert isinstance(row, StepRow)
        work.mark(case_id, row.item.id, row.subjects, "done")
    before = len(work.view(case_id).entries)
    async with open_app(case_id, NowScreen) as hands:
        board = hands.screen.board()
        assert board.words.startswith("This list is done. ")
        assert board.words in [row.title for row in hands.checklist.rows]
        assert "complete" not in hands.drawn
        first = board.vital_elsewhere[0]
        assert hands.row_key == first.item.id
        await hands.press("x")
        await hands.fill(because="seen to by the day shift")
        await hands.press("enter")
        new = [entry.event for entry in hands.entries()[before:]]
        assert [(event.item, event.subject) for event in new if isinstance(event, StepMarked)] == [
            (first.item.id, subject) for subject in first.subjects
        ]
        assert first.item.id not in [row.key for row in hands.checklist.rows]


async def test_an_empty_list_says_which_key_shows_the_next_and_puts_it_first(open_app: Open, window: Window) -> None:
    work = window("PC 1234")
    case_id = work.open_case(role="responder").case_id
    for step in work.view(case_id).steps:
        if step.item.killer and step.state == "open":
            work.mark(case_id, step.item.id, (step.subject,), "done")
    async with open_app(case_id, NowScreen) as hands:
        while any(row.selectable for row in hands.checklist.rows):
            assert hands.screen.query_one(KeyBar).keys[0].press == "space"
            await hands.press("P")
        count = len(hands.entries())
        assert hands.screen.query_one(KeyBar).keys[0].press == "P"
        await hands.press("space")
        assert hands.status == "Nothing on this list is open: P shows the next list."
        assert len(hands.entries()) == count


async def test_a_window_that_is_too_small_says_so_and_keeps_everything(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("tab", "down", "slash")
        await hands.write("need")
        before = (hands.row_key, [row.key for row in hands.checklist.rows])
        for size in ((59, 24), (80, 17), (20, 5), (1, 1)):
            await hands.resize(*size)
            if size[0] > 50:
                assert f"This window is {size[0]}x{size[1]}" in hands.drawn
        await hands.resize(60, 18)
        assert "This window is" not in hands.drawn
        await hands.resize(80, 24)
        assert (hands.row_key, [row.key for row in hands.checklist.rows]) == before
        assert hands.screen.query_one("#find", Input).value == "need"
        assert hands.screen.subject == "V2"


async def test_a_dialog_keeps_its_text_while_the_window_is_too_small(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("n")
        await hands.write("half a sentence")
        await hands.resize(40, 10)
        await hands.resize(80, 24)
        assert hands.on(NoteDialog)
        assert hands.screen.query_one(TextArea).text == "half a sentence"


# The mouse


async def test_the_mouse_works_tabs_phases_rows_marks_and_keys(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen, size=(120, 40)) as hands:
        tabs = hands.screen.query_one("#subjects", TabLine)
        await hands.click(tabs, hands.place_of(tabs, "V2").x)
        assert hands.screen.subject == "V2"

        place = hands.place_of(hands.checklist, "Basic needs")
        await hands.click(hands.checklist, place.x, place.y)
        assert hands.row_key == f"{NEEDS}@V2"
        assert marks(hands) == []
        await hands.click(hands.checklist, 2, place.y)
        assert [(mark.item, mark.subject) for mark in marks(hands)] == [(NEEDS, "V2")]

        bar = hands.screen.query_one(KeyBar)
        await hands.click(bar, hands.place_of(bar, "defer").x)
        assert hands.on(MarkDialog)
        await hands.press("escape")

        phases = hands.screen.query_one("#phase-bar", TabLine)
        await hands.click(phases, hands.place_of(phases, "2 Scene").x)
        assert hands.on(SceneScreen)
        tabs = hands.screen.query_one("#subjects", TabLine)
        await hands.click(tabs, hands.place_of(tabs, "+ add").x)
        assert type(hands.screen).__name__ == "AddSubjectDialog"
        choices = hands.screen.query_one(Choices)
        place = hands.place_of(choices, "Scene")
        await hands.click(choices, place.x, place.y)
        assert choices.values == ("scene",)


async def test_a_click_on_a_dim_key_says_why(open_app: Open, window: Window) -> None:
    case_id = window("PC 1234").open_case().case_id
    async with open_app(case_id, SuspectScreen, size=(120, 40)) as hands:
        bar = hands.screen.query_one(KeyBar)
        await hands.click(bar, hands.place_of(bar, "victim too").x)
        assert "suspect" in hands.status
        assert len(hands.entries()) == 1
