"""Who may be named: what pages, data and log ask before they show anything that identifies a victim."""

from __future__ import annotations

from msht_tui.domain.case import CaseState
from msht_tui.service import CaseView

WITHHELD = "identity withheld"
"""Stands where a label would, when the person is not to be identified."""


def may_be_named(view: CaseView) -> frozenset[str]:
    """The ids of the victims in the case whose identifying answers may be shown: all whose route is not anonymous."""
    return frozenset(victim.id for victim in view.state.active("victim") if not view.route(victim.id).anonymous)


def withheld(view: CaseView) -> frozenset[str]:
    """The subjects whose label stays off what leaves: victims who are not to be identified, under every id they stand under."""
    state = view.state
    known = may_be_named(view)
    victims = {s.id for s in state.subjects.values() if s.kind == "victim" and _same(state, s.id) not in known}
    linked = {_same(state, s.id) for s in state.subjects.values() if s.kind == "suspect" and s.linked in victims}
    return frozenset(victims | {s.id for s in state.subjects.values() if _same(state, s.id) in linked})


def _same(state: CaseState, subject: str) -> str:
    """The id under which a retired subject's person goes on."""
    same = state.subjects[subject].same_as
    return subject if same is None else _same(state, same)
