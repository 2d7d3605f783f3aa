"""Who may be named: what pages, data and log ask before they show anything that identifies a victim."""

from __future__ import annotations

from msht_tui.service import CaseView


def may_be_named(view: CaseView) -> frozenset[str]:
    """The ids of the victims in the case whose identifying answers may be shown: all whose route is not anonymous."""
    return frozenset(victim.id for victim in view.state.active("victim") if not view.route(victim.id).anonymous)
