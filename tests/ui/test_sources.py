"""Rules that the sources of the screens keep, read from the files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import screens
from msht_tui import app

FOLDER = Path(screens.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
STYLES = sorted(FOLDER.rglob("*.tcss"))


def classes_of(module: Path) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.ClassDef)}


def styles_named_in(node: ast.ClassDef) -> set[str]:
    """The style files of a class that names some."""
    assigned = [one for one in node.body if isinstance(one, ast.Assign | ast.AnnAssign)]
    return {
        constant.value
        for one in assigned
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name) and target.id == "CSS_PATH" and one.value is not None
        for constant in ast.walk(one.value)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


def top_level_selectors(text: str) -> list[str]:
    """The selectors that stand outside every rule."""
    found, depth, current = [], 0, ""
    for character in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL):
        if character == "{":
            if depth == 0:
                found.append(current.strip())
            depth += 1
            current = ""
        elif character == "}":
            depth -= 1
            current = ""
        else:
            current += character
    return found


def test_the_reader_of_selectors_finds_what_stands_outside() -> None:
    assert top_level_selectors("A { B { x: y; } } /* C {} */ D, E { z: w; }") == ["A", "D, E"]


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_rule_of_a_style_file_stands_under_the_class_of_its_screen(style: Path) -> None:
    """A file named by `CSS_PATH` is not scoped: a bare rule would go on colouring other screens."""
    users = {name for module in MODULES for name, node in classes_of(module).items() if style.name in styles_named_in(node)}
    own = {name for module in MODULES if module.stem == style.stem for name in classes_of(module)} or users
    selectors = top_level_selectors(style.read_text("utf-8"))
    assert selectors
    for selector in selectors:
        assert {part.split()[0] for part in selector.split(",")} <= own & users | (own if style.stem == "help" else set()), selector


def test_every_style_file_is_named_by_a_screen() -> None:
    named = {name for module in MODULES for node in classes_of(module).values() for name in styles_named_in(node)}
    assert named == {style.name for style in STYLES}


def calls(module: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


@pytest.mark.parametrize("module", [*MODULES, Path(app.__file__)], ids=lambda path: path.stem)
def test_no_text_is_ever_read_as_markup(module: Path) -> None:
    for call in calls(module):
        keywords = {one.arg: one.value for one in call.keywords}
        where = f"{module.name}:{call.lineno}"
        assert name_of(call) not in ("notify", "from_markup", "from_text", "render_markup", "push_notification"), where
        markup = keywords.get("markup")
        assert markup is None or (isinstance(markup, ast.Constant) and markup.value is False), where
        if name_of(call) in ("Static", "Label", "Button", "OptionList"):
            assert markup is not None, f"{where}: {name_of(call)} without markup=False"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_string_that_is_put_together_holds_a_tag(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str))
            assert not re.search(r"\[/|\[(?:b|i|u|bold|dim|italic|red|green|@|link)\b", text), f"{module.name}:{node.lineno}"
