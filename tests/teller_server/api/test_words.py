"""Every code that a person can meet has a sentence in both languages."""

import ast
import re
from pathlib import Path

import pytest

from teller_server.api.problems import STATUS
from teller_server.api.words import WORDS, say

ROOT = Path(__file__).parents[3]
ROOMS = ("teller_server", "signaling", "kyc")
HAN = re.compile(r"[\u4e00-\u9fff]")


def refusal_codes() -> set[str]:
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "rehearse" in path.parts or path.name == "cli_users.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and _name(node.func) == "Refusal" and node.args:
                    found |= _literals(node.args[0])
    return found


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _literals(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) | _literals(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    return set()


def test_every_refusal_has_words() -> None:
    assert refusal_codes() - set(WORDS) == set()


def test_no_word_is_left_of_a_code_that_is_gone() -> None:
    rooms = [path for room in (*ROOMS, "recording", "web") for path in (ROOT / room).rglob("*")]
    source = "\n".join(
        path.read_text()
        for path in rooms
        if path.suffix in {".py", ".js", ".yaml"} and not path.name.startswith("words")
    )
    assert {code for code in WORDS if not re.search(rf"\b{code}\b", source)} == set()


def test_every_status_has_words() -> None:
    assert set(STATUS) - set(WORDS) == set()


@pytest.mark.parametrize("code", sorted(WORDS))
def test_both_languages(code: str) -> None:
    chinese, english = say(code, "zh-CN"), say(code, "en")
    assert HAN.search(chinese)
    assert not HAN.search(english)
    assert chinese.endswith("。")
    assert english.endswith(".")


def test_a_code_without_words_still_says_something() -> None:
    assert say("never_heard_of", "en") == say("internal", "en")
