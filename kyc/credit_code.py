"""The unified social credit code of organisations in the PRC (GB 32100-2015) and its check.

Eighteen characters without I, O, S, V and Z; the last by ISO 7064 MOD 31-3. Pure.
"""

from __future__ import annotations

from typing import Final

LENGTH: Final = 18
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS: Final = 31
_MENDED = str.maketrans("IOSZ", "1052")


def check_character(body: str) -> str:
    """The eighteenth character of seventeen. ValueError for anything else."""
    if len(body) != LENGTH - 1:
        raise ValueError("seventeen characters are counted")
    total = sum(ALPHABET.index(c) * pow(3, n, _MODULUS) for n, c in enumerate(body))
    return ALPHABET[-total % _MODULUS]


def agrees(code: str) -> bool:
    """Whether a code is whole and its check character is right."""
    known = len(code) == LENGTH and all(c in ALPHABET for c in code)
    return known and check_character(code[:-1]) == code[-1]


def mended(text: str) -> str:
    """What was recognised, without the letters that no code has."""
    return text.upper().translate(_MENDED)
