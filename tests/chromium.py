"""The browser of this machine, looked for once."""

from __future__ import annotations

import os
import shutil
from functools import cache

WHOLE = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"
"""The same engine without windows and menus, which nobody sees here and cost half the work."""


@cache
def chromium() -> str:
    """Path of the engine without its window, else of the whole browser, which `make proof` asks
    for by CHROMIUM=whole. Without one the tests that need it fail, and say what to do."""
    names = WHOLE if os.environ.get("CHROMIUM") == "whole" else (SHELL, *WHOLE)
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: make setup-dev installs it or names the package"
    return found
