"""What a bank brings: certificates of its own authority, and a time authority that speaks HTTP."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_CA = """\
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[middle]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
# DER sorts the certificates of a token, the shorter first; openssl leaves them as they come
nsComment = "An authority below the root, which takes care to be longer than those it vouches for"
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = emailProtection
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = critical, timeStamping
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""
_TSA = """\
[tsa]
default_tsa = bank
[bank]
serial = {folder}/serial
signer_cert = {folder}/stamper.pem
certs = {folder}/middle.pem
signer_key = {folder}/stamper.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.55555.2.1
digests = sha256, sha384, sha512
"""


@dataclass(frozen=True, slots=True)
class Bank:
    """Files of a small certificate authority: `root.pem`, and NAME`.key`, `.pem`, `-chain.pem`."""

    folder: Path

    @classmethod
    def found(cls, folder: Path) -> Bank:
        """A root, an authority below it, and below that a signer, a stamper and a web server."""
        folder.mkdir(parents=True, exist_ok=True)
        bank = cls(folder)
        (folder / "ca.cnf").write_text(_CA)
        (folder / "serial").write_text("01")
        (folder / "tsa.cnf").write_text(_TSA.format(folder=folder.resolve()))
        bank._issue("root", "root", None)
        bank._issue("middle", "middle", "root")
        for name in ("signer", "stamper", "server"):
            bank._issue(name, name, "middle")
            chain = [bank.path(f"{part}.pem").read_bytes() for part in (name, "middle", "root")]
            bank.path(f"{name}-chain.pem").write_bytes(b"".join(chain))
        return bank

    def path(self, name: str) -> Path:
        return self.folder / name

    def _issue(self, name: str, profile: str, issuer: str | None) -> None:
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        key = ["-keyout", str(self.path(f"{name}.key")), "-out", str(self.path(f"{name}.pem"))]
        by = ["-CA", str(self.path(f"{issuer}.pem")), "-CAkey", str(self.path(f"{issuer}.key"))]
        subject = ["-subj", f"/O=Test Bank/CN={name}", "-days", "30", "-x509"]
        config = ["-config", str(self.path("ca.cnf")), "-extensions", profile]
        _openssl("req", *curve, *key, *(by if issuer else []), *subject, *config)

    def reply(self, query: bytes) -> bytes:
        """What the time authority answers (RFC 3161)."""
        asked = self.path("query.tsq")
        asked.write_bytes(query)
        return _openssl("ts", "-reply", "-config", str(self.path("tsa.cnf")), "-queryfile", asked)


def _openssl(*words: str | Path) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


class TimeAuthority(ThreadingHTTPServer):
    """Answers on a free port of 127.0.0.1. `misbehave` names what it does wrong."""

    def __init__(self, bank: Bank) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bank = bank
        self.misbehave = ""
        self.asked = 0
        self.kept = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/tsa"


class _Handler(BaseHTTPRequestHandler):
    server: TimeAuthority

    def do_POST(self) -> None:
        server = self.server
        server.asked += 1
        query = self.rfile.read(int(self.headers["Content-Length"]))
        if server.misbehave == "gone":
            self.connection.close()
            return
        if server.misbehave == "not http":
            self.wfile.write(b"go away\r\n\r\n")
            return
        answer = server.bank.reply(query)
        if server.misbehave == "old reply":
            answer = server.kept
        server.kept = answer
        if server.misbehave == "rubbish":
            answer = b"rubbish"
        if server.misbehave == "altered":
            answer = answer[:-1] + bytes([answer[-1] ^ 1])
        self.send_response(500 if server.misbehave == "broken" else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer[:-20] if server.misbehave == "cut short" else answer)

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


@contextmanager
def time_authority(bank: Bank) -> Iterator[TimeAuthority]:
    """Serve until the end of the block."""
    with TimeAuthority(bank) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
