"""Errors by who is at fault: `Damage` (the evidence is wrong) and `Outage` (the world is wrong).

Both carry plain values only, so that any process can send them on.
"""

from __future__ import annotations


class Damage(Exception):
    """Evidence is not what it must be. `code` is stable; the position is the first bad one."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        file: str = "",
        offset: int | None = None,
        segment: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.file = file
        self.offset = offset
        self.segment = segment

    def position(self) -> dict[str, str | int]:
        """Where the first bad byte was found, as plain values."""
        found: dict[str, str | int] = {"code": self.code, "detail": self.detail, "file": self.file}
        if self.offset is not None:
            found["offset"] = self.offset
        if self.segment is not None:
            found["segment"] = self.segment
        return found


class Outage(Exception):
    """Something outside must be mended by an operator: disk, key, timestamp authority."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
