"""A small paper, a hand that signs, keys in a folder, and the tools that strangers would use."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recording.seal import LocalTimestampAuthority
from teller_server.papers import mark, pades, press
from teller_server.papers.authorities import demo_authority, demo_seal
from teller_server.papers.certificates import Authority, BankSeal, Signatory, Subject, digest_of
from teller_server.papers.paper import Order, Paper
from teller_server.papers.report import Roots
from teller_server.papers.strokes import Strokes, read_strokes

TEMPLATE = """<!doctype html><html lang="{{ language }}"><meta charset="utf-8">
<title>个人贷款合同 {{ number }}</title>
<style>@page { size: A4; margin: 20mm } body { font-family: "Noto Serif CJK SC", serif }
.place { width: 70mm; height: 30mm }</style>
<h1>个人贷款合同</h1><p>借款人：{{ name }}，金额：{{ amount | money }}元</p>
{% for n in range(lines) %}<p>第{{ n + 1 }}条　借款人应当按期足额偿还贷款本息。</p>{% endfor %}
<table><tr><td><div class="place" data-sign="customer"></div></td>
<td><div class="place" data-sign="guarantor"></div></td></tr></table>
<div class="place" data-sign="bank"></div></html>"""
VALUES = {"name": "张三", "amount": "100000", "lines": 30}
VISIT = "20261123-0007"
EVIDENCE, IDENTITY, SENTENCE = "ab" * 32, "cd" * 32, "ef" * 32

SHOWN = "2026-11-23 15:04:05 +08:00"
SAID = mark.Said("zh-CN", VISIT, SHOWN, EVIDENCE, demo=True, bank="云柜台")


def order(folder: Path, template: str = TEMPLATE, **values: Any) -> Order:
    """An order for the small paper, its template written to `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / "loan_contract.zh-CN.html").write_text(template)
    return Order("loan_contract", "zh-CN", {**VALUES, **values}, VISIT, (str(folder),))


def hand(shift: float = 0.0) -> dict[str, Any]:
    """Three loops, as a page would send them."""
    strokes = [
        [
            [90 + k * 150 + shift + 40 * math.cos(n / 4), 110 + 60 * math.sin(n / 3),
             k * 900 + n * 12, 0.2 + 0.6 * abs(math.sin(n / 9))]
            for n in range(40)
        ]
        for k in range(3)
    ]  # fmt: skip
    return {"width": 600, "height": 240, "strokes": strokes}


@dataclass
class Keys:
    """Every key that a signed paper needs, and files with what a stranger has to trust."""

    folder: Path
    authority: Authority
    bank: BankSeal
    clock: LocalTimestampAuthority

    @classmethod
    def made(cls, folder: Path) -> Keys:
        keys = cls(
            folder,
            demo_authority(folder / "authority"),
            demo_seal(folder / "bank"),
            LocalTimestampAuthority(folder / "timestamp"),
        )
        for name, pem in vars_of(keys.roots).items():
            (folder / f"{name}.pem").write_bytes(pem)
        return keys

    @property
    def roots(self) -> Roots:
        return Roots(self.authority.roots, self.bank.roots, self.clock.chain)

    @property
    def trust(self) -> list[str]:
        """The options of pyHanko's command that name what to trust."""
        files = [str(self.folder / f"{name}.pem") for name in ("signers", "bank", "time")]
        return ["--trust-replace", *(part for file in files for part in ("--trust", file))]

    def signer(self, party: str = "customer", at: datetime | None = None) -> Signatory:
        subject = Subject("张*", party, VISIT, IDENTITY, EVIDENCE)
        return self.authority.issue(subject, at or datetime.now(UTC))


def vars_of(roots: Roots) -> dict[str, bytes]:
    return {"signers": roots.signers, "bank": roots.bank, "time": roots.time}


def facts(paper: Paper, party: str, strokes: str = "") -> pades.Facts:
    return pades.Facts(
        "loan_contract", paper.digest, len(paper.pdf), party, "张*", VISIT, EVIDENCE, SENTENCE,
        datetime.now(UTC), strokes,
    )  # fmt: skip


async def signed(
    paper: Paper,
    pdf: bytes,
    keys: Keys,
    party: str,
    signatory: Signatory | None = None,
    strokes: Strokes | None = None,
    lists: bytes = b"",
) -> bytes:
    """`pdf` with the signature of `party`; the bank's has no strokes."""
    stamper = pades.paper_stamper(keys.clock)
    if party == pades.BANK:
        look = pades.Mark(mark.sealed_mark(paper.places[party], SAID), {})
        stated = facts(paper, party)
        signatory = signatory or keys.bank
    else:
        strokes = strokes or read_strokes(hand())
        drawn = strokes.canonical()
        appearance = mark.drawn_mark(paper.places[party], strokes, SAID)
        look = pades.Mark(appearance, {f"strokes-{party}.json": drawn})
        stated = facts(paper, party, digest_of(drawn))
        signatory = signatory or keys.signer(party)
    return await pades.sign(pdf, paper.places, signatory, stamper, stated, look, lists)


def adesverify(
    pdf: Path, keys: Keys, *more: str, command: str = "adesverify"
) -> subprocess.CompletedProcess[str]:
    """pyHanko's own command, as a court's expert would call it."""
    tool = Path(sys.executable).with_name("pyhanko")
    words = [tool, "sign", command, *keys.trust, *more, str(pdf)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def set_small(folder: Path) -> Paper:
    return press.set_paper(order(folder))
