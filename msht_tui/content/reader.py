"""From the TOML of a pack to the engine's `Pack`, with every fault named by file, table and key."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from msht_tui.content.fault import BadPack, Fault
from msht_tui.content.tables import PackFiles, Strict, TableReader, digest_of
from msht_tui.domain.condition import Condition
from msht_tui.domain.pack import (
    Card,
    Caution,
    Contact,
    FactDefinition,
    Force,
    Item,
    Pack,
    PausePoint,
    PauseStep,
    Phase,
    Role,
    SubjectKind,
    Unit,
)

FIXED = ("pack.toml", "facts.toml", "contacts.toml", "pause-points.toml", "sources.toml")


class _PackFile(Strict, frozen=True):
    id: str
    title: str
    version: str
    guidance_date: date
    source: str
    phases: tuple[str, ...]


class _PhaseTable(Strict, frozen=True):
    id: str
    title: str
    subject: SubjectKind


class _ItemTable(Strict, frozen=True):
    id: str
    kind: Literal["do", "consider"]
    title: str
    force: Force
    subjects: tuple[SubjectKind, ...]
    covers: tuple[str, ...]
    section: str
    chunk: str
    priority: Literal[1, 2, 3]
    roles: tuple[Role, ...]
    why: str
    good: str
    qualifier: str = ""
    never: str = ""
    ask_for: str = ""
    decides: str | None = None
    group: str | None = None
    also_in: tuple[str, ...] = ()
    ongoing: bool = False
    contacts: tuple[str, ...] = ()
    when: dict[str, Any] | None = None
    unless: dict[str, Any] | None = None


class _CardTable(Strict, frozen=True):
    id: str
    title: str
    force: Force
    subjects: tuple[SubjectKind, ...]
    covers: tuple[str, ...]
    section: str
    text: str
    qualifier: str = ""
    when: dict[str, Any] | None = None
    unless: dict[str, Any] | None = None


class _PausePointTable(Strict, frozen=True):
    id: str
    title: str
    steps: tuple[PauseStep, ...]
    role: Role | None = None
    when: dict[str, Any] | None = None
    unless: dict[str, Any] | None = None


class _CautionTable(Strict, frozen=True):
    id: str
    text: str
    subject: SubjectKind
    when: dict[str, Any] | None = None
    unless: dict[str, Any] | None = None


def read_pack(files: PackFiles, name: str) -> Pack:
    """The pack in these files; `name` stands before each file in a fault. Raises `BadPack` with every fault found."""
    return _PackReader(files, name).pack()


class _PackReader(TableReader):
    """Reads one pack."""

    def pack(self) -> Pack:
        header = self.header()
        names = [f"{phase}.toml" for phase in header.phases]
        missing = [name for name in (*FIXED, *names) if name not in self.files]
        for name in missing:
            self.fault(name, "", "", "is missing")
        for name in self.files:
            if name not in FIXED and name not in names:
                self.fault(name, "", "", "is not one of the pack's files: name its phase in pack.toml or remove it")
        phases: list[Phase] = []
        items: list[Item] = []
        cards: list[Card] = []
        for name in names:
            if name in missing:
                continue
            tables = self.toml(name, {"phase", "item", "card"})
            phase = None if tables is None else self.table(name, "[phase]", tables.get("phase", {}), _PhaseTable)
            if tables is None or phase is None:
                continue
            if f"{phase.id}.toml" != name:
                self.fault(name, "[phase]", "id", f"has to be the file's name, {name.removesuffix('.toml')}")
            phases.append(Phase(phase.id, phase.title, phase.subject))
            items += [self.item(name, where, raw, phase.id) for where, raw in self.tables(name, tables, "item", _ItemTable)]
            cards += [self.card(name, where, raw, phase.id) for where, raw in self.tables(name, tables, "card", _CardTable)]
        points, cautions = self.pause_points()
        pack = Pack(
            id=header.id,
            title=header.title,
            version=header.version,
            guidance_date=header.guidance_date,
            source=header.source,
            phases=tuple(phases),
            items=tuple(items),
            cards=tuple(cards),
            facts=self.list_of("facts.toml", "fact", FactDefinition),
            contacts=self.list_of("contacts.toml", "contact", Contact),
            pause_points=points,
            cautions=cautions,
            units=self.list_of("sources.toml", "unit", Unit),
            digest=digest_of(self.files),
        )
        if self.faults:
            raise BadPack(self.faults)
        return pack

    def header(self) -> _PackFile:
        if "pack.toml" not in self.files:
            raise BadPack([Fault(self.name, "", "", "is not a pack: it has no pack.toml")])
        tables = self.toml("pack.toml", None)
        found = None if tables is None else self.table("pack.toml", "", tables, _PackFile)
        if found is None:
            raise BadPack(self.faults)
        return found

    def pause_points(self) -> tuple[tuple[PausePoint, ...], tuple[Caution, ...]]:
        name = "pause-points.toml"
        tables = (self.toml(name, {"pause_point", "caution"}) if name in self.files else None) or {}
        points = tuple(
            PausePoint(raw.id, raw.title, raw.role, self.condition(name, where, raw.when, raw.unless), raw.steps)
            for where, raw in self.tables(name, tables, "pause_point", _PausePointTable)
        )
        cautions = tuple(
            Caution(raw.id, raw.text, raw.subject, self.condition(name, where, raw.when, raw.unless))
            for where, raw in self.tables(name, tables, "caution", _CautionTable)
        )
        return points, cautions

    def item(self, file: str, where: str, raw: _ItemTable, phase: str) -> Item:
        return Item(
            id=raw.id,
            kind=raw.kind,
            title=raw.title,
            phase=phase,
            chunk=raw.chunk,
            subjects=raw.subjects,
            covers=raw.covers,
            force=raw.force,
            qualifier=raw.qualifier,
            section=raw.section,
            priority=raw.priority,
            roles=raw.roles,
            ask_for=raw.ask_for,
            why=raw.why,
            good=raw.good,
            never=raw.never,
            condition=self.condition(file, where, raw.when, raw.unless),
            decides=raw.decides,
            group=raw.group,
            also_in=raw.also_in,
            ongoing=raw.ongoing,
            contacts=raw.contacts,
        )

    def card(self, file: str, where: str, raw: _CardTable, phase: str) -> Card:
        return Card(
            id=raw.id,
            title=raw.title,
            phase=phase,
            subjects=raw.subjects,
            covers=raw.covers,
            force=raw.force,
            qualifier=raw.qualifier,
            section=raw.section,
            text=raw.text,
            condition=self.condition(file, where, raw.when, raw.unless),
        )

    def condition(self, file: str, where: str, when: dict[str, Any] | None, unless: dict[str, Any] | None) -> Condition:
        parts = [None if raw is None else self.expression(file, where, key, raw) for key, raw in (("when", when), ("unless", unless))]
        return Condition(*parts)
