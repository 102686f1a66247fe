"""The committed vectors, which any other implementation could be held to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recording.inspect import inspect
from recording.verify import Verdict, verify
from tests.vectors.make import VECTORS, make

ROOT = Path(__file__).parent.parent / "vectors"


def said(verdict: Verdict, expected: dict[str, Any]) -> None:
    assert (verdict.status, verdict.exit_code) == (expected["status"], expected["exit_code"])
    for name, value in expected.get("first_bad", {}).items():
        assert verdict.first_bad is not None
        assert verdict.first_bad[name] == value


def judged(vector: Path) -> None:
    expect = json.loads((vector / "expect.json").read_text())
    receipt = json.loads((vector / "receipt.json").read_text())
    trust = [path.read_bytes() for path in sorted((vector.parent / "trust").glob("*.pem"))]
    said(verify(vector / "package", trust=trust), expect["verify"])
    said(verify(vector / "package", trust=trust, receipt=receipt), expect["verify_with_receipt"])
    key = bytes.fromhex(expect["data_key"])
    assert inspect(vector / "package", key).ok is expect["inspect"]["ok"]


@pytest.mark.parametrize("name", [*VECTORS, "v0/valid", "v0/flipped"])
def test_a_committed_vector_is_judged_as_it_says(name: str) -> None:
    judged(ROOT / name)


def test_the_script_makes_vectors_that_are_judged_the_same(tmp_path: Path) -> None:
    make(tmp_path)
    for name in VECTORS:
        judged(tmp_path / name)


def test_vectors_are_small_and_hold_no_private_key() -> None:
    files = [path for path in ROOT.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 2 << 20
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in files)
