"""Whether a pack holds together, and keeps faith with the guidance that it stands for."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod

import msgspec

from msht_tui.content.fault import Fault
from msht_tui.content.ledger import parse_condition, split_force
from msht_tui.domain.condition import Clause, Condition, assignments, clauses
from msht_tui.domain.pack import ROLES, Card, Item, Pack, SubjectKind, Unit

TITLE_LIMIT = 60
ASSIGNMENT_LIMIT = 2_000
"""Ways of answering a condition's facts, unset among them, above which it is refused unread."""
NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
"""Ids and names: they are typed in commands, where @ and comma mean something else, and printed in records."""


def faults_of(pack: Pack, name: str = "") -> list[Fault]:
    """Everything wrong with a pack that could be read; empty when it can be used. `name` stands before each file, else the pack's id."""
    return list(_Check(pack, name or pack.id).run())


class _Check:
    def __init__(self, pack: Pack, name: str) -> None:
        self.pack = pack
        self.name = name
        self.units = {unit.id: unit for unit in pack.units}

    def run(self) -> Iterator[Fault]:
        yield from self.unique_names()
        yield from self.facts()
        for item in self.pack.items:
            yield from self.item(item)
        for card in self.pack.cards:
            yield from self.card(card)
        yield from self.lists()
        yield from self.coverage()
        yield from self.control_characters()

    def fault(self, file: str, table: str, key: str, message: str) -> Fault:
        return Fault(f"{self.name}/{file}", table, key, message)

    def unique_names(self) -> Iterator[Fault]:
        pack = self.pack
        held: list[tuple[str, str, str]] = [(f"{item.phase}.toml", "[[item]]", item.id) for item in pack.items]
        held += [(f"{card.phase}.toml", "[[card]]", card.id) for card in pack.cards]
        yield from self.unique(held)
        yield from self.unique([("facts.toml", "[[fact]]", fact.name) for fact in pack.facts], "name")
        yield from self.unique([("contacts.toml", "[[contact]]", contact.id) for contact in pack.contacts])
        yield from self.unique([("pause-points.toml", "[[caution]]", caution.id) for caution in pack.cautions])
        yield from self.unique([("pack.toml", "", phase.id) for phase in pack.phases], "phases")
        for unit, count in Counter(unit.id for unit in pack.units).items():
            if count > 1:
                yield self.fault("sources.toml", f"[[unit]] {unit}", "id", f"stands {count} times")

    def unique(self, held: list[tuple[str, str, str]], key: str = "id") -> Iterator[Fault]:
        """Each name once, and written as one. `held` has file, table and name."""
        places: dict[str, list[tuple[str, str]]] = {}
        for file, table, name in held:
            places.setdefault(name, []).append((file, table))
        for name, found in places.items():
            file, table = found[-1]
            where = f"{table} {name}".strip()
            if len(found) > 1:
                others = ", ".join(dict.fromkeys(other for other, _ in found))
                yield self.fault(file, where, key, f"stands {len(found)} times (in {others})")
            if not NAME.fullmatch(name):
                yield self.fault(file, where, key, f"has to be small letters, digits and hyphens, not {name!r}")

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
        yield from self.condition(file, where, item.condition, item.subjects)
        yield from self.covered(item, "[[item]]")
        yield from self.words(file, where, {"chunk": item.chunk, "section": item.section, "why": item.why, "good": item.good})
        if len(set(item.subjects)) != len(item.subjects):
            yield self.fault(file, where, "subjects", "names one twice")
        if not item.title or len(item.title) > TITLE_LIMIT:
            yield self.fault(file, where, "title", f"has {len(item.title)} characters; 1 to {TITLE_LIMIT} fit")
        if not item.roles:
            yield self.fault(file, where, "roles", "names nobody who can act")
        if set(item.roles) != set(ROLES) and not item.ask_for:
            yield self.fault(file, where, "ask_for", "is needed: not every role can act")
        if item.decides is not None and item.decides not in self.pack.fact_by_name:
            yield self.fault(file, where, "decides", f"names no fact: {item.decides}")
        elif item.decides is not None and self.pack.fact_by_name[item.decides].subject not in item.subjects:
            yield self.fault(file, where, "decides", f"{item.decides} is no fact of a {' or a '.join(item.subjects)}")
        for phase in item.also_in:
            if phase not in {p.id for p in self.pack.phases}:
                yield self.fault(file, where, "also_in", f"names no phase: {phase}")
            elif phase == item.phase:
                yield self.fault(file, where, "also_in", f"names the item's own phase: {phase}")
        for contact in item.contacts:
            if contact not in {c.id for c in self.pack.contacts}:
                yield self.fault(file, where, "contacts", f"names no contact: {contact}")

    def card(self, card: Card) -> Iterator[Fault]:
        file, where = f"{card.phase}.toml", f"[[card]] {card.id}"
        yield from self.condition(file, where, card.condition, card.subjects)
        yield from self.covered(card, "[[card]]")
        yield from self.words(file, where, {"title": card.title, "section": card.section, "text": card.text})

    def words(self, file: str, where: str, texts: Mapping[str, str]) -> Iterator[Fault]:
        for key, text in texts.items():
            if not text.strip():
                yield self.fault(file, where, key, "is empty")

    def condition(self, file: str, where: str, condition: Condition, subjects: Sequence[SubjectKind] = ()) -> Iterator[Fault]:
        """Whether a condition can be read and can hold; `subjects`, where given, have to have the facts that it reads."""
        unknown = False
        for key, expression in (("when", condition.when), ("unless", condition.unless)):
            for clause in clauses(expression):
                for message in self.clause(clause, subjects):
                    unknown = True
                    yield self.fault(file, where, f"{key}.{clause.fact}", message)
        if unknown or not condition.facts():
            return
        ways = self.ways(condition.facts())
        if ways > ASSIGNMENT_LIMIT:
            yield self.fault(file, where, "when", f"can be answered in {ways:,} ways; {ASSIGNMENT_LIMIT:,} can be checked")
        elif not any(condition.holds(answers) for answers in assignments(condition.facts(), self.pack.options)):
            yield self.fault(file, where, "when", "can never hold")

    def ways(self, names: Iterable[str]) -> int:
        """In how many ways these facts can be answered or left unset."""
        return prod(len(self.pack.options[name]) + 1 for name in names)

    def clause(self, clause: Clause, subjects: Sequence[SubjectKind]) -> Iterator[str]:
        fact = self.pack.fact_by_name.get(clause.fact)
        if fact is None:
            yield "names no fact"
            return
        for value in clause.values:
            if value not in fact.values:
                yield f"is never {value!r}: it is one of {', '.join(fact.values)}"
        for subject in subjects:
            if fact.subject not in ("case", subject):
                yield f"is a fact of a {fact.subject}, and this is for a {subject}"
        if fact.protective is not None and (fact.protective in clause.values) != ("not-sure" in clause.values):
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
        for clause in [*clauses(theirs.when), *clauses(theirs.unless)]:
            if not set(clause.values) <= set(self.pack.options.get(clause.fact, ())):
                yield self.fault("sources.toml", f"[[unit]] {unit.id}", "when", f"{clause.fact} is no fact with {', '.join(clause.values)}")
                return
        names = tuple(dict.fromkeys(holder.condition.facts() + theirs.facts()))
        if any(name not in self.pack.options for name in names):
            return
        if self.ways(names) > ASSIGNMENT_LIMIT:
            yield self.fault(file, where, "when", f"reads too many facts to be held against {unit.id}")
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
            read = {self.pack.fact_by_name[name].subject for name in point.condition.facts() if name in self.pack.fact_by_name}
            if not point.steps:
                yield self.fault(file, where, "steps", "is empty")
            for step in point.steps:
                if (step.item is None) == (step.fact is None):
                    yield self.fault(file, where, "steps", "each names an item or a fact")
                elif step.item is not None and step.item not in self.pack.item_by_id:
                    yield self.fault(file, where, "steps", f"names no item: {step.item}")
                elif step.item is not None and not read <= {"case", *self.pack.item_by_id[step.item].subjects}:
                    yield self.fault(file, where, "steps", f"{step.item} is for nobody of whom the condition holds")
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
        pack = self.pack
        held: list[tuple[str, str, object]] = [("pack.toml", "", (pack.id, pack.title, pack.version, pack.source))]
        held += [(f"{phase.id}.toml", "[phase]", phase) for phase in pack.phases]
        held += [(f"{item.phase}.toml", f"[[item]] {item.id}", item) for item in pack.items]
        held += [(f"{card.phase}.toml", f"[[card]] {card.id}", card) for card in pack.cards]
        held += [("facts.toml", f"[[fact]] {fact.name}", fact) for fact in pack.facts]
        held += [("contacts.toml", f"[[contact]] {contact.id}", contact) for contact in pack.contacts]
        held += [("pause-points.toml", f"[[pause_point]] {point.id}", point) for point in pack.pause_points]
        held += [("pause-points.toml", f"[[caution]] {caution.id}", caution) for caution in pack.cautions]
        held += [("sources.toml", f"[[unit]] {unit.id}", unit) for unit in pack.units]
        for file, where, holder in held:
            for key, text in texts_of(holder):
                if any(unicodedata.category(character).startswith("C") for character in text):
                    yield self.fault(file, where, key, "holds a control character")


def texts_of(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text within a value of a pack, with the key it stands under."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, tuple):
        for inner in value:
            yield from texts_of(inner, key)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts_of(getattr(value, name), f"{key}.{name}".lstrip("."))


UNSET = ""
"""Stands for a fact without an answer in a truth table."""
