"""A real SeaweedFS with its S3 gateway, for as long as a test module needs it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from recording.vault_s3 import Bucket

WEED = Path(sys.executable).parent / "weed"
ACCESS, SECRET = "test-access", "test-secret-of-the-vault"


def free_ports(count: int) -> list[int]:
    """Ports whose partner 10,000 above is free too: SeaweedFS takes that for gRPC."""
    found: list[int] = []
    for port in range(21000, 31000):
        if len(found) == count:
            break
        if all(_free(one) for one in (port, port + 10000)):
            found.append(port)
    return found


def _free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Seaweed:
    """One server; `stop` and `start` keep its disk and its ports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.master, self.volume, self.filer, self.s3 = free_ports(4)
        self.endpoint = f"http://127.0.0.1:{self.s3}"
        self._child: subprocess.Popen[bytes] | None = None
        identity = {
            "identities": [
                {
                    "name": "branch",
                    "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
                    "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                }
            ]
        }
        folder.mkdir(parents=True)
        (folder / "s3.json").write_text(json.dumps(identity))

    def bucket(self, name: str = "evidence", prefix: str = "branch-1/") -> Bucket:
        return Bucket(name, prefix, self.endpoint, access_key=ACCESS, secret_key=SECRET)

    def start(self) -> None:
        data = self._folder / "data"
        data.mkdir(exist_ok=True)
        log = (self._folder / "log").open("ab")
        self._child = subprocess.Popen(
            [str(WEED), "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
             f"-master.port={self.master}", f"-volume.port={self.volume}", "-s3",
             f"-filer.port={self.filer}", f"-s3.port={self.s3}", "-volume.max=20",
             "-s3.port.iceberg=0", "-s3.port.lance=0",
             f"-s3.config={self._folder}/s3.json", "-master.volumeSizeLimitMB=64"],
            stdout=log, stderr=log,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            try:
                urllib.request.urlopen(self.endpoint, timeout=2)
            except urllib.error.HTTPError:
                return  # it answers, and refuses strangers
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError((self._folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """At once: asked politely, it takes half a minute, and what it wrote is in the kernel."""
        if self._child is not None:
            self._child.kill()
            self._child.wait(60)
            self._child = None

    def spoil(self, data: bytes) -> bool:
        """Flip a bit wherever these bytes lie on its disk; whether they were found."""
        found = False
        for volume in (self._folder / "data").glob("*.dat"):
            held = bytearray(volume.read_bytes())
            at = held.find(data)
            if at >= 0:
                held[at] ^= 1
                volume.write_bytes(held)
                found = True
        return found

    def client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=ACCESS, aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}),
        )  # fmt: skip


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    server = Seaweed(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
