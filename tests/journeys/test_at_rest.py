"""After a visit, a thief who takes the disks of the branch finds nobody on them.

Searched are the database with its write-ahead log, everything else in the data directory, the
evidence and the server's temporary folder. The demo core's own file is not: it stands for the
bank's system, keeps its customers in the clear, and lies outside the data directory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from teller_server.rehearse.media import document_photo
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.rehearse.visit import identify
from tests.journeys.people import (
    HAN_MEIMEI,
    OFTEN,
    Cast,
    Meeting,
    core_database,
    eventually,
    evidence_of,
    meeting,
    officer,
    rows,
)

ADDRESS = "上海市浦东新区世纪大道九百九十九号"
NOTE = "客户声音沙哑，已再次确认"
PURPOSE = "抽查：地址变更双录质量"
JPEG = b"\xff\xd8\xff"
WEBM = b"\x1a\x45\xdf\xa3"
MEANT = {".pem", ".p7s", ".tsr"}
"""Signatures, tokens and certificates: their bytes are anybody's; three may look like a JPEG."""


@dataclass(frozen=True, slots=True)
class Robbed:
    """A branch at rest, and where its disks are."""

    server: PrivateServer
    folders: tuple[Path, ...]

    def files(self) -> Iterator[Path]:
        for folder in self.folders:
            yield from (path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
async def robbed(
    cast: Cast, tmp_path_factory: pytest.TempPathFactory, temporary: Path
) -> AsyncIterator[Robbed]:
    """One whole visit, reviewed; the thief comes while the server still runs."""
    place = tmp_path_factory.mktemp("at-rest")
    async with private_server(place, place / "evidence", recording=OFTEN) as server:
        async with meeting(server, cast, HAN_MEIMEI) as people:
            await whole_visit(people)
            await people.closed("committed")
        closing = evidence_of(server, people.visit) / "closing.json"
        await eventually(closing.exists, "the closing seal")
        async with officer(server) as reviewer:
            grant = await reviewer.view(people.visit, PURPOSE)
            assert (await reviewer.recorded(people.visit, grant))["customer"]["video"]
            for kept in (await reviewer.timeline(people.visit, grant))["objects"]:
                assert (await reviewer.door.fetch(kept["url"])).startswith(JPEG)
        yield Robbed(server, (server.data, server.evidence, temporary))


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temporary folder of this server and its children."""
    folder = tmp_path_factory.mktemp("tmp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        yield folder


async def whole_visit(people: Meeting) -> None:
    teller, customer = people.teller, people.customer
    await teller.start("recording_consent")
    await customer.agree("recording_consent")
    await teller.complete("recording_consent", NOTE)
    await teller.start("document")
    await customer.photograph("document", document_photo(people.cast.customer.first))
    await teller.complete("document")
    await teller.start("face")
    await identify(teller, "face")
    await teller.complete("face")
    await teller.start("details")
    await teller.draft("details", {"address": ADDRESS})
    await customer.see("details")
    await teller.complete("details")
    await teller.start("confirmation")
    await customer.agree("confirmation")
    await teller.complete("confirmation")
    await teller.start("decision")
    await teller.complete("decision")
    await people.finish()


@pytest.mark.parametrize(
    "text",
    [HAN_MEIMEI.name, HAN_MEIMEI.document_number, ADDRESS, NOTE, PURPOSE],
    ids=["name", "document number", "address", "note", "purpose"],
)
async def test_no_word_about_the_customer_is_found(robbed: Robbed, text: str) -> None:
    words = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    words.append(text.encode("unicode_escape"))  # as JSON writes it
    found = await asyncio.to_thread(holding, list(robbed.files()), words)
    assert found == []
    assert robbed.server.data / "branch.db-wal" in set(robbed.files())


def holding(files: list[Path], words: list[bytes]) -> list[str]:
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


async def test_no_picture_and_no_film_is_found(robbed: Robbed) -> None:
    """A magic of three bytes turns up by chance in ciphertext; what it begins must be one."""
    files = [path for path in robbed.files() if path.suffix not in MEANT]
    assert await asyncio.to_thread(holding, files, [WEBM, b"JFIF", b"Exif", b"matroska"]) == []
    begun = [path.name for path in files if path.read_bytes()[:3] == JPEG]
    assert begun == []
    for path in files:
        if path.suffix not in (".evs", ".evo"):
            assert JPEG not in await asyncio.to_thread(path.read_bytes), path.name


async def test_the_search_would_find_it(robbed: Robbed) -> None:
    """The bank's own system holds in the clear what the branch must not: the same search sees."""
    core = core_database(robbed.server)
    assert robbed.server.data not in core.parents
    changed = rows(core, "SELECT address FROM customers WHERE name = ?", HAN_MEIMEI.name)
    assert changed == [(ADDRESS,)]
    files = [path for path in core.parent.iterdir() if path.is_file()]
    assert await asyncio.to_thread(holding, files, [ADDRESS.encode()])
