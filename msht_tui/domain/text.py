"""What may stand in a record's text: everything that people write, nothing that a terminal obeys."""

from __future__ import annotations

import re
import unicodedata

from msht_tui.domain.refusal import Refused

LINE_LIMIT = 200
"""Characters in a label, reference, name or other text of one line."""
TEXT_LIMIT = 4000
"""Characters in a note or a reason."""
REPLACEMENT = "\ufffd"

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\U000e0000-\U000e007f]")
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_PLAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027]*")
"""What most texts are made of, and what stays as it is: Latin letters, digits, marks and quotation marks."""
_JOINERS = "\u200c\u200d"
_COMBINING_CAP = 4


def clean(text: str, limit: int = TEXT_LIMIT, *, what: str = "text") -> str:
    """The text without what a terminal could take as a command, stripped at both ends.

    Control, private, surrogate and unassigned characters become U+FFFD, except newline and tab (a space in a single line);
    direction and tag controls go; runs of combining marks are cut at four. Raises `Refused` when more than `limit` characters
    are left: nothing is cut off silently.
    """
    cleaned = text.strip() if _PLAIN.fullmatch(text) else _cleaned(text, one_line=limit == LINE_LIMIT)
    if len(cleaned) > limit:
        raise Refused(f"The {what} has {len(cleaned):,} characters; {limit:,} fit. Shorten it or split it: nothing was recorded.")
    return cleaned


def _cleaned(text: str, *, one_line: bool) -> str:
    text = unicodedata.normalize("NFC", _DIRECTION.sub("", _LINE_ENDS.sub("\n", text)))
    if one_line:
        text = re.sub(r"[\n\t]+", " ", text)
    out: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > _COMBINING_CAP:
                continue
        elif character not in _JOINERS:
            marks = 0
        out.append(REPLACEMENT if category in ("Cc", "Cs", "Co", "Cn") and character not in "\n\t" else character)
    return unicodedata.normalize("NFC", _lone_joiners_removed("".join(out))).strip()


def _lone_joiners_removed(text: str) -> str:
    """Joiners stay between letters and between the parts of an emoji; elsewhere they only hide things."""
    if not any(joiner in text for joiner in _JOINERS):
        return text
    out: list[str] = []
    for i, character in enumerate(text):
        if character in _JOINERS:
            before, after = text[i - 1 : i], text[i + 1 : i + 2]
            if not (before and after and _joins(before) and _joins(after)):
                continue
        out.append(character)
    return "".join(out)


def _joins(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMS"
