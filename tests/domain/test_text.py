"""Typed text: every name comes through, and nothing that a terminal obeys does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, TEXT_LIMIT, clean

DIRECTION = {*"\u061c\u200e\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x2070)), *map(chr, range(0xE0000, 0xE0080))}

NAMES = {
    "Vietnamese": "Nguyễn Thị Hồng Phượng",
    "Polish": "Małgorzata Brzęczyszczykiewicz-Żółć",
    "Arabic": "مُحَمَّد عبد الرحمٰن",
    "Yoruba": "Ọlúwaṣeun Adébáyọ̀",
    "Hindi": "श्रीमती लक्ष्मी क्षत्रिय",
    "Hebrew": "יִצְחָק בֶּן־שָׁלוֹם",
    "Thai": "นางสาว กัญญ์ณัฏฐ์ ผู้ใหญ่",
    "Burmese": "ဒေါ်ညှို့ကျွန်ုပ်မြင့်",
    "Japanese": "髙橋 ｶﾞｲ 神󠄀",
    "Persian": "علی‌رضا می‌خواهم",
    "Sinhala": "ශ්‍රී ලංකා",
    "Romanian": "Ștefan Țăranu",
    "Tibetan": "བསྒྲུབས་རྒྱལ་མཚན",
    "Emoji": "👩🏽‍💻 ❤️‍🔥",
}

HOSTILE = [
    "\x1b]52;c;ZWNobyBoaQ==\x07",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[H",
    "\x9b31mred",
    "\x1bP+q544e\x1b\\",
    "nul\x00byte",
    "back\x08\x08\x08\x7f",
    "line\x0b\x0c\x85end",
    "fold\u2028line\u2029end",
    "\u202eevil\u202c",
    "\u2066hidden\u2069",
    "tag\U000e0041\U000e007f",
    "\ud800lone",
    "\ue000private\U000f0000",
    "\ufdd0not\uffff",
    "a" + "\u0301" * 500,
    "a" + ("\u0301" * 4 + "\u200d") * 50,
    "\u200d\u200c\u200d",
    "x\u200d \u200cy",
    "e\u200e\u0301",
    "\r\nover\rwritten",
    "[/] [@click=app.quit]x[/] [a=b:c",
    "{0.__class__} %s $(id) `id`",
]


def has_control(text: str) -> bool:
    """Whether a terminal could take a character as a command, or a reader be led the wrong way by it."""
    return any((unicodedata.category(one) in ("Cc", "Cs", "Co", "Cn") and one not in "\n\t") or one in DIRECTION for one in text)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_comes_through_unchanged(name: str) -> None:
    assert clean(name) == clean(name, LINE_LIMIT) == unicodedata.normalize("NFC", name)


def test_a_decomposed_name_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", NAMES["Vietnamese"])) == NAMES["Vietnamese"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("limit", [LINE_LIMIT, TEXT_LIMIT])
def test_a_hostile_text_is_disarmed(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert not has_control(cleaned)
    assert clean(cleaned, limit) == cleaned
    assert not set(cleaned) & set("\r\u2028\u2029")
    if limit == LINE_LIMIT:
        assert "\n" not in cleaned


def test_a_control_character_leaves_a_visible_trace() -> None:
    assert clean("a\x1b[2Jb") == "a\ufffd[2Jb"
    assert clean("a\x00b\x9bc") == "a\ufffdb\ufffdc"


def test_markup_is_kept_as_it_was_typed() -> None:
    assert clean("see [/etc/passwd] [b]x[/b]") == "see [/etc/passwd] [b]x[/b]"


def test_a_run_of_combining_marks_is_cut_at_four_also_across_joiners() -> None:
    for text in ("q" + "\u0301" * 500, "q" + ("\u0301" * 4 + "\u200d") * 50, "q" + "\u0301\u200c" * 50):
        assert sum(1 for one in clean(text) if unicodedata.category(one) == "Mn") == 4


def test_a_joiner_stays_between_letters_and_goes_elsewhere() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert clean("\u200da\u200d \u200cb 1\u200d2") == "a b 12"


def test_line_ends_become_one_kind_in_a_note_and_a_space_in_a_line() -> None:
    text = "one\r\ntwo\rthree\u2028four\u2029five\n\n\tsix"
    assert clean(text) == "one\ntwo\nthree\nfour\nfive\n\n\tsix"
    assert clean(text, LINE_LIMIT) == "one two three four five six"


def test_both_ends_are_stripped() -> None:
    assert clean("  \n\u200e note \u200d\t ") == "note"
    assert clean(" \n\t\u202e ") == ""


@pytest.mark.parametrize("limit", [LINE_LIMIT, TEXT_LIMIT])
def test_a_text_that_is_too_long_is_refused_whole(limit: int) -> None:
    assert len(clean("x" * limit + "  ", limit)) == limit
    with pytest.raises(Refused, match=rf"The label has {limit + 1:,} characters; {limit:,} fit\..*nothing was recorded"):
        clean("x" * (limit + 1), limit, what="label")


anything = st.text(st.characters(codec=None, categories=None), max_size=60)
nasty = st.text(
    st.sampled_from("aeက1 \n\t\r\x00\x1b\x9b\u0301\u0327\u0338\u200b\u200c\u200d\u200e\u202e\u2028\u2066\ue000\ufe0f=ŀé가👩\u09c7\u09be"),
    max_size=40,
)


@given(anything | nasty, st.sampled_from([LINE_LIMIT, TEXT_LIMIT]))
@example("e\u200e\u0301", TEXT_LIMIT)
@example("=\u202e\u0338", TEXT_LIMIT)
@example("q\u0301\u0301\u0301\u0301\u200d\u0301", TEXT_LIMIT)
@example("\u09c7\u200e\u09be", LINE_LIMIT)
@example("\u0300\u200c\u200c\u0316", LINE_LIMIT)
def test_no_control_is_left_and_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    cleaned = clean(text, limit)
    assert not has_control(cleaned)
    assert clean(cleaned, limit) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()
    if limit == LINE_LIMIT:
        assert not set(cleaned) & set("\n\t")


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60))
def test_letters_digits_and_signs_are_never_lost(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text).strip()
