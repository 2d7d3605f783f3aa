"""A question that is open when the screen locks is put again for whoever unlocks it, as it stood; for others nothing of it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.entry import InteractionRecorded, NoteAdded, StepMarked, WorksheetAnswered
from screens.dialogs.add import AddSubjectDialog, ReferenceDialog, RetireDialog
from screens.dialogs.answer import AnswerDialog
from screens.dialogs.case import CloseCaseDialog, NewCaseDialog
from screens.dialogs.choices import Choices
from screens.dialogs.decision import DecisionDialog
from screens.dialogs.fact import FactDialog, FactPicker
from screens.dialogs.handover import AcceptDialog, OfferDialog, SendBackDialog
from screens.dialogs.interaction import InteractionDialog
from screens.dialogs.mark import MarkDialog
from screens.dialogs.note import NoteDialog
from screens.dialogs.provision import ProvisionDialog
from screens.dialogs.question import Question
from screens.dialogs.record import LogQueryDialog, StrikeDialog
from screens.dialogs.send import SendDialog
from screens.initial_actions import InitialActionsScreen
from screens.lock import LockScreen
from screens.now import NowScreen
from screens.worklist import WorklistScreen
from screens.worksheet import WorksheetScreen
from tests.ui.live import ANN, BEN, LiveStore, sign_in

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open

HALF = "half a text"
NEEDS = "basic-needs-met"


@pytest.fixture
def case(live: LiveStore) -> str:
    """A case of the live store with two adults, and a handover under way that Ann has begun."""
    live.set_up()
    work = live.work(ANN)
    case_id = work.open_case(role="responder", reference="LIVE-1").case_id
    for label in ("man at the gate", "second man"):
        work.add_subject(case_id, "victim", label)
    work.set_facts(case_id, ("V1", "V2"), {"age": "adult", "consent": "yes"})
    return case_id


async def lock(hands: Hands) -> None:
    """Lock by key; nothing of what stood there is on the glass."""
    await hands.press("f3")
    assert hands.on(LockScreen)
    assert HALF not in hands.drawn


async def lock_and_unlock(hands: Hands) -> None:
    """Ben locks by key and comes back."""
    await lock(hands)
    await sign_in(hands, BEN)


async def open_case(hands: Hands, case: str, *keys: str) -> None:
    """Ben signs in, opens the case and presses these keys there."""
    await sign_in(hands, BEN)
    await hands.press("enter")
    hands.case_id = case
    await hands.press(*keys)


async def other_signs_in(hands: Hands, operator: str) -> None:
    """Somebody else gives their own id at a door that has another's."""
    await hands.press("shift+tab")
    hands.screen.query_one("#operator").value = ""
    await sign_in(hands, operator)


def picked(hands: Hands, name: str) -> tuple[str, ...]:
    """What is chosen in a choice of the question in front."""
    choices = hands.screen.query_one(f"#{name}", Choices)
    assert isinstance(choices, Choices)
    return choices.values


def value(hands: Hands, name: str) -> str:
    """What stands in a field of the question in front."""
    return str(hands.screen.query_one(f"#{name}").value)


async def test_half_a_note_on_a_step_stands_there_again_and_is_recorded_on_that_step(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1", "tab")
        await hands.find(f"{NEEDS}@V2")
        await hands.press("n")
        await hands.write(HALF)
        await lock_and_unlock(hands)
        assert hands.on(NoteDialog)
        assert hands.screen.text == HALF
        assert isinstance(hands.frame, InitialActionsScreen)
        assert hands.row_key == f"{NEEDS}@V2"
        await hands.write(" and the rest")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, NoteAdded)
        assert (event.item, event.subject, event.text) == (NEEDS, "V2", f"{HALF} and the rest")
        await lock_and_unlock(hands)
        assert hands.on(InitialActionsScreen), "what was recorded is not asked again"
        assert "Note on" not in hands.status


@pytest.mark.parametrize("cause", ["idle", "resume"])
async def test_it_stands_there_again_whatever_locked_the_screen(cause: str, at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "n")
        await hands.write(HALF)
        if cause == "idle":
            hands.clock.forward(400)
            hands.app.look_for_idleness()
        else:
            await hands.app.resumed()
        await hands.settle()
        assert hands.on(LockScreen)
        await sign_in(hands, BEN)
        assert hands.on(NoteDialog)
        assert hands.screen.text == HALF


async def test_half_a_reason_why_a_step_is_not_needed_stands_there_again_in_its_state(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1")
        await hands.find(f"{NEEDS}@V1")
        await hands.press("x")
        await hands.write(HALF)
        await lock_and_unlock(hands)
        assert hands.on(MarkDialog)
        assert picked(hands, "state") == ("not-needed",)
        assert hands.app.focused is not None
        assert hands.app.focused.id == "because"
        await hands.write(", seen")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, StepMarked)
        assert (event.item, event.subject, event.state, event.because) == (NEEDS, "V1", "not-needed", f"{HALF}, seen")


