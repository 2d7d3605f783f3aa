"""The worksheet for the Home Office's online form: its fields in form order, and what each takes.

It collects what is known. A gap is answered with "not known, because …" and is never a reason to press anybody.
Source: the form's own source, at the commit that the content names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias, get_args

import msgspec

from msht_tui.domain.condition import Expression
from msht_tui.domain.pack import Option
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.text import LINE_LIMIT, clean

Path: TypeAlias = Literal["child", "adult_consent", "duty_to_notify"]
"""A way through the form."""
PATHS: tuple[Path, ...] = get_args(Path)
Tier: TypeAlias = Literal["core", "detail", "profile"]
"""Core stands at once, detail on request or when its condition holds; profile is typed once by an operator."""
FieldType: TypeAlias = Literal["text", "choice", "yes-no-unknown", "multi-choice", "date"]
Origin: TypeAlias = Literal["form", "app", "toolkit", "statute", "tool"]
"""Who asks: the form itself, or the guidance, toolkit, statute or this tool beside it."""
Takes: TypeAlias = Literal["email", "phone", "number", "no-web-address"]
"""What the form's own check of a text asks for."""

ANY = "any"
"""As the value of a condition: whatever was answered."""
FIRST_DATE = date(1900, 1, 1)
"""The form takes dates after this one."""

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]+")
_PHONE = re.compile(r"\+?[0-9() -]{7,30}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEB = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,3}")


class FactLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fact of the case that answers a field."""

    name: str
    values: tuple[tuple[str, str], ...]
    """Pairs of the fact's value and the answer it means here, only where that is exact."""
    only: bool = False
    """Whether the fact is the field's only source: answering the field sets the fact."""

    def answer(self, value: str) -> str | None:
        """What the fact's value answers; `None` when it answers nothing here."""
        return dict(self.values).get(value)

    def value(self, answer: str) -> str | None:
        """The fact's value that an answer sets; `None` unless the fact is the only source."""
        return {theirs: value for value, theirs in self.values}.get(answer) if self.only else None


class Page(msgspec.Struct, frozen=True):
    """One page of the form."""

    route: str
    """As the form's address bar shows it."""
    title: str
    when: Expression | None = None
    """Tells it from the other pages that have the same field; read like a field's `show_if`."""


