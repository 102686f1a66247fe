"""Files on their way into a bucket: small ones at once, large ones in pieces under one upload.

An upload that was cut off is taken up where it stopped, by asking the bucket which pieces it has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from recording.errors import Outage

PIECE: Final = 16 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Digests:
    """Of a local file: SHA-256, and the ETag a server makes of the same bytes in our pieces."""

    sha256: str
    etag: str
    size: int

    @classmethod
    def of(cls, path: Path) -> Digests:
        """Reads the whole file."""
        whole, pieces, size = hashlib.sha256(), [], 0
        with path.open("rb") as stream:
            while piece := stream.read(PIECE):
                whole.update(piece)
                pieces.append(_md5(piece))
                size += len(piece)
        if size <= PIECE:
            etag = (pieces[0] if pieces else _md5(b"")).hexdigest()
        else:
            etag = f"{_md5(b''.join(p.digest() for p in pieces)).hexdigest()}-{len(pieces)}"
        return cls(whole.hexdigest(), etag, size)


@dataclass(frozen=True, slots=True)
class Upload:
    """One file for one place in the bucket, under a lock of this mode. Every call blocks."""

    client: Any
    bucket: str
    key: str
    mode: str

    def send(self, path: Path, digests: Digests, until: datetime, *, anew: bool = False) -> bool:
        """Whether an upload that was cut off was taken up (never when it shall begin `anew`)."""
        lock = {
            "Bucket": self.bucket,
            "Key": self.key,
            "Metadata": {"sha256": digests.sha256},
            "ObjectLockMode": self.mode,
            "ObjectLockRetainUntilDate": until,
        }
        if digests.size <= PIECE:
            ask(lambda: self.client.put_object(Body=path.read_bytes(), **lock))
            return False
        upload, had = self._new(lock) if anew else self._begun(lock)
        parts = []
        with path.open("rb") as stream:
            number = 0
            while piece := stream.read(PIECE):
                number += 1
                etag = f'"{_md5(piece).hexdigest()}"'
                if had.get(number) != etag:
                    self._piece(upload, number, piece)
                parts.append({"PartNumber": number, "ETag": etag})
        self._complete(upload, parts, bool(had))
        return bool(had)

    def _begun(self, lock: dict[str, Any]) -> tuple[str, dict[int, str]]:
        """An upload to this place that was cut off, with the ETags of its pieces; or a new one."""
        listed = ask(
            lambda: self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=self.key)
        )
        for one in listed.get("Uploads", ()):
            if one["Key"] == self.key:
                return one["UploadId"], self._had(one["UploadId"])
        return self._new(lock)

    def _new(self, lock: dict[str, Any]) -> tuple[str, dict[int, str]]:
        return ask(lambda: self.client.create_multipart_upload(**lock))["UploadId"], {}

    def _had(self, upload: str) -> dict[int, str]:
        listed = ask(lambda: self.client.list_parts(**self._where(upload)))
        return {part["PartNumber"]: part["ETag"] for part in listed.get("Parts", ())}

    def _piece(self, upload: str, number: int, piece: bytes) -> None:
        where = self._where(upload)
        ask(lambda: self.client.upload_part(**where, PartNumber=number, Body=piece))

    def _complete(self, upload: str, parts: list[dict[str, Any]], taken_up: bool) -> None:
        where, made = self._where(upload), {"Parts": parts}
        try:
            ask(lambda: self.client.complete_multipart_upload(**where, MultipartUpload=made))
        except Outage as outage:
            if taken_up and outage.code == "vault_refused":
                # the server lost pieces that it had confirmed: the next try begins anew
                ask(lambda: self.client.abort_multipart_upload(**where))
            raise

    def _where(self, upload: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": upload}


def ask(work: Callable[[], T]) -> T:
    """What the server answers. Raises `Outage` `vault_refused` or `vault_unreachable`."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - slow to import

    try:
        return work()
    except ClientError as error:
        raise Outage("vault_refused", str(error.response["Error"]["Code"])) from None
    except OSError:
        raise  # the local disk's
    except Exception as error:  # botocore's own, of many kinds: nobody there, timed out, …
        raise Outage("vault_unreachable", type(error).__name__) from None


def _md5(data: bytes) -> Any:
    return hashlib.md5(data, usedforsecurity=False)