async def test_a_state_that_was_changed_in_the_question_is_the_one_that_comes_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1")
        await hands.find(f"{NEEDS}@V1")
        await hands.press("x")
        await hands.reach("state")
        await hands.press("3")
        await hands.fill(to="PS 77")
        await lock_and_unlock(hands)
        assert picked(hands, "state") == ("deferred",)
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, StepMarked)
        assert (event.state, event.to) == ("deferred", "PS 77")


async def test_every_field_and_every_choice_of_a_question_comes_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "3", "i")
        await hands.write(HALF)
        await hands.reach("verbatim")
        await hands.press("space")
        await hands.tick("V2")
        await hands.reach("how")
        await hands.press("2")
        await hands.fill(interpreter="Ms Lee", spoke="PC 9")
        await lock_and_unlock(hands)
        assert hands.on(InteractionDialog)
        assert hands.app.focused is not None
        assert hands.app.focused.id == "spoke"
        assert picked(hands, "subjects") == ("V1", "V2")
        how = picked(hands, "how")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, InteractionRecorded)
        assert (event.text, event.verbatim, event.how, event.interpreter, event.spoke) == (HALF, True, *how, "Ms Lee", "PC 9")


@pytest.mark.parametrize("key", ["first_name", "birthplace"])
async def test_half_an_answer_of_the_worksheet_stands_there_again_also_of_a_field_that_is_not_listed(
    key: str, at_the_door: Open, case: str
) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "5", "tab", "W", "m")
        while hands.row_key != key:
            await hands.press("down")
        await hands.press("enter")
        await hands.write(HALF)
        await lock_and_unlock(hands)
        assert hands.on(AnswerDialog)
        assert isinstance(hands.frame, WorksheetScreen)
        assert (hands.screen.asked.key, hands.screen.victim, hands.screen.value) == (key, "V2", HALF)
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, WorksheetAnswered)
        assert (event.field, event.subject, event.value) == (key, "V2", HALF)


