"""The watch tells once that the terminal is lost, and ends a process that does not end by itself."""

from __future__ import annotations

from msht_tui.terminal.watch import GRACE, LOST, Watch


class Room:
    """A terminal that can go away, a clock, and an end that is only written down."""

    def __init__(self) -> None:
        self.gone = False
        self.time = 0.0
        self.told: list[object] = []
        self.watch = Watch(lambda: self.told.append("lost"), gone=lambda: self.gone, end=self.told.append, elapsed=lambda: self.time)

    def after(self, seconds: float) -> list[object]:
        self.time += seconds
        self.watch.look()
        return self.told


def test_a_terminal_that_is_there_is_no_news() -> None:
    assert Room().after(10 * GRACE) == []


def test_a_lost_terminal_is_told_once_and_the_process_ended_after_the_grace() -> None:
    room = Room()
    room.gone = True
    assert room.after(0) == ["lost"]
    assert room.after(GRACE / 2) == ["lost"]
    assert room.after(GRACE / 2) == ["lost", LOST]


def test_a_process_that_was_asked_to_end_gets_the_grace_and_keeps_its_code() -> None:
    room = Room()
    room.watch.ending(143)
    room.gone = True
    room.watch.ending(129)
    assert room.after(GRACE - 0.01) == []
    assert room.after(0.01) == [143]
