"""What the service needs of the world: a clock, content, and a store of cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msht_tui.domain.decision import Calendar
from msht_tui.domain.entry import Document, Entry
from msht_tui.domain.pack import Pack
from msht_tui.domain.worklist import WorklistRow
from msht_tui.domain.worksheet import Worksheet


class StoreTrouble(Exception):
    """The store could not do what was asked; the message says what, where and what to do. What was saved before still is."""


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Seconds that have passed since some moment, whatever is done to the clock, and while the machine sleeps."""
        ...


class Content(Protocol):
    """Where new cases get their content from."""

    def pack(self, pack_id: str = ...) -> Pack:
        """A usable pack. Raises `Refused` when there is none of this id."""
        ...

    def files(self, pack_id: str = ...) -> Mapping[str, bytes]:
        """The files that the pack was read from, for a store to keep."""
        ...

    def worksheet(self) -> Worksheet:
        """The worksheet for the form. Raises `Refused` when it cannot be used."""
        ...

    def calendar(self) -> Calendar:
        """The bank holidays."""
        ...


class CaseRecord(Protocol):
    """The record of one case, append-only."""

    @property
    def case_id(self) -> str:
        """The case's id."""
        ...

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry read so far, in order."""
        ...

    @property
    def notice(self) -> str:
        """What a person should know about the file, such as an unfinished last line; empty when there is nothing."""
        ...

    @property
    def check_code(self) -> str:
        """The last entry's number and the digest of its line."""
        ...

    def refresh(self) -> bool:
        """Read what others appended; whether there was anything."""
        ...

    def append(self, decide: Callable[[], Sequence[Document]]) -> Sequence[Entry]:
        """Under the case's lock: catch up, ask `decide` what to append, make it durable as one act, and give the new entries.

        Raises what `decide` raises, with nothing written, and `StoreTrouble` when the act could not be made durable.
        """
        ...

    def close(self) -> None:
        """Let go of the file; what is asked of it later opens it again."""
        ...


class CaseStore(Protocol):
    """A folder of cases."""

    @property
    def exercise(self) -> bool:
        """Whether this is the exercise store."""
        ...

    def ids(self) -> Sequence[str]:
        """The ids of its cases, in no order."""
        ...

    def worklist(
        self, row_of: Callable[[CaseRecord], WorklistRow], tell: Callable[[int, int], None] | None = None
    ) -> tuple[Sequence[WorklistRow], Mapping[str, str]]:
        """The row of every case, and case id to why it cannot be shown. `tell` hears how many of how many had to be read."""
        ...

    def create(self, case_id: str, documents: Sequence[Document]) -> CaseRecord:
        """A new case with its opening act, durable. Raises `StoreTrouble`."""
        ...

    def open(self, case_id: str) -> CaseRecord:
        """The record of a case, read to its end. Raises `StoreTrouble`."""
        ...

    def keep_pack(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Keep a copy of the content under its digest, durable before the first case that is worked under it."""
        ...

    def pack(self, digest: str) -> Pack:
        """The kept content of this digest. Raises `StoreTrouble` when it is missing or not what its name says."""
        ...

    def draft(self, case_id: str, operator: str) -> Mapping[str, str]:
        """What an operator typed of a case and did not record, by the place where it was typed; of one not begun yet, for an empty id.

        Raises `StoreTrouble`.
        """
        ...

    def keep_draft(self, case_id: str, operator: str, typed: Mapping[str, str]) -> None:
        """Keep it, durably, in place of what was kept; nothing is kept of nothing. Raises `StoreTrouble`."""
        ...

    def profile(self, operator: str) -> Mapping[str, str]:
        """What an operator typed once for every worksheet, by field key; empty when there is nothing."""
        ...

    def keep_profile(self, operator: str, answers: Mapping[str, str]) -> None:
        """Keep it. Raises `StoreTrouble`."""
        ...

    def close(self) -> None:
        """Let go of what is open; what is asked of it later opens it again."""
        ...
