"""What is left when a case is closed or handed over, so that nobody does either without seeing it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from msht_tui.domain.case import CaseState
from msht_tui.domain.entry import Entry, HandoverStarted
from msht_tui.domain.steps import Step


class Review(msgspec.Struct, frozen=True):
    """What is left of a case. Nothing in it forbids the closing; it asks for a reason."""

    killers: tuple[Step, ...]
    """Open steps whose omission costs most."""
    open: tuple[Step, ...]
    """Every other open step."""
    deferred: tuple[Step, ...]
    overdue: tuple[Step, ...]
    """Those of the deferred whose time has passed."""
    waiting: tuple[Step, ...]
    unreasoned: tuple[Step, ...]
    """Decisions that stand without their reason."""
    late: tuple[Entry, ...]
    """Entries that were made noticeably later than what they say happened."""
    offered: HandoverStarted | None
    """A handover that nobody has answered."""

    def words(self) -> str:
        """What is left, counted, in a sentence's part; empty when nothing is."""
        counted = (
            (len(self.killers), "vital step open", "vital steps open"),
            (len(self.open), "other step open", "other steps open"),
            (len(self.deferred), "step deferred", "steps deferred"),
            (len(self.waiting), "step waiting for a fact", "steps waiting for a fact"),
            (len(self.unreasoned), "decision without its reason", "decisions without their reason"),
            (int(self.offered is not None), "handover that nobody has answered", ""),
        )
        return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counted if number)


def closing_review(case: CaseState, steps: Sequence[Step], entries: Sequence[Entry], now: datetime) -> Review:
    """The review of a case as it stands, `now` in UTC."""
    open_steps = [step for step in steps if step.state == "open"]
    deferred = tuple(step for step in steps if step.state == "deferred")
    return Review(
        killers=tuple(step for step in open_steps if step.item.killer),
        open=tuple(step for step in open_steps if not step.item.killer),
        deferred=deferred,
        overdue=tuple(step for step in deferred if step.overdue(now)),
        waiting=tuple(step for step in steps if step.state == "waiting"),
        unreasoned=tuple(
            step for step in steps if step.item.kind == "consider" and step.state == "done" and step.mark and not step.mark.event.because
        ),
        late=tuple(entry for entry in entries if entry.stamp.late and entry.number not in case.struck),
        offered=case.offered.event if case.offered else None,
    )
