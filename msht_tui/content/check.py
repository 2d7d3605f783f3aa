"""Whether a pack holds together, and keeps faith with the guidance that it stands for."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from msht_tui.content.fault import Fault
from msht_tui.content.ledger import parse_condition, split_force
from msht_tui.domain.condition import Clause, Condition, assignments, clauses
from msht_tui.domain.pack import ROLES, Card, Item, Pack, Unit

TITLE_LIMIT = 60
ASSIGNMENT_LIMIT = 20_000
"""Ways of answering a condition's facts, above which it is refused unread."""


def faults_of(pack: Pack) -> list[Fault]:
    """Everything wrong with a pack that could be read; empty when it can be used."""
    return list(_Check(pack).run())


class _Check:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.units = {unit.id: unit for unit in pack.units}

    def run(self) -> Iterator[Fault]:
        yield from self.unique_names()
        yield from self.facts()
        for item in self.pack.items:
            yield from self.item(item)
        for card in self.pack.cards:
            yield from self.condition(f"{card.phase}.toml", f"[[card]] {card.id}", card.condition)
            yield from self.covered(card, "[[card]]")
        yield from self.lists()
        yield from self.coverage()
        yield from self.control_characters()

    def fault(self, file: str, table: str, key: str, message: str) -> Fault:
        return Fault(f"{self.pack.id}/{file}", table, key, message)

    def unique_names(self) -> Iterator[Fault]:
        for file, what, names in (
            ("a phase file", "[[item]] or [[card]]", [i.id for i in self.pack.items] + [c.id for c in self.pack.cards]),
            ("facts.toml", "[[fact]]", [fact.name for fact in self.pack.facts]),
            ("contacts.toml", "[[contact]]", [contact.id for contact in self.pack.contacts]),
            ("pause-points.toml", "[[caution]]", [caution.id for caution in self.pack.cautions]),
            ("sources.toml", "[[unit]]", [unit.id for unit in self.pack.units]),
            ("pack.toml", "[phase]", [phase.id for phase in self.pack.phases]),
        ):
            for name, count in Counter(names).items():
                if count > 1:
                    yield self.fault(file, f"{what} {name}", "id", f"stands {count} times")

    def facts(self) -> Iterator[Fault]:
        for fact in self.pack.facts:
            where = f"[[fact]] {fact.name}"
            if fact.name in ("all", "any"):
                yield self.fault("facts.toml", where, "name", "is a word of conditions")
            if len(set(fact.values)) != len(fact.values) or not fact.values:
                yield self.fault("facts.toml", where, "options", "have to be there, each once")
            if fact.protective is not None and not {fact.protective, "not-sure"} <= set(fact.values):
                yield self.fault("facts.toml", where, "protective", "has to be an option, and not-sure another")

    def item(self, item: Item) -> Iterator[Fault]:
        file, where = f"{item.phase}.toml", f"[[item]] {item.id}"
        yield from self.condition(file, where, item.condition)
        yield from self.covered(item, "[[item]]")
        if not item.title or len(item.title) > TITLE_LIMIT:
            yield self.fault(file, where, "title", f"has {len(item.title)} characters; 1 to {TITLE_LIMIT} fit")
        if not item.roles:
            yield self.fault(file, where, "roles", "names nobody who can act")
        if set(item.roles) != set(ROLES) and not item.ask_for:
            yield self.fault(file, where, "ask_for", "is needed: not every role can act")
        if item.decides is not None and item.decides not in self.pack.fact_by_name:
            yield self.fault(file, where, "decides", f"names no fact: {item.decides}")
        for phase in item.also_in:
            if phase not in {p.id for p in self.pack.phases}:
                yield self.fault(file, where, "also_in", f"names no phase: {phase}")
        for contact in item.contacts:
            if contact not in {c.id for c in self.pack.contacts}:
                yield self.fault(file, where, "contacts", f"names no contact: {contact}")

    def condition(self, file: str, where: str, condition: Condition) -> Iterator[Fault]:
        unknown = False
        for key, expression in (("when", condition.when), ("unless", condition.unless)):
            for clause in clauses(expression):
                for message in self.clause(clause, key):
                    unknown = True
                    yield self.fault(file, where, f"{key}.{clause.fact}", message)
        if unknown or not condition.facts():
            return
        ways = 1
        for name in condition.facts():
            ways *= len(self.pack.options[name])
        if ways > ASSIGNMENT_LIMIT:
            yield self.fault(file, where, "when", f"can be answered in {ways:,} ways; {ASSIGNMENT_LIMIT:,} can be checked")
        elif not any(condition.holds(answers) for answers in assignments(condition.facts(), self.pack.options)):
            yield self.fault(file, where, "when", "can never hold")

    def clause(self, clause: Clause, key: str) -> Iterator[str]:
        fact = self.pack.fact_by_name.get(clause.fact)
        if fact is None:
            yield "names no fact"
            return
        for value in clause.values:
            if value not in fact.values:
                yield f"is never {value!r}: it is one of {', '.join(fact.values)}"
        protected = key == "when" and fact.protective in clause.values and "not-sure" not in clause.values
        if protected or (key == "unless" and fact.protective is not None and "not-sure" in clause.values):
            yield f"is protective: not-sure has to count as {fact.protective}"

    def covered(self, holder: Item | Card, table: str) -> Iterator[Fault]:
        """What an item says has to be what its units say: same strength, same subjects, same condition."""
        file, where = f"{holder.phase}.toml", f"{table} {holder.id}"
        if not holder.covers:
            yield self.fault(file, where, "covers", "is empty")
        for unit_id in holder.covers:
            unit = self.units.get(unit_id)
            if unit is None:
                yield self.fault(file, where, "covers", f"names no unit of sources.toml: {unit_id}")
                continue
            if isinstance(holder, Item) and unit.kind != "know" and holder.kind != unit.kind:
                yield self.fault(file, where, "kind", f"{unit_id} is a {unit.kind}")
            if isinstance(holder, Card) and unit.kind != "know":
                yield self.fault(file, where, "covers", f"{unit_id} is a {unit.kind}: it needs an item")
            if isinstance(holder, Card) or unit.kind != "know":
                if (holder.force, holder.qualifier) != split_force(unit.force):
                    yield self.fault(file, where, "force", f"{unit_id} says {unit.force!r}")
                if set(holder.subjects) != set(unit.subjects):
                    yield self.fault(file, where, "subjects", f"{unit_id} is for {', '.join(unit.subjects)}")
            yield from self.same_condition(file, where, holder, unit)

    def same_condition(self, file: str, where: str, holder: Item | Card, unit: Unit) -> Iterator[Fault]:
        try:
            theirs = parse_condition(unit.when)
        except ValueError as error:
            yield self.fault("sources.toml", f"[[unit]] {unit.id}", "when", str(error))
            return
        names = tuple(dict.fromkeys(holder.condition.facts() + theirs.facts()))
        if any(name not in self.pack.options for name in names):
            return
        options = {name: (*self.pack.options[name], UNSET) for name in names}
        for answers in assignments(names, options):
            known = {name: value for name, value in answers.items() if value != UNSET}
            if holder.condition.holds(known) != theirs.holds(known):
                yield self.fault(file, where, "when", f"differs from {unit.id} ({unit.when}) for {known or 'no facts'}")
                return

    def lists(self) -> Iterator[Fault]:
        file = "pause-points.toml"
        for point in self.pack.pause_points:
            where = f"[[pause_point]] {point.id} ({point.role or 'any role'})"
            yield from self.condition(file, where, point.condition)
            if not point.steps:
                yield self.fault(file, where, "steps", "is empty")
            for step in point.steps:
                if (step.item is None) == (step.fact is None):
                    yield self.fault(file, where, "steps", "each names an item or a fact")
                elif step.item is not None and step.item not in self.pack.item_by_id:
                    yield self.fault(file, where, "steps", f"names no item: {step.item}")
                elif step.fact is not None and step.fact not in self.pack.fact_by_name:
                    yield self.fault(file, where, "steps", f"names no fact: {step.fact}")
        for role in ROLES:
            if not any(point.role == role for point in self.pack.pause_points):
                yield self.fault(file, "[[pause_point]]", "role", f"no list for {role}")
        for caution in self.pack.cautions:
            yield from self.condition(file, f"[[caution]] {caution.id}", caution.condition)

    def coverage(self) -> Iterator[Fault]:
        acted = {unit for item in self.pack.items for unit in item.covers}
        known = acted | {unit for card in self.pack.cards for unit in card.covers}
        for unit in self.pack.units:
            if unit.id not in (known if unit.kind == "know" else acted):
                what = "an item or a card" if unit.kind == "know" else "an item"
                yield self.fault("sources.toml", f"[[unit]] {unit.id}", "id", f"is not covered by {what}")

    def control_characters(self) -> Iterator[Fault]:
        holders: tuple[Item | Card, ...] = (*self.pack.items, *self.pack.cards)
        for holder in holders:
            for key in holder.__struct_fields__:
                value = getattr(holder, key)
                if isinstance(value, str) and any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn") for c in value):
                    yield self.fault(f"{holder.phase}.toml", holder.id, key, "holds a control character")


UNSET = ""
"""Stands for a fact without an answer in a truth table."""
