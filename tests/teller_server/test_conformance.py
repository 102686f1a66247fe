"""docs/conformance.md is what packs, scripts and checks say; nothing else is claimed."""

from __future__ import annotations

from teller_server.conformance import document
from tests.tree import ROOT, text


def test_the_document_is_up_to_date() -> None:
    """`python -m teller_server.conformance > docs/conformance.md` makes it so."""
    assert text(ROOT / "docs" / "conformance.md") == document()


def test_it_says_what_was_not_seen_and_what_is_set_aside() -> None:
    rows = {row.split(" | ")[0].strip("| "): row for row in document().splitlines() if "|" in row}
    assert "only in ," not in document()
    assert "held by nothing in this release" in rows["IN-2.7"]
    assert "**not verified**" in rows["CN-L-09"]
    assert "**not verified**" not in rows["CN-L-04"]
    assert "not applicable: " in rows["CN-B-02"]
    assert "`cost_read`" in rows["CN-L-09"] or "`cost_table`" in rows["CN-L-09"]
