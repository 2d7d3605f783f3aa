"""What a person types to get in: the rule for a passphrase, the recovery code, and the work that makes guessing slow."""

from __future__ import annotations

import re
import secrets
import string
import unicodedata

import msgspec

from msht_tui.domain.refusal import Refused
from msht_tui.store.sealing import KEY_SIZE
from msht_tui.store.trouble import StoreTrouble

LEAST_CHARACTERS, LEAST_WORDS = 12, 4
MOST_CHARACTERS = 1000
LETTERS = "3479ACDEFGHJKMNPQRTVWXY"
"""Of a recovery code: none that looks or sounds like another. Their number is a prime, so the check character finds any one
wrong character and any two neighbours exchanged."""
_NEVER = sorted({*string.digits, *string.ascii_uppercase} - {*LETTERS})
_DRAWN, _GROUP = 29, 5
_BASE = 5
"""A primitive root modulo 23."""


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one guess costs under Argon2id."""

    memory: int
    """KiB."""
    passes: int
    lanes: int


class Costs(msgspec.Struct, frozen=True):
    """The cost of new slots, and the bounds of those that are read. The bounds are the program's: no file can move them."""

    usual: Cost
    least: tuple[Cost, ...]
    """A slot has to cost as much as one of these in memory and in passes."""
    most: Cost

    def allow(self, cost: Cost) -> bool:
        """Whether a slot may ask for this."""
        enough = any(cost.memory >= least.memory and cost.passes >= least.passes for least in self.least)
        little = cost.memory <= self.most.memory and cost.passes <= self.most.passes
        return enough and little and 1 <= cost.lanes <= self.most.lanes


STANDARD = Costs(Cost(128 << 10, 2, 1), (Cost(128 << 10, 2, 1), Cost(64 << 10, 3, 1)), Cost(256 << 10, 6, 4))


def new_passphrase(text: str) -> str:
    """A passphrase as it is used. Raises `Refused` for one with fewer than 12 characters and fewer than four words."""
    passphrase = typed(text)
    words = [word for word in passphrase.split() if len(word) > 1]
    if len(passphrase.strip()) < LEAST_CHARACTERS and len(words) < LEAST_WORDS:
        raise Refused(f"The passphrase is too short: take at least {LEAST_CHARACTERS} characters, or four words. Nothing was changed.")
    return passphrase


def typed(text: str) -> str:
    """A passphrase in the one form in which it is compared, however a keyboard composes its accents. Raises `Refused`."""
    passphrase = unicodedata.normalize("NFC", text)
    if len(passphrase) > MOST_CHARACTERS:
        raise Refused(f"The passphrase has {len(passphrase):,} characters; {MOST_CHARACTERS:,} fit. Type it again.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in passphrase):
        raise Refused("The passphrase holds a line break or another character that cannot be typed. Type it again.")
    return passphrase


def stretched(secret: str, salt: bytes, cost: Cost) -> bytes:
    """The key that a passphrase or recovery code stands for, by Argon2id. Raises `StoreTrouble` when there is no memory for it."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        work = Argon2id(salt=salt, length=KEY_SIZE, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
        return work.derive(secret.encode())
    except MemoryError as error:
        raise StoreTrouble(f"Signing in takes {cost.memory >> 10} MiB of memory, which are not free: close other programs.") from error


def new_code() -> str:
    """A recovery code of 131 random bits: six groups of five characters."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(_DRAWN))
    code = drawn + _check(drawn)
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def typed_code(text: str) -> str:
    """A recovery code in the one form in which it is used, from however it was typed. Raises `Refused` for what can be none."""
    code = re.sub(r"[\s-]", "", text).upper()
    if len(code) != _DRAWN + 1:
        raise Refused("That is not a recovery code: it has six groups of five characters. Look at each character again.")
    if any(character not in LETTERS for character in code):
        never = f"{', '.join(_NEVER[:-1])} or {_NEVER[-1]}"
        raise Refused(
            f"That is not a recovery code: no code has a {never}, or anything but letters and digits. Look at each character again."
        )
    if _check(code[:-1]) != code[-1]:
        raise Refused("That is not a recovery code: one character or more is wrong. Look at each of them again.")
    return code


def _check(drawn: str) -> str:
    """The check character of the others."""
    total = sum(LETTERS.index(character) * pow(_BASE, place, len(LETTERS)) for place, character in enumerate(drawn, 1))
    return LETTERS[-total % len(LETTERS)]
