"""Years of operators at one terminal, at random: who is gone opens nothing new, a supervisor remains, a recovery code works once."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from msht_tui.domain.refusal import Refused
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.disk import Disk
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Operator, Session, SessionEnded
from msht_tui.store.keys.slots import Role, WrongPassphrase
from msht_tui.store.sealing import StoreKey, open_blob
from msht_tui.store.trouble import Damaged

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
START = "0" * 64
IDS = ("PC 1", "PC 2", "PC 3", "PC 4")
ROLES: tuple[Role, ...] = ("operator", "supervisor", "trainer")
which = st.sampled_from(IDS)
roles = st.sampled_from(ROLES)


class QuickDisk(Disk):
    def sync(self, descriptor: int) -> None:
        pass

    def sync_folder(self, folder: Path) -> None:
        pass


class Person(NamedTuple):
    """Somebody who can sign in, with a window that stays open."""

    role: Role
    passphrase: str
    session: Session


class Gone(NamedTuple):
    """A passphrase that no longer holds, a window that was left open, and every store key that a copy of the time gives."""

    id: str
    passphrase: str
    session: Session
    store_keys: tuple[StoreKey, ...]


class OperatorLife(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.place = self.folder / "keys"
        self.operators = Operators(self.place, QuickDisk(), costs=CHEAP, sleep=lambda _: None)
        self.people: dict[str, Person] = {}
        self.gone: list[Gone] = []
        self.cases: dict[str, bytes] = {}
        self.erased: dict[str, bytes] = {}
        self.serial = 0
        self.code = ""
        self.used_codes: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    # Parts

    def new_passphrase(self) -> str:
        self.serial += 1
        return f"passphrase number {self.serial}"

    def open_window(self, who: str, role: Role, passphrase: str) -> None:
        self.people[who] = Person(role, passphrase, self.operators.sign_in(who, passphrase))

    def let_go(self, who: str) -> None:
        """They keep what they have: their passphrase, their window, and a copy of the keys with which they can still sign in."""
        person = self.people[who]
        copy = self.folder / "copy"
        shutil.copytree(self.place, copy)
        theirs = Operators(copy, QuickDisk(), costs=CHEAP, sleep=lambda _: None).sign_in(who, person.passphrase)
        self.gone.append(Gone(who, person.passphrase, person.session, tuple(theirs.keys.values())))
        shutil.rmtree(copy)

    def supervisor(self) -> Session:
        return next(person.session for person in self.people.values() if person.role == "supervisor")

    def supervisors(self) -> list[str]:
        return [who for who, person in self.people.items() if person.role == "supervisor"]

    # What happens

    @initialize()
    def set_up(self) -> None:
        passphrase = self.new_passphrase()
        self.code = self.operators.set_up(IDS[0], passphrase)
        self.open_window(IDS[0], "supervisor", passphrase)

    @rule(who=which, role=roles)
    def add(self, who: str, role: Role) -> None:
        passphrase = self.new_passphrase()
        if who in self.people:
            with pytest.raises(Refused):
                self.operators.add(self.supervisor(), who, role, passphrase)
            return
        self.operators.add(self.supervisor(), who, role, passphrase)
        self.open_window(who, role, passphrase)

    @rule(who=which)
    def remove(self, who: str) -> None:
        if who not in self.people or self.supervisors() == [who]:
            with pytest.raises(Refused):
                self.operators.remove(self.supervisor(), who)
            return
        self.let_go(who)
        self.operators.remove(self.supervisor(), who)
        del self.people[who]

    @rule(who=which, role=roles)
    def change_role(self, who: str, role: Role) -> None:
        if who not in self.people or (self.supervisors() == [who] and role != "supervisor"):
            with pytest.raises(Refused):
                self.operators.change_role(self.supervisor(), who, role)
            return
        self.operators.change_role(self.supervisor(), who, role)
        self.people[who] = self.people[who]._replace(role=role)

    @precondition(lambda self: self.people)
    @rule(data=st.data(), themselves=st.booleans())
    def reset(self, data: st.DataObject, themselves: bool) -> None:
        who = data.draw(st.sampled_from(sorted(self.people)))
        passphrase = self.new_passphrase()
        self.let_go(who)
        self.operators.reset(self.people[who].session if themselves else self.supervisor(), who, passphrase)
        self.open_window(who, self.people[who].role, passphrase)

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def recover(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.people)))
        passphrase = self.new_passphrase()
        if who not in self.supervisors():
            with pytest.raises(Refused, match="no supervisor"):
                self.operators.recover(self.code, who, passphrase)
            return
        self.let_go(who)
        self.used_codes.append(self.code)
        self.code = self.operators.recover(self.code, who, passphrase)
        self.open_window(who, "supervisor", passphrase)

    @rule()
    def renew_recovery(self) -> None:
        self.used_codes.append(self.code)
        self.code = self.operators.renew_recovery(self.supervisor())

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def begin_case(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.people)))
        self.serial += 1
        case = f"case {self.serial}"
        self.cases[case] = CaseKeys(self.people[who].session).create(case).seal(case.encode(), 1, START)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def erase_case(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(sorted(self.cases)))
        who = data.draw(st.sampled_from(sorted(self.people)))
        keys = CaseKeys(self.people[who].session)
        if who not in self.supervisors():
            with pytest.raises(Refused):
                keys.erase(case)
            return
        assert keys.erase(case)
        self.erased[case] = self.cases.pop(case)

    @precondition(lambda self: self.people)
    @rule(data=st.data(), other=which)
    def try_wrongly(self, data: st.DataObject, other: str) -> None:
        passphrases = ["not the passphrase", *(gone.passphrase for gone in self.gone)]
        passphrases += [person.passphrase for who, person in self.people.items() if who != other]
        with pytest.raises(WrongPassphrase):
            self.operators.sign_in(other, data.draw(st.sampled_from(passphrases)))

    # What holds at all times

    @invariant()
    def everybody_who_should_opens_everything(self) -> None:
        if not self.people:
            return
        assert self.operators.list() == tuple(Operator(who, self.people[who].role) for who in sorted(self.people))
        assert self.supervisors()
        for who, person in self.people.items():
            person.session.refresh()
            for session in (person.session, self.operators.sign_in(who, person.passphrase)):
                assert session.role == person.role
                keys = CaseKeys(session)
                for case, sealed in self.cases.items():
                    assert keys.seal(case).open(sealed, START) == case.encode()
                for case in self.erased:
                    with pytest.raises(NoKey):
                        keys.seal(case)

    @invariant()
    def nobody_who_is_gone_opens_anything_new(self) -> None:
        if not self.people:
            return
        kept: Any = wrapped.read(self.operators.folder, self.supervisor().key.generation)
        blob = self.supervisor().seal_blob("draft", b"half a sentence")
        for gone in self.gone:
            with pytest.raises(SessionEnded):
                gone.session.refresh()
            with pytest.raises(SessionEnded):
                CaseKeys(gone.session).create("mine")
            for key in gone.store_keys:
                for case, one in kept.keys.items():
                    with pytest.raises(Damaged):
                        wrapped.unwrap(self.supervisor().store, StoreKey(kept.generation, key.key), {case: one})
                with pytest.raises(Damaged):
                    open_blob({kept.generation: StoreKey(kept.generation, key.key)}, "draft", blob)

    @invariant()
    def no_recovery_code_works_twice(self) -> None:
        if self.used_codes:
            with pytest.raises(WrongPassphrase):
                self.operators.recover(self.used_codes[-1], self.supervisors()[0], "found my way back")


TestOperatorLife = OperatorLife.TestCase
TestOperatorLife.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
