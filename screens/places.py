"""Which screen stands behind each choice of the phase bar."""

from __future__ import annotations

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

PLACES: tuple[type[CaseScreen], ...] = (
    NowScreen,
    InitialActionsScreen,
    SceneScreen,
    VictimCareScreen,
    SuspectScreen,
    NrmScreen,
    LogScreen,
    SummaryScreen,
    HandoverScreen,
)


def screen_for(place: str) -> type[CaseScreen]:
    """The screen of a place. A phase that has no screen of its own is a fault of the pack's."""
    return next(screen for screen in PLACES if place == screen.PLACE)
