"""A live store that is set up with cheap work for a passphrase, and somebody at its door."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from msht_tui.app import MshtApp
from msht_tui.bootstrap import Workplace
from msht_tui.content.library import Library
from msht_tui.domain.pack import Pack
from msht_tui.gate import LiveGate
from msht_tui.service import Casework
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.folder import FolderStore
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from screens.door import Attended
from tests.ui.conftest import LONDON, Hands, MoodyDisk, SetClock

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN = "PS 11", "PC 22"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks"}


class MoodyWorkplace(Workplace):
    """A workplace at a disk that can be full."""

    disk: MoodyDisk
    content: Pack

    @cached_property
    def store(self) -> FolderStore:
        return FolderStore(self.root, lambda files: self.content, exercise=self.exercise, disk=self.disk, keys=self.keys)


class LiveStore:
    """A live store in a folder; Ann is its supervisor and Ben an operator once it is set up."""

    def __init__(self, base: Path, clock: SetClock, disk: MoodyDisk, library: Library) -> None:
        self.base = base
        self.clock = clock
        self.disk = disk
        self.library = library
        self.waited: list[float] = []
        """Seconds that attempts would have waited."""
        self.waits = False
        """Whether attempts wait as they would."""
        self.code = ""

    def operators(self, wait: Callable[[float], object]) -> Operators:
        """Those of the store; unless they are to wait, the seconds are only noted."""
        return Operators(self.base / "keys", self.disk, costs=CHEAP, sleep=wait if self.waits else self.waited.append)

    def set_up(self) -> None:
        """Make Ann and Ben."""
        operators = self.operators(self.waited.append)
        self.code = operators.set_up(ANN, PASS[ANN], self.begin)
        session = operators.sign_in(ANN, PASS[ANN])
        operators.add(session, BEN, "operator", PASS[BEN])
        session.close()

    def begin(self) -> None:
        """Begin the audit, as a set-up does."""
        Audit(AuditFile(self.base)).begin(self.clock.now())

    def work(self, operator: str = ANN) -> Casework:
        """The casework of an operator in another window, of Ann when it is none."""
        operator = operator if operator in PASS else ANN
        session = self.operators(self.waited.append).sign_in(operator, PASS[operator])
        keys = CaseKeys(session)
        pack = self.library.pack()
        store = FolderStore(self.base, lambda files: pack, exercise=False, disk=self.disk, keys=keys)
        return Casework(store, self.library, self.clock, LONDON, operator)

    def workplace(self, operator: str) -> Workplace:
        """A workplace whose cases are on the one disk."""
        found = MoodyWorkplace(self.base, operator=operator)
        found.disk, found.content = self.disk, self.library.pack()
        return found

    def app(self, operator: str = "nobody") -> MshtApp:
        """The app at this store's door."""
        gate = LiveGate(self.workplace(operator), clock=self.clock, disk=self.disk, operators=self.operators, again=self.workplace)
        return MshtApp(gate.station(), gate)


async def sign_in(hands: Hands, operator: str, passphrase: str = "") -> None:
    """Type an id and a passphrase at the door, which has looked at the clock as it does every second."""
    if isinstance(hands.screen, Attended):
        hands.screen.look()
    if hands.app.focused is not None and hands.app.focused.id == "operator":
        await hands.write(operator)
        await hands.press("enter")
    await hands.write(passphrase or PASS[operator])
    await hands.press("enter")
