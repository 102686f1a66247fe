"""Keys and certificates: one for one signing, gone afterwards; the bank's; those of a real bank."""

from __future__ import annotations

import json
import pickle
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from recording.pki import key_usage
from teller_server.domain.errors import Outage
from teller_server.papers.authorities import demo_authority, demo_seal, pem_authority, pem_seal
from teller_server.papers.certificates import (
    Subject,
    binding_of,
    document_usage,
    empty_list,
)
from teller_server.papers.check import check
from teller_server.papers.paper import Paper
from teller_server.papers.report import Roots
from tests.teller_server.papers.material import EVIDENCE, IDENTITY, VISIT, Keys, signed

NOW = datetime.now(UTC)
SUBJECT = Subject("张*", "customer", VISIT, IDENTITY, EVIDENCE)


def test_a_certificate_names_the_visit_and_what_was_checked(keys: Keys) -> None:
    signer = keys.authority.issue(SUBJECT, NOW)
    bound = binding_of(signer.certificate)
    assert bound is not None
    assert json.loads(bound) == {
        "evidence": EVIDENCE, "identity": IDENTITY, "party": "customer", "visit": VISIT,
    }  # fmt: skip
    name = signer.certificate.subject.rfc4514_string()
    assert "张*" in name
    assert VISIT in name


def test_it_says_that_it_is_not_qualified(keys: Keys) -> None:
    signer = keys.authority.issue(SUBJECT, NOW)
    for name in (signer.certificate.subject, signer.certificate.issuer):
        assert "NOT QUALIFIED - DEMONSTRATION" in name.rfc4514_string()
    assert "NOT QUALIFIED - DEMONSTRATION" in keys.bank.certificate.subject.rfc4514_string()


def test_it_lives_for_minutes(keys: Keys) -> None:
    certificate = keys.authority.issue(SUBJECT, NOW).certificate
    assert certificate.not_valid_after_utc - NOW <= timedelta(minutes=10)
    assert NOW - certificate.not_valid_before_utc <= timedelta(minutes=1, seconds=1)


def test_no_two_signers_share_a_key(keys: Keys) -> None:
    one, other = keys.authority.issue(SUBJECT, NOW), keys.authority.issue(SUBJECT, NOW)
    assert one.certificate.public_key() != other.certificate.public_key()
    assert one.certificate.serial_number != other.certificate.serial_number


def test_a_destroyed_key_signs_nothing_and_leaves_a_record(keys: Keys) -> None:
    signer = keys.authority.issue(SUBJECT, NOW)
    signature = signer.sign(b"paper", "sha256")
    public = signer.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"paper", ec.ECDSA(hashes.SHA256()))
    record = signer.destroy(NOW + timedelta(seconds=1)).plain()
    assert record["certificate"] == signer.digest
    assert record["signatures"] == 1
    assert record["destroyed"] > record["created"]
    with pytest.raises(Outage, match="key_destroyed"):
        signer.sign(b"paper", "sha256")


def test_the_key_can_neither_be_printed_nor_sent_away(keys: Keys) -> None:
    signer = keys.authority.issue(SUBJECT, NOW)
    assert "PrivateKey" not in repr(signer)
    with pytest.raises(TypeError):
        pickle.dumps(signer)


