"""docs/reliability.md says what the runs counted, and every row of the plan was run."""

from __future__ import annotations

from tests.reliability import DOCUMENT, ROWS, RUNS, document, read
from tests.tree import ROOT


def test_the_document_says_what_was_counted() -> None:
    proof, soak = (read(path) for path in RUNS.values())
    assert DOCUMENT.read_text("utf-8") == document(proof, soak)
    assert {one["row"] for one in proof["rows"]} == set(ROWS)


def test_what_was_counted_is_still_there() -> None:
    for path in RUNS.values():
        for one in read(path)["rows"]:
            file, name = one["test"].split("[", 1)[0].split("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), one["test"]
