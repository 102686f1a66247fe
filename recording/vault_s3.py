"""A vault in a bucket with S3 Object Lock, by boto3: other clients drop the lock headers silently.

Large files go up in pieces; an upload that was cut off is taken up where it stopped, by asking the
bucket which pieces it has. Every file is then asked for (HEAD) and must show its lock, its end, its
size and its digest: our SHA-256 beside it and the ETag that the server computed over what it took;
where that is no MD5 (encryption by the server), the file is read back. Versions are remembered:
somebody who writes over a locked file only hides it, and the old version is asked for by its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from recording.errors import Damage, Outage
from recording.files import TEMPORARY, sync_directory
from recording.vault import Stored, sha256_of

PIECE: Final = 16 << 20
_MODES: Final = ("COMPLIANCE", "GOVERNANCE")
_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchUpload"})
_SLACK_S: Final = 2.0  # servers keep lock dates in whole seconds
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where and how. `endpoint` None is AWS; keys None are the environment's."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None
    mode: str = "COMPLIANCE"


@dataclass(frozen=True, slots=True)
class _Digests:
    """Of a local file: SHA-256, and the ETag a server makes of the same bytes in our pieces."""

    sha256: str
    etag: str
    size: int


class S3Vault:
    """Safe for several threads; every call blocks."""

    locks = True

    def __init__(self, bucket: Bucket) -> None:
        import boto3  # noqa: PLC0415 - slow to import, and only few need it
        from botocore.config import Config  # noqa: PLC0415

        if bucket.mode not in _MODES:
            raise ValueError(f"a lock mode is one of {', '.join(_MODES)}")
        self._bucket = bucket
        self._client = boto3.client(
            "s3",
            endpoint_url=bucket.endpoint,
            region_name=bucket.region,
            aws_access_key_id=bucket.access_key,
            aws_secret_access_key=bucket.secret_key,
            config=Config(
                connect_timeout=10,
                read_timeout=60,
                retries={"max_attempts": 2, "mode": "standard"},
                s3={"addressing_style": "path"} if bucket.endpoint else {},
            ),
        )

    def check(self) -> None:
        """The bucket is there, keeps versions and locks; else `Outage`."""
        name = self._bucket.name
        self._ask(lambda: self._client.head_bucket(Bucket=name))
        versions = self._ask(lambda: self._client.get_bucket_versioning(Bucket=name))
        if versions.get("Status") != "Enabled":
            raise Outage("vault_not_locked", "the bucket keeps no versions")
        found = self._ask(lambda: self._client.get_object_lock_configuration(Bucket=name))
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise Outage("vault_not_locked", "the bucket has no Object Lock")

    def put(self, name: str, path: Path, until: datetime) -> Stored:
        """Store it under the lock; what is there already is only looked at."""
        digests = _digests(path)
        found = self._look(name)
        if found is None:
            self._upload(name, path, digests, until)
            found = self._look(name)
        if found is None:
            raise Outage("vault_file_missing", name)
        return self._judged(name, found, digests, until)

    def fetch(self, name: str, path: Path, version: str = "") -> None:
        """Bring it back, compared with the digest beside it."""
        found = self._look(name, version)
        if found is None:
            raise Outage("vault_file_missing", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{TEMPORARY}{path.name}")
        which = {"VersionId": version} if version else {}
        self._ask(
            lambda: self._client.download_file(
                self._bucket.name, self._key(name), str(temporary), ExtraArgs=which
            )
        )
        if sha256_of(temporary) != found["Metadata"].get("sha256"):
            temporary.unlink()
            raise Damage("vault_differs", file=name)
        temporary.replace(path)
        sync_directory(path.parent)

    def names(self, prefix: str) -> Iterator[str]:
        """Every key under a prefix."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name, Prefix=self._key(prefix)
        )
        rest = iter(pages)
        while (page := self._ask(lambda: next(rest, None))) is not None:
            for one in page.get("Contents", ()):
                yield one["Key"][len(self._bucket.prefix) :]

    # ---- up

    def _upload(self, name: str, path: Path, digests: _Digests, until: datetime) -> None:
        lock = {
            "Bucket": self._bucket.name,
            "Key": self._key(name),
            "Metadata": {"sha256": digests.sha256},
            "ObjectLockMode": self._bucket.mode,
            "ObjectLockRetainUntilDate": until,
        }
        if digests.size <= PIECE:
            self._ask(lambda: self._client.put_object(Body=path.read_bytes(), **lock))
            return
        upload, had = self._begun(name, lock)
        parts = []
        with path.open("rb") as stream:
            number = 0
            while piece := stream.read(PIECE):
                number += 1
                etag = f'"{_md5(piece).hexdigest()}"'
                if had.get(number) != etag:
                    self._piece(name, upload, number, piece)
                parts.append({"PartNumber": number, "ETag": etag})
        where = {"Bucket": self._bucket.name, "Key": self._key(name), "UploadId": upload}
        try:
            self._ask(
                lambda: self._client.complete_multipart_upload(
                    **where, MultipartUpload={"Parts": parts}
                )
            )
        except Outage as outage:
            if had and outage.code == "vault_refused":
                # the server lost pieces that it had confirmed: the next try begins anew
                self._ask(lambda: self._client.abort_multipart_upload(**where))
            raise

    def _begun(self, name: str, lock: dict[str, Any]) -> tuple[str, dict[int, str]]:
        """An upload of this name that was cut off, with the ETags of its pieces; or a new one."""
        key = self._key(name)
        listed = self._ask(
            lambda: self._client.list_multipart_uploads(Bucket=self._bucket.name, Prefix=key)
        )
        for one in listed.get("Uploads", ()):
            if one["Key"] == key:
                return one["UploadId"], self._had(key, one["UploadId"])
        begun = self._ask(lambda: self._client.create_multipart_upload(**lock))
        return begun["UploadId"], {}

    def _had(self, key: str, upload: str) -> dict[int, str]:
        listed = self._ask(
            lambda: self._client.list_parts(Bucket=self._bucket.name, Key=key, UploadId=upload)
        )
        return {part["PartNumber"]: part["ETag"] for part in listed.get("Parts", ())}

    def _piece(self, name: str, upload: str, number: int, piece: bytes) -> None:
        self._ask(
            lambda: self._client.upload_part(
                Bucket=self._bucket.name,
                Key=self._key(name),
                UploadId=upload,
                PartNumber=number,
                Body=piece,
            )
        )

    # ---- looking

    def _look(self, name: str, version: str = "") -> dict[str, Any] | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415

        which = {"VersionId": version} if version else {}
        try:
            found: dict[str, Any] = self._client.head_object(
                Bucket=self._bucket.name, Key=self._key(name), **which
            )
        except ClientError as error:
            if str(error.response["Error"]["Code"]) in _MISSING:
                return None
            raise Outage("vault_refused", str(error.response["Error"]["Code"])) from None
        except Exception as error:
            raise Outage("vault_unreachable", type(error).__name__) from None
        return found

    def _judged(
        self, name: str, found: dict[str, Any], digests: _Digests, until: datetime
    ) -> Stored:
        """What HEAD said, held against the file; a lock that ends too early is lengthened."""
        if (
            found["ContentLength"] != digests.size
            or found["Metadata"].get("sha256") != digests.sha256
        ):
            raise Damage("vault_differs", file=name)
        if found["ETag"].strip('"') != digests.etag and self._read_back(name) != digests.sha256:
            raise Damage("vault_differs", file=name)
        mode, locked = found.get("ObjectLockMode"), found.get("ObjectLockRetainUntilDate")
        if mode != self._bucket.mode or locked is None:
            raise Outage("vault_not_locked", name)
        if (until - locked).total_seconds() > _SLACK_S:
            self._lengthen(name, until)
            again = self._look(name) or {}
            locked = again.get("ObjectLockRetainUntilDate", locked)
            if (until - locked).total_seconds() > _SLACK_S:
                raise Outage("vault_not_locked", name)
        return Stored(
            digests.size, digests.sha256, found.get("VersionId", ""), locked.astimezone(UTC)
        )

    def _lengthen(self, name: str, until: datetime) -> None:
        self._ask(
            lambda: self._client.put_object_retention(
                Bucket=self._bucket.name,
                Key=self._key(name),
                Retention={"Mode": self._bucket.mode, "RetainUntilDate": until},
            )
        )

    def _read_back(self, name: str) -> str:
        body = self._ask(
            lambda: self._client.get_object(Bucket=self._bucket.name, Key=self._key(name))
        )["Body"]
        digest = hashlib.sha256()
        for piece in body.iter_chunks(1 << 20):
            digest.update(piece)
        return digest.hexdigest()

    def _key(self, name: str) -> str:
        return self._bucket.prefix + name

    def _ask(self, work: Callable[[], T]) -> T:
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            return work()
        except ClientError as error:
            raise Outage("vault_refused", str(error.response["Error"]["Code"])) from None
        except OSError:
            raise  # the local disk's
        except Exception as error:  # botocore's own, of many kinds: nobody there, timed out, …
            raise Outage("vault_unreachable", type(error).__name__) from None


def _digests(path: Path) -> _Digests:
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
    return _Digests(whole.hexdigest(), etag, size)


def _md5(data: bytes) -> Any:
    return hashlib.md5(data, usedforsecurity=False)
