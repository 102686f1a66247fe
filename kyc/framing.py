"""How a document lies in its photograph, in words that help whoever holds the camera. Pure.

What needs pixels is in `kyc.card`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kyc.reading import DocumentKind


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


@dataclass(frozen=True, slots=True)
class Page:
    """The size in pixels in which a document is laid straight."""

    width: int
    height: int

    @property
    def proportion(self) -> float:
        """Width by height."""
        return self.width / self.height


_CARD: Final = Page(1012, 638)  # ISO/IEC 7810 ID-1, 85.6 × 54 mm, 300 dots to the inch
PAGES: Final = {
    DocumentKind.RESIDENT_ID_FRONT: _CARD,
    DocumentKind.RESIDENT_ID_BACK: _CARD,
    DocumentKind.BUSINESS_LICENCE: Page(1414, 1000),  # A3 lying
    DocumentKind.PASSPORT: Page(1250, 880),  # ICAO Doc 9303 part 4: 125 × 88 mm
}
