"""From TOML files to checked tables, with every fault named by file, table and key."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from msht_tui.content.fault import BadPack, Fault
from msht_tui.domain.condition import Clause, Every, Expression, Some

FILE_LIMIT = 1 << 20
"""Bytes of one content file."""
NESTING_LIMIT = 12
"""Levels of tables and lists within a file: content needs five."""
STOPS_LIMIT = 40
"""Full stops in one line. A dotted key opens a table at each, and the parser's memory grows with their square."""

T = TypeVar("T")
PackFiles = Mapping[str, bytes]
"""File name to its bytes: what content is, on disk and in a store's copy."""


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table that takes no key it does not know."""


def pack_files(folder: Path) -> dict[str, bytes]:
    """The bytes of a pack's files, by name. Raises `BadPack` for a file that is too large or not to be read."""
    files: dict[str, bytes] = {}
    try:
        paths = sorted(folder.glob("*.toml"))
        for path in paths:
            if not path.is_file():
                raise BadPack([Fault(f"{folder.name}/{path.name}", "", "", "is not a file")])
            with path.open("rb") as file:
                files[path.name] = file.read(FILE_LIMIT + 1)
            if len(files[path.name]) > FILE_LIMIT:
                raise BadPack([Fault(f"{folder.name}/{path.name}", "", "", f"is larger than {FILE_LIMIT:,} bytes")])
    except OSError as error:
        raise BadPack([Fault(folder.name, "", "", f"cannot be read: {error.strerror}")]) from error
    return files


def digest_of(files: PackFiles) -> str:
    """The name under which a store keeps these files: SHA-256 over names, lengths and bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\n{len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


class TableReader:
    """Reads the files of one piece of content, collecting faults so that an author sees all at once."""

    def __init__(self, files: PackFiles, name: str) -> None:
        """`name` stands before each file in a fault."""
        self.files = files
        self.name = name
        self.faults: list[Fault] = []

    def expression(self, file: str, where: str, key: str, raw: dict[str, Any]) -> Expression | None:
        """`{fact = [values], …}` means all of them; `all` and `any` hold lists of such tables."""
        parts: list[Expression] = []
        for name, value in raw.items():
            at = f"{key}.{name}"
            if not isinstance(value, list) or not value:
                self.fault(file, where, at, "has to be a list with something in it")
            elif name in ("all", "any"):
                if not all(isinstance(inner, dict) for inner in value):
                    self.fault(file, where, at, "has to be a list of tables")
                    continue
                inner = [part for part in (self.expression(file, where, at, table) for table in value) if part is not None]
                if inner:
                    parts.append(Every(tuple(inner)) if name == "all" else Some(tuple(inner)))
            elif all(isinstance(inner, str) for inner in value):
                parts.append(Clause(name, tuple(value)))
            else:
                self.fault(file, where, at, "has to be a list of answers in quotes")
        if not parts and not raw:
            self.fault(file, where, key, "is empty: leave it out if it always holds")
        return None if not parts else parts[0] if len(parts) == 1 else Every(tuple(parts))

    def list_of(self, file: str, key: str, shape: type[T]) -> tuple[T, ...]:
        """The tables of a file that holds one kind."""
        tables = (self.toml(file, {key}) if file in self.files else None) or {}
        return tuple(found for _, found in self.tables(file, tables, key, shape))

    def tables(self, file: str, tables: dict[str, Any], key: str, shape: type[T]) -> Iterator[tuple[str, T]]:
        """Every table `[[key]]` that fits its shape, with how a fault names it."""
        rows = tables.get(key, [])
        if not isinstance(rows, list):
            self.fault(file, f"[[{key}]]", "", f"has to be written [[{key}]]")
            return
        for number, row in enumerate(rows, 1):
            name = next((row[k] for k in ("id", "name", "key") if isinstance(row.get(k), str)), "") if isinstance(row, dict) else ""
            where = f"[[{key}]] {number}" + (f" ({name[:60]})" if name else "")
            found = self.table(file, where, row, shape)
            if found is not None:
                yield where, found

    def table(self, file: str, where: str, raw: object, shape: type[T]) -> T | None:
        """A table as its shape; `None`, with the fault noted, when it does not fit."""
        try:
            return msgspec.convert(raw, shape)
        except msgspec.ValidationError as error:
            message, _, path = str(error).partition(" - at `$")
            self.fault(file, where, path.rstrip("`").lstrip("."), message[:1].lower() + message[1:])
        except ValueError:  # the message that msgspec would write holds the number, which has more digits than Python prints
            self.fault(file, where, "", "holds a number that is too large")
        return None

    def toml(self, file: str, allowed: set[str] | None) -> dict[str, Any] | None:
        """The tables of a file; `None`, with the fault noted, when it is not to be read as TOML."""
        try:
            tables = tables_in(self.files[file])
        except ValueError as error:
            self.fault(file, "", "", str(error))
            return None
        for key in tables:
            if allowed is not None and key not in allowed:
                self.fault(file, "", key, f"is not a table of this file (there is: {', '.join(sorted(allowed))})")
        return tables

    def fault(self, file: str, table: str, key: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(f"{self.name}/{file}", table, key, message))


def tables_in(data: bytes) -> dict[str, Any]:
    """What a TOML file holds. Raises `ValueError` with words for what is none, and for what would take the parser too far."""
    stops, line = max((text.count(b"."), -number) for number, text in enumerate(data.split(b"\n"), 1))
    if stops > STOPS_LIMIT:
        raise ValueError(f"has {stops:,} full stops in line {-line:,}; {STOPS_LIMIT} fit")
    try:
        tables = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"is not TOML: {error}") from error
    if too_deep(tables):
        raise ValueError("is nested too deeply")
    return tables


def too_deep(value: object, limit: int = NESTING_LIMIT) -> bool:
    """Whether tables and lists stand within one another more than `limit` deep. Walks without recursion."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
