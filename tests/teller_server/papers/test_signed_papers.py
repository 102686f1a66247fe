"""A signed paper, judged by tools of other people: pyHanko's command, poppler, openssl."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from teller_server.papers.check import check
from teller_server.papers.paper import Paper
from teller_server.papers.strokes import read_strokes
from tests.teller_server.papers.material import EVIDENCE, VISIT, Keys, adesverify, hand, signed

ALL = ("customer", "guarantor", "bank")


def test_pyhanko_finds_every_signature_valid_and_lasting(file: Path, keys: Keys) -> None:
    told = adesverify(file, keys, "--pretty-print")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("The signature is judged VALID.") == 3
    assert told.stdout.count("This timestamp is backed by a time stamping authority.") == 3
    assert "All modifications relate to signing and form filling operations" in told.stdout
    assert told.stdout.count("NOT QUALIFIED - DEMONSTRATION") >= 3


async def test_pyhankos_plain_validation_agrees_while_the_certificates_live(
    paper: Paper, keys: Keys, tmp_path: Path
) -> None:
    (tmp_path / "fresh.pdf").write_bytes(await signed(paper, paper.pdf, keys, "customer"))
    told = adesverify(tmp_path / "fresh.pdf", keys, command="validate")
    assert told.returncode == 0, told.stderr
    assert "INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>" in told.stdout


def test_it_is_still_valid_years_after_the_certificates_have_expired(
    file: Path, keys: Keys
) -> None:
    told = adesverify(file, keys, "--validation-time", "2031-05-01T00:00:00+00:00")
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("INTACT:TRUSTED,TIMESTAMP_TOKEN<INTACT:TRUSTED>") == 3


def test_it_is_worth_nothing_to_somebody_who_trusts_others(
    file: Path, keys: Keys, tmp_path: Path
) -> None:
    told = adesverify(file, Keys.made(tmp_path / "others"))
    assert told.returncode != 0
    assert "UNTRUSTED" in told.stdout


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_poppler_finds_the_signatures_valid(file: Path) -> None:
    command = ["pdfsig", "-nocert", str(file)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == 3
    assert told.count("Signature Type: ETSI.CAdES.detached") == 3
    assert told.count("- Total document signed") == 1  # by the last timestamp


@pytest.mark.skipif(shutil.which("pdfdetach") is None, reason="poppler-utils is not installed")
def test_the_handwriting_can_be_taken_out_again(file: Path, tmp_path: Path) -> None:
    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)
    strokes = (tmp_path / "strokes-customer.json").read_bytes()
    facts = json.loads((tmp_path / "signature-customer.json").read_bytes())
    assert strokes == read_strokes(hand()).canonical()
    assert facts["strokes"] == hashlib.sha256(strokes).hexdigest()
    assert (facts["visit"], facts["evidence"]) == (VISIT, EVIDENCE)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_a_reader_sees_visit_time_and_evidence_in_the_place(file: Path, tmp_path: Path) -> None:
    picture = ["pdftocairo", "-pdf", str(file), str(tmp_path / "drawn.pdf")]  # draws form fields
    subprocess.run(picture, check=True)
    read = ["pdftotext", "-layout", str(tmp_path / "drawn.pdf"), "-"]
    told = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    assert told.count(VISIT) >= 3
    assert told.count(EVIDENCE) == 3
    assert "2026-11-23 15:04:05 +08:00" in told
    assert "电子印章" in told
    assert "非合格电子认证" in told


def test_openssl_verifies_the_raw_signature(by_customer: bytes, keys: Keys, tmp_path: Path) -> None:
    """Without any PDF software: cut out what was signed and the CMS signature."""
    one, two, three, four = map(int, re.search(rb"/ByteRange \[(.+?)\]", by_customer)[1].split())
    content = by_customer[one : one + two] + by_customer[three : three + four]
    cms = bytes.fromhex(by_customer[two + 1 : three - 1].decode())  # filled up with zeros
    (tmp_path / "content").write_bytes(content)
    (tmp_path / "cms").write_bytes(cms[: _der_length(cms)])
    command = [
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "cms"),
        "-content", str(tmp_path / "content"), "-CAfile", str(keys.folder / "signers.pem"),
        "-cades", "-no_check_time", "-out", "/dev/null",  # the certificate lives for minutes
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "CAdES Verification successful" in told.stdout + told.stderr


async def test_what_was_read_is_in_it_byte_for_byte(paper: Paper, by_all: bytes) -> None:
    assert by_all.startswith(paper.pdf)
    assert hashlib.sha256(by_all[: len(paper.pdf)]).hexdigest() == paper.digest


async def test_our_own_check_agrees_and_says_more(by_all: bytes, keys: Keys, paper: Paper) -> None:
    report = await check(by_all, keys.roots, ALL)
    assert report.good
    assert report.whole
    assert report.read == paper.digest
    assert report.stamps == 3
    assert [one.field for one in report.findings] == list(ALL)
    assert [one.changes for one in report.findings] == ["signatures", "signatures", "timestamps"]
    assert all(one.intact and one.trusted and one.lasting for one in report.findings)
    (customer,) = [one for one in report.findings if one.field == "customer"]
    assert customer.facts["visit"] == VISIT
    assert "张*" in customer.subject
    assert customer.signed_at is not None


async def test_our_own_check_holds_in_later_years(by_all: bytes, keys: Keys) -> None:
    report = await check(by_all, keys.roots, ALL, datetime.now(UTC) + timedelta(days=1500))
    assert report.good


async def test_every_party_has_an_own_certificate(by_all: bytes, keys: Keys) -> None:
    report = await check(by_all, keys.roots, ALL)
    assert len({one.certificate for one in report.findings}) == 3


async def test_it_can_be_checked_after_each_signature(
    by_customer: bytes, by_both: bytes, keys: Keys
) -> None:
    assert (await check(by_customer, keys.roots, ["customer"])).good
    assert (await check(by_both, keys.roots, ["customer", "guarantor"])).good


def _der_length(der: bytes) -> int:
    """Of the first DER element: the hexadecimal string in a PDF is filled up with zeros."""
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")
