"""How every command ends: the one place that turns a failure into words on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from msht_tui.cli.output import complain

DONE, REFUSED, WRONG_USAGE, TROUBLE, INTERRUPTED = 0, 1, 2, 3, 130


class Ended(Exception):
    """The command has said all there is to say, and ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def exit_code_of(act: Callable[[], None]) -> int:
    """Run the act; its exit code. A reader that went away, as `head` does, is no failure."""
    from msht_tui.domain.refusal import Refused
    from msht_tui.ports import StoreTrouble

    code = DONE
    try:
        try:
            act()
        except Ended as end:
            code = end.code
        _flush()
    except Refused as refusal:
        return _said(str(refusal), REFUSED)
    except StoreTrouble as trouble:
        return _said(str(trouble), TROUBLE)
    except BrokenPipeError:
        _silence(sys.stdout)
    except KeyboardInterrupt:
        return _said("Stopped.", INTERRUPTED)
    except OSError as error:
        _silence(sys.stdout)
        where = f" {error.filename}" if error.filename else ""
        return _said(f"The system refused{where}: {error.strerror or error}. What was saved before still is.", TROUBLE)
    return code


def _said(words: str, code: int) -> int:
    try:
        complain(words)
        _flush()
    except OSError:
        # Nobody is left to be told; the exit code still tells.
        _silence(sys.stdout)
        _silence(sys.stderr)
    return code


def _flush() -> None:
    """Print what is still held back now, while a failure can be put in words."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _silence(stream: object) -> None:
    """Send the rest nowhere: Python flushes once more at its end, and would complain by itself."""
    descriptor = getattr(stream, "fileno", None)
    if descriptor is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor())
    os.close(nowhere)
