"""The bank's own signer and time authority: what they give verifies, and openssl agrees."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from recording import cms, pki
from recording.authority import HttpTimestampAuthority, PemSigner
from recording.errors import Damage, Outage
from recording.seal import LocalTimestampAuthority
from recording.tokens import check_token
from recording.verify import verify
from tests.recording.bank import Bank, TimeAuthority, time_authority
from tests.recording.material import Told, create

DATA = b'{"manifest":"of a visit"}'


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    return Bank.found(tmp_path_factory.mktemp("bank"))


@pytest.fixture(scope="module")
def clock(bank: Bank) -> Iterator[TimeAuthority]:
    with time_authority(bank) as server:
        yield server


@pytest.fixture
def signer(bank: Bank) -> PemSigner:
    return PemSigner(bank.path("signer.key"), bank.path("signer-chain.pem"))


@pytest.fixture
def stamper(bank: Bank, clock: TimeAuthority) -> HttpTimestampAuthority:
    clock.misbehave = ""
    return HttpTimestampAuthority(clock.url, bank.path("root.pem"))


def test_a_signature_chains_to_the_banks_root_alone(
    bank: Bank, signer: PemSigner, tmp_path: Path
) -> None:
    signature = signer.sign(DATA)
    root = cms.load_pem(bank.path("root.pem").read_bytes())
    assert "CN=signer" in cms.check_signature(signature, DATA, root, now()).subject.rfc4514_string()
    with pytest.raises(Damage, match="signature_bad"):
        cms.check_signature(signature, DATA + b" ", root, now())
    (tmp_path / "p7s").write_bytes(signature)
    (tmp_path / "data").write_bytes(DATA)
    told = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "p7s",
         "-content", tmp_path / "data", "-CAfile", bank.path("root.pem"), "-out", "/dev/null"],
        capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_another_banks_root_does_not_vouch(signer: PemSigner, tmp_path: Path) -> None:
    other = cms.load_pem(Bank.found(tmp_path / "other").path("root.pem").read_bytes())
    with pytest.raises(Damage, match="signer_untrusted"):
        cms.check_signature(signer.sign(DATA), DATA, other, now())


def test_keys_that_can_not_sign_are_named(bank: Bank, tmp_path: Path) -> None:
    locked, rubbish = tmp_path / "locked.key", tmp_path / "rubbish"
    subprocess.run(
        ["openssl", "ec", "-in", bank.path("signer.key"), "-aes256", "-passout", "pass:x",
         "-out", locked], check=True, capture_output=True,
    )  # fmt: skip
    rubbish.write_text("not PEM")
    chain = bank.path("signer-chain.pem")
    for key, certificates in (
        (locked, chain),
        (rubbish, chain),
        (bank.path("stamper.key"), chain),
        (bank.path("signer.key"), rubbish),
    ):
        with pytest.raises(Outage, match="signing_key_bad"):
            PemSigner(key, certificates)


def test_a_stamp_chains_to_the_root_and_openssl_agrees(
    bank: Bank, stamper: HttpTimestampAuthority, tmp_path: Path
) -> None:
    token = stamper.stamp(DATA)
    root = cms.load_pem(bank.path("root.pem").read_bytes())
    assert abs((check_token(token, DATA, root) - now()).total_seconds()) < 60
    (tmp_path / "tsr").write_bytes(token)
    (tmp_path / "data").write_bytes(DATA)
    told = subprocess.run(
        ["openssl", "ts", "-verify", "-data", tmp_path / "data", "-in", tmp_path / "tsr",
         "-CAfile", bank.path("root.pem")], capture_output=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


@pytest.mark.scaled(9, "timestamp authority gone, broken, altered, cut short, of another nonce")
@pytest.mark.parametrize(
    "fault", ["gone", "not http", "broken", "rubbish", "altered", "cut short", "old reply"]
)
def test_a_stamp_that_is_not_one_is_an_outage(
    clock: TimeAuthority, stamper: HttpTimestampAuthority, fault: str
) -> None:
    stamper.stamp(DATA)
    clock.misbehave = fault
    with pytest.raises(Outage, match="timestamp_failed"):
        stamper.stamp(DATA)
    clock.misbehave = ""
    assert stamper.stamp(DATA)


@pytest.mark.proof
@pytest.mark.scaled(9, "a timestamp authority whose certificate has ended")
def test_a_stamp_under_a_certificate_that_has_ended_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pki, "_YEARS", timedelta(seconds=1))
    ended = LocalTimestampAuthority(tmp_path / "tsa")
    time.sleep(2.1)
    with pytest.raises((Outage, Damage), match="timestamp_"):
        ended.stamp(DATA)


def test_nobody_at_the_address_is_an_outage(bank: Bank) -> None:
    with pytest.raises(Outage, match="timestamp_failed"):
        HttpTimestampAuthority("http://127.0.0.1:9/", bank.path("root.pem")).stamp(DATA)


def test_addresses_and_roots_that_can_not_be_used_are_named(bank: Bank, tmp_path: Path) -> None:
    with pytest.raises(Outage, match="timestamp_url_bad"):
        HttpTimestampAuthority("file:///etc/passwd", bank.path("root.pem"))
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("not PEM")
    for roots in (rubbish, bank.path("stamper.pem")):
        with pytest.raises(Outage, match="timestamp_roots_bad"):
            HttpTimestampAuthority("https://tsa.example", roots)


def test_evidence_under_the_banks_keys_verifies_from_outside(
    bank: Bank, signer: PemSigner, stamper: HttpTimestampAuthority, tmp_path: Path
) -> None:
    package = tmp_path / "package"
    evidence, events = create(package, ()), Told().events(package)
    events.mark("consent", 500, {"agreed": True}).result(30)
    events.close()
    evidence.stamp_head(evidence.head(now(), signer).n, stamper)
    evidence.seal(now(), signer, stamper, {"outcome": "done"})
    root = bank.path("root.pem").read_bytes()
    verdict = verify(package, trust=[root])
    assert (verdict.status, verdict.trust) == ("complete", "outside"), verdict.steps
    other = Bank.found(tmp_path / "other").path("root.pem").read_bytes()
    assert verify(package, trust=[other]).exit_code == 1
