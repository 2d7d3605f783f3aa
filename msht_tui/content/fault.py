"""What is wrong with a pack, in one line that says where."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a pack."""

    file: str
    table: str
    """Such as `[[item]] 3 (parties-separated)`; empty when it is about the file."""
    key: str
    """The key at fault; empty when it is about the table."""
    message: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.file + ":", self.table and self.table + ":", self.key and self.key + ":") if part)
        line = " ".join(f"{where} {self.message}".split())
        return "".join(character if not unicodedata.category(character).startswith("C") else "\ufffd" for character in line)


class BadPack(Exception):
    """A pack that cannot be used; carries every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults
