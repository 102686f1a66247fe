"""What the vault says it holds is asked, not believed; against a real SeaweedFS."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from recording.errors import Damage, Outage
from recording.s3_upload import PIECE, Upload
from recording.vault import FolderVault, Stored, Vault, finished_files, sha256_of
from recording.vault_s3 import Bucket, S3Vault
from tests.recording.seaweed import Seaweed, seaweed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("weed") / "s") as running:
        running.client().create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
        running.client().create_bucket(Bucket="plain")
        yield running


@pytest.fixture
def locked(server: Seaweed) -> S3Vault:
    return S3Vault(server.bucket())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "customer.0000.evs"
    path.write_bytes(secrets.token_bytes(5000))
    return path


UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)


def fresh() -> str:
    return f"2026/11/23/rec-{secrets.token_hex(4)}/customer.0000.evs"


def refused(work: Any) -> str:
    with pytest.raises(ClientError) as failed:
        work()
    return str(failed.value.response["Error"]["Code"])


@pytest.mark.scaled(12, "SeaweedFS: deleting, bypassing, shortening, weakening a lock: refused")
def test_what_is_stored_is_locked_and_can_not_be_taken_away(
    server: Seaweed, locked: S3Vault, file: Path
) -> None:
    name = fresh()
    stored = locked.put(name, file, UNTIL)
    assert (stored.size, stored.sha256) == (5000, sha256_of(file))
    assert stored.locked_until == UNTIL
    assert stored.version
    client, where = server.client(), {"Bucket": "evidence", "Key": f"branch-1/{name}"}
    version = {"VersionId": stored.version}
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": UNTIL - timedelta(days=1)}
    weaker = {"Mode": "GOVERNANCE", "RetainUntilDate": UNTIL}
    denied = [
        lambda: client.delete_object(**where, **version),
        lambda: client.delete_object(**where, **version, BypassGovernanceRetention=True),
        lambda: client.put_object_retention(**where, **version, Retention=sooner),
        lambda: client.put_object_retention(
            **where, **version, Retention=weaker, BypassGovernanceRetention=True
        ),
    ]
    assert [refused(work) for work in denied] == ["AccessDenied"] * 4


@pytest.mark.scaled(12, "SeaweedFS: writing over it hides the version, which is found and fetched")
def test_somebody_who_writes_over_it_only_hides_it(
    server: Seaweed, locked: S3Vault, file: Path, tmp_path: Path
) -> None:
    name = fresh()
    stored = locked.put(name, file, UNTIL)
    server.client().put_object(Bucket="evidence", Key=f"branch-1/{name}", Body=b"another film")
    with pytest.raises(Damage, match="vault_differs"):
        locked.put(name, file, UNTIL)
    locked.fetch(name, tmp_path / "back", stored.version)
    assert (tmp_path / "back").read_bytes() == file.read_bytes()


def test_storing_again_only_looks_and_a_longer_lock_is_asked_for(
    locked: S3Vault, file: Path
) -> None:
    name = fresh()
    first = locked.put(name, file, UNTIL)
    again = locked.put(name, file, UNTIL + timedelta(days=30))
    assert again.version == first.version
    assert again.locked_until == UNTIL + timedelta(days=30)
    assert locked.put(name, file, UNTIL).locked_until == UNTIL + timedelta(days=30)


@pytest.mark.scaled(9, "an upload that was cut off goes on with the next piece")
def test_a_large_file_goes_on_where_its_upload_was_cut_off(
    locked: S3Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, name = tmp_path / "large", fresh()
    path.write_bytes(os.urandom(3 * PIECE + 5))
    sent: list[int] = []
    real = Upload._piece

    def counted(self: Upload, upload: str, number: int, piece: bytes) -> None:
        if len(sent) == 2:
            sent.append(0)
            raise Outage("vault_unreachable", "the line was cut")
        real(self, upload, number, piece)
        sent.append(number)

    monkeypatch.setattr(Upload, "_piece", counted)
    with pytest.raises(Outage):
        locked.put(name, path, UNTIL)
    stored = locked.put(name, path, UNTIL)
    assert sent == [1, 2, 0, 3, 4]
    assert stored.sha256 == sha256_of(path)
    assert stored.locked_until == UNTIL
    locked.fetch(name, tmp_path / "back")
    assert sha256_of(tmp_path / "back") == stored.sha256


def test_an_upload_whose_pieces_the_server_lost_begins_anew(
    locked: S3Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, name = tmp_path / "large", fresh()
    path.write_bytes(os.urandom(PIECE + 5))
    sent: list[int] = []
    real, complete = Upload._piece, locked._client.complete_multipart_upload

    def counted(self: Upload, upload: str, number: int, piece: bytes) -> None:
        sent.append(number)
        real(self, upload, number, piece)

    def lost(**_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, "CompleteMultipartUpload")

    monkeypatch.setattr(Upload, "_piece", counted)
    monkeypatch.setattr(locked._client, "complete_multipart_upload", lost)
    for _ in range(2):  # the second takes the first one's pieces up, and is refused as well
        with pytest.raises(Outage, match="vault_refused"):
            locked.put(name, path, UNTIL)
    monkeypatch.setattr(locked._client, "complete_multipart_upload", complete)
    assert locked.put(name, path, UNTIL).sha256 == sha256_of(path)
    assert sent == [1, 2, 1, 2]


def tried_again(vault: S3Vault, name: str, path: Path) -> Stored:
    """As the desk does, round after round: a server that has just come up refuses at first."""
    for _ in range(60):
        with contextlib.suppress(Outage):
            return vault.put(name, path, UNTIL)
        time.sleep(1)
    return vault.put(name, path, UNTIL)


@pytest.mark.proof  # the server itself tries for a minute to read what it can't
@pytest.mark.scaled(9, "pieces spoilt on SeaweedFS's disk between two tries: sent once more")
def test_pieces_spoilt_on_the_servers_disk_go_up_once_more(
    server: Seaweed, locked: S3Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server still confirms them: only who reads back what was taken up will notice."""
    path, name = tmp_path / "large", fresh()
    path.write_bytes(os.urandom(PIECE + 5))
    real = Upload._piece

    def cut(self: Upload, upload: str, number: int, piece: bytes) -> None:
        if number == 2:
            raise Outage("vault_unreachable", "the line was cut")
        real(self, upload, number, piece)

    monkeypatch.setattr(Upload, "_piece", cut)
    with pytest.raises(Outage):
        locked.put(name, path, UNTIL)
    monkeypatch.undo()
    server.stop()
    spoilt = server.spoil(path.read_bytes()[PIECE // 2 : PIECE // 2 + 64])
    server.start()
    assert spoilt
    stored = tried_again(locked, name, path)
    locked.fetch(name, tmp_path / "back", stored.version)
    assert sha256_of(tmp_path / "back") == stored.sha256 == sha256_of(path)


@pytest.mark.proof
@pytest.mark.scaled(9, "SeaweedFS killed at start, middle, end of an upload: later whole, locked")
@pytest.mark.parametrize("when", ["start", "middle", "end"])
def test_a_vault_that_dies_at_any_moment_has_it_in_the_end(
    server: Seaweed, locked: S3Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    path, name = tmp_path / "large", fresh()
    path.write_bytes(os.urandom(2 * PIECE + 5))
    real = Upload._piece

    def dies(self: Upload, upload: str, number: int, piece: bytes) -> None:
        if (when, number) == ("middle", 2):
            server.stop()
        real(self, upload, number, piece)
        if (when, number) == ("end", 3):
            server.stop()

    monkeypatch.setattr(Upload, "_piece", dies)
    if when == "start":
        server.stop()
    try:
        with pytest.raises(Outage, match="vault_unreachable"):
            locked.put(name, path, UNTIL)
    finally:
        server.start()
    monkeypatch.undo()
    stored = tried_again(locked, name, path)
    assert (stored.sha256, stored.locked_until) == (sha256_of(path), UNTIL)
    locked.fetch(name, tmp_path / "back")
    assert sha256_of(tmp_path / "back") == stored.sha256


def test_a_bucket_that_locks_nothing_is_refused(server: Seaweed, locked: S3Vault) -> None:
    locked.check()
    with pytest.raises(Outage, match=r"vault_not_locked|vault_refused"):
        S3Vault(Bucket("plain", "", server.endpoint, access_key="test-access",
                       secret_key="test-secret-of-the-vault")).check()  # fmt: skip


def test_a_vault_that_is_away_or_refuses_is_an_outage(server: Seaweed, file: Path) -> None:
    nobody = S3Vault(Bucket("evidence", "", "http://127.0.0.1:9", access_key="a", secret_key="b"))
    with pytest.raises(Outage, match="vault_unreachable"):
        nobody.put(fresh(), file, UNTIL)
    stranger = Bucket("evidence", "", server.endpoint, access_key="a", secret_key="b")
    with pytest.raises(Outage, match="vault_refused"):
        S3Vault(stranger).put(fresh(), file, UNTIL)


def test_what_is_stored_is_listed(locked: S3Vault, file: Path) -> None:
    name = fresh()
    locked.put(name, file, UNTIL)
    assert list(locked.names(name.rsplit("/", 1)[0])) == [name]


def test_a_folder_keeps_a_second_copy_and_says_that_it_locks_nothing(
    tmp_path: Path, file: Path
) -> None:
    root = tmp_path / "share"
    kept: Vault = FolderVault(root)
    with pytest.raises(Outage, match="vault_missing"):
        kept.put("a/b", file, UNTIL)  # a share that isn't mounted is not an empty one
    root.mkdir()
    stored = kept.put("a/b", file, UNTIL)
    assert (stored.sha256, stored.locked_until) == (sha256_of(file), None)
    (root / "a" / "b").write_bytes(b"altered")
    with pytest.raises(Damage, match="vault_differs"):
        kept.put("a/b", file, UNTIL)


def test_only_what_will_not_change_is_stored(sealed: Path) -> None:
    (sealed / "afterwards.0000.evs").write_bytes(b"still written to")
    (sealed / ".new-1").write_bytes(b"half made")
    early = {path.name for path in finished_files(sealed, closed=False)}
    assert {"manifest.json", "customer.0000.evs"} <= early
    assert not {"afterwards.0000.evs", ".new-1"} & early
    assert "afterwards.0000.evs" in {p.name for p in finished_files(sealed, closed=True)}
