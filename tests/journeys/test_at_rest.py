"""After a visit, a thief who takes the disks of the branch finds nobody on them.

Searched are the database with its write-ahead log, everything else in the data directory, the
evidence and the server's temporary folder. The demo core's own file is not: it stands for the
bank's system, keeps its customers in the clear, and lies outside the data directory.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from teller_server.rehearse.server import PrivateServer
from tests.journeys.disk import written
from tests.journeys.people import (
    HAN_MEIMEI,
    Cast,
    core_database,
    eventually,
    evidence_of,
    meeting,
    officer,
)
from tests.journeys.steps import change, consent, recognise, show_document
from tests.phones import rows

ADDRESS = "上海市浦东新区世纪大道九百九十九号"
NOTE = "客户声音沙哑，已再次确认"
PURPOSE = "抽查：地址变更双录质量"
JPEG = b"\xff\xd8\xff"
PICTURE = re.compile(JPEG + rb".{1,8}(JFIF|Exif)", re.DOTALL)
WEBM = b"\x1a\x45\xdf\xa3"
FILM = re.compile(WEBM + rb".{0,64}webm", re.DOTALL)
CIPHERTEXT = {".evs", ".evo", ".p7s", ".tsr"}
"""Three or four given bytes turn up in these by chance: the magic alone proves nothing there."""


@dataclass(frozen=True, slots=True)
class Robbed:
    """A branch at rest, and where its disks are."""

    server: PrivateServer
    folders: tuple[Path, ...]

    async def files(self) -> dict[Path, bytes]:
        return await asyncio.to_thread(written, *self.folders)


@pytest.fixture(scope="module")
async def robbed(branch: PrivateServer, cast: Cast) -> Robbed:
    """One whole visit, reviewed; the thief comes while the server still runs."""
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        await consent(people, NOTE)
        await show_document(people)
        await recognise(people)
        await change(people, ADDRESS)
        await people.finish()
        await people.closed("committed")
    closing = evidence_of(branch, people.visit) / "closing.json"
    await eventually(closing.exists, "the closing seal")
    async with officer(branch) as reviewer:
        grant = await reviewer.view(people.visit, PURPOSE)
        drawn = await reviewer.timeline(people.visit, grant)
        for party in drawn["parties"]:
            assert FILM.search(await reviewer.door.fetch(party["media"]))
        pictures = [kept for kept in drawn["objects"] if kept["media_type"].startswith("image/")]
        assert pictures
        for picture in pictures:
            assert PICTURE.search(await reviewer.door.fetch(picture["url"]))
    temporary = branch.data.parent / "tmp"
    return Robbed(branch, (branch.data, branch.evidence, temporary))


@pytest.mark.parametrize(
    "text",
    [HAN_MEIMEI.name, HAN_MEIMEI.document_number, ADDRESS, NOTE, PURPOSE],
    ids=["name", "document number", "address", "note", "purpose"],
)
async def test_no_word_about_the_customer_is_found(robbed: Robbed, text: str) -> None:
    words = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")]
    words.append(text.encode("unicode_escape"))  # as JSON writes it
    files = await robbed.files()
    assert holding(files, words) == []
    assert robbed.server.data / "branch.db-wal" in files


def holding(files: dict[Path, bytes], words: list[bytes]) -> list[str]:
    return [path.name for path, content in files.items() if any(w in content for w in words)]


async def test_no_picture_and_no_film_is_found(robbed: Robbed) -> None:
    """The same patterns found every picture and film when an officer asked for them."""
    for path, content in (await robbed.files()).items():
        assert not PICTURE.search(content), path.name
        assert not FILM.search(content), path.name
        if path.suffix not in CIPHERTEXT:
            assert JPEG not in content, path.name
            assert WEBM not in content, path.name


async def test_the_search_would_find_it(robbed: Robbed) -> None:
    """The bank's own system holds in the clear what the branch must not: the same search sees."""
    core = core_database(robbed.server)
    assert robbed.server.data not in core.parents
    changed = rows(core, "SELECT address FROM customers WHERE name = ?", HAN_MEIMEI.name)
    assert changed == [(ADDRESS,)]
    assert holding(written(core.parent), [ADDRESS.encode()])


async def test_nobody_is_named_in_the_log_or_in_a_list(robbed: Robbed) -> None:
    """What operators read, and what staff leaf through; the name is shortened, numbers are not."""
    phone = rows(
        core_database(robbed.server), "SELECT phone FROM customers WHERE name = ?", HAN_MEIMEI.name
    )[0][0]
    named = [HAN_MEIMEI.name, HAN_MEIMEI.document_number, phone, ADDRESS, NOTE]
    printed = robbed.server.log.read_text("utf-8", errors="replace").splitlines()
    log = "\n".join(line for line in printed if "/i#" not in line)  # a demo greets by invitations
    assert log
    async with officer(robbed.server) as reviewer:
        listed = json.dumps(
            [await reviewer.door.get(f"/api/review/{door}") for door in ("visits", "checks")],
            ensure_ascii=False,
        )
    assert HAN_MEIMEI.name[0] in listed, "the visit is in the list, by a shortened name"
    assert [word for word in named if word in log] == []
    assert [word for word in named if word in listed] == []


async def test_no_template_of_a_face_is_kept(robbed: Robbed) -> None:
    """Neither in what happened nor in what was attached: a template is a long list of numbers."""
    bodies = rows(robbed.server.data / "branch.db", "SELECT body FROM events")
    assert bodies
    lists = [_longest(json.loads(body)) for (body,) in bodies]
    async with officer(robbed.server) as reviewer:
        (visit, *_rest) = (await reviewer.door.get("/api/review/visits"))["visits"]
        grant = await reviewer.view(visit["id"], PURPOSE)
        drawn = await reviewer.timeline(visit["id"], grant)
        lists.append(_longest(drawn))
        for kept in drawn["objects"]:
            content = await reviewer.door.fetch(kept["url"])
            assert kept["media_type"] in KNOWN, kept["role"]
            if kept["media_type"] == "application/json":
                lists.append(_longest(json.loads(content)))
    assert max(lists) < TEMPLATE


KNOWN = ("image/jpeg", "image/png", "application/json", "application/pdf", "application/yaml")
TEMPLATE = 128
"""Numbers in a template of either engine (SFace, dlib)."""


def _longest(value: object) -> int:
    """Length of the longest list of numbers anywhere in a JSON value."""
    if isinstance(value, dict):
        return max((_longest(one) for one in value.values()), default=0)
    if isinstance(value, list):
        numbers = len(value) if all(isinstance(one, int | float) for one in value) else 0
        return max([numbers, *(_longest(one) for one in value)])
    return 0
