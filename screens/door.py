"""What the screens before the live store share: they stand where nobody is signed in."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from screens.desk import Station
from screens.frame import FrameScreen
from screens.gate import Gate


class DoorScreen(FrameScreen):
    """A screen with nobody signed in."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "door.tcss"]

    def __init__(self, station: Station, gate: Gate) -> None:
        super().__init__(station)
        self.gate = gate
