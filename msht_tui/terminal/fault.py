"""What a fault of the program tells: where it is and of what kind. Never a value, a message or a line of text, which may hold a name."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple

OURS = ("msht_tui.", "screens.")
DEEPEST = 12
"""Places kept of a fault, the innermost ones."""


class Fault(NamedTuple):
    """An unexpected exception, without anything that it was about."""

    kind: str
    """The name of the exception's class."""
    places: tuple[str, ...]
    """Module and line of each call, such as `screens.log:88`, the innermost last."""

    @property
    def number(self) -> str:
        """Eight hexadecimal digits of kind and place: the same for the same fault of the same version, on every machine."""
        from hashlib import sha256

        ours = [place for place in self.places if place.startswith(OURS)] or self.places
        digest = sha256(f"{self.kind} {ours[-1] if ours else ''}".encode()).hexdigest().upper()
        return f"{digest[:4]}-{digest[4:8]}"


class Faulted(Exception):
    """The app has ended because of a fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.number)
        self.fault = fault


def fault_of(error: BaseException) -> Fault:
    """The fault that an exception is."""
    return Fault(type(error).__name__, tuple(_places(error.__traceback__))[-DEEPEST:])


def words(fault: Fault, version: str, noted: str) -> str:
    """What the person at the terminal is told. `noted` names the file that holds the places; empty when there is none."""
    where = f" Where in the program it was is noted in {noted}." if noted else ""
    return (
        "Something in the program went wrong, and it has ended. What was shown as saved is saved. Start msht again and look at the last "
        f"entry before you go on; if it happens again, go on on paper.\nPlease report fault {fault.number} of msht {version}. "
        f"The number tells nothing of any case.{where}"
    )


def _places(calls: TracebackType | None) -> Iterator[str]:
    while calls is not None:
        yield f"{calls.tb_frame.f_globals.get('__name__', '?')}:{calls.tb_lineno}"
        calls = calls.tb_next
