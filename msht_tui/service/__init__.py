"""What can be done with a case. One method is one act: entries that are appended together, or not at all."""

from __future__ import annotations

from msht_tui.service.acting import Unreadable
from msht_tui.service.cases import Cases
from msht_tui.service.handovers import Handovers
from msht_tui.service.ledgers import Ledgers
from msht_tui.service.people import People
from msht_tui.service.records import Records
from msht_tui.service.referrals import Referrals
from msht_tui.service.steps import Steps
from msht_tui.service.view import CaseView

__all__ = ["CaseView", "Casework", "Unreadable"]


class Casework(Cases, People, Steps, Ledgers, Handovers, Referrals, Records):
    """The use cases, for one operator at one store."""
