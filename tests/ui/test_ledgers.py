"""What was said with people and what they were given: two keys from anywhere, for one or several, and the table that runs along."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content
from textual.widgets import TextArea

from msht_tui.domain.entry import InteractionRecorded, ProvisionRecorded, ReferenceAdded, SubjectRetired
from msht_tui.service import Casework
from screens.dialogs.choices import Choices
from screens.dialogs.interaction import InteractionDialog
from screens.dialogs.provision import ProvisionDialog
from screens.initial_actions import InitialActionsScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.places import PLACES
from screens.suspect import SuspectScreen
from screens.victim_care import VictimCareScreen
from screens.widgets.panel import Panel, laid_out

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen
    from tests.ui.conftest import Hands, Open

PREPARED = 16
"""Entries of the case as it is opened."""
Window = Callable[[str], Casework]


def ticked(hands: Hands) -> tuple[str, ...]:
    return tuple(hands.screen.query_one("#subjects", Choices).values)


def panel(hands: Hands) -> list[str]:
    return [line.rstrip() for line in str(hands.screen.query_one("#panel", Panel).render()).split("\n")]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.PLACE)
async def test_both_keys_work_from_every_screen_of_a_case(place: type[CaseScreen], open_app: Open, case_id: str) -> None:
    async with open_app(case_id, place) as hands:
        await hands.press("i")
        assert hands.on(InteractionDialog)
        assert isinstance(hands.app.focused, TextArea)
        await hands.press("escape", "p")
        assert hands.on(ProvisionDialog)
        assert [value for value, _ in hands.screen.query_one("#subjects", Choices).options] == ["V1", "V2", "S1", "S2", "O1"]
        await hands.press("escape")
        assert len(hands.entries()) == PREPARED


async def test_the_persons_of_the_row_are_ticked_at_first(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to("basic-needs-met")
        await hands.press("p")
        assert ticked(hands) == ("V1", "V2")
        await hands.press("escape", "4", "p")
        assert ticked(hands) == ("S1",)
        await hands.press("escape", "L")
        hands.checklist.move_to("9")
        await hands.press("i")
        assert ticked(hands) == ("O1",)


async def test_one_provision_for_several_is_one_act_of_an_entry_each(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to("basic-needs-met")
        await hands.press("p", "1")
        await hands.fill(what="hot meal", quantity="2", given_by="Sgt 40", at="09:20")
        await hands.press("enter")
        one, other = hands.entries()[-2:]
        assert one.event == ProvisionRecorded(subject="V1", provision="food", what="hot meal", quantity="2", given_by="Sgt 40")
        assert (other.subject, other.act, other.stamp.happened_at.minute) == ("V2", one.number, 20)
        await hands.press("u")
        assert hands.case().state.provisions == ()


async def test_what_was_declined_stands_as_declined(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, VictimCareScreen) as hands:
        await hands.press("g", "7")
        await hands.fill(what="telephone call")
        await hands.reach("taken")
        await hands.press("2", "enter")
        assert hands.last.event == ProvisionRecorded(subject="V1", provision="phone", what="telephone call", declined=True)
        assert "declined telephone call 09:30" in panel(hands)[1]


async def test_a_provision_without_its_kind_its_thing_or_its_people_is_refused_and_kept(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("p", "enter")
        assert "Choose with 1 to 8" in hands.trouble
        await hands.press("2", "enter")
        assert "Say what was given" in hands.trouble
        await hands.fill(what="tea")
        await hands.tick("V1")
        await hands.press("enter")
        assert "Say for whom" in hands.trouble
        await hands.press("space", "enter")
        assert hands.last.event == ProvisionRecorded(subject="V1", provision="drink", what="tea")
        assert len(hands.entries()) == PREPARED + 1


async def test_an_interaction_keeps_who_how_where_and_the_very_words(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("i")
        await hands.write("I want to go home")
        await hands.reach("verbatim")
        await hands.press("space")
        await hands.tick("V2")
        await hands.reach("how")
        await hands.press("2")
        await hands.fill(spoke="Sgt 40", interpreter="by telephone", place="cell 6", demeanour="calm", at="09:05")
        await hands.press("enter")
        event = hands.last.event
        assert event == InteractionRecorded(
            subject="V2",
            text="I want to go home",
            verbatim=True,
            spoke="Sgt 40",
            how="by-phone",
            interpreter="by telephone",
            place="cell 6",
            demeanour="calm",
        )
        assert [entry.subject for entry in hands.entries()[PREPARED:]] == ["V1", "V2"]


async def test_an_interaction_left_unrecorded_is_given_back_for_the_same_people_only(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("i")
        await hands.write("asked for")
        await hands.press("escape")
        assert "i gives it back" in hands.status
        await hands.press("tab", "i")
        assert hands.screen.query_one(TextArea).text == ""
        await hands.press("escape", "left", "i")
        await hands.write(" water")
        await hands.press("enter")
        assert hands.last.event == InteractionRecorded(subject="V1", text="asked for water")


async def test_an_empty_interaction_is_refused_inside_the_dialog(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, InitialActionsScreen) as hands:
        await hands.press("i", "enter")
        assert "Say what was said or done" in hands.trouble
        assert len(hands.entries()) == PREPARED


async def test_with_nobody_in_the_case_both_keys_say_so(open_app: Open, window: Window) -> None:
    work = window("PC 1234")
    case_id = work.open_case(reference="EX-3").case_id
    work.add_subject(case_id, "scene", "container")
    async with open_app(case_id, NowScreen) as hands:
        for key in "ip":
            await hands.press(key)
            assert "Nobody is in the case yet" in hands.status
        assert {"interaction", "provision"} <= hands.dim


# The running table


async def test_the_table_has_a_line_a_victim_and_counts_the_rest(open_app: Open, case_id: str, window: Window) -> None:
    work = window("PC 1234")
    for label in ("third man", "fourth man"):
        work.add_subject(case_id, "victim", label)
    work.provision(case_id, ("V1", "V2", "V3", "V4"), "food", "a hot meal from the canteen, without meat", quantity="1")
    work.interaction(case_id, ("V1", "V4"), "What he said took a long time to say, and is longer than any line can be")
    async with open_app(case_id, VictimCareScreen) as hands:
        lines = panel(hands)
        assert [line[:2] for line in lines] == ["V1", "V1", "V2", "V3"]
        assert lines[-1].endswith("+1 more")
        assert ".." in lines[1]
        assert "nothing said yet" in lines[2]
        await hands.press("5")
        assert panel(hands)[2].startswith("V1  a hot meal")
        assert panel(hands)[3].endswith("+5 more")
        await hands.resize(120, 40)
        assert [line[:2] for line in panel(hands)[2:]] == ["V1", "V2", "V3", "V4"]


@pytest.mark.parametrize("place", [InitialActionsScreen, VictimCareScreen, NrmScreen, SuspectScreen], ids=lambda place: place.PLACE)
@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_panel_gives_everybody_one_line_however_long_their_states_are(
    place: type[CaseScreen], width: int, open_app: Open, case_id: str, window: Window
) -> None:
    work = window("PC 1234")
    work.add_subject(case_id, "victim", "third man")
    work.add_subject(case_id, "suspect", "third suspect with a very long label")
    for victim in ("V1", "V2", "V3"):
        work.set_facts(case_id, (victim,), {"medical_need": "not-sure", "age": "adult", "interpreter": "not-needed"})
        for item in ("immediate-danger-assessed", "basic-needs-met"):
            work.mark(case_id, item, (victim,), "not-needed", because="so")
    for source in ("source-anpr", "source-local-authority"):
        work.mark(case_id, source, ("S1", "S2", "S3"), "deferred", to="desk")
    async with open_app(case_id, place, size=(width, 24)) as hands:
        box = hands.screen.query_one("#panel", Panel)
        lines = panel(hands)
        assert len(lines) <= box.content_size.height
        assert all(len(line) <= box.content_size.width for line in lines)
        if len(lines) == 3 and place in (InitialActionsScreen, SuspectScreen):
            assert [line[1] for line in lines] == ["1", "2", "3"]


@given(
    rows=st.lists(st.lists(st.text("abc ", max_size=40), min_size=1, max_size=5), max_size=8),
    room=st.integers(40, 120),
    height=st.integers(1, 6),
)
def test_a_panel_never_outgrows_its_room(rows: list[list[str]], room: int, height: int) -> None:
    lines = laid_out([[Content(cell) for cell in row] for row in rows], room, height)
    assert len(lines) == min(len(rows), height)
    assert all(line.cell_length <= room for line in lines)
    if len(rows) > height:
        assert lines[-1].plain.endswith(f"+{len(rows) - height} more")


# References and people entered by mistake


async def test_a_reference_is_added_and_a_person_retired_by_keys(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, LogScreen) as hands:
        await hands.press("A", "2", "enter")
        assert "A reference needs a value" in hands.trouble
        await hands.fill(value="CUS-0417")
        await hands.press("enter")
        assert hands.last.event == ReferenceAdded(reference_kind="custody-record", value="CUS-0417")
        await hands.press("1", "tab", "X")
        await hands.fill(because="entered twice", same_as="v1")
        await hands.press("enter")
        assert hands.entries()[-1].event == SubjectRetired(subject="V2", because="entered twice", same_as="V1")
        assert "V2" not in hands.screen.subjects()


async def test_the_card_of_a_row_of_several_names_whose_notes_it_shows(open_app: Open, case_id: str, window: Window) -> None:
    window("PC 1234").note(case_id, "has eaten", subject="V2", item="basic-needs-met")
    async with open_app(case_id, NowScreen) as hands:
        hands.checklist.move_to("basic-needs-met")
        await hands.settle()
        card = str(hands.screen.query_one("#card").query_one("Static").render())
        assert "V2  09:30 PC 1234: has eaten" in card


async def test_the_longest_question_leaves_the_marking_in_sight_on_the_smallest_window(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen, size=(60, 18)) as hands:
        await hands.press("i")
        lines = hands.lines()
        assert "OFFICIAL-SENSITIVE" in lines[0]
        assert "OFFICIAL-SENSITIVE" in lines[-1]
        await hands.reach("at")
        await hands.pilot.pause()
        assert any(" Time " in line for line in hands.lines())
