"""The public door for receipts: the truth for holders, one answer for everybody else."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

from recording.heads import list_heads
from recording.verify import Verdict
from teller_server.desk.receipts import MOST_WAITING
from tests.axe import violations
from tests.chromium import chromium
from tests.recording.material import clip
from tests.recording.test_verify import flip
from tests.teller_server.api.branch import Served, served
from tests.teller_server.desk.archive import VISIT, Archive, archive
from tests.web.screens import ARGS

PATH = "/api/customer/receipt/check"
ADDRESSES = itertools.count(1)
Ask = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@dataclass
class Door:
    """A branch that serves, and the one recording that it holds."""

    branch: Served
    kept: Archive
    claim: dict[str, Any]


@pytest.fixture(scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    place = tmp_path_factory.mktemp("receipts")
    kept = await archive(place, clip(1))
    for entry in kept.receipt["heads"]:
        head = {**entry, "at": datetime.fromisoformat(entry["at"])}
        from teller_server.store.evidence import Head

        await kept.store.evidence.add_head(Head("rec-1", stamped=False, **head))
    heads = [{"n": head["n"], "digest": head["digest"]} for head in kept.receipt["heads"]]
    digest = kept.receipt["evidence_digest"]
    async with served(place) as branch:
        yield Door(branch, kept, {"visit": VISIT, "evidence_digest": digest, "heads": heads})
    await kept.store.close()


@pytest.fixture
async def ask(door: Door) -> AsyncIterator[Ask]:
    """Each question from an address of its own, unless one is given."""
    async with aiohttp.ClientSession() as http:

        async def send(body: object, address: str = "") -> tuple[int, dict[str, Any]]:
            headers = {
                "Origin": door.branch.url,
                "X-Forwarded-For": address or f"198.51.100.{next(ADDRESSES)}",
            }
            async with http.post(door.branch.url + PATH, json=body, headers=headers) as reply:
                return reply.status, await reply.json()

        yield send


@pytest.fixture
def altered(door: Door, tmp_path: Path) -> AsyncIterator[Path]:
    """The evidence to play with; it is as before afterwards."""
    shutil.copytree(door.kept.directory, tmp_path / "kept")
    yield door.kept.directory
    shutil.rmtree(door.kept.directory)
    shutil.copytree(tmp_path / "kept", door.kept.directory)


async def test_a_holder_learns_that_the_same_evidence_is_held(door: Door, ask: Ask) -> None:
    status, answer = await ask(door.claim)
    assert status == 200
    assert (answer["answer"], answer["status"], answer["heads"]) == ("held", "complete", 2)
    assert (answer["sealed"], answer["readable"]) == (True, True)
    assert answer["stamped_at"]
    for less in ({"heads": []}, {"evidence_digest": None}):
        assert (await ask(door.claim | less))[1]["answer"] == "held"


async def test_everybody_else_gets_one_answer(door: Door, ask: Ask) -> None:
    other = os.urandom(32).hex()
    foreign = [{"n": 1, "digest": other}]
    swapped = [{**head, "n": head["n"] + 7} for head in door.claim["heads"]]
    answers = [
        await ask(door.claim | change)
        for change in (
            {"visit": "visit-2"},
            {"visit": "visit-01ARZ3NDEKTSV4RRFFQ69G5FAV"},
            {"evidence_digest": other, "heads": []},
            {"evidence_digest": other, "heads": foreign},
            {"evidence_digest": None, "heads": []},
            {"evidence_digest": None, "heads": foreign},
            {"evidence_digest": None, "heads": swapped},
        )
    ]
    assert answers == [(200, {"answer": "not_held"})] * len(answers)


async def test_strangers_make_nobody_read_a_recording(
    door: Door, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> Verdict:
        raise AssertionError("read for a stranger")

    monkeypatch.setattr("teller_server.desk.receipts.verify", read)
    answer = await ask({"visit": VISIT, "evidence_digest": os.urandom(32).hex(), "heads": []})
    assert answer == (200, {"answer": "not_held"})


async def test_altered_evidence_and_a_removed_head_differ(
    door: Door, ask: Ask, altered: Path
) -> None:
    flip(altered / "customer.0000.evs", 3000)
    assert await ask(door.claim) == (200, {"answer": "differs"})
    flip(altered / "customer.0000.evs", 3000)
    wrong = [*door.claim["heads"], {"n": 3, "digest": os.urandom(32).hex()}]
    assert await ask(door.claim | {"heads": wrong}) == (200, {"answer": "differs"})
    for path in (altered / "heads").glob("000002*"):
        path.unlink()
    assert len(list_heads(altered)) == 1
    assert await ask(door.claim) == (200, {"answer": "differs"})


async def test_a_shredded_recording_is_still_the_same_evidence(door: Door, ask: Ask) -> None:
    await door.kept.store.evidence.update("rec-1", state="shredded")
    answer = (await ask(door.claim))[1]
    await door.kept.store.evidence.update("rec-1", state="sealed")
    assert (answer["answer"], answer["readable"]) == ("held", False)


async def test_an_address_may_ask_ten_times_and_then_waits(door: Door, ask: Ask) -> None:
    found = [(await ask({"visit": VISIT}, "203.0.113.9"))[0] for _ in range(12)]
    assert found == [200] * 10 + [429] * 2
    assert (await ask({"visit": VISIT}, "203.0.113.10"))[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"visit": 7},
        {"visit": "../../etc"},
        {"visit": VISIT, "evidence_digest": "x"},
        {"visit": VISIT, "evidence_digest": "A" * 64},
        {"visit": VISIT, "heads": [{"n": 0, "digest": "0" * 64}]},
        {"visit": VISIT, "heads": [{"n": 1, "digest": "0" * 64}] * 601},
        {"visit": VISIT, "name": "韩梅梅"},
        [VISIT],
    ],
)
async def test_what_is_no_receipt_is_refused(ask: Ask, body: object) -> None:
    assert (await ask(body))[1]["code"] in {"bad_request", "too_large"}


async def test_too_many_holders_at_once_are_asked_to_come_again(
    door: Door, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = door.branch.branch.receipts
    monkeypatch.setattr(desk, "_waiting", MOST_WAITING)
    status, answer = await ask(door.claim)
    assert (status, answer["code"]) == (429, "too_many_requests")


# ---- the page, in a browser


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_page_checks_a_saved_receipt_a_link_and_what_is_typed(
    door: Door, language: str, altered: Path
) -> None:
    held = {"en": "We hold the same evidence", "zh-CN": "本行仍保存同一份证据"}[language]
    none = {"en": "We hold no evidence", "zh-CN": "本行没有与该回执相符的证据"}[language]
    differs = {"en": "Something does not fit", "zh-CN": "存在不一致"}[language]
    heads = ",".join(f"{head['n']}:{head['digest']}" for head in door.claim["heads"])
    link = f"#visit={VISIT}&digest={door.claim['evidence_digest']}&heads={heads}"
    address = f"192.0.2.{len(language)}"
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=ARGS)
        context = await browser.new_context(
            locale=language, extra_http_headers={"X-Forwarded-For": address}
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        answer = page.locator("#answer")

        await page.goto(f"{door.branch.url}/receipt{link}")
        await expect(answer).to_contain_text(held)
        assert page.url == f"{door.branch.url}/receipt"  # not in the address, not in the history
        assert not any(VISIT in url.split("#")[0] for url in asked)
        assert await violations(page) == {}

        await page.goto(f"{door.branch.url}/receipt")
        await page.set_input_files("#file", door.kept.place / "receipt.json")
        await expect(answer).to_contain_text(held)

        await page.goto(f"{door.branch.url}/receipt")
        digest = door.claim["evidence_digest"]
        await page.fill("#visit", VISIT)
        await page.fill("#digest", " ".join(digest[i : i + 4] for i in range(0, 64, 4)).upper())
        await page.press("#visit", "Enter")
        await expect(answer).to_contain_text(held)
        await page.fill("#digest", "0" * 64)
        await page.press("#visit", "Enter")
        await expect(answer).to_contain_text(none)
        await page.fill("#digest", "not a digest")
        await page.press("#visit", "Enter")
        await expect(page.locator("#digest")).to_have_attribute("aria-invalid", "true")

        flip(altered / "teller.0000.evs", 3000)
        await page.goto(f"{door.branch.url}/receipt{link}")
        await expect(answer).to_contain_text(differs)
        assert await violations(page) == {}
        assert complaints == []
        await browser.close()
