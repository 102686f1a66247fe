"""A vault in a bucket with S3 Object Lock, by boto3: other clients drop the lock headers silently.

Every file that went up is asked for (HEAD) and must show its lock, its end, its size and its
digest: our SHA-256 beside it and the ETag that the server computed over what it took; where that is
no MD5 (encryption by the server) or the upload was taken up after a break, the file
is read back; what came back different goes up once more, as a new version. Versions are remembered:
somebody who writes over a locked file only hides it, and the old version is asked for by its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from recording.errors import Damage, Outage
from recording.files import TEMPORARY, sync_directory
from recording.s3_upload import Digests, Upload, ask
from recording.vault import Stored, sha256_of

_MODES: Final = ("COMPLIANCE", "GOVERNANCE")
_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchUpload"})
_SLACK_S: Final = 2.0  # servers keep lock dates in whole seconds


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


class S3Vault:
    """Safe for several threads; every call blocks."""

    locks = True

    def __init__(self, bucket: Bucket) -> None:
        import boto3  # noqa: PLC0415 - slow to import, and only few need it
        from botocore.config import Config  # noqa: PLC0415

        if bucket.mode not in _MODES:
            raise ValueError(f"a lock mode is one of {', '.join(_MODES)}")
        self._bucket = bucket
        self._doubted: set[str] = set()  # taken up after a break and not read back since
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
        ask(lambda: self._client.head_bucket(Bucket=name))
        versions = ask(lambda: self._client.get_bucket_versioning(Bucket=name))
        if versions.get("Status") != "Enabled":
            raise Outage("vault_not_locked", "the bucket keeps no versions")
        found = ask(lambda: self._client.get_object_lock_configuration(Bucket=name))
        if found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") != "Enabled":
            raise Outage("vault_not_locked", "the bucket has no Object Lock")

    def put(self, name: str, path: Path, until: datetime) -> Stored:
        """Store it under the lock; what is there already is only looked at."""
        digests = Digests.of(path)
        found = self._look(name)
        if found is None:
            if self._upload(name).send(path, digests, until):
                self._doubted.add(name)
            found = self._look(name)
        if name in self._doubted:
            if not self._whole(name, digests):
                self._upload(name).send(path, digests, until, anew=True)
                found = self._look(name)
            self._doubted.discard(name)
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
        ask(
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
        while (page := ask(lambda: next(rest, None))) is not None:
            for one in page.get("Contents", ()):
                yield one["Key"][len(self._bucket.prefix) :]

    def _upload(self, name: str) -> Upload:
        return Upload(self._client, self._bucket.name, self._key(name), self._bucket.mode)

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
        self, name: str, found: dict[str, Any], digests: Digests, until: datetime
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
        ask(
            lambda: self._client.put_object_retention(
                Bucket=self._bucket.name,
                Key=self._key(name),
                Retention={"Mode": self._bucket.mode, "RetainUntilDate": until},
            )
        )

    def _whole(self, name: str, digests: Digests) -> bool:
        """Read back: a server that fell may have lost pieces whose receipt it had confirmed."""
        try:
            return self._read_back(name) == digests.sha256
        except Outage:
            self._look(name)  # whoever answers this, and can't give the file, hasn't got it
            return False

    def _read_back(self, name: str) -> str:
        digest = hashlib.sha256()

        def read() -> None:
            found = self._client.get_object(Bucket=self._bucket.name, Key=self._key(name))
            for piece in found["Body"].iter_chunks(1 << 20):
                digest.update(piece)

        ask(read)
        return digest.hexdigest()

    def _key(self, name: str) -> str:
        return self._bucket.prefix + name
