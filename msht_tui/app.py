"""The app: theme, the door of the live store, the desk behind it, and the lock between them. What it shows lives in `screens`."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.theme import Theme
from textual.widget import AwaitMount

from msht_tui.bootstrap import Workplace
from msht_tui.domain.audit import AuditEvent, ClockStepped, LockCause, Locked, SignedOut
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.gate import LiveGate, desk_of
from msht_tui.leaving import Leaving, gather, keep
from msht_tui.ports import StoreTrouble
from msht_tui.terminal.app import GuardedApp
from msht_tui.terminal.idle import IdleClock
from screens.case_frame import CaseScreen
from screens.desk import ASKED, Desk, Station
from screens.dialogs.question import Question
from screens.door import DoorScreen
from screens.first_run import FirstRunScreen
from screens.frame import FrameScreen
from screens.gate import UNSEEN, Gate
from screens.guidance import GuidanceScreen
from screens.lock import InCase, LockScreen, Whereabouts
from screens.privacy import PrivacyScreen
from screens.recover import MakesCode
from screens.sign_in import SignInScreen
from screens.worklist import WorklistScreen

CALM = Theme(
    name="calm",
    primary="#2f3b4a",
    secondary="#5b3a66",
    accent="#7fb2e5",
    foreground="#dfe3e8",
    background="#14181d",
    surface="#1b2128",
    panel="#222a33",
    success="#8fbf9f",
    warning="#e0b25a",
    error="#ef8a80",
    dark=True,
    variables={"scrollbar": "#3b4753", "scrollbar-hover": "#4a5866", "scrollbar-active": "#5a6a7a", "scrollbar-background": "#1b2128"},
)


class WholeCells(ScrollBarRender):
    """A scroll bar of whole cells: a terminal of ASCII characters has no others."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


LOST = "The disk does not take what was typed last: quitting loses it. Record it or write it down first; Ctrl+Q again quits without it."
HELD = "The disk did not take what was typed: it is held until this program ends. Sign in as before and record it once there is room."


