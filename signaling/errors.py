"""What signaling says when it can't go on.

Errors carry plain values only, so that any layer may catch and show them without importing more.
The codes are stable: pages translate them and tests name them.
"""


class SignalingError(Exception):
    """Base of both kinds. `code` is stable snake_case; `detail` is for the log, never a page."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Refusal(SignalingError):
    """What the peer sent can't be accepted; the person (or the page) must act."""


class Outage(SignalingError):
    """The server lacks something it needs; the operator must act."""
