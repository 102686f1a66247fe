"""Signing papers: a one-time key for a party, later the bank's seal; all papers of a step or none.

Marks are drawn before the key is made and every result is checked after it is gone, so that a key
lives for the signatures alone, about a tenth of a second a paper.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from recording.seal import LocalTimestampAuthority, Stamper
from teller_server.desk.press import Press
from teller_server.domain.errors import Damage, Outage
from teller_server.papers import pades
from teller_server.papers.authorities import demo_authority, demo_seal, pem_authority, pem_seal
from teller_server.papers.certificates import (
    BankSeal,
    Destruction,
    Signatory,
    SignerCertificates,
    Subject,
    digest_of,
    utc_now,
)
from teller_server.papers.mark import Said
from teller_server.papers.paper import Place
from teller_server.papers.report import Report, Roots
from teller_server.papers.statement import statement
from teller_server.papers.strokes import Strokes
from teller_server.settings import Settings

log = structlog.get_logger(__name__)

BANK: Final = pades.BANK


@dataclass(frozen=True, slots=True)
class Act:
    """One act of signing. Digests are SHA-256 in hex.

    `party` is whose place is signed; `name` is masked; `identity` the digest of the identity
    check's result; `evidence` that of the last attested head; `sentence` that of the sentence
    agreed to; `agreed_at` when the code was accepted.
    """

    party: str
    name: str
    identity: str
    evidence: str
    sentence: str
    agreed_at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A paper as it stands: `pdf` may have signatures already; `read` and `size` are the digest
    and the length of the bytes that were read, `places` as they were when it was set."""

    pdf: bytes
    read: str
    size: int
    places: Mapping[str, Place]
    signed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """The papers with one signature more; `record` is what to mark in the evidence.

    `strokes` are the canonical bytes to keep as an object; the bank's seal has none.
    """

    papers: Mapping[str, bytes]
    digests: Mapping[str, str]
    certificate: str
    record: Mapping[str, Any]
    strokes: bytes = b""


class SigningDesk:
    """Every method may raise Outage (`timestamp_failed`, `paper_signing_failed`, those of the
    press) or Damage `paper_altered`; then nothing was signed and the same act may be tried again.
    """

    def __init__(
        self,
        press: Press,
        certificates: SignerCertificates,
        seal: BankSeal,
        stamper: Stamper,
        bank: Mapping[str, str],
        zone: tzinfo,
        lists: Path | None = None,
    ) -> None:
        self._press = press
        self._certificates = certificates
        self._seal = seal
        self._stamper = pades.paper_stamper(stamper)
        self._bank = bank
        self._zone = zone
        self._lists = lists
        self.roots = Roots(certificates.roots, seal.roots, stamper.chain)
        self.demo = certificates.demo or seal.demo or stamper.demo

    def statement(self, language: str) -> str:
        """What such a signature is under the law, for the page."""
        return statement(language, demo=self.demo)

    async def sign(
        self, visit: str, act: Act, papers: Mapping[str, Unsigned], strokes: Strokes
    ) -> Signed:
        """Sign every paper for `act.party` with one new key. Call it after the code was accepted.

        `visit` is the visit's number, as shown.
        """
        said = self._said(visit, act, "")
        drawn = strokes.canonical()
        files = {f"strokes-{act.party}.json": drawn}
        marks = {
            paper: pades.Mark(
                await self._press.drawn_mark(_place(one, act.party), strokes, said), files
            )
            for paper, one in papers.items()
        }
        facts = _facts(visit, act, papers, digest_of(drawn))
        signed, key = await asyncio.to_thread(self._by_party, visit, act, papers, facts, marks)
        await self._verify(papers, signed, act.party)
        log.info("papers signed", party=act.party, papers=len(signed))
        record = {"party": act.party, "strokes": digest_of(drawn), "key": key.plain()}
        return _result(signed, key.certificate, record, drawn)

    async def seal(self, visit: str, act: Act, papers: Mapping[str, Unsigned]) -> Signed:
        """The bank's seal on every paper, the last signature. Party and name are the bank's."""
        name = self._bank.get(act.language) or next(iter(self._bank.values()))
        act = replace(act, party=BANK, name=name)
        said = self._said(visit, act, name)
        marks = {
            paper: pades.Mark(await self._press.sealed_mark(_place(one, BANK), said), {})
            for paper, one in papers.items()
        }
        facts = _facts(visit, act, papers, "")
        signed = await asyncio.to_thread(self._all, papers, self._seal, facts, marks)
        await self._verify(papers, signed, BANK)
        log.info("papers sealed", papers=len(signed))
        certificate = digest_of(self._seal.certificate.public_bytes(pades.DER))
        return _result(signed, certificate, {"party": BANK, "certificate": certificate}, b"")

    async def check(self, pdf: bytes, signed: tuple[str, ...]) -> Report:
        """Judge a paper that has to be signed in those places, for a reviewer's page."""
        return await self._press.check(pdf, self.roots, signed)

    def _by_party(
        self,
        visit: str,
        act: Act,
        papers: Mapping[str, Unsigned],
        facts: Mapping[str, pades.Facts],
        marks: Mapping[str, pades.Mark],
    ) -> tuple[dict[str, bytes], Destruction]:
        subject = Subject(act.name, act.party, visit, act.identity, act.evidence)
        signer = self._certificates.issue(subject, utc_now())
        try:
            signed = self._all(papers, signer, facts, marks)
        finally:
            destruction = signer.destroy(utc_now())
        return signed, destruction

    def _all(
        self,
        papers: Mapping[str, Unsigned],
        signatory: Signatory,
        facts: Mapping[str, pades.Facts],
        marks: Mapping[str, pades.Mark],
    ) -> dict[str, bytes]:
        """Runs in a thread with a loop of its own."""

        try:  # read anew each time: lists expire and are replaced
            lists = self._lists.read_bytes() if self._lists else b""
        except OSError as error:
            raise Outage("paper_signing_failed", problem=f"{error.strerror}") from None

        async def every() -> dict[str, bytes]:
            return {
                paper: await pades.sign(
                    one.pdf,
                    one.places,
                    signatory,
                    self._stamper,
                    facts[paper],
                    marks[paper],
                    lists,
                )
                for paper, one in papers.items()
            }

        return asyncio.run(every())

    async def _verify(
        self, papers: Mapping[str, Unsigned], signed: Mapping[str, bytes], party: str
    ) -> None:
        """Nothing leaves this desk that its own check does not accept."""
        for paper, pdf in signed.items():
            expected = (*papers[paper].signed, party)
            report = await self._press.check(pdf, self.roots, expected)
            if not report.good:
                found = {code for one in report.findings for code in one.problems}
                problem = ", ".join(sorted(found | set(report.problems)))
                raise Outage("paper_signing_failed", paper=paper, problem=problem)

    def _said(self, visit: str, act: Act, bank: str) -> Said:
        shown = act.agreed_at.astimezone(self._zone).isoformat(sep=" ", timespec="seconds")
        return Said(act.language, visit, shown, act.evidence, self.demo, bank)


