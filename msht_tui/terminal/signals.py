"""The signals that a terminal program gets, answered between two steps of the event loop, where widgets can be read and drawn."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

Answer = Callable[[int], object]

ENDING = ("SIGHUP", "SIGTERM", "SIGQUIT", "SIGINT", "SIGBREAK")
"""What asks the process to end; not every system has them all."""


def known(*names: str) -> list[signal.Signals]:
    """The signals of these names that this system has."""
    return [signal.Signals[name] for name in names if name in signal.Signals.__members__]


def code_of(number: int) -> int:
    """The exit code after a signal, as a shell gives it."""
    return 128 + number


def answer(loop: asyncio.AbstractEventLoop, number: int, act: Answer, heard: Answer = lambda number: None) -> None:
    """Have `act` called with the number by the loop, soon after the signal; `heard` at once, even while the loop is stuck."""
    try:
        loop.add_signal_handler(number, act, number)
    except NotImplementedError:

        def to_the_loop(number: int, frame: object) -> None:
            heard(number)
            loop.call_soon_threadsafe(act, number)

        signal.signal(number, to_the_loop)
    else:
        # The loop is woken by the number itself; Python's own handler is free for what cannot wait.
        signal.signal(number, lambda number, frame: heard(number))
