"""Draws the picture at the top of the README: `python docs/picture.py` writes `docs/now.svg` from an invented case."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msht_tui.app import MshtApp
from msht_tui.bootstrap import Workplace
from screens.desk import Desk

BEGUN = datetime(2026, 11, 23, 19, 5, tzinfo=UTC)


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = BEGUN

    def now(self) -> datetime:
        """The time it was set to."""
        return self.time

    def elapsed(self) -> float:
        """Seconds by the same clock."""
        return self.time.timestamp()


async def draw(folder: Path) -> str:
    """The Now board of an invented case in custody, as SVG."""
    casework = Workplace(folder, exercise=True, operator="PS 77").casework
    clock = casework.clock = _Clock()
    case = casework.open_case(role="custody", reference="CUS-0417").case_id
    casework.add_subject(case, "suspect", "Detainee cell 6")
    casework.link_victim(case, "S1")
    casework.add_subject(case, "victim", "Man found in the van")
    casework.mark(case, "suspect-also-a-victim", ["S1"], "done", because="locked in, unpaid, burns on both hands")
    casework.set_facts(case, ["V1"], {"age": "not-sure", "interpreter": "needed"})
    casework.mark(case, "basic-needs-met", ["V1"], "done")
    clock.time = BEGUN + timedelta(minutes=12, seconds=40)
    app = MshtApp(Desk(casework, marking="OFFICIAL-SENSITIVE"))
    async with app.run_test(size=(104, 26)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.press("down")
        await pilot.pause()
        return app.export_screenshot(title="msht")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as store:
        picture = asyncio.run(draw(Path(store)))
    Path(__file__).with_name("now.svg").write_text(picture, "utf-8")
