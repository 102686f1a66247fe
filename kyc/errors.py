"""What can go wrong, by who has to act. Plain values only: these cross a process boundary."""

from __future__ import annotations


class Refusal(Exception):
    """The person must send something else; `code` is stable snake_case."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Outage(Exception):
    """The operator must act: models are missing, crashed, hung or overrun."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class MixedTemplates(ValueError):
    """Two templates of different engines or model files were put beside each other."""
