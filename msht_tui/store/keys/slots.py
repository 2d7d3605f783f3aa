"""Slots: how an operator's passphrase leads to the store key, and how a new store key reaches them without it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from msht_tui.domain.refusal import Refused
from msht_tui.store.keys.passphrase import Cost, stretched
from msht_tui.store.sealing import KEY_SIZE, SEALED_MORE, StoreKey, cipher, decrypt, encrypt, new_key
from msht_tui.store.trouble import Damaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import Suite

Role: TypeAlias = Literal["operator", "supervisor", "trainer"]

RECOVERY = ""
"""The id of the slot that the recovery code opens: no operator can have it."""
_SALT_SIZE = 16


NOT_TOGETHER = "This id and passphrase do not go together"
"""What is said of a wrong passphrase, and of an id that nobody has, before what to do about it."""


class WrongPassphrase(Refused):
    """An id and a passphrase that do not go together, or a recovery code that opens nothing."""


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of an operator. Nothing in it is secret, and all of it is bound together."""

    id: str
    role: Role
    cost: Cost
    salt: Annotated[bytes, Meta(min_length=_SALT_SIZE, max_length=_SALT_SIZE)]
    public: Annotated[bytes, Meta(min_length=KEY_SIZE, max_length=KEY_SIZE)]
    private: Annotated[bytes, Meta(min_length=KEY_SIZE + SEALED_MORE, max_length=KEY_SIZE + SEALED_MORE)]
    """Encrypted under the passphrase."""
    store_key: bytes = b""
    """Sealed to the public half; empty in a slot that was given none yet."""


def new_slot(store: str, operator: str, role: Role, secret: str, cost: Cost) -> Slot:
    """A slot with a new key pair, which `secret` opens. It takes as long as the cost says."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    private = new_key()
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    slot = Slot(operator, role, cost, secrets.token_bytes(_SALT_SIZE), public, b"")
    kept = encrypt(cipher(stretched(secret, slot.salt, cost)), private, _about_private(slot, store))
    return msgspec.structs.replace(slot, private=kept)


def given(slot: Slot, store: str, key: StoreKey) -> Slot:
    """The slot with the store key sealed to it."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    sealed = _suite().encrypt(key.key, X25519PublicKey.from_public_bytes(slot.public), _about_store_key(slot, store, key.generation))
    return msgspec.structs.replace(slot, store_key=sealed)


def open_private(slot: Slot, store: str, secret: str) -> X25519PrivateKey:
    """The private half, opened by a passphrase or recovery code. Raises `WrongPassphrase`."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    try:
        private = decrypt(cipher(stretched(secret, slot.salt, slot.cost)), slot.private, _about_private(slot, store))
    except Damaged as damage:
        raise wrong() from damage
    return X25519PrivateKey.from_private_bytes(private)


def open_store_key(slot: Slot, store: str, generation: int, private: X25519PrivateKey) -> StoreKey:
    """The store key that a slot was given. Raises `Damaged` when slot and private half do not belong together."""
    from cryptography.exceptions import InvalidTag

    try:
        return StoreKey(generation, _suite().decrypt(slot.store_key, private, _about_store_key(slot, store, generation)))
    except (InvalidTag, ValueError) as error:
        raise Damaged("its slot was changed") from error


def pretend(secret: str, cost: Cost) -> None:
    """Take as long over an id that nobody has as over one that somebody has."""
    stretched(secret, secrets.token_bytes(_SALT_SIZE), cost)


def wrong() -> WrongPassphrase:
    """The refusal of a wrong passphrase, and of an id that nobody has, for somebody who typed both."""
    return WrongPassphrase(f"{NOT_TOGETHER}: type both again, or ask a supervisor to reset the passphrase.")


def _about_private(slot: Slot, store: str) -> bytes:
    return msgspec.json.encode(("msht private half 1", store, slot.id, slot.cost, slot.salt, slot.public))


def _about_store_key(slot: Slot, store: str, generation: int) -> bytes:
    about = ("msht store key 1", store, generation, slot.id, slot.role, slot.cost, slot.salt, slot.public, slot.private)
    return msgspec.json.encode(about)


def _suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
