"""The running table of a person: what was said with them and what was given to them, under whatever id it was recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from msht_tui.domain.case import CaseState, Recorded
from msht_tui.domain.entry import InteractionRecorded, ProvisionRecorded
from msht_tui.summary.words import interaction_words, one_line, provision_words

Interaction: TypeAlias = Recorded[InteractionRecorded]
Provision: TypeAlias = Recorded[ProvisionRecorded]


def ids_of(state: CaseState, subject_id: str) -> frozenset[str]:
    """Every id under which the same person stands or stood: in the other role, and where they were entered twice."""
    pairs = [(one.id, other) for one in state.subjects.values() for other in (one.linked, one.same_as) if other is not None]
    found, before = {subject_id}, 0
    while len(found) > before:
        before = len(found)
        found |= {one for pair in pairs if found & set(pair) for one in pair}
    return frozenset(found)


def interactions(state: CaseState, person: str | None = None) -> tuple[Interaction, ...]:
    """Every interaction with one person, or with everybody, in the order in which it happened."""
    return _as_it_happened(state, person, state.interactions)


def provisions(state: CaseState, person: str | None = None) -> tuple[Provision, ...]:
    """Everything that one person, or everybody, was given or declined, in the order in which it happened."""
    return _as_it_happened(state, person, state.provisions)


def running(state: CaseState, person: str) -> tuple[Interaction | Provision, ...]:
    """Both together."""
    return _as_it_happened(state, person, (*state.interactions, *state.provisions))


def running_words(recorded: Interaction | Provision) -> str:
    """One row in one line, such as "Food given: hot meal" or "Interaction by phone: asked for water"."""
    match recorded.event:
        case InteractionRecorded() as said:
            return one_line(interaction_words(said))
        case ProvisionRecorded() as given:
            return one_line(provision_words(given))


R = TypeVar("R", bound=Interaction | Provision)


def _as_it_happened(state: CaseState, person: str | None, recorded: Iterable[R]) -> tuple[R, ...]:
    ids = None if person is None else ids_of(state, person)
    found = [one for one in recorded if ids is None or one.event.subject in ids]
    return tuple(sorted(found, key=lambda one: (one.stamp.happened_at, one.stamp.number)))
