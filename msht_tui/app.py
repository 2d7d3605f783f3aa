"""The app: theme, app-wide settings, and the first screen. What it shows lives in `screens`."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.theme import Theme

from msht_tui.bootstrap import Workplace
from msht_tui.terminal.app import GuardedApp
from screens.desk import Desk
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


class MshtApp(GuardedApp[None]):
    """One operator at one store."""

    TITLE = "msht"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", "Quit", show=False, priority=True)]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        ScrollBar.renderer = WholeCells
        self.register_theme(CALM)
        self.theme = "calm"

    def on_mount(self) -> None:
        """Begin with the list of cases."""
        self.push_screen(WorklistScreen(self.desk))

    def on_unmount(self) -> None:
        """Quit in an orderly way."""
        self.finish()

    def finish(self) -> None:
        """Finish every act that was asked for."""
        self.desk.close()


def run_app(workplace: Workplace) -> None:
    """Run the app on this terminal until it is quit. Raises `StoreTrouble` when the settings cannot be used."""
    desk = Desk(
        workplace.casework,
        marking=workplace.settings.marking,
        local_words=dict(workplace.settings.local),
        plain=_ascii_only(),
        copy_fields=workplace.settings.copy_fields,
    )
    MshtApp(desk).run()


def _ascii_only() -> bool:
    """Whether the locale names a character set that is not UTF-8; one that names none is taken to be able."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "UTF-8")
    return os.name != "nt" and "UTF" not in locale.upper()
