"""What the live store writes is sealed here: AES-256-GCM with a random 96-bit nonce, and what it belongs to in the associated data.

A record is sealed under its case's key and bound to the case, to the number of its last entry and to the digest of the line before it,
so that none can be put in another's place. It stands in its line as a JSON list like any other act, and the chain is over what stands
there: nobody needs a key to verify it. The catalogue, drafts and the like are blobs, each kind under a key of its own, derived from
the store key.

Nothing here keeps anything from somebody who has the keys, and the length of what is sealed shows.
`cryptography` is imported only once something is sealed or opened.
"""

from __future__ import annotations

import secrets
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from msht_tui.store.trouble import UNDECODABLE, Damaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_SIZE = 32
"""Bytes of every key."""
_NONCE_SIZE = 12
SEALED_MORE = _NONCE_SIZE + 16
"""Bytes that sealing adds: a nonce and a tag."""
_BASE64 = msgspec.json.Decoder(bytes)
"""Of a JSON string, with its quotes: twice as fast as the one of the standard library."""
_MOST_DIGITS = 9
_MOST = 10**_MOST_DIGITS - 1
_RECORD, _BLOB = "msht record 1", "msht blob 1"


class _Act(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    number: int
    sealed: bytes


_ACT = msgspec.json.Decoder(tuple[_Act])


@dataclass(frozen=True, slots=True)
class StoreKey:
    """The key of a store, and which one since set-up: every removal of an operator makes the next."""

    generation: int
    key: bytes = field(repr=False)

    @classmethod
    def new(cls, generation: int) -> StoreKey:
        """A random one."""
        return cls(generation, new_key())

    def derived(self, purpose: str) -> bytes:
        """The key for one purpose, by HKDF-SHA256: what is known of one tells nothing of another."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), KEY_SIZE, None, f"msht {purpose}".encode()).derive(self.key)


class Seal:
    """Seals and opens the records of one case. It holds the key within the cipher and shows it nowhere."""

    def __init__(self, case_key: bytes, case_id: str) -> None:
        self.case_id = case_id
        self._cipher = cipher(case_key)
        self._about = f"{_RECORD}\n{case_id}\n".encode()

    def seal(self, payload: bytes, number: int, before: str) -> bytes:
        """The act `payload`, whose last entry has this number, as it goes into the line after the one with the digest `before`.

        It comes out as a JSON list in ASCII without a line feed, a third longer and some 65 bytes. The number stands in it for all to read.
        """
        data = encrypt(self._cipher, payload, self._belonging(number, before))
        return _spelled(number, data)

    def open(self, sealed: bytes, before: str) -> bytes:
        """What was sealed after this digest. Raises `Damaged` for anything else, be it by a bit."""
        try:
            act = _act(sealed)
            return decrypt(self._cipher, act.sealed, self._belonging(act.number, before))
        except Damaged as damage:
            words = f"An act of case {self.case_id} cannot be opened: it is not what was sealed there under the key of the case"
            raise Damaged(f"{words}. Keep a copy, restore the case and its key from a backup, tell a supervisor.") from damage

    def _belonging(self, number: int, before: str) -> bytes:
        return b"%b%d\n%b" % (self._about, number, before.encode())


def number_of(sealed: bytes) -> int:
    """The number of the last entry of a sealed act, which needs no key. Raises `Damaged` for what is none."""
    return _act(sealed).number


def seal_blob(key: StoreKey, purpose: str, blob: bytes) -> bytes:
    """`blob` sealed for a purpose, such as `catalogue` or `draft <case id>`, as one line of ASCII that names the key's generation."""
    about = f"{_BLOB}\n{key.generation}\n{purpose}".encode()
    sealed = encrypt(cipher(key.derived(f"blob {purpose}")), blob, about)
    return f"{key.generation} ".encode() + b2a_base64(sealed, newline=False)


def open_blob(keys: Mapping[int, StoreKey], purpose: str, sealed: bytes) -> bytes:
    """What was sealed for this purpose under one of these keys, by generation. Raises `Damaged` for anything else."""
    named, space, _ = sealed[: _MOST_DIGITS + 1].partition(b" ")
    rest = memoryview(sealed)[len(named) + len(space) :]
    key = keys.get(int(named)) if named.isdigit() and len(named) <= _MOST_DIGITS and not named.startswith(b"0") else None
    if key is None:
        raise Damaged(f"The {purpose} is sealed under a store key that is not here: restore the keys from a newer backup.")
    about = f"{_BLOB}\n{key.generation}\n{purpose}".encode()
    try:
        data = memoryview(_decoded(b"".join((b'"', rest, b'"'))))  # of megabytes, which are copied once
        return decrypt(cipher(key.derived(f"blob {purpose}")), data, about)
    except Damaged as damage:
        raise Damaged(f"The {purpose} cannot be opened: it is not what was sealed there. Keep a copy, tell a supervisor.") from damage


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(KEY_SIZE)


def cipher(key: bytes) -> AESGCM:
    """AES-256-GCM under this key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def encrypt(under: AESGCM, data: bytes, about: bytes) -> bytes:
    """A random nonce, then `data` encrypted and bound to `about`."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    return nonce + under.encrypt(nonce, data, about)


def decrypt(under: AESGCM, sealed: bytes | memoryview, about: bytes) -> bytes:
    """What was encrypted under the same key and bound to the same `about`. Raises `Damaged` for anything else."""
    if len(sealed) < SEALED_MORE:
        raise Damaged("What is sealed is too short.")
    try:
        return under.decrypt(sealed[:_NONCE_SIZE], sealed[_NONCE_SIZE:], about)
    except _invalid_tag() as error:
        raise Damaged("What is sealed was changed, belongs elsewhere, or is under another key.") from error


def _invalid_tag() -> type[Exception]:
    from cryptography.exceptions import InvalidTag

    return InvalidTag


def _act(sealed: bytes) -> _Act:
    """A sealed act. Raises `Damaged` for what is none, and for any other spelling of one."""
    try:
        (act,) = _ACT.decode(sealed)
    except UNDECODABLE as error:
        raise Damaged("It is not sealed.") from error
    if sealed != _spelled(act.number, act.sealed) or not 0 <= act.number <= _MOST:
        raise Damaged("It is not sealed.")
    return act


def _spelled(number: int, data: bytes) -> bytes:
    return b'[{"number":%d,"sealed":"%b"}]' % (number, b2a_base64(data, newline=False))


def _decoded(quoted: bytes) -> bytes:
    """From Base64 between quotes. Raises `Damaged` for any other spelling of the same bytes."""
    try:
        data = _BASE64.decode(quoted)
    except UNDECODABLE as error:
        raise Damaged("It is no Base64.") from error
    if len(quoted) != _size(data) + 2 or not quoted.endswith(_last(data) + b'"'):
        raise Damaged("It is no Base64 as it is written here.")
    return data


def _size(data: bytes) -> int:
    """Characters of the Base64 of some bytes."""
    return (len(data) + 2) // 3 * 4


def _last(data: bytes) -> bytes:
    """The Base64 of the last one or two bytes after the threes: only there can the same bytes be spelled otherwise."""
    return b2a_base64(data[len(data) // 3 * 3 :], newline=False)
