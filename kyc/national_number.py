"""The citizen identification number of the PRC (GB 11643-1999): what it says and its check digit.

Six digits of a region, eight of the birth, three of an order (odd for men), one by ISO 7064
MOD 11-2. The region is not judged: people keep the code of a district that is long gone. Pure.
"""

from __future__ import annotations

from datetime import date
from typing import Final

LENGTH: Final = 18
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def check_digit(body: str) -> str:
    """The eighteenth character of seventeen digits. ValueError for anything else."""
    if len(body) != LENGTH - 1 or not _digits(body):
        raise ValueError("seventeen digits are counted")
    return _CHECKS[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


def agrees(number: str) -> bool:
    """Whether a number is whole and its check digit is right."""
    body, last = number[:-1], number[-1:]
    return len(number) == LENGTH and _digits(body) and check_digit(body) == last


def birth(number: str) -> date | None:
    """The day of birth; None for a day that no calendar has."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """F or M."""
    return "M" if int(number[16]) % 2 else "F"


def _digits(text: str) -> bool:
    """Without the digits of other scripts, which `isdigit` would take."""
    return text.isascii() and text.isdigit()