class MshtApp(GuardedApp[None]):
    """One terminal: at an exercise, or at the door of the live store and the desk of whoever is signed in there."""

    TITLE = "msht"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "privacy", "Hide", key_display="F2", tooltip="Hide the screen at once, also over a question", priority=True),
        Binding(
            "f3,ctrl+l", "lock", "Lock", key_display="F3", tooltip="Lock: what is typed is kept, and you come back to it", priority=True
        ),
        Binding("f4", "sign_out", "Sign out", key_display="F4", tooltip="Sign out: the next one begins at the door", priority=True),
        Binding("f5", "guidance", "Guidance", key_display="F5", tooltip="The guidance without a case, also while locked", priority=True),
        Binding("ctrl+q", "quit", "Quit", key_display="Ctrl+Q", tooltip="Quit from anywhere", show=False, priority=True),
    ]

    def __init__(self, station: Station, gate: Gate | None = None) -> None:
        """At the desk of an exercise, or with a `gate` at the door of the live store."""
        super().__init__()
        self.station = station
        self.gate = gate
        self.desk = station if isinstance(station, Desk) else None
        self.idle: IdleClock | None = None
        """While somebody is signed in."""
        self._back_to: Whereabouts | None = None
        """Where whoever locked the screen was."""
        self._leaving: Leaving | None = None
        """While a desk is being left: nobody sits at it, and what is behind the door is not yet gone."""
        self._told_of_loss = False
        """Whether it was said what quitting would lose."""
        self._modes_made = itertools.count(1)
        ScrollBar.renderer = WholeCells
        self.register_theme(CALM)
        self.theme = "calm"

    def on_mount(self) -> None:
        """Begin with the list of cases of an exercise, or at the door."""
        self.set_interval(1.0, self.look_for_idleness)
        if self.desk is not None:
            self.push_screen(WorklistScreen(self.desk))
        elif self.gate is not None:
            self._to_mode(_door(self.station, self.gate))

    def on_unmount(self) -> None:
        """Quit in an orderly way."""
        self.finish()

    async def action_quit(self) -> None:
        """Keep what is typed, sign out, and quit. What would be lost is told first, and goes only when it is asked for again."""
        if self._holds_code():
            return
        self.empty_clipboard()
        if self._leaving is not None:
            await self._leaving.done()
        if not self._told_of_loss and await self._would_lose():
            self._told_of_loss = True
            self._tell(LOST)
            return
        if self.desk is not None:
            self._begin_leaving(self.desk, SignedOut())
        if self._leaving is not None:
            await self._leaving.done()
        self.exit()

    async def _would_lose(self) -> bool:
        """Whether something is typed that the disk does not take; the store is asked once more."""
        desk = self.desk
        if desk is None:
            return self.gate is not None and self.gate.keeps_typed()
        gather(self.screen_stack)
        left = await desk.do(lambda _: desk.settle())
        self._take_typed_back()
        return any(case_id != ASKED for case_id in left)

    def _take_typed_back(self) -> None:
        """What is typed in a question stands there alone again."""
        for screen in self.screen_stack:
            if isinstance(screen, Question):
                screen.take_back()

    def _tell(self, words: str) -> None:
        """Say something that must not be missed, in front of all."""
        if isinstance(self.screen, Question):
            self.screen.say(words)
            return
        frame = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, FrameScreen))
        frame.status.say(words, "trouble")

    # At the door

    @on(SignInScreen.Entered)
    def come_in(self, message: SignInScreen.Entered) -> None:
        """Somebody has signed in."""
        self.run_worker(self._come_in(message.desk), group="door")

    async def _come_in(self, desk: Desk) -> None:
        """The list of cases, once all of the desk before is put away; whoever locked the screen comes back to where they were."""
        if self._leaving is not None:
            await self._leaving.done()
        back_to, self._back_to = self._back_to, None
        self._told_of_loss = False
        self.desk = self.station = desk
        desk.ended = self.end
        self.idle = IdleClock(desk.idle_limit, desk.clock.elapsed, self.lock)
        mine = back_to if back_to is not None and back_to.operator == desk.operator else None
        await self._replace_all(lambda: WorklistScreen(desk, mine))

    @on(FirstRunScreen.Practised)
    def practise(self, message: FirstRunScreen.Practised) -> None:
        """The list of exercises."""
        desk = message.desk
        self.desk = self.station = desk
        self.run_worker(self._replace_all(lambda: WorklistScreen(desk)), group="door")

    @on(DoorScreen.Ready)
    def come_to_the_door(self, message: DoorScreen.Ready) -> None:
        """Set up, or let in by the recovery code: sign in."""
        if self.gate is not None:
            gate, self.station = self.gate, self.gate.station()
            door = SignInScreen(self.station, gate, message.operator, said=self.station.notice)
            self.run_worker(self._replace_all(lambda: door), group="door")

    # Leaving the desk

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """At the door there is nobody to lock out, or to sign out."""
        return self.desk is not None or action not in ("lock", "sign_out")

    def action_lock(self) -> None:
        """Lock by key."""
        self.lock("key")

    def lock(self, cause: LockCause) -> None:
        """Put the door in front of everything, then let go of all that stood behind it."""
        if self._is_live() and self.desk is not None:
            self.look_at_clock()
            operator = self.desk.operator
            said = UNSEEN if self._makes_code() else ""
            self._back_to = _whereabouts(self.screen_stack, operator)
            self._leave_desk(Locked(cause=cause), lambda station, gate: LockScreen(station, gate, operator, said=said))

    def action_sign_out(self) -> None:
        """Sign out by key."""
        if not self._holds_code() and self._is_live():
            self._leave_desk(SignedOut(), SignInScreen)

    def end(self, words: str) -> None:
        """Whoever is signed in may not be any more."""
        self._leave_desk(SignedOut(), lambda station, gate: SignInScreen(station, gate, said=words))

    def _is_live(self) -> bool:
        """Whether somebody is signed in; an exercise is told that there is no need."""
        live = self.desk is not None and self.desk.badge is not None
        front = self.screen
        if self.desk is not None and not live and isinstance(front, FrameScreen):
            front.status.say("Nobody signs in to an exercise, and it never locks: F2 hides the screen, Ctrl+Q quits.", "refused")
        return live

    def _makes_code(self) -> bool:
        """Whether a recovery code is being made, or shown and not written down."""
        return any(isinstance(screen, MakesCode) and screen.unwritten for screen in self.screen_stack)

    def _holds_code(self) -> bool:
        """The same; whoever would leave is told to write it down. Only the lock waits for nothing."""
        held = self._makes_code()
        if held:
            frame = next(screen for screen in reversed(self.screen_stack) if isinstance(screen, FrameScreen))
            frame.status.say("A recovery code is being made, and is shown once: write it down before you leave.", "refused")
        return held

    def _leave_desk(self, event: AuditEvent, door: Callable[[Station, Gate], Screen[None]]) -> None:
        """Put a door in front of the desk, for which no file is read."""
        desk, gate = self.desk, self.gate
        if desk is not None and gate is not None:
            self.empty_clipboard()
            self._begin_leaving(desk, event)
            self.station = station = desk.unattended()
            self._to_mode(lambda: door(station, gate))

    def _begin_leaving(self, desk: Desk, event: AuditEvent) -> None:
        self._leaving = Leaving(self, desk, event, self._have_left)
        self.desk = self.idle = None

    def _have_left(self) -> None:
        self._leaving = None
        door = self.screen_stack[0]
        if self.gate is not None and self.gate.keeps_typed() and isinstance(door, SignInScreen) and not door.said:
            self._tell(HELD)

    def _to_mode(self, make: Callable[[], Screen[None]]) -> AwaitMount:
        """Show a screen in place of all others, which stay out of sight."""
        name = f"mode {next(self._modes_made)}"
        self.add_mode(name, make)
        return self.switch_mode(name)

    async def _replace_all(self, make: Callable[[], Screen[None]]) -> None:
        """Show a screen in place of all others, which go."""
        behind = self.current_mode
        await self._to_mode(make)
        await self.remove_mode(behind)

    # Idleness, and a terminal that is given back

    async def on_event(self, event: events.Event) -> None:
        """A key that comes too late only finds the lock."""
        used = isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded
        if used and self.idle is not None and not self.idle.used():
            return
        await super().on_event(event)

    def look_for_idleness(self) -> None:
        """Lock if it is time to."""
        if self.idle is not None and self.desk is not None:
            self.look_at_clock()
            self.idle.limit = self.desk.idle_limit
            self.idle.look()
        if self.idle is not None and self.desk is not None:  # unless it has just locked
            self.desk.locks_in = self.idle.left

    def look_at_clock(self) -> None:
        """Record that the clock was moved while somebody is signed in."""
        desk = self.desk
        if desk is not None and (seconds := desk.clock_step()):
            self.run_worker(self._record_step(desk, ClockStepped(seconds=seconds)), group="acts")

    async def _record_step(self, desk: Desk, step: ClockStepped) -> None:
        try:
            await desk.do(lambda casework: desk.record(step))
        except (Refused, StoreTrouble) as trouble:
            if isinstance(self.screen, FrameScreen):
                self.screen.status.say(str(trouble), "trouble")

    async def resumed(self) -> None:
        """The process was stopped: lock; an exercise goes on."""
        if self.desk is not None and self.desk.badge is not None:
            self.lock("resume")
            return
        self._take_typed_back()

    def keep_typed(self) -> None:
        """Have the store keep what is typed and not recorded."""
        if self._leaving is not None:
            self._leaving.keep()
        elif self.desk is not None:
            keep(self.desk, self.screen_stack)

    def finish(self) -> None:
        """Finish every act that was asked for."""
        desk = self.desk if self._leaving is None else self._leaving.desk
        if desk is not None:
            desk.close()

    # Without a case

    def action_privacy(self) -> None:
        """Hide what is in front, or bring it back."""
        if isinstance(self.screen, PrivacyScreen):
            self.screen.dismiss()
        else:
            self.push_screen(PrivacyScreen(self.station))

    async def action_guidance(self) -> None:
        """The guidance, wherever one is."""
        if not isinstance(self.screen, GuidanceScreen):
            self.run_worker(self._show_guidance(), group="guidance", exclusive=True)

    async def _show_guidance(self) -> None:
        front = self.screen
        try:
            pack = await asyncio.to_thread(_content)
        except Refused as refusal:
            if isinstance(front, FrameScreen):
                front.status.say(str(refusal), "trouble")
        else:
            await self.push_screen(GuidanceScreen(self.station, pack))


