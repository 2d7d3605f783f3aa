"""The lock: nothing of a case is left behind it. Whoever unlocks signs in; the one who was here comes back to where they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msht_tui.domain.pack import Role
from screens.desk import Station
from screens.gate import Gate
from screens.sign_in import SignInScreen


@dataclass(frozen=True)
class InCase:
    """Where somebody was in a case: ids and choices, and nothing that stands in it."""

    case_id: str
    place: str
    """Of the phase bar."""
    role: Role
    point: str
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Phase id to the subject chosen there."""
    cursors: Mapping[str, str] = field(default_factory=dict)
    """Place to the key of the row that the cursor stood on."""


@dataclass(frozen=True)
class Whereabouts:
    """Where an operator was when the screen was locked."""

    operator: str
    asked: bool
    """Whether a question was open that is put again: which, and what stood in it, is among what the store keeps sealed."""
    case: InCase | None = None
    """Where in a case; `None` with the list of cases."""


class LockScreen(SignInScreen):
    """Locked: unlocking is signing in."""

    def __init__(self, station: Station, gate: Gate, operator: str, *, said: str = "") -> None:
        """`operator` locked it; `said` is what there is to say first."""
        super().__init__(station, gate, operator, said=said)
        self.locked_by = operator
        self.since = station.now()

    def heading(self) -> str:
        """Since when, and by whose desk."""
        return f"Locked at {self.since.astimezone(self.desk.zone):%H:%M}"

    def words(self) -> str:
        """What unlocking does."""
        return "What was typed is kept. You come back to where you were; somebody else begins with the list of cases."
