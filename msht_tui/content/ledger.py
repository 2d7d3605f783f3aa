"""The ledger's notation of conditions: `age: child, not-sure AND …`, `a: x OR b: y`, `UNLESS medical_need: no`, `always`."""

from __future__ import annotations

from msht_tui.domain.condition import Clause, Condition, Every, Expression, Some


def parse_condition(text: str) -> Condition:
    """The condition that a ledger's `when` column states; OR binds weaker than AND, UNLESS comes last."""
    body, _, exception = (" " + text.strip()).partition(" UNLESS ")
    body = body.strip()
    return Condition(
        None if body in ("", "always") else _either(body),
        _either(exception.strip()) if exception.strip() else None,
    )


def _either(text: str) -> Expression:
    parts = tuple(_both(part) for part in text.split(" OR "))
    return parts[0] if len(parts) == 1 else Some(parts)


def _both(text: str) -> Expression:
    parts = tuple(_clause(part) for part in text.split(" AND "))
    return parts[0] if len(parts) == 1 else Every(parts)


def _clause(text: str) -> Clause:
    name, colon, values = text.partition(":")
    if not colon or not values.strip():
        raise ValueError(f"{text.strip()!r} is not written as fact: answer, answer")
    return Clause(name.strip(), tuple(value.strip() for value in values.split(",")))


def split_force(text: str) -> tuple[str, str]:
    """The first word of a ledger's force, and the rest without its punctuation: `should, where possible`."""
    word, _, rest = text.partition(" ")
    return word.rstrip(","), rest.removeprefix("(").removesuffix(")")
