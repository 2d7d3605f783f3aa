"""The one place that knows the real parts and puts them together."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from msht_tui.service import Casework

if TYPE_CHECKING:
    from msht_tui.store.case_keys import CaseKeys
    from msht_tui.store.folder import FolderStore
    from msht_tui.store.keys.operators import Operators
    from msht_tui.store.keys.session import Session

EXERCISE = "exercise"
"""The folder of the exercise store, inside the live one and never mixed with it."""
SETTINGS = "settings.toml"


class NotSetUp(Refused):
    """The live store before anybody can sign in there."""


class NotSignedIn(Refused):
    """The live store, and nobody has signed in."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a force sets for a store, in `settings.toml` at its top."""

    force: str = ""
    """The name of the police force; empty where nobody said it."""
    marking: str = "OFFICIAL-SENSITIVE"
    """First and last line of every screen and page."""
    zone: str = "Europe/London"
    """The IANA name of the local time zone."""
    local: Mapping[str, str] = {}
    """Item id to the force's own words for it, such as whom to ring; shown on the card as Local."""
    lock_after: Annotated[float, msgspec.Meta(ge=20, le=3600)] = 300
    """Seconds without a key after which a signed-in screen locks; the time that the machine sleeps counts."""
    lock_after_in_custody: Annotated[float, msgspec.Meta(ge=20, le=3600)] = 60
    """The same, once a case was worked in custody."""
    copy_fields: bool = False
    """Whether one field of the worksheet at a time can be copied, for 30 seconds, on its way into the online form."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since some moment, counted on while the machine sleeps where the system does."""
        name = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
        return time.monotonic() if name is None else time.clock_gettime(name)


class Workplace:
    """A store with its settings, and the casework of one operator in it."""

    def __init__(self, store: Path | None = None, *, exercise: bool = False, operator: str | None = None) -> None:
        self.base = (store or default_store()).expanduser().absolute()
        self.exercise = exercise
        self.operator = operator or os.environ.get("MSHT_OPERATOR") or _login_name()
        self.session: Session | None = None
        """Who is signed in at the live store; nobody has to at the exercise store."""

    @property
    def root(self) -> Path:
        """The folder that holds `cases/`."""
        return self.base / EXERCISE if self.exercise else self.base

    @cached_property
    def settings(self) -> Settings:
        """The store's settings. Raises `StoreTrouble` naming the key at fault."""
        from msht_tui.content.tables import FILE_LIMIT, tables_in
        from msht_tui.store.place import refuse_stranger

        path = self.base / SETTINGS
        refuse_stranger(path)
        try:
            with path.open("rb") as file:
                data = file.read(FILE_LIMIT + 1)
            if len(data) > FILE_LIMIT:
                raise ValueError(f"it is too large: {FILE_LIMIT:,} bytes fit")
            return msgspec.convert(tables_in(data), Settings)
        except FileNotFoundError:
            return Settings()
        except (OSError, ValueError, msgspec.ValidationError) as error:
            raise StoreTrouble(f"{path} cannot be used: {error}. Mend it or move it away.") from error

    @cached_property
    def zone(self) -> tzinfo:
        """The local time zone. Raises `StoreTrouble` for a name that there is none of."""
        try:
            return ZoneInfo(self.settings.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise StoreTrouble(f"{self.base / SETTINGS}: zone: there is no time zone {self.settings.zone!r}.") from error

    @cached_property
    def operators(self) -> Operators:
        """Who may sign in at the live store, and the way to do it."""
        from msht_tui.store.keys.operators import Operators
        from msht_tui.store.place import KEYS

        return Operators(self.base / KEYS)

    def sign_in(self, passphrase: str) -> Session:
        """Sign the operator in at the live store. Raises `Refused`: nobody is then."""
        self._refuse_unless_set_up()
        self.session = self.operators.sign_in(self.operator, passphrase)
        self.operator = self.session.operator
        return self.session

    @property
    def keys(self) -> CaseKeys | None:
        """The keys of the live store; `None` for exercises, which need none. Raises `NotSignedIn`, or `NotSetUp`."""
        if self.exercise:
            return None
        if self.session is None:
            self._refuse_unless_set_up()
            raise NotSignedIn("Sign in to work on live cases, or use --exercise.")
        from msht_tui.store.case_keys import CaseKeys

        return CaseKeys(self.session)

    def _refuse_unless_set_up(self) -> None:
        if not self.operators.is_set_up():
            raise NotSetUp("This terminal is not set up for live cases yet: run msht setup, or use --exercise.")

    @cached_property
    def store(self) -> FolderStore:
        """The cases. Raises `NotSignedIn`, or `NotSetUp`."""
        from msht_tui.store.folder import FolderStore

        if self.exercise:
            return FolderStore(self.root, _read_kept, exercise=True)
        return FolderStore(self.root, _read_kept, exercise=False, keys=self.keys)

    @cached_property
    def casework(self) -> Casework:
        """The use cases over this store. Raises `NotSignedIn`, or `NotSetUp`."""
        from msht_tui.content.library import Library

        return Casework(self.store, Library(), SystemClock(), self.zone, self.operator)

    def close(self) -> None:
        """Let go of the cases, and of the keys."""
        made = self.__dict__.get("casework") or self.__dict__.get("store")
        if made is not None:
            made.close()
        if self.session is not None:
            self.session.close()


def default_store() -> Path:
    """The store named by `MSHT_STORE`, else the user's own data folder."""
    named = os.environ.get("MSHT_STORE")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("msht", appauthor=False)


def _read_kept(files: Mapping[str, bytes]) -> Pack:
    """A pack from a store's copy: it was checked before it was kept."""
    from msht_tui.content.fault import BadPack
    from msht_tui.content.reader import read_pack

    try:
        return read_pack(files, "kept content")
    except BadPack as error:
        raise StoreTrouble(f"The content kept with the case cannot be read: {error}. Restore it from a backup.") from error


def _login_name() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise Refused("This machine does not say who you are: use --as or MSHT_OPERATOR.") from error
