"""The matrix of docs/tampering.md, from real runs of every tool."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recording.handed import Golden
from tests.recording.material import Frame
from tests.recording.tampering import DOCUMENT, document, rows, workshop


@pytest.mark.scaled(11, "the matrix of docs/tampering.md, eight tools, by real runs")
def test_the_document_says_which_tool_catches_what(
    golden: Golden, clip: list[Frame], tmp_path: Path
) -> None:
    found = rows(workshop(golden, clip, tmp_path))
    assert DOCUMENT.read_text("utf-8") == document(found)
    untouched, *tampered = found
    assert not any(untouched[2])
    assert all(any(caught) for _, _, caught in tampered)
