"""A score of pictures of screens, each looked at by a person before it was kept."""

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
from screens.handover import HandoverScreen
from screens.initial_actions import InitialActionsScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.scene import SceneScreen
from screens.summary import SummaryScreen
from screens.suspect import SuspectScreen
from screens.victim_care import VictimCareScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, SetClock

SMALL, LARGE = (80, 24), (120, 40)


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
def night_shift(window: Callable[[str], Casework], wall: SetClock) -> str:
    """Three cases, one of them an hour into the work; the id of that one."""
    wall.set("2026-11-22T16:10")
    work = window("PC 1234")
    closed = work.open_case(role="responder", reference="GM-4402").case_id
    work.close_case(closed, because="no sign of exploitation found")
    wall.set("2026-11-23T07:55")
    other = work.open_case(role="call-handler", reference="INC-2231").case_id
    work.add_subject(other, "victim", "man asked for food")
    wall.set("2026-11-23T08:14")
    case_id = work.open_case(role="responder", reference="GM-4471").case_id
    for kind, label in (
        ("victim", "woman at the till"),
        ("victim", "boy in the back room"),
        ("suspect", "shop manager"),
        ("scene", "nail bar"),
        ("scene", "flat above"),
    ):
        work.add_subject(case_id, kind, label)  # type: ignore[arg-type]
    work.set_facts(case_id, ("V1",), {"age": "adult", "interpreter": "needed", "medical_need": "no"})
    work.set_facts(case_id, ("V2",), {"age": "not-sure", "medical_need": "yes"})
    work.set_facts(case_id, ("L1",), {"kind": "working", "attended": "yes"})
    work.set_facts(case_id, ("S1",), {"arrested": "no", "possible_victim": "no"})
    wall.set("2026-11-23T08:31")
    work.mark(case_id, "immediate-danger-assessed", ("V1", "V2"), "done", note="The manager knows where her family lives.")
    work.mark(case_id, "parties-separated", ("V1",), "done", at="08:22")
    work.mark(case_id, "independent-interpreter", ("V1",), "deferred", to="telephone service", until="09:15")
    work.mark(case_id, "basic-needs-met", ("V2",), "deferred", to="ambulance", until="08:50")
    work.mark(case_id, "body-worn-video-of-victim", ("V1",), "not-needed", because="she asked for the camera to be off")
    work.mark(case_id, "scene-treated-as-crime-scene", ("L1",), "done")
    work.mark(case_id, "csi-decided", ("L1",), "done", at="08:25")
    work.mark(case_id, "source-pnc", ("S1",), "done")
    work.mark(case_id, "source-anpr", ("S1",), "deferred", to="intelligence unit", until="10:00")
    work.provision(case_id, ("V1", "V2"), "drink", "tea", quantity="2 cups")
    work.provision(case_id, ("V1",), "clothing", "blanket", at="08:20")
    work.provision(case_id, ("V2",), "food", "sandwich", declined=True)
    work.interaction(case_id, ("V1",), "The manager keeps my passport", verbatim=True, how="in-person", interpreter="by telephone")
    work.note(case_id, "She asked for her own coat.", subject="V1", item="interaction-log")
    work.strike(case_id, len(work.view(case_id).entries) - 2, because="it was the other boy who declined")
    work.mark(case_id, "duty-inspector-told", ("case",), "done")
    work.undo(case_id)
    work.redo(case_id)
    wall.set("2026-11-23T09:05")
    return case_id


@pytest.fixture
def picture(
    snap_compare: Callable[..., bool],
    make_app: Callable[..., MshtApp],
    hands_on: Callable[[MshtApp, Pilot[None]], Hands],
    night_shift: str,
) -> Callable[..., bool]:
    """Whether a screen, after these keys, looks as its kept picture."""

    def looks_as_kept(screen: type[CaseScreen] | None, size: tuple[int, int], *keys: str, subjects: dict[str, str] | None = None) -> bool:
        app = make_app()

        async def come(pilot: Pilot[None]) -> None:
            hands = hands_on(app, pilot)
            hands.case_id = night_shift
            await hands.settle()
            if screen is not None:
                await hands.stand_on(screen, subjects=subjects)
            await hands.press(*keys)
            await pilot.pause()

        before: Callable[[Pilot[None]], Awaitable[None]] = come
        return snap_compare(app, terminal_size=size, run_before=before)

    return looks_as_kept


Picture = Callable[..., bool]


def test_worklist(picture: Picture) -> None:
    assert picture(None, SMALL)


def test_now(picture: Picture) -> None:
    assert picture(NowScreen, SMALL)


def test_now_on_a_large_window(picture: Picture) -> None:
    assert picture(NowScreen, LARGE)


def test_initial_actions(picture: Picture) -> None:
    assert picture(InitialActionsScreen, SMALL)


def test_initial_actions_of_a_child_on_a_large_window(picture: Picture) -> None:
    assert picture(InitialActionsScreen, LARGE, subjects={"initial-actions": "V2"})


def test_scene(picture: Picture) -> None:
    assert picture(SceneScreen, SMALL)


def test_victim_care(picture: Picture) -> None:
    assert picture(VictimCareScreen, SMALL)


def test_suspect_on_a_large_window(picture: Picture) -> None:
    assert picture(SuspectScreen, LARGE)


def test_nrm(picture: Picture) -> None:
    assert picture(NrmScreen, SMALL)


def test_mark_dialog(picture: Picture) -> None:
    assert picture(InitialActionsScreen, SMALL, "x", "enter")


def test_fact_dialog(picture: Picture) -> None:
    assert picture(InitialActionsScreen, SMALL, "m")


def test_log_with_struck_entries(picture: Picture) -> None:
    assert picture(LogScreen, SMALL, "pageup", "down")


def test_log_with_struck_entries_on_a_large_window(picture: Picture) -> None:
    assert picture(LogScreen, LARGE)


def test_handover(picture: Picture) -> None:
    assert picture(HandoverScreen, SMALL, "o", *"PS 77", "enter", "end")


def test_handover_on_a_large_window(picture: Picture) -> None:
    assert picture(HandoverScreen, LARGE, "o", *"PS 77", "enter")


def test_provision_dialog(picture: Picture) -> None:
    assert picture(VictimCareScreen, SMALL, "p", "1")


def test_provision_dialog_on_a_large_window(picture: Picture) -> None:
    assert picture(VictimCareScreen, LARGE, "p", "1")


def test_interaction_dialog(picture: Picture) -> None:
    assert picture(NrmScreen, SMALL, "i")


def test_closing_review(picture: Picture) -> None:
    assert picture(None, SMALL, "z")


def test_summary(picture: Picture) -> None:
    assert picture(SummaryScreen, LARGE)


def test_a_window_that_is_too_small(picture: Picture) -> None:
    assert picture(NowScreen, (50, 15))
