"""The app over a store on disk, with a clock that is set by hand, and somebody who presses real keys."""

from __future__ import annotations

import errno
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from textual import events
from textual.geometry import Offset
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, OptionList, TextArea
from textual.worker import WorkerCancelled

from msht_tui.app import MshtApp
from msht_tui.content.library import Library
from msht_tui.domain.entry import Entry
from msht_tui.domain.pack import Pack
from msht_tui.service import CaseView, Casework
from msht_tui.store.disk import Disk
from msht_tui.store.folder import FolderStore
from screens import steps_frame
from screens.case_frame import CaseScreen
from screens.desk import Desk, Session
from screens.dialogs.choices import Choices
from screens.frame import FrameScreen
from screens.phase import PhaseScreen
from screens.places import screen_for
from screens.widgets.checklist import Checklist
from screens.widgets.lines import KeyBar, Line, StatusLine

if TYPE_CHECKING:
    from tests.ui.live import LiveStore

LONDON = ZoneInfo("Europe/London")
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""A Monday in winter, when London's clock shows UTC."""


class SetClock:
    """A clock that shows what it was set to."""

    def __init__(self) -> None:
        self.moment = MORNING

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.moment.timestamp()

    def forward(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.moment += timedelta(seconds=seconds)

    def set(self, text: str) -> None:
        """Put it at a local ISO time."""
        self.moment = datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


class MoodyDisk(Disk):
    """A disk that never waits for its plates, fails to write while it is full, and holds a write back while the gate is shut."""

    def __init__(self) -> None:
        self.full = False
        self.gate = threading.Event()
        self.gate.set()

    def write_all(self, descriptor: int, data: bytes) -> None:
        assert self.gate.wait(20), "nobody opened the gate again"
        if self.full:
            raise OSError(errno.ENOSPC, "no space left")
        super().write_all(descriptor, data)

    def sync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


class Hands:
    """Somebody at the keyboard of a running app, with an eye on the screen and another on the disk."""

    def __init__(self, app: MshtApp, pilot: Pilot[None], clock: SetClock, disk: MoodyDisk, window: Callable[[str], Casework]) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock
        self.disk = disk
        self.window = window
        """Gives another operator's casework at the same folder."""
        self.case_id = ""

    # What is done

    async def press(self, *keys: str) -> None:
        """Press these keys, each once the one before has done its work."""
        for key in keys:
            self._send(key)
            await self.settle()
            if self.screen.query("#page"):
                await self.pilot.pause()

    async def press_only(self, key: str) -> None:
        """Press a key and look at once, without waiting for the disk."""
        self._send(key)
        await self.settle(acts=False)

    async def write(self, text: str) -> None:
        """Type a text in one go."""
        for character in text:
            self._send(character)
        await self.settle()

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it over."""
        assert self.app._driver is not None
        event = events.Paste(text)
        event.set_sender(self.app)
        self.app._driver.send_message(event)
        await self.settle()

    def _send(self, key: str) -> None:
        assert self.app._driver is not None
        character = key if len(key) == 1 else {"space": " ", "slash": "/", "question_mark": "?"}.get(key)
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        event = events.Key(name, character)
        event.set_sender(self.app)
        self.app._driver.send_message(event)

    async def settle(self, *, acts: bool = True) -> None:
        """Until every message has been read and, unless told otherwise, every act has ended, also one that nobody waits for any more."""
        quiet = 0
        if acts and self.app.is_running and self.app.desk is not None:
            await self.app.desk.do(lambda casework: None)
        while quiet < 2:
            await self.pilot._wait_for_screen()
            assert self.app.fault is None, self.app.fault
            quiet += 1
            if not self.app.screen.is_mounted:
                quiet = 0
            elif acts and any(not worker.is_finished for worker in self.app.workers):
                quiet = 0
                with suppress(WorkerCancelled):
                    await self.app.workers.wait_for_complete()
            elif any(pump.message_queue_size for pump in (self.app, *self.app.screen.walk_children(with_self=True))):
                quiet = 0

    async def click(self, widget: Widget, x: int, y: int = 0) -> None:
        """Click at these cells of a widget."""
        await self.pilot.click(widget, offset=(x, y))
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def stand_on(self, screen: type[CaseScreen], *, anew: bool = False, subjects: dict[str, str] | None = None) -> None:
        """Have a screen of the case in front: the one that is open, or a new one."""
        while len(self.app.screen_stack) > 2 and (anew or type(self.app.screen) is not screen):
            await self.app.pop_screen()
        if type(self.app.screen) is not screen:
            assert self.app.desk is not None
            view = self.app.desk._casework.view(self.case_id)
            role = view.state.role
            session = Session(view, role, view.pack.points_for(role)[0], screen_for)
            session.subjects.update(subjects or {})
            await self.app.push_screen(screen(self.app.desk, session))
        await self.settle()

    async def fill(self, **fields: str) -> None:
        """Type into the named fields of the dialog in front, reached with Tab."""
        for name, text in fields.items():
            await self.reach(name)
            await self.write(text)

    async def reach(self, name: str) -> None:
        """Press Tab until the field of this name has the focus."""
        for _ in range(10):
            if self.app.focused is not None and self.app.focused.id == name:
                return
            await self.press("tab")
        raise AssertionError(f"Tab never came to {name!r}, but to {self.app.focused}")

    async def tick(self, *names: str) -> None:
        """Tick or untick these in the dialog in front, among those it is for."""
        await self.reach("subjects")
        choices = self.screen.query_one("#subjects", Choices)
        for name in names:
            while choices.options[choices.cursor][0] != name:
                await self.press("right")
            await self.press("space")

    async def pick_fact(self, name: str) -> None:
        """In the list of facts, go down to one and open it."""
        options = self.app.screen.query_one(OptionList)
        for _ in range(options.option_count):
            if options.highlighted is not None and options.get_option_at_index(options.highlighted).id == name:
                break
            await self.press("down")
        else:
            raise AssertionError(f"{name!r} is not in the list of facts")
        await self.press("enter")

    async def find(self, key: str) -> None:
        """Put the cursor on the row of this key, by finding it."""
        if self.row_key == key:
            return
        await self.press("slash")
        await self.write(key[:6])
        await self.press("enter", "home")
        while self.row_key != key:
            before = self.row_key
            await self.press("down")
            assert self.row_key != before, f"{key!r} is not in the list: {[row.key for row in self.checklist.rows]}"

    async def show_subject(self, subject: str) -> None:
        """Press Tab until a phase shows this one's steps."""
        screen = self.screen
        assert isinstance(screen, PhaseScreen)
        for _ in screen.subjects():
            if screen.subject == subject:
                return
            await self.press("tab")
        raise AssertionError(f"{subject} has no steps in {screen.PLACE}")

    # What is seen

    @property
    def screen(self) -> Any:
        """The screen or dialog in front."""
        return self.app.screen

    def on(self, kind: type[Screen[Any]]) -> bool:
        """Whether a screen or dialog of this class is in front."""
        return isinstance(self.app.screen, kind)

    @property
    def frame(self) -> FrameScreen:
        """The screen at the bottom line of which messages appear: the one in front that is no dialog."""
        return next(screen for screen in reversed(self.app.screen_stack) if isinstance(screen, FrameScreen))

    @property
    def status(self) -> str:
        """The message of the moment."""
        return self.frame.query_one("#status", StatusLine)._ends[0].plain

    @property
    def trouble(self) -> str:
        """What a dialog says is wrong."""
        line = self.screen.query_one(".trouble")
        return str(line.render().plain) if line.display else ""

    @property
    def checklist(self) -> Checklist:
        return self.frame.query_one("#list", Checklist)

    @property
    def row_key(self) -> str:
        """The key of the row under the cursor."""
        found = self.frame.query(Checklist)
        row = found.first().current if found else None
        return row.key if row else ""

    def row(self, key: str) -> str:
        """How a row reads: mark, title, state."""
        found = next(row for row in self.checklist.rows if row.key == key)
        return f"{found.mark} {found.title} {found.short}"

    @property
    def ends(self) -> str:
        """The line of the case, both ends."""
        line = self.frame.query_one("#case-line", Line)
        return " ".join(end.plain for end in line._ends)

    @property
    def dim(self) -> set[str]:
        """The actions at the bottom that cannot be used now."""
        return {key.action for key in self.frame.query_one(KeyBar).keys if not key.enabled}

    def lines(self) -> list[str]:
        """The screen in front as it is drawn, line by line."""
        self.app.screen._on_timer_update()
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def drawn(self) -> str:
        """The screen in front as it is drawn."""
        return "\n".join(self.lines())

    def place_of(self, widget: Widget, words: str) -> Offset:
        """Where words stand inside a widget, for a click."""
        region = widget.region
        for y, line in enumerate(self.lines()[region.y : region.bottom]):
            x = line[region.x : region.right].find(words)
            if x >= 0:
                return Offset(x, y)
        raise AssertionError(f"{words!r} is not drawn in {widget}")

    # What is kept

    def case(self) -> CaseView:
        """The case as another window reads it from the disk."""
        return self.window("reader").view(self.case_id)

    def entries(self) -> Sequence[Entry]:
        """The record, as another window reads it from the disk."""
        return self.case().entries

    @property
    def last(self) -> Entry:
        """The last entry on disk."""
        return self.entries()[-1]


Open = Callable[..., AbstractAsyncContextManager[Hands]]


@pytest.fixture(autouse=True)
def steady_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second press of space is meant, however soon it comes."""
    monkeypatch.setattr(steps_frame, "BOUNCING", 0)


@pytest.fixture
def wall() -> SetClock:
    return SetClock()


@pytest.fixture
def disk() -> MoodyDisk:
    return MoodyDisk()


@pytest.fixture
def window(tmp_path: Path, wall: SetClock, disk: MoodyDisk, library: Library, pack: Pack) -> Callable[[str], Casework]:
    """Gives somebody's casework at the one exercise store, as a window of their own has it."""

    def at_the_store(operator: str = "PC 1234") -> Casework:
        return Casework(FolderStore(tmp_path / "exercise", lambda files: pack, exercise=True, disk=disk), library, wall, LONDON, operator)

    return at_the_store


@pytest.fixture
def make_app(window: Callable[[str], Casework]) -> Callable[..., MshtApp]:
    """Makes the app, not yet running."""
    return lambda operator="PC 1234", plain=False: MshtApp(Desk(window(operator), marking="OFFICIAL-SENSITIVE", plain=plain))


@pytest.fixture
def open_app(make_app: Callable[..., MshtApp], wall: SetClock, disk: MoodyDisk, window: Callable[[str], Casework]) -> Open:
    """Runs the app on its list of cases; on a screen of a case when a case and a screen are given."""

    @asynccontextmanager
    async def running(
        case_id: str = "",
        screen: type[CaseScreen] | None = None,
        *,
        size: tuple[int, int] = (80, 24),
        operator: str = "PC 1234",
        plain: bool = False,
        subjects: dict[str, str] | None = None,
    ) -> AsyncIterator[Hands]:
        app = make_app(operator, plain)
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            hands = Hands(app, pilot, wall, disk, window)
            hands.case_id = case_id
            await hands.settle()
            if screen is not None:
                await hands.stand_on(screen, subjects=subjects)
            yield hands

    return running


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks."""
    init = Input.__init__

    def without_blinking(self: Input, *args: Any, **options: Any) -> None:
        init(self, *args, **options)
        self.cursor_blink = False

    monkeypatch.setattr(Input, "__init__", without_blinking)
    monkeypatch.setattr(TextArea, "cursor_blink", False)


@pytest.fixture
def live(tmp_path: Path, wall: SetClock, disk: MoodyDisk, library: Library) -> LiveStore:
    """A live store that is not set up."""
    from tests.ui.live import LiveStore

    return LiveStore(tmp_path / "live", wall, disk, library)


@pytest.fixture
def at_the_door(live: LiveStore, wall: SetClock, disk: MoodyDisk) -> Open:
    """Runs the app at the door of the live store."""

    @asynccontextmanager
    async def running(operator: str = "nobody") -> AsyncIterator[Hands]:
        app = live.app(operator)
        app.animation_level = "none"
        async with app.run_test(size=(80, 24)) as pilot:
            hands = Hands(app, pilot, wall, disk, live.work)
            await hands.settle()
            yield hands

    return running


@pytest.fixture
def case_id(window: Callable[[str], Casework]) -> str:
    """The id of a case with two adult victims, two suspects, two scenes and a caller, and one step done in each phase."""
    work = window("PC 1234")
    case_id = work.open_case(role="responder", reference="EX-1").case_id
    for kind, label in (
        ("victim", "man at the gate"),
        ("victim", "second man"),
        ("suspect", "driver"),
        ("suspect", "man in house"),
        ("scene", "container"),
        ("scene", "house"),
        ("other", "caller"),
    ):
        work.add_subject(case_id, kind, label)  # type: ignore[arg-type]
    work.set_facts(case_id, ("V1", "V2"), {"age": "adult"})
    work.mark(case_id, "calm-positive-manner", ("V1",), "done")
    work.mark(case_id, "csi-decided", ("L1",), "done")
    work.mark(case_id, "vulnerability-gathered", ("V1",), "done")
    work.mark(case_id, "source-pnc", ("S1",), "done")
    work.mark(case_id, "local-charities", ("V1",), "done")
    return case_id


@pytest.fixture
def hands_on(wall: SetClock, disk: MoodyDisk, window: Callable[[str], Casework]) -> Callable[[MshtApp, Pilot[None]], Hands]:
    """Gives the hands on an app that something else runs."""
    return lambda app, pilot: Hands(app, pilot, wall, disk, window)
