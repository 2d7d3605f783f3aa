"""What can go wrong with a store, in words that say what happened, where, and what to do."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec

from msht_tui.ports import StoreTrouble

__all__ = ["UNDECODABLE", "Damaged", "NotSealed", "SignInFirst", "StoreTrouble", "in_words"]

UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding JSON that anybody may have written can raise: a name that is no UTF-8, or nesting without end, are no error of its own."""


class Damaged(StoreTrouble):
    """A record that is broken before its end; it is refused, never repaired."""


class NotSealed(StoreTrouble):
    """A case of the live store that was written before the terminal was set up."""


class SignInFirst(StoreTrouble):
    """A sealed case, and nobody is signed in who could open it."""


_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space, then try again",
    errno.EDQUOT: "the quota is used up: free some space, then try again",
    errno.EROFS: "the folder is read-only: choose another with --store, or ask for it to be made writable",
    errno.EACCES: "permission is refused: sign in as the owner of the store, or choose another with --store",
    errno.EPERM: "permission is refused: sign in as the owner of the store, or choose another with --store",
    errno.EMFILE: "too many files are open: close other windows of this program, then try again",
    errno.EIO: "the disk reports a fault: copy the store to another disk before you go on",
}


def in_words(error: OSError, doing: str, path: Path) -> StoreTrouble:
    """The failure of a call on `path`, as a sentence an operator can act on."""
    advice = _ADVICE.get(error.errno or 0, (error.strerror or str(error)).lower())
    return StoreTrouble(f"Could not {doing} {path}: {advice}.")
