"""A SoftHSM token in a folder. One process sees one SOFTHSM2_CONF, so all tests share a folder."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from recording.hsm import Hsm

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@cache
def _house() -> Path:
    """The module reads its configuration when it is first loaded, and never again."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    return folder


def make_token() -> tuple[str, str]:
    """A new token; its label and its PIN."""
    _house()
    label, pin = f"test-{secrets.token_hex(6)}", secrets.token_hex(6)
    command = ["softhsm2-util", "--init-token", "--free", "--label", label]
    subprocess.run([*command, "--so-pin", secrets.token_hex(6), "--pin", pin], check=True)
    return label, pin


def hsm(label: str, pin: str) -> Hsm:
    return Hsm(MODULE, label, lambda: pin)