def run_app(workplace: Workplace) -> None:
    """Run the app on this terminal until it is quit. Raises `StoreTrouble` when the settings of an exercise cannot be used."""
    plain = _ascii_only()
    if workplace.exercise:
        MshtApp(desk_of(workplace, plain=plain)).run()
    else:
        gate = LiveGate(workplace, plain=plain)
        MshtApp(gate.station(), gate).run()


def _door(station: Station, gate: Gate) -> Callable[[], Screen[None]]:
    """What the live store begins with; where that cannot be read, the door that says so."""
    try:
        if gate.is_set_up():
            return lambda: SignInScreen(station, gate, gate.expected(), said=station.notice)
    except (Refused, StoreTrouble) as trouble:
        said = str(trouble)
        return lambda: SignInScreen(station, gate, said=said)
    return lambda: FirstRunScreen(station, gate)


def _content() -> Pack:
    """The content in use, which no store is needed for. Raises `Refused`."""
    from msht_tui.content.library import Library

    return Library().pack()


def _whereabouts(screens: Sequence[Screen[Any]], operator: str) -> Whereabouts:
    """Where the operator is: on which screen of which case or with the list of cases, and whether a question is open there."""
    asked = any(isinstance(screen, Question) and bool(screen.action) for screen in screens)
    for screen in reversed(screens):
        if isinstance(screen, CaseScreen):
            screen.remember()
            session = screen.session
            subjects, cursors = dict(session.subjects), dict(session.cursors)
            case = InCase(session.view.case_id, screen.PLACE, session.role, session.point, subjects, cursors)
            return Whereabouts(operator, asked, case)
    return Whereabouts(operator, asked)


def _ascii_only() -> bool:
    """Whether the locale names a character set that is not UTF-8; one that names none is taken to be able."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "UTF-8")
    return os.name != "nt" and "UTF" not in locale.upper()
