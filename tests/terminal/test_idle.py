"""The idle clock locks once, in time, and never lets a key through that came too late."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.terminal.idle import ASLEEP, Cause, IdleClock

LIMIT = 60.0


class Alone:
    """An idle clock and the time it goes by."""

    def __init__(self, limit: float = LIMIT) -> None:
        self.time = 1000.0
        self.causes: list[Cause] = []
        self.clock = IdleClock(limit, lambda: self.time, self.causes.append)

    @property
    def locks(self) -> int:
        """How often it was locked."""
        return len(self.causes)

    def wait(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass, with a look at every step."""
        end = self.time + seconds
        while self.time < end:
            self.time = min(self.time + step, end)
            self.clock.look()


def test_an_app_left_alone_is_locked_once_at_its_limit() -> None:
    alone = Alone()
    alone.wait(LIMIT - 1)
    assert (alone.locks, alone.clock.left) == (0, 1.0)
    alone.wait(1)
    assert (alone.locks, alone.clock.left) == (1, 0.0)
    alone.wait(10 * LIMIT)
    assert alone.locks == 1


def test_every_use_begins_the_limit_anew() -> None:
    alone = Alone()
    for _ in range(5):
        alone.wait(LIMIT - 1)
        assert alone.clock.used()
    assert alone.locks == 0
    assert alone.clock.left == LIMIT


def test_a_key_that_comes_too_late_locks_and_is_not_acted_upon() -> None:
    alone = Alone(limit=ASLEEP / 2)
    alone.time += ASLEEP / 2
    assert not alone.clock.used()
    assert alone.locks == 1
    assert not alone.clock.used()


def test_a_sleep_locks_however_short_it_is_beside_the_limit() -> None:
    alone = Alone(limit=3600)
    alone.wait(5)
    alone.time += ASLEEP + 1
    assert not alone.clock.used()
    assert alone.causes == ["resume"]


@pytest.mark.parametrize(("step", "cause"), [(1.0, "idle"), (ASLEEP, "idle"), (ASLEEP + 1, "resume"), (10 * LIMIT, "resume")])
def test_it_says_whether_nobody_was_there_or_the_machine_slept(step: float, cause: Cause) -> None:
    alone = Alone()
    alone.wait(10 * LIMIT, step)
    assert alone.causes == [cause]


def test_after_the_unlock_it_goes_on() -> None:
    alone = Alone()
    alone.wait(LIMIT)
    alone.time += 1000
    alone.clock.begin()
    assert alone.clock.used()
    alone.wait(LIMIT)
    assert alone.locks == 2


@pytest.mark.parametrize("limit", [60.0, 300.0])
@given(waits=st.lists(st.tuples(st.floats(0, 400), st.booleans()), max_size=60))
def test_it_is_locked_exactly_when_a_pause_reached_the_limit_or_nobody_looked_for_too_long(
    limit: float, waits: list[tuple[float, bool]]
) -> None:
    alone = Alone(limit)
    since_use, locked, cause = 0.0, False, ""
    for seconds, use in waits:
        alone.time += seconds
        since_use += seconds
        if not locked and (seconds > ASLEEP or since_use >= limit):
            locked, cause = True, "resume" if seconds > ASLEEP else "idle"
        if use:
            assert alone.clock.used() is not locked
            since_use = 0.0
        else:
            alone.clock.look()
        assert (alone.clock.locked, alone.causes) == (locked, [cause] if locked else [])
