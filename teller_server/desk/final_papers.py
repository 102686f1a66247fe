"""The last state of each paper of a visit: what a bank downloads, and its SHA-256.

A paper is kept sealed, so the name of its object is the digest of a ciphertext. What the bank is
told is the digest of the PDF itself, taken from the very bytes that are handed out.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Protocol

from teller_server.desk.purposes import SERVICE, Purpose
from teller_server.domain.state import PaperState, Visit


class Archive(Protocol):
    """Opens attachments of visits whose evidence is open or closed."""

    async def read_closed(self, visit: str, digest: str, purpose: Purpose) -> bytes: ...


def newest(paper: PaperState) -> str:
    """The object that holds the paper with every signature it has by now."""
    return paper.sealed or paper.signed or paper.kept


async def final_pdf(
    archive: Archive, visit: Visit, paper: str, purpose: Purpose = SERVICE
) -> bytes:
    """The PDF of one paper as it stands; KeyError when the visit has none of that name."""
    return await archive.read_closed(visit.id, newest(visit.papers[paper]), purpose)


async def final_digests(
    archive: Archive, visit: Visit, purpose: Purpose = SERVICE
) -> Mapping[str, str]:
    """SHA-256 (hexadecimal) of every paper's last PDF. Refusal key_shredded."""
    found = {}
    for name in visit.papers:
        pdf = await final_pdf(archive, visit, name, purpose)
        found[name] = await asyncio.to_thread(_sha256, pdf)
    return found


def _sha256(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()