def open_signing(settings: Settings, stamper: Stamper, press: Press) -> SigningDesk:
    """The desk with the configured keys; demo ones are made where none are. Use a thread.

    Raises Outage `signing_authority_bad`, `bank_seal_bad`.
    """
    folder = settings.data.directory / "keys" / "papers"
    branch = settings.branch
    if stamper.demo and not stamper.crls:  # made by a release that published no revocation list
        stamper = LocalTimestampAuthority(folder / "timestamp")
    return SigningDesk(
        press,
        _authority(settings, folder),
        _seal(settings, folder),
        stamper,
        {"zh-CN": branch.name, "en": branch.name_en},
        ZoneInfo(branch.timezone),
        settings.signing.revocation_lists,
    )


def _authority(settings: Settings, folder: Path) -> SignerCertificates:
    key, chain = settings.signing.authority_key, settings.signing.authority_chain
    if key is not None and chain is not None:
        return pem_authority(key, chain)
    if key is not None or chain is not None:  # never a demo key by mistake
        raise Outage("signing_authority_bad", problem="key and chain belong together")
    return demo_authority(folder / "authority")


def _seal(settings: Settings, folder: Path) -> BankSeal:
    key, chain = settings.signing.bank_key, settings.signing.bank_chain
    if key is not None and chain is not None:
        return pem_seal(key, chain)
    if key is not None or chain is not None:
        raise Outage("bank_seal_bad", problem="key and chain belong together")
    return demo_seal(folder / "bank")


def _place(paper: Unsigned, party: str) -> Place:
    if party not in paper.places:
        raise Outage("paper_unplaced", place=party)
    if party in paper.signed:
        raise Damage("paper_altered", place=party)
    return paper.places[party]


def _facts(
    visit: str, act: Act, papers: Mapping[str, Unsigned], strokes: str
) -> dict[str, pades.Facts]:
    return {
        paper: pades.Facts(
            paper, one.read, one.size, act.party, act.name, visit, act.evidence, act.sentence,
            act.agreed_at, strokes,
        )
        for paper, one in papers.items()
    }  # fmt: skip


def _result(
    signed: Mapping[str, bytes], certificate: str, record: Mapping[str, Any], strokes: bytes
) -> Signed:
    digests = {paper: digest_of(pdf) for paper, pdf in signed.items()}
    return Signed(signed, digests, certificate, {**record, "papers": digests}, strokes)
