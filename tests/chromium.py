"""The browser of this machine, looked for once."""

from __future__ import annotations

import shutil
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome")


@cache
def chromium() -> str:
    """Its path. Without one the tests that need it fail, and say what to do."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "Chromium is missing: make setup-dev installs it or names the package"
    return found
