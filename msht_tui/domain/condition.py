"""Conditions of a step, as data, and what they say of the facts known so far.

Three-valued (Kleene) logic: `True`, `False`, or `None` while an unset fact leaves it undecided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import TypeAlias

import msgspec

Truth: TypeAlias = bool | None
Answers: TypeAlias = Mapping[str, str]
"""Fact name to the value that was recorded; an unset fact is absent."""


class Clause(msgspec.Struct, frozen=True):
    """One fact has one of these values."""

    fact: str
    values: tuple[str, ...]


class Every(msgspec.Struct, frozen=True):
    """All parts hold: false if any is false."""

    parts: tuple[Expression, ...]


class Some(msgspec.Struct, frozen=True):
    """At least one part holds: true if any is true."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = Clause | Every | Some


def truth(expression: Expression, answers: Answers) -> Truth:
    """What the answers make of the expression; `None` while they leave it open."""
    match expression:
        case Clause(fact, values):
            value = answers.get(fact)
            return None if value is None else value in values
        case Every(parts):
            results = [truth(part, answers) for part in parts]
            return False if False in results else None if None in results else True
        case Some(parts):
            results = [truth(part, answers) for part in parts]
            return True if True in results else None if None in results else False


def clauses(expression: Expression | None) -> Iterator[Clause]:
    """Every clause of the expression, left to right."""
    match expression:
        case None:
            return
        case Clause():
            yield expression
        case Every(parts) | Some(parts):
            for part in parts:
                yield from clauses(part)


class Condition(msgspec.Struct, frozen=True):
    """When an item applies: `when` has to hold, and `unless` takes it away once a fact says so."""

    when: Expression | None = None
    unless: Expression | None = None

    def holds(self, answers: Answers) -> Truth:
        """Whether the item applies; `None` means that it waits for a fact. An undecided `unless` does not take it away."""
        if self.unless is not None and truth(self.unless, answers):
            return False
        return True if self.when is None else truth(self.when, answers)

    def facts(self) -> tuple[str, ...]:
        """The names it reads, each once, in order."""
        return tuple(dict.fromkeys(c.fact for part in (self.when, self.unless) for c in clauses(part)))


@lru_cache(maxsize=4096)
def pivotal_facts(
    when: Expression, known: tuple[tuple[str, str], ...], options: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[str, ...]:
    """The unset facts that could still change an undecided `when`, in the order it names them.

    `known` holds the answers and `options` the possible values of each fact that `when` reads.
    """
    answers = dict(known)
    unset = [(name, values) for name, values in options if name not in answers]
    pivotal: list[str] = []
    for name, values in unset:
        others = [(other, theirs) for other, theirs in unset if other != name]
        for chosen in product(*(theirs for _, theirs in others)):
            fixed = answers | dict(zip((other for other, _ in others), chosen, strict=True))
            if len({truth(when, fixed | {name: value}) for value in values}) > 1:
                pivotal.append(name)
                break
    return tuple(pivotal)


def assignments(facts: Sequence[str], options: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Every way of answering these facts in full."""
    for values in product(*(options[fact] for fact in facts)):
        yield dict(zip(facts, values, strict=True))
