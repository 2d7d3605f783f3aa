"""From the TOML of the worksheet to the engine's `Worksheet`, with every fault named by file, table and key."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from msht_tui.content.check import NAME, TITLE_LIMIT, texts_of
from msht_tui.content.fault import BadPack, Fault
from msht_tui.content.finder import data_folder
from msht_tui.content.tables import PackFiles, Strict, TableReader, digest_of, pack_files
from msht_tui.domain.condition import Clause, Expression, clauses
from msht_tui.domain.pack import Option
from msht_tui.domain.worksheet import (
    ANY,
    PATHS,
    FactLink,
    Field,
    FieldType,
    FormSource,
    Limits,
    Origin,
    Page,
    Section,
    Takes,
    Tier,
    Worksheet,
)
from msht_tui.domain.worksheet import Path as FormPath

HEADER = "worksheet.toml"
PAGES = "pages.toml"


class _Header(Strict, frozen=True):
    id: str
    title: str
    version: str
    sections: tuple[str, ...]
    form: FormSource
    limits: Limits


class _SectionTable(Strict, frozen=True):
    id: str
    title: str


class _PageTable(Strict, frozen=True):
    route: str
    title: str
    when: dict[str, Any] | None = None


class _FieldTable(Strict, frozen=True):
    key: str
    tier: Tier
    type: FieldType
    label: str
    help: str
    origin: Origin
    options: tuple[Option, ...] = ()
    pages: tuple[str, ...] = ()
    form_fields: tuple[str, ...] = ()
    required_for: tuple[FormPath, ...] = ()
    optional_for: tuple[FormPath, ...] = ()
    show_if: dict[str, Any] | None = None
    takes: Takes | None = None
    takes_unknown: bool = True
    max_chars: int | None = None
    max_items: int = 1
    parts: tuple[str, ...] = ()
    identifying: bool = False
    feeds: str | None = None
    fact: FactLink | None = None


def load_worksheet(folder: Path | None = None) -> Worksheet:
    """The checked worksheet in a folder, by default the shipped one. Raises `BadPack` with every fault found."""
    folder = folder or data_folder() / "nrm"
    return read_worksheet(pack_files(folder), folder.name)


def read_worksheet(files: PackFiles, name: str = "nrm") -> Worksheet:
    """The checked worksheet in these files; `name` stands before each file in a fault. Raises `BadPack` with every fault found."""
    reader = _WorksheetReader(files, name)
    worksheet = reader.worksheet()
    faults = reader.faults or list(_Check(worksheet, name).run())
    if faults:
        raise BadPack(faults)
    return worksheet


class _WorksheetReader(TableReader):
    def worksheet(self) -> Worksheet:
        header = self.worksheet_header()
        names = [f"{section}.toml" for section in header.sections]
        for missing in (one for one in (PAGES, *names) if one not in self.files):
            self.fault(missing, "", "", "is missing")
        for file in self.files:
            if file not in (HEADER, PAGES, *names):
                self.fault(file, "", "", f"is not one of the worksheet's files: name its section in {HEADER} or remove it")
        return Worksheet(
            id=header.id,
            title=header.title,
            version=header.version,
            form=header.form,
            limits=header.limits,
            sections=tuple(section for file in names if (section := self.section(file, header.limits)) is not None),
            pages=self.form_pages(),
            digest=digest_of(self.files),
        )

    def worksheet_header(self) -> _Header:
        if HEADER not in self.files:
            raise BadPack([Fault(self.name, "", "", f"is not a worksheet: it has no {HEADER}")])
        tables = self.toml(HEADER, None)
        found = None if tables is None else self.table(HEADER, "", tables, _Header)
        if found is None:
            raise BadPack(self.faults)
        return found

    def section(self, file: str, limits: Limits) -> Section | None:
        tables = self.toml(file, {"section", "field"}) if file in self.files else None
        found = None if tables is None else self.table(file, "[section]", tables.get("section", {}), _SectionTable)
        if tables is None or found is None:
            return None
        if f"{found.id}.toml" != file:
            self.fault(file, "[section]", "id", f"has to be the file's name, {file.removesuffix('.toml')}")
        fields = [self.field(file, raw, found.id, limits) for _, raw in self.tables(file, tables, "field", _FieldTable)]
        return Section(found.id, found.title, tuple(fields))

    def field(self, file: str, raw: _FieldTable, section: str, limits: Limits) -> Field:
        free = limits.free_text_chars if raw.type == "text" else 0
        return Field(
            key=raw.key,
            section=section,
            tier=raw.tier,
            type=raw.type,
            label=raw.label,
            help=raw.help,
            origin=raw.origin,
            options=raw.options,
            pages=raw.pages,
            form_fields=raw.form_fields,
            required_for=raw.required_for,
            optional_for=raw.optional_for,
            show_if=None if raw.show_if is None else self.expression(file, where_of(raw), "show_if", raw.show_if),
            takes=raw.takes,
            takes_unknown=raw.takes_unknown,
            max_chars=free if raw.max_chars is None else raw.max_chars,
            max_items=raw.max_items,
            parts=raw.parts,
            identifying=raw.identifying,
            feeds=raw.feeds,
            fact=raw.fact,
        )

    def form_pages(self) -> tuple[Page, ...]:
        tables = (self.toml(PAGES, {"page"}) if PAGES in self.files else None) or {}
        return tuple(
            Page(raw.route, raw.title, None if raw.when is None else self.expression(PAGES, where, "when", raw.when))
            for where, raw in self.tables(PAGES, tables, "page", _PageTable)
        )


class _Check:
    """Whether a worksheet that could be read holds together."""

    def __init__(self, worksheet: Worksheet, name: str) -> None:
        self.worksheet = worksheet
        self.name = name
        self.form_fields = {one for field in worksheet.fields for one in field.form_fields}

    def run(self) -> Iterator[Fault]:
        yield from self.limits()
        yield from self.unique()
        earlier: list[Field] = []
        for field in self.worksheet.fields:
            yield from self.words(field)
            yield from self.kind(field)
            yield from self.on_form(field)
            yield from self.condition(f"{field.section}.toml", where_of(field), "show_if", field.show_if, earlier)
            earlier.append(field)
        for page in self.worksheet.pages:
            yield from self.condition(PAGES, f"[[page]] {page.route}", "when", page.when, earlier)
        yield from self.control_characters()

    def fault(self, file: str, table: str, key: str, message: str) -> Fault:
        return Fault(f"{self.name}/{file}", table, key, message)

    def field_fault(self, field: Field, key: str, message: str) -> Fault:
        return self.fault(f"{field.section}.toml", where_of(field), key, message)

    def limits(self) -> Iterator[Fault]:
        for name, value in msgspec.structs.asdict(self.worksheet.limits).items():
            if isinstance(value, int) and value < 1:
                yield self.fault(HEADER, "[limits]", name, "has to be 1 or more")

    def unique(self) -> Iterator[Fault]:
        sheet = self.worksheet
        for file, table, key, names in (
            (HEADER, "", "sections", [section.id for section in sheet.sections]),
            (PAGES, "[[page]]", "route", [page.route for page in sheet.pages]),
        ):
            for name in doubled(names):
                yield self.fault(file, f"{table} {name}".strip(), key, "stands more than once")
        keys = doubled(field.key for field in sheet.fields)
        form_fields = doubled(one for field in sheet.fields for one in field.form_fields)
        facts = doubled(field.fact.name for field in sheet.fields if field.fact and field.fact.only)
        for field in sheet.fields:
            if field.key in keys:
                yield self.field_fault(field, "key", "stands more than once")
            for one in form_fields.intersection(field.form_fields):
                yield self.field_fault(field, "form_fields", f"{one} belongs to more than one field")
            if field.fact and field.fact.only and field.fact.name in facts:
                yield self.field_fault(field, "fact", f"{field.fact.name} is the only source of more than one field")

    def words(self, field: Field) -> Iterator[Fault]:
        if not NAME.fullmatch(field.key) or field.key == "path":
            yield self.field_fault(field, "key", f"has to be small letters, digits and underscores, and not path: {field.key!r}")
        if not 1 <= len(field.label) <= TITLE_LIMIT:
            yield self.field_fault(field, "label", f"has {len(field.label)} characters; 1 to {TITLE_LIMIT} fit")
        if not field.help.strip():
            yield self.field_fault(field, "help", "is empty")

    def kind(self, field: Field) -> Iterator[Fault]:
        """Whether what a field takes fits its type."""
        chosen = field.type not in ("text", "date")
        if chosen != bool(field.options):
            yield self.field_fault(field, "options", f"{'are needed' if chosen else 'are not for'} a {field.type}")
        for value in field.values:
            if not NAME.fullmatch(value) or value == ANY or field.values.count(value) > 1:
                yield self.field_fault(field, "options", f"{value!r} has to be small letters, digits and hyphens, once, and not {ANY}")
        for key in ("takes", "max_chars", "max_items", "parts"):
            if field.type != "text" and getattr(field, key) not in (None, 0, 1, ()):
                yield self.field_fault(field, key, f"is for a text, not for a {field.type}")
        for key, least in (("max_chars", int(field.type == "text")), ("max_items", 1)):
            if getattr(field, key) < least:
                yield self.field_fault(field, key, f"has to be {least} or more")
        if field.fact is not None:
            yield from self.fact(field, field.fact)

    def fact(self, field: Field, fact: FactLink) -> Iterator[Fault]:
        known, answers = [value for value, _ in fact.values], [answer for _, answer in fact.values]
        if not known or doubled(known):
            yield self.field_fault(field, "fact.values", "has to name each value of the fact once")
        if field.options and not set(answers) <= set(field.values):
            yield self.field_fault(field, "fact.values", f"answers are {', '.join(field.values)}")
        if fact.only and (doubled(answers) or set(answers) != set(field.values)):
            yield self.field_fault(field, "fact.values", "has to give each option one value of the fact, its only source")

    def on_form(self, field: Field) -> Iterator[Fault]:
        if bool(field.pages) != bool(field.form_fields):
            yield self.field_fault(field, "pages", "and form_fields go together")
        for page in field.pages:
            if page not in self.worksheet.place:
                yield self.field_fault(field, "pages", f"names no page of {PAGES}: {page}")
        if field.type == "multi-choice" and len(field.form_fields) not in (0, 1, len(field.options)):
            yield self.field_fault(field, "form_fields", "has to be one, or one an option")
        if field.feeds is not None and (field.feeds not in self.form_fields or field.form_fields):
            yield self.field_fault(field, "feeds", f"has to name a form field, on a field that has none of its own: {field.feeds}")
        if field.required_for and not field.form_fields:
            yield self.field_fault(field, "required_for", "is for what the form asks")
        if doubled((*field.required_for, *field.optional_for)) or not (field.required_for or field.optional_for):
            yield self.field_fault(field, "required_for", "and optional_for have to name a path each once, one at least")

    def condition(self, file: str, where: str, key: str, condition: Expression | None, earlier: list[Field]) -> Iterator[Fault]:
        """A condition reads the path and fields that stand before, by their options or "any"."""
        options = {"path": PATHS} | {field.key: (ANY, *field.values) for field in earlier}
        for clause in clauses(condition):
            if clause.fact not in options:
                yield self.fault(file, where, f"{key}.{clause.fact}", "names no field that stands before")
            else:
                yield from self.clause(file, where, key, clause, options[clause.fact])

    def clause(self, file: str, where: str, key: str, clause: Clause, options: tuple[str, ...]) -> Iterator[Fault]:
        for value in clause.values:
            if value not in options:
                yield self.fault(file, where, f"{key}.{clause.fact}", f"is never {value!r}: it is one of {', '.join(options)}")

    def control_characters(self) -> Iterator[Fault]:
        sheet = self.worksheet
        held: list[tuple[str, str, object]] = [(HEADER, "", (sheet.id, sheet.title, sheet.version)), (HEADER, "[form]", sheet.form)]
        held += [(HEADER, "[limits]", sheet.limits)]
        held += [(PAGES, f"[[page]] {page.route}", page) for page in sheet.pages]
        held += [(f"{section.id}.toml", "[section]", (section.id, section.title)) for section in sheet.sections]
        held += [(f"{field.section}.toml", where_of(field), field) for field in sheet.fields]
        for file, where, holder in held:
            for key, text in texts_of(holder):
                if any(unicodedata.category(character).startswith("C") for character in text):
                    yield self.fault(file, where, key, "holds a control character")


def where_of(field: Field | _FieldTable) -> str:
    """How a fault names a field's table."""
    return f"[[field]] {field.key}"


def doubled(names: Iterable[str]) -> set[str]:
    """The names that stand more than once."""
    return {name for name, count in Counter(names).items() if count > 1}
