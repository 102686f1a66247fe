"""docs/scripts.md is what authors of scripts go by: its examples work, and no key is missing."""

from __future__ import annotations

import re
from typing import get_args

from teller_server.desk.packs import read_packs
from teller_server.domain import script_reader, script_reader_fields, script_reader_steps
from teller_server.domain.fields import FIELD_TYPES
from teller_server.domain.policy import combine, compile_service
from teller_server.domain.script import Need, Otherwise, Purpose, ServiceScript, StepKind
from teller_server.domain.script_reader import parse_script
from teller_server.domain.script_reader_names import ALWAYS
from tests.tree import ROOT, text

PAGE = text(ROOT / "docs" / "scripts.md")
BLOCK = re.compile(
    r"^```yaml(?: part (?P<part>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def documented() -> ServiceScript:
    """The examples, one after another."""
    blocks = list(BLOCK.finditer(PAGE))
    whole = "".join(block["text"] for block in blocks if not block["part"])
    parts = {block["part"]: block["text"] for block in blocks if block["part"]}
    return parse_script(whole, "docs/scripts.md", parts)


def test_the_examples_together_are_one_whole_script() -> None:
    script = documented()
    assert {step.kind for step in script.steps} == set(StepKind)
    assert script.step("joint_face").party == "joint_holder"


def test_the_example_is_lawful_here() -> None:
    policy = combine(read_packs(["cn-bank"]))
    assert compile_service(documented(), policy).script.service == "card_limit"


def test_every_key_and_word_of_the_language_is_explained() -> None:
    keys = {*script_reader._TOP, *script_reader._MORE}
    keys |= {*script_reader_fields._TYPED, "name", "type", "label", "value", "ask", "answer"}
    keys |= {"expect", "otherwise", "attempts", "flag", "motor", "visits", "days", "if_refused"}
    keys |= {*script_reader_steps._COMMON, *script_reader_steps._SPOKEN, *script_reader_steps._ANY}
    for shape in script_reader_steps._SHAPES.values():
        keys |= {*shape.required, *shape.optional}
    words = {*FIELD_TYPES, *StepKind, *get_args(Need), *get_args(Otherwise), *get_args(Purpose)}
    words |= {*script_reader_steps.OUTCOMES, "seen", "agree", "end", "continue"}
    missing = {word for word in keys | words if f"`{word}" not in PAGE}
    assert missing == set()
    assert {name for name in ALWAYS if f"{{{{ {name} }}}}" not in PAGE} == set()