async def test_a_case_that_is_being_begun_stands_there_again(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("n")
        await hands.write("GM-77")
        await hands.press("tab", "3")
        await lock_and_unlock(hands)
        assert hands.on(NewCaseDialog)
        assert value(hands, "reference") == "GM-77"
        assert len(picked(hands, "role")) == 1
        await hands.press("enter")
        assert hands.on(NowScreen)
        assert "GM-77" in hands.ends


async def test_half_a_reason_to_close_a_case_stands_there_again_and_begins_on_no(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("z", "2")
        await hands.fill(because=HALF)
        await lock_and_unlock(hands)
        assert hands.on(CloseCaseDialog)
        assert value(hands, "because") == HALF
        assert picked(hands, "sure") == ("no",)
        assert hands.app.focused is not None
        assert hands.app.focused.id == "sure"


QUESTIONS: tuple[tuple[type[Question], tuple[str, ...]], ...] = (
    (AddSubjectDialog, ("a",)),
    (ReferenceDialog, ("4", "A")),
    (RetireDialog, ("2", "X")),
    (InteractionDialog, ("S", "i")),
    (ProvisionDialog, ("3", "tab", "g")),
    (ProvisionDialog, ("3", "p")),
    (NoteDialog, ("n",)),
    (NoteDialog, ("H", "n")),
    (MarkDialog, ("enter",)),
    (MarkDialog, ("1", "d")),
    (FactPicker, ("F",)),
    (FactDialog, ("F", "enter")),
    (FactDialog, ("1", "tab", "m")),
    (OfferDialog, ("H", "o")),
    (SendDialog, ("5", "tab", "t")),
    (DecisionDialog, ("5", "D")),
    (StrikeDialog, ("L", "up", "x")),
    (LogQueryDialog, ("L", "f")),
    (AnswerDialog, ("5", "W", "down", "x")),
)


@pytest.mark.parametrize(("kind", "keys"), QUESTIONS, ids=lambda one: one.__name__ if isinstance(one, type) else "-".join(one))
async def test_each_question_comes_back_on_its_screen(kind: type[Question], keys: tuple[str, ...], at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, *keys)
        assert hands.on(kind)
        place, screen, row = hands.screen.place, type(hands.frame), hands.row_key
        await lock_and_unlock(hands)
        assert hands.on(kind), hands.status
        assert (hands.screen.place, type(hands.frame), hands.row_key) == (place, screen, row)


@pytest.mark.parametrize(("key", "kind", "holder"), [("y", AcceptDialog, ANN), ("b", SendBackDialog, ANN)])
async def test_an_answer_to_a_handover_comes_back(
    key: str, kind: type[Question], holder: str, at_the_door: Open, live: LiveStore, case: str
) -> None:
    live.work(holder).start_handover(case, BEN)
    async with at_the_door() as hands:
        await open_case(hands, case, "H", key)
        await lock_and_unlock(hands)
        assert hands.on(kind)


async def test_a_question_behind_its_help_and_a_hidden_screen_comes_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "n")
        await hands.write(HALF)
        await hands.press("f1", "f2")
        hands.app.lock("idle")
        await hands.settle()
        await sign_in(hands, BEN)
        assert hands.on(NoteDialog)
        assert hands.screen.text == HALF


# What cannot be asked any more, and who comes back later


async def test_a_step_that_somebody_else_did_meanwhile_can_still_be_written_of(at_the_door: Open, live: LiveStore, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case)
        item = hands.row_key
        subjects = hands.screen.here.subjects
        await hands.press("n")
        await hands.write(HALF)
        await lock(hands)
        live.work(ANN).mark(case, item, subjects, "done", at=hands.clock.now().isoformat())
        await sign_in(hands, BEN)
        assert hands.on(NoteDialog)
        assert (hands.screen.item, hands.screen.subjects, hands.screen.text) == (item, subjects, HALF)


def closes(live: LiveStore, case: str) -> None:
    live.work(ANN).close_case(case, because="it went to another force")


def retires(live: LiveStore, case: str) -> None:
    live.work(ANN).retire_subject(case, "V1", because="entered twice", same_as=None, at=live.clock.now().isoformat())


@pytest.mark.parametrize("meanwhile", [closes, retires])
async def test_what_can_be_asked_no_more_is_named_with_what_was_typed_kept(
    meanwhile: Callable[[LiveStore, str], None], at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1")
        await hands.find(f"{NEEDS}@V1")
        await hands.press("tab", "tab", "n")
        await hands.write(HALF)
        await lock(hands)
        meanwhile(live, case)
        await sign_in(hands, BEN)
        assert hands.on(InitialActionsScreen)
        assert "cannot be asked" in hands.status
        assert "V1" in hands.status
        assert HALF in live.work(BEN).store.draft(case, BEN).values()


async def test_when_another_operator_came_in_between_the_step_is_named_and_nothing_pops_up(
    at_the_door: Open, live: LiveStore, case: str
) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1", "tab")
        await hands.find(f"{NEEDS}@V2")
        await hands.press("n")
        await hands.write(HALF)
        await lock(hands)
        await other_signs_in(hands, ANN)
        assert hands.on(WorklistScreen)
        await hands.press("enter")
        assert hands.on(NowScreen)
        assert hands.status == "", "what Ben typed is no matter of Ann's"
        await hands.press("f4")
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)
        await hands.press("enter")
        assert hands.on(NowScreen)
        title = live.library.pack().item(NEEDS).title
        assert hands.status == f"What you had typed is kept: Note on {title}, V2. 1, then n gives it back."
        await hands.press("1", "n")
        assert hands.screen.text == HALF


async def test_after_the_program_was_ended_the_step_is_named_and_the_keys_that_are_said_give_it_back(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "5", "tab", "W")
        while hands.row_key != "first_name":
            await hands.press("down")
        await hands.press("x")
        await hands.write(HALF)
        hands.app.keep_typed()
    async with at_the_door() as hands:
        await open_case(hands, case)
        assert hands.on(NowScreen)
        assert "V2. 5, then W, then x gives it back" in hands.status
        await hands.press("5", "W", "x")
        assert value(hands, "because") == HALF


async def test_a_new_case_that_was_typed_when_the_program_ended_is_named(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        await hands.press("n")
        await hands.write("GM-77")
        hands.app.keep_typed()
    async with at_the_door() as hands:
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)
        assert "New case. n gives it back" in hands.status


async def test_where_a_question_was_open_is_on_the_disk_sealed_only(at_the_door: Open, case: str, tmp_path: Path) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "1", "n")
        await lock(hands)
        (kept,) = tmp_path.rglob("*.draft")
        assert not any(word in kept.read_bytes() for word in (b"Note on", b"note_on", b"initial-actions"))


async def test_a_question_that_was_left_is_not_asked_again(at_the_door: Open, case: str) -> None:
    async with at_the_door() as hands:
        await open_case(hands, case, "x")
        await hands.write(HALF)
        await lock_and_unlock(hands)
        await hands.press("escape")
        await lock_and_unlock(hands)
        assert hands.on(NowScreen)


async def test_an_exercise_that_was_stopped_goes_on_and_what_is_recorded_then_is_not_kept_as_typed(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        await hands.press("enter", "n")
        await hands.write(HALF)
        hands.app.keep_typed()
        await hands.app.resumed()
        await hands.press("enter", "n")
        assert hands.screen.text == ""
        await hands.press("escape")
        assert hands.window("PC 1234").store.draft(case_id, "PC 1234") == {}
