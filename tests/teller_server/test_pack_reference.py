"""docs/packs.md lists every kind as it is, and its example is a pack."""

from __future__ import annotations

import re

from teller_server.domain.policy import KINDS, load_packs
from teller_server.pack_reference import document
from tests.tree import ROOT, text


def test_the_document_is_up_to_date() -> None:
    """`python -m teller_server.pack_reference > docs/packs.md` makes it so."""
    assert text(ROOT / "docs" / "packs.md") == document()


def test_every_kind_is_there_under_its_number() -> None:
    found = re.findall(r"^### (\d+)\. (\w+) \((\w+)\)$", document(), re.MULTILINE)
    assert [int(number) for number, _, _ in found] == list(range(1, 45))
    assert {name: guard for _, name, guard in found} == {
        name: kind.guard.value for name, kind in KINDS.items()
    }


def test_the_example_is_a_pack_that_loads() -> None:
    example = re.search(r"```yaml\n(.*?)```", document(), re.DOTALL)
    assert example is not None
    (own,) = load_packs({"my-bank.yaml": example.group(1)})
    assert [rule.kind for rule in own.rules_of("MY-01")] == ["disclosure"]
