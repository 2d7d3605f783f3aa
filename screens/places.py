"""Which screen stands behind each choice of the phase bar."""

from __future__ import annotations

from screens.case_frame import CaseScreen
from screens.hand_off import HandOffScreen
from screens.handover import HandoverScreen
from screens.initial_actions import InitialActionsScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.scene import SceneScreen
from screens.summary import SummaryScreen
from screens.suspect import SuspectScreen
from screens.victim_care import VictimCareScreen
from screens.worksheet import WorksheetScreen

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

BEYOND: tuple[type[CaseScreen], ...] = (WorksheetScreen, HandOffScreen)
"""Screens that are reached from one of the others, not from the bar."""


def screen_for(place: str) -> type[CaseScreen]:
    """The screen of a place. A phase that has no screen of its own is a fault of the pack's."""
    return next(screen for screen in (*PLACES, *BEYOND) if place == screen.PLACE)
