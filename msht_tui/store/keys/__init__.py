"""Who may open the live store: operators, their passphrases, and the keys that stand between them and a case.

    passphrase --Argon2id--> the operator's private key --HPKE--> the store key --AES-256-GCM--> a key for each case
                                                                       |--HKDF--> keys for the catalogue, drafts, ...

- The **store key** is 32 random bytes. Nobody types it and nothing keeps it in the clear.
- Each operator has a **slot** with an X25519 key pair. Its private half is encrypted with AES-256-GCM under Argon2id(passphrase). The
  store key is sealed to its public half with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM). So a new store key is given to
  everybody who stays without anybody's passphrase.
- The **recovery code** is one more such slot, opened by random characters that are shown once instead of a passphrase.
- Everything in a slot that matters stands in the associated data of one of the two: the store, the id, the cost of Argon2id, its salt
  and the public half with the private one; the same and the role and the generation of the store key with the store key. The file as
  a whole carries an HMAC under the store key, which is checked before anything in it is believed: a slot of another time or another
  store, a changed role, an added or a removed slot are found.
- **Removing** an operator makes a new store key, a new *generation*, and so do a reset and a used recovery code. All case keys are wrapped
  anew. The keys of earlier generations are kept, sealed under the new one, so that older drafts still open.

Files of the folder `keys`, each replaced whole under one lock, `keys.lock`:

| name | holds |
|---|---|
| `operators.keys` | `<HMAC-SHA256, hexadecimal> <JSON>`: store, generation, slots, recovery, past store keys, cases still to be sealed |
| `cases.keys` | JSON: for a generation (two of them in the middle of a change), case id to its wrapped key |
| `tries.json` | how often each id was tried without success since it last came in |
| `tries.<16 digits>.lock` | nothing; held while an attempt waits and is tried, so that two with one id do not wait side by side |
| `tries.0.lock` to `tries.f.lock` | the same, for ids that nobody has |

The digits are the first, in hexadecimal, of the SHA-256 of what the attempts are counted under in `tries.json`: the id of an operator,
folded, or that of the recovery code. So attempts with one id that somebody has are held up by no others. A lock stays when its operator
is removed; none is in a backup.

A change of the store key writes `cases.keys` with both generations, then `operators.keys`, which is the moment it happens, then
`cases.keys` without the old one. Before each write the folder is synced, so nothing builds upon a name that a power cut may take
back. At every instant what is on the disk opens everything, by the old state or by the new one.

What this does not do:

- **An old copy of this folder** opens, with a passphrase of its time, every case that it has a key of, and what is added to those
  cases later. A new store key keeps such a copy from cases that are begun afterwards, and from the catalogue, drafts and
  audit as they are written afterwards. Somebody who is removed and may have copies is a matter for the force's security team.
- Roles are kept by the program. Every operator can reach the store key, so one who writes programs can sign any file here.
- Putting all of the folder back to an earlier state is not noticed here; what was sealed under a later generation then says so.
- A file that was replaced leaves its bytes on the disk until they are used again: disk encryption is required.
- Python cannot promise that a key leaves the memory when it is let go of.
"""
