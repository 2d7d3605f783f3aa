"""What a newcomer is told: the keys that work here and now, what they do, whether a page goes on, and what a key has changed."""

from __future__ import annotations

from textual.widgets import Static

from msht_tui.domain.audit import LIMITS, PURPOSES
from msht_tui.summary.words import ROLE
from screens.dialogs.note import NoteDialog
from screens.now import NowScreen
from screens.widgets.lines import KeyBar
from tests.ui.conftest import Hands, Open
from tests.ui.live import ANN, LiveStore, sign_in


def bar(hands: Hands) -> list[str]:
    """The keys at the bottom of the screen that has them."""
    return [key.press for key in hands.frame.query_one(KeyBar).keys]


async def test_the_help_of_the_door_lists_what_works_there_and_nothing_else(at_the_door: Open, live: LiveStore) -> None:
    live.set_up()
    async with at_the_door() as hands:
        assert bar(hands)[-1] == "F1", "a question mark is typed into the field"
        await hands.press("f1")
        for words in ("Go on to the passphrase", "Next field", "Quit from anywhere"):
            assert words in hands.drawn
        for words in ("Lock:", "Sign out:", "How to read the list"):
            assert words not in hands.drawn


async def test_while_a_question_is_open_the_keys_of_the_screen_behind_it_are_not_shown(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        assert bar(hands)[-1] == "?"
        assert "not needed" in hands.lines()[-2]
        await hands.press("n")
        assert hands.on(NoteDialog)
        assert hands.lines()[-2].strip() == ""
        await hands.press("f1", "escape", "escape")
        assert hands.on(NowScreen)
        assert "not needed" in hands.lines()[-2]


async def test_the_help_says_whether_it_goes_on_below(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen, size=(60, 18)) as hands:
        await hands.press("question_mark")
        assert "PgDn" in bar(hands)
        assert "more" not in hands.dim
        await hands.press("end")
        assert "more" in hands.dim


async def test_what_is_wrong_with_an_answer_is_seen_in_the_smallest_window(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen, size=(60, 18)) as hands:
        await hands.press("i", "enter")
        await hands.pilot.pause(0.1)
        assert "nothing was recorded" in hands.drawn


async def test_another_role_is_said(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, NowScreen) as hands:
        await hands.press("R")
        assert hands.status == f"Role of this window: {ROLE[hands.screen.session.role].lower()}"


async def test_the_audit_shows_short_ids_in_its_list_and_whole_ones_on_the_card(at_the_door: Open, live: LiveStore) -> None:
    live.set_up()
    case_id = live.work().open_case(reference="LIVE-1").case_id
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        await hands.press("enter", "escape", "A")
        assert hands.checklist.rows[-1].title == f"{ANN}: Case {case_id[:8]} opened"
        await hands.press("c")
        text = hands.screen.query_one("#page-text", Static).render().plain
        assert case_id in text
        assert PURPOSES in text
        assert LIMITS in text


async def test_a_supervisor_with_no_case_yet_is_told_how_others_are_let_in(at_the_door: Open, live: LiveStore) -> None:
    live.set_up()
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        assert "No case yet: n begins one. O lets others in." in hands.lines()[1]
        assert "F4 sign out  q quit  F2 hide  ? help" in hands.lines()[-2]
