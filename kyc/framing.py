"""Is a document's photograph good enough to be read? In words that help whoever holds the camera.

Light to import: what needs pixels is in `kyc.card`.
"""

from __future__ import annotations

from enum import StrEnum


class Framing(StrEnum):
    """What was seen of the document; the value, after `document_`, is the code of a refusal."""

    GOOD = "good"
    NO_CARD = "not_found"
    TOO_SMALL = "too_small"
    CUT_OFF = "cut_off"
    GLARE = "glare"
    BLURRED = "blurred"
    TILTED = "tilted"

    @property
    def code(self) -> str:
        """The code of the refusal; empty where there is none."""
        return "" if self is Framing.GOOD else f"document_{self.value}"
