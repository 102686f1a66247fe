"""Whatever stands in a file, the reader reads it or says what is wrong: never anything else."""

from __future__ import annotations

import random
from typing import Any
from xml.etree import ElementTree as ET

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teller_server.domain.diagram import diagram
from teller_server.domain.errors import ScriptInvalid
from teller_server.domain.outline import outline
from teller_server.domain.plan import plan
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from tests.teller_server.domain.script_text import IDENTITY, PARTS, SCRIPT

LINES = SCRIPT.splitlines()
TREE = yaml.safe_load(SCRIPT)
JUNK: list[Any] = [
    None, "", 0, -1, 10**30, 1.5, True, [], {}, [[]], [None], {"a": None}, "x" * 5000, "{{",
    "{{ a }}", "yes", "\u0000", "\ud7ff", "{% if %}", {1: 2}, "include",
    [{"include": "parts/identity"}], {"include": "parts/identity"}, "customer.phone", "a and",
    "!!python/object:os.system",
]  # fmt: skip
quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_or_told(text: str, parts: dict[str, str] | None = None) -> None:
    """A script that is read can be planned, outlined and drawn; else each problem has a line."""
    known = {"fuzz.yaml": text}
    known |= {f"{name}.yaml": part for name, part in (parts or PARTS).items()}
    try:
        script = parse_script(text, "fuzz.yaml", PARTS if parts is None else parts)
    except ScriptInvalid as invalid:
        problems = invalid.problems
    else:
        _used(script)
        return
    assert problems
    for source, line, what in problems:
        assert 1 <= line <= known[source].count("\n") + 2
        assert what


def _used(script: ServiceScript) -> None:
    assert len(script.steps) <= 60
    assert [plan(step).id for step in script.steps] == [s["id"] for s in outline(script, "en")]
    ET.fromstring(diagram(script, "zh-CN"))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="{}[]:-,&*!|>'\"%@` \n\tab?#", max_size=200))
def test_any_text(text: str) -> None:
    read_or_told(text)


@quick
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_lines_lost_doubled_moved_and_indented(chance: random.Random, times: int) -> None:
    lines = list(LINES)
    for _ in range(times):
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2:
                lines[at], lines[to] = lines[to], lines[at]
            case 3:
                lines[at] = "  " + lines[at]
            case _:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
    read_or_told("\n".join(lines))


@quick
@given(st.randoms(use_true_random=False), st.sampled_from(JUNK))
def test_any_value_in_any_place(chance: random.Random, junk: object) -> None:
    read_or_told(yaml.safe_dump(_with(TREE, junk, chance), allow_unicode=True, sort_keys=False))


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(JUNK))
def test_any_value_in_any_place_of_a_part(chance: random.Random, junk: object) -> None:
    part = yaml.safe_dump(_with(yaml.safe_load(IDENTITY), junk, chance), allow_unicode=True)
    read_or_told(SCRIPT, {"parts/identity": part})


def _with(node: Any, junk: object, chance: random.Random) -> Any:
    """The tree with one value, key or item somewhere replaced."""
    if not isinstance(node, dict | list) or not node or chance.random() < 0.1:
        return junk
    if isinstance(node, list):
        at = chance.randrange(len(node))
        return [*node[:at], _with(node[at], junk, chance), *node[at + 1 :]]
    key = chance.choice(list(node))
    if chance.random() < 0.1:
        return {("other" if k == key else k): v for k, v in node.items()}
    return {**node, key: _with(node[key], junk, chance)}
