"""docs/signatures.md tells a court what to type: it is typed here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from teller_server.papers.paper import Paper
from tests.teller_server.papers.material import VISIT, Keys
from tests.tree import ROOT

pytestmark = pytest.mark.skipif(
    shutil.which("pdfsig") is None, reason="poppler-utils is not installed"
)
DOCUMENT = (ROOT / "docs" / "signatures.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.split("\n") if line]


@pytest.fixture
def told(tmp_path: Path, by_all: bytes, keys: Keys) -> list[str]:
    """What each command of the document prints, in order; each has to succeed."""
    (tmp_path / "contract.pdf").write_bytes(by_all)
    for name in ("signers", "bank", "time"):
        shutil.copy(keys.folder / f"{name}.pem", tmp_path)
    (tmp_path / "taken").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    said = []
    for command in COMMANDS:
        ran = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": path},
        )  # fmt: skip
        assert ran.returncode == 0, f"{command}\n{ran.stderr}"
        said.append(ran.stdout)
    return said


def test_the_commands_say_what_the_document_says(told: list[str], paper: Paper) -> None:
    valid, poppler, _, read, begins, drawn, stated, _, certificate = told
    assert valid.count("The signature is judged VALID.") == 3
    assert "signing and form filling operations" in valid
    assert poppler.count("Signature is Valid.") == 3
    assert read.strip() == paper.digest == begins.split()[0]
    assert drawn.split()[0] == stated.strip()
    assert VISIT in certificate
    assert "NOT QUALIFIED - DEMONSTRATION" in certificate
    assert "1.3.6.1.4.1.55555.1.2" in certificate


def test_the_roots_are_where_the_document_says(keys: Keys) -> None:
    for place, of in (
        ("authority/chain.pem", "signers"), ("bank/issuer/chain.pem", "bank"),
        ("timestamp/chain.pem", "time"),
    ):  # fmt: skip
        assert place in DOCUMENT
        assert (keys.folder / place).read_bytes() == (keys.folder / f"{of}.pem").read_bytes()