class Field(msgspec.Struct, frozen=True):
    """One thing that the worksheet keeps."""

    key: str
    section: str
    tier: Tier
    type: FieldType
    label: str
    help: str
    origin: Origin
    options: tuple[Option, ...] = ()
    pages: tuple[str, ...] = ()
    """Routes of the pages it stands on, the referral's before the notification's; empty for what the form does not ask."""
    form_fields: tuple[str, ...] = ()
    """The form's own ids. A multi-choice has one id, or one tick box an option, in the order of the options."""
    required_for: tuple[Path, ...] = ()
    optional_for: tuple[Path, ...] = ()
    show_if: Expression | None = None
    """Reads answers of earlier fields and `path`, the route."""
    takes: Takes | None = None
    takes_unknown: bool = True
    """Whether "not known, because …" can stand in the form's own box; where it cannot, the form will still ask."""
    max_chars: int = 0
    """Characters that fit a text."""
    max_items: int = 1
    """How many a text can list, separated by commas."""
    parts: tuple[str, ...] = ()
    """What the form takes in boxes of their own."""
    identifying: bool = False
    """Whether it could point to the person: it stays in while an adult has not agreed to be identified."""
    feeds: str | None = None
    """The form field into which an answer that the form does not ask for can be put."""
    fact: FactLink | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The possible answers, in the order they are offered; empty for a text or a date."""
        return tuple(option.value for option in self.options)

    @property
    def decides(self) -> bool:
        """Whether the route itself hangs on it: age and consent."""
        return self.fact is not None and self.fact.only and self.fact.name in ("age", "consent")

    def words(self, value: str) -> str:
        """An answer as it is read: the labels of what was chosen, anything else as it stands."""
        labels = {option.value: option.label for option in self.options}
        return "; ".join(labels.get(one, one) for one in value.split(",")) if labels else value

    @property
    def one_line(self) -> bool:
        """Whether a typed answer is one short line."""
        return self.type == "date" or self.takes in ("email", "phone", "number")

    @property
    def limit(self) -> int:
        """How many characters of a typed answer fit."""
        return LINE_LIMIT if self.one_line else self.max_chars

    def check(self, value: str, today: date) -> str:
        """The answer as it is kept: cleaned, choices by their value, several joined by commas in the order they are offered.

        `today` is the local date. Raises `Refused`, naming what the field takes.
        """
        if self.options:
            return self._chosen(value)
        text = clean(value, self.limit, what=f"answer to {self.label!r}")
        if not text:
            raise Refused(f"{self.label}: nothing was typed. Type an answer, or say why it is not known.")
        if self.type == "date":
            return self._date(text, today)
        if self.max_items > 1:
            return self._list(text)
        return self._text(text)

    def _chosen(self, value: str) -> str:
        parts = value.split(",") if self.type == "multi-choice" else [value]
        typed = [one.strip().lower() for one in parts if one.strip()]
        wrong = [one for one in typed if one not in self.values]
        if wrong or not typed:
            several = "one or more, joined by commas, of" if self.type == "multi-choice" else "one of"
            said = repr(wrong[0][:40]) if wrong else "nothing"
            raise Refused(f"{self.label} takes {several} {', '.join(self.values)}: not {said}.")
        return ",".join(one for one in self.values if one in typed)

    def _date(self, text: str, today: date) -> str:
        try:
            day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise Refused(f"{self.label} takes a date such as 1990-05-31: not {text!r}.")
        if not FIRST_DATE < day <= today:
            raise Refused(f"{self.label} takes a date after 1 January 1900 and not in the future: not {text}.")
        return text

    def _list(self, text: str) -> str:
        listed = list(dict.fromkeys(one.strip() for one in re.split("[,\n]", text) if one.strip()))
        if not 1 <= len(listed) <= self.max_items:
            raise Refused(f"{self.label} takes 1 to {self.max_items}, separated by commas: {len(listed)} were typed.")
        return ", ".join(listed)

    def _text(self, text: str) -> str:
        match self.takes:
            case "email" if not _EMAIL.fullmatch(text):
                raise Refused(f"{self.label} takes one email address: not {text!r}.")
            case "phone" if not _PHONE.fullmatch(text):
                raise Refused(f"{self.label} takes a phone number, such as +44 7700 900123: not {text!r}.")
            case "number" if not _NUMBER.fullmatch(text):
                raise Refused(f"{self.label} takes a number in digits, 0 for none: not {text!r}.")
            case "number":
                return str(int(text))
            case "no-web-address" if _WEB.search(text):
                raise Refused(f"{self.label}: the form refuses a web address in this box. Leave it out.")
        return text


class Section(msgspec.Struct, frozen=True):
    """A part of the form."""

    id: str
    title: str
    fields: tuple[Field, ...]


class FormSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which state of the online form the worksheet was written from."""

    name: str
    repository: str
    branch: str
    commit: str
    committed: date


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the form and its service allow, in the units that the names give."""

    free_text_chars: int
    file_mb: int
    max_files: int
    file_types: tuple[str, ...]
    email_link_minutes: int
    session_idle_minutes: int
    draft_days: int
    rg_target_working_days: int
    support_start_days_max: int


class Worksheet(msgspec.Struct, frozen=True, dict=True):
    """One version of the worksheet, read and checked."""

    id: str
    title: str
    version: str
    form: FormSource
    limits: Limits
    sections: tuple[Section, ...]
    pages: tuple[Page, ...]
    """In the form's order."""
    digest: str = ""
    """SHA-256 of the files it was read from, in hexadecimal."""

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in form order."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def field_by_key(self) -> Mapping[str, Field]:
        """Fields by their key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where in the form each page stands, from 0, by its route."""
        return {page.route: number for number, page in enumerate(self.pages)}

    def field(self, key: str) -> Field:
        """The field of this key. Raises `Refused`, naming the near ones."""
        if key not in self.field_by_key:
            raise Refused(f"The worksheet has no field called {key!r}.{nearest(key, list(self.field_by_key))}")
        return self.field_by_key[key]
