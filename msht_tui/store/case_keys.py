"""The key of each case: made and durable before the case's first record, and destroyed to erase it."""

from __future__ import annotations

import threading

from msht_tui.domain.refusal import Refused
from msht_tui.store.disk import Seen
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.session import Session
from msht_tui.store.sealing import Seal, new_key
from msht_tui.store.trouble import StoreTrouble


class NoKey(StoreTrouble):
    """A case whose key is not there: it was erased, or the keys are older than the case."""


class CaseKeys:
    """What a signed-in operator has of the keys of cases, `keys/cases.keys`. Threads may share it.

    Whatever ends a session replaces this file as well, so one look at it tells whether all is as it was.
    Every method raises `SessionEnded` once its operator is removed, reset or has signed out, and `StoreTrouble` when the disk fails.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._folder = session.operators.folder
        self._guard = threading.Lock()
        self._keys: dict[str, bytes] = {}
        self._seen: tuple[int, Seen | None] | None = None

    def create(self, case_id: str) -> Seal:
        """The seal of a case that is about to begin; its key is durable once this returns. A key that is there already is kept."""
        with self._guard, self._folder.held():
            self.session.follow()
            kept = self._read()
            if case_id not in kept.keys:
                self._write({**kept.keys, **wrapped.wrap(self.session.store, self.session.key, [(case_id, new_key())])})
            return self._seal(case_id)

    def seal(self, case_id: str) -> Seal:
        """The seal of a case. Raises `NoKey`, or `Damaged` for a key that was changed."""
        with self._guard:
            if self._seen is None or self._seen != self._look():
                with self._folder.held():
                    self.session.follow()
                    self._read()
            return self._seal(case_id)

    def ids(self) -> frozenset[str]:
        """The cases that have a key."""
        with self._guard, self._folder.held():
            self.session.follow()
            return frozenset(self._read().keys)

    def erase(self, case_id: str) -> bool:
        """Destroy the key of a case: nothing of the case can be read again. Whether there was one.

        Erase the key first and remove the case's file afterwards; when that was broken off, doing both again is right.
        Raises `Refused` for anybody but a supervisor.
        """
        with self._guard, self._folder.held():
            self.session.follow()
            if self.session.role != "supervisor":
                raise Refused(f"{self.session.operator} is no supervisor: ask one to erase the case. Nothing was changed.")
            kept = self._read()
            self._write({one: key for one, key in kept.keys.items() if one != case_id})
            return case_id in kept.keys

    def _seal(self, case_id: str) -> Seal:
        if case_id not in self._keys:
            place = self._folder.path / wrapped.NAME
            raise NoKey(f"The key of case {case_id} is not in {place}: the case was erased, or restore the keys from a newer backup.")
        unwrapped = wrapped.unwrap(self.session.store, self.session.key, {case_id: self._keys[case_id]})
        return Seal(unwrapped[case_id], case_id)

    def _read(self) -> wrapped.Wrapped:
        seen = self._look()
        kept = wrapped.read(self._folder, self.session.key.generation)
        self._keys, self._seen = kept.keys, seen
        return kept

    def _write(self, keys: dict[str, bytes]) -> None:
        self._seen = None
        wrapped.write(self._folder, wrapped.Wrapped(self.session.key.generation, keys))
        self._keys, self._seen = keys, self._look()

    def _look(self) -> tuple[int, Seen | None]:
        return self.session.key.generation, self._folder.look_at(wrapped.NAME)
