"""docs/reliability.md says what the runs counted, and every row of the plan was run."""

from __future__ import annotations

from tests.reliability import DOCUMENT, ROWS, RUNS, document, read
from tests.tree import ROOT

PROOF, SOAK = (read(path) for path in RUNS.values())
COUNTED = [one for run in (PROOF, SOAK) if run for one in run["rows"]]


def test_the_document_says_what_was_counted() -> None:
    assert DOCUMENT.read_text("utf-8") == document(PROOF, SOAK)
    assert {one["row"] for one in COUNTED} == set(ROWS)


def test_what_was_counted_is_still_there() -> None:
    for one in COUNTED:
        file, name = one["test"].split("[", 1)[0].split("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), one["test"]