def test_openssl_follows_chain_and_revocation_list(keys: Keys, tmp_path: Path) -> None:
    signer = keys.authority.issue(SUBJECT, datetime.now(UTC))  # openssl looks at the clock
    (tmp_path / "leaf.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
    listed = x509.load_der_x509_crl(signer.crls[0]).public_bytes(Encoding.PEM)
    (tmp_path / "crl.pem").write_bytes(listed)
    command = [
        "openssl", "verify", "-x509_strict", "-crl_check", "-CRLfile", str(tmp_path / "crl.pem"),
        "-CAfile", str(keys.folder / "signers.pem"), str(tmp_path / "leaf.pem"),
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    foreign = [*command[:-3], str(keys.folder / "bank.pem"), command[-1]]
    assert subprocess.run(foreign, capture_output=True, check=False).returncode != 0


def test_demo_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    assert demo_authority(tmp_path / "a").roots == demo_authority(tmp_path / "a").roots
    assert demo_seal(tmp_path / "b").roots == demo_seal(tmp_path / "b").roots
    for key in tmp_path.rglob("key.pem"):
        assert key.stat().st_mode & 0o077 == 0
        assert key.parent.stat().st_mode & 0o077 == 0


def test_the_seal_does_not_come_from_the_signers_authority(keys: Keys) -> None:
    assert keys.bank.roots != keys.authority.roots
    assert binding_of(keys.bank.certificate) is None


# What a bank brings


class BankKeys:
    """Root → issuing authority, and root → seal (RSA): PEM files, as a bank would have them."""

    def __init__(self, folder: Path, asked_at: str = "") -> None:
        self.folder = folder
        self.asked_at = asked_at
        self.root_key = rsa.generate_private_key(65537, 2048)
        self.root = self._made("root", self.root_key, None, authority=True)
        self._keep("authority", ec.generate_private_key(ec.SECP384R1()), authority=True)
        self._keep("seal", rsa.generate_private_key(65537, 2048), authority=False)
        self.crl = empty_list(self.root_key, self.root.subject, NOW, timedelta(days=30))

    def files(self, name: str) -> tuple[Path, Path]:
        return self.folder / f"{name}.key", self.folder / f"{name}.pem"

    def _keep(
        self, name: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *, authority: bool
    ) -> None:
        certificate = self._made(name, key, self.root, authority=authority)
        raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key_file, chain_file = self.files(name)
        key_file.write_bytes(raw)
        chain_file.write_bytes(
            certificate.public_bytes(Encoding.PEM) + self.root.public_bytes(Encoding.PEM)
        )

    def _made(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        issuer: x509.Certificate | None,
        *,
        authority: bool,
    ) -> x509.Certificate:
        own = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        root = self.root_key.public_key()
        builder = (
            x509.CertificateBuilder(issuer.subject if issuer else own, own, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - timedelta(days=1))
            .not_valid_after(NOW + timedelta(days=365))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(key_usage(authority=authority), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root), critical=False)
        )
        if not authority:
            builder = builder.add_extension(document_usage(), critical=False)
        if issuer and self.asked_at:
            at = [x509.UniformResourceIdentifier(self.asked_at)]
            point = x509.DistributionPoint(at, None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self.root_key, hashes.SHA256())


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> BankKeys:
    return BankKeys(tmp_path_factory.mktemp("bank"))


async def test_a_banks_own_chain_signs_and_seals(bank: BankKeys, paper: Paper, keys: Keys) -> None:
    authority = pem_authority(*bank.files("authority"))
    seal = pem_seal(*bank.files("seal"))
    listed = x509.load_der_x509_crl(bank.crl).public_bytes(Encoding.PEM)
    signer = authority.issue(SUBJECT, datetime.now(UTC))
    assert "NOT QUALIFIED" not in signer.certificate.subject.rfc4514_string()
    pdf = await signed(paper, paper.pdf, keys, "customer", signer, lists=listed)
    pdf = await signed(paper, pdf, keys, "bank", seal, lists=listed)
    roots = Roots(authority.roots, seal.roots, keys.clock.chain)
    report = await check(pdf, roots, ["customer", "bank"])
    assert report.good, report


async def test_a_revocation_list_is_fetched_where_the_certificate_says(
    paper: Paper, keys: Keys, tmp_path: Path
) -> None:
    asked: list[str] = []
    served: list[bytes] = []

    class Lists(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(served[0])

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Lists)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bank = BankKeys(tmp_path, f"http://127.0.0.1:{server.server_port}/root.crl")
    served.append(bank.crl)
    authority = pem_authority(*bank.files("authority"))
    signer = authority.issue(SUBJECT, datetime.now(UTC))
    pdf = await signed(paper, paper.pdf, keys, "customer", signer)
    server.shutdown()
    server.server_close()
    assert "/root.crl" in asked
    roots = Roots(authority.roots, keys.bank.roots, keys.clock.chain)
    assert (await check(pdf, roots, ["customer"])).good  # offline: it is inside


async def test_without_the_roots_revocation_list_nothing_is_signed(
    bank: BankKeys, paper: Paper, keys: Keys
) -> None:
    signer = pem_authority(*bank.files("authority")).issue(SUBJECT, datetime.now(UTC))
    with pytest.raises(Outage, match="paper_signing_failed"):
        await signed(paper, paper.pdf, keys, "customer", signer)


def test_what_is_no_authority_issues_nothing(bank: BankKeys, tmp_path: Path) -> None:
    key, chain = bank.files("seal")
    with pytest.raises(Outage, match="signing_authority_bad"):
        pem_authority(key, chain)
    with pytest.raises(Outage, match="bank_seal_bad"):
        pem_seal(bank.files("authority")[0], chain)
    (tmp_path / "junk.pem").write_text("nothing")
    with pytest.raises(Outage, match="bank_seal_bad"):
        pem_seal(tmp_path / "junk.pem", chain)
    leaf_only = tmp_path / "leaf.pem"
    leaf_only.write_bytes(
        x509.load_pem_x509_certificates(chain.read_bytes())[0].public_bytes(Encoding.PEM)
    )
    with pytest.raises(Outage, match="bank_seal_bad"):
        pem_seal(key, leaf_only)
