"""The browser of this machine, looked for once."""

from __future__ import annotations

import os
import shutil
from functools import cache

WHOLE = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"
"""The same engine without windows and menus, which a still page does not need."""


@cache
def chromium(*, whole: bool = False) -> str:
    """Path of the engine without its window, else of the whole browser. Live video is cheaper in
    the whole one, which `make proof` asks for everywhere (CHROMIUM=whole). Without either the tests
    that need it fail, and say what to do."""
    whole = whole or os.environ.get("CHROMIUM") == "whole"
    names = WHOLE if whole else (SHELL, *WHOLE)
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: make setup-dev installs it or names the package"
    return found
