"""The press and the signing desk as the branch uses them: processes, threads, all or nothing."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from recording.authority import HttpTimestampAuthority
from recording.seal import LocalTimestampAuthority
from teller_server.desk.press import Press
from teller_server.desk.signing import Act, SigningDesk, Unsigned, open_signing
from teller_server.domain.errors import Damage, Outage
from teller_server.papers.paper import Paper
from teller_server.papers.strokes import read_strokes
from teller_server.settings import Settings
from tests.teller_server.papers.material import (
    EVIDENCE,
    IDENTITY,
    SENTENCE,
    VISIT,
    Keys,
    adesverify,
    hand,
    order,
)  # fmt: skip

ACT = Act(
    "customer", "张*", IDENTITY, EVIDENCE, SENTENCE,
    datetime(2026, 11, 23, 7, 4, 5, tzinfo=UTC), "zh-CN",
)  # fmt: skip


def unsigned(paper: Paper, pdf: bytes = b"", *parties: str) -> Unsigned:
    return Unsigned(pdf or paper.pdf, paper.digest, len(paper.pdf), paper.places, parties)


@pytest.fixture(scope="module")
async def press() -> AsyncIterator[Press]:
    made = Press()
    await made.start()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def desk(press: Press, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> SigningDesk:
    settings = Settings(data={"directory": tmp_path_factory.mktemp("branch")})
    return open_signing(settings, keys.clock, press)


async def test_the_press_sets_what_is_set_here_too(
    press: Press, paper: Paper, tmp_path: Path
) -> None:
    assert await press.set(order(tmp_path)) == paper
    drawn = await press.pictures(paper.pdf)
    assert len(drawn) == paper.pages
    assert Image.open(io.BytesIO(drawn[0])).size[0] == 1100


async def test_a_mistake_in_a_template_comes_back_with_its_code(
    press: Press, tmp_path: Path
) -> None:
    with pytest.raises(Outage, match="paper_template_bad") as caught:
        await press.set(order(tmp_path, "{% if %}"))
    assert caught.value.plain["line"] == 1


async def test_a_press_that_was_killed_is_replaced(
    press: Press, tmp_path: Path, paper: Paper
) -> None:
    (machine,) = press._alive
    pid = machine.child.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert await press.set(order(tmp_path)) == paper
    (machine,) = press._alive
    assert machine.child.pid != pid


async def test_more_papers_than_can_wait_are_refused(tmp_path: Path) -> None:
    press = Press(waiting=0)
    first = asyncio.create_task(press.set(order(tmp_path)))
    await asyncio.sleep(0)
    with pytest.raises(Outage, match="press_busy"):
        await press.set(order(tmp_path))
    await press.close()
    with pytest.raises(asyncio.CancelledError):
        await first
    with pytest.raises(Outage, match="press_closed"):
        await press.set(order(tmp_path))


async def test_a_paper_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    press = Press(seconds=0.01)
    with pytest.raises(Outage, match="press_timeout"):
        await press.set(order(tmp_path))
    assert press._alive == set()
    await press.close()


async def test_two_papers_are_signed_by_one_key_and_sealed(
    desk: SigningDesk, paper: Paper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strokes = read_strokes(hand())
    papers = {"loan_contract": unsigned(paper), "cost_table": unsigned(paper)}
    done = await desk.sign(VISIT, ACT, papers, strokes)
    assert set(done.papers) == {"loan_contract", "cost_table"}
    assert done.strokes == strokes.canonical()
    assert done.record["key"]["signatures"] == 2
    assert done.record["key"]["certificate"] == done.certificate
    assert done.record["strokes"] == strokes.digest()
    now = {name: unsigned(paper, pdf, "customer") for name, pdf in done.papers.items()}
    sealed = await desk.seal(VISIT, ACT, now)
    for name, pdf in sealed.papers.items():
        report = await desk.check(pdf, ("customer", "bank"))
        assert report.good
        customer, bank = report.findings
        assert customer.certificate == done.certificate
        assert (customer.facts["paper"], bank.facts["paper"]) == (name, name)
        assert bank.certificate == sealed.certificate != done.certificate
        assert pdf.startswith(done.papers[name])
    told = capsys.readouterr()
    assert "张" not in told.out + told.err
    assert VISIT not in told.out + told.err


async def test_the_hand_is_seen_as_it_stands_on_the_paper(
    desk: SigningDesk, press: Press, paper: Paper
) -> None:
    """What the teller compares with the name is taken from the signed file, and from its place."""
    place = paper.places["customer"]
    done = await desk.sign(VISIT, ACT, {"c": unsigned(paper)}, read_strokes(hand()))
    bare, signed = [
        Image.open(io.BytesIO(await press.signed_mark(pdf, place))).convert("L")
        for pdf in (paper.pdf, done.papers["c"])
    ]
    assert bare.size == signed.size
    assert abs(signed.width / signed.height - (place[3] - place[1]) / (place[4] - place[2])) < 0.1
    dark = [sum(image.histogram()[:100]) for image in (bare, signed)]
    assert dark[1] > dark[0] + 500, "the strokes are in it"
    with pytest.raises(Outage, match="paper_unplaced"):
        await press.signed_mark(paper.pdf, (99, 0.0, 0.0, 10.0, 10.0))


async def test_a_guarantor_signs_later_with_an_own_key(desk: SigningDesk, paper: Paper) -> None:
    strokes = read_strokes(hand())
    one = await desk.sign(VISIT, ACT, {"c": unsigned(paper)}, strokes)
    act = Act("guarantor", "李*", IDENTITY, EVIDENCE, SENTENCE, datetime.now(UTC), "en")
    now = {"c": unsigned(paper, one.papers["c"], "customer")}
    other = await desk.sign(VISIT, act, now, read_strokes(hand(9)))
    report = await desk.check(other.papers["c"], ("customer", "guarantor"))
    assert report.good
    assert one.certificate != other.certificate


async def test_without_a_timestamp_nothing_is_signed_and_the_same_act_may_be_tried_again(
    desk: SigningDesk, press: Press, keys: Keys, paper: Paper, tmp_path: Path
) -> None:
    settings = Settings(data={"directory": tmp_path})
    (tmp_path / "roots.pem").write_bytes(keys.clock.chain)
    away = HttpTimestampAuthority("http://127.0.0.1:9/", tmp_path / "roots.pem")
    alone = open_signing(settings, away, press)
    with pytest.raises(Outage, match="timestamp_failed"):
        await alone.sign(VISIT, ACT, {"c": unsigned(paper)}, read_strokes(hand()))
    assert (await desk.sign(VISIT, ACT, {"c": unsigned(paper)}, read_strokes(hand()))).papers


async def test_one_bad_paper_keeps_the_others_from_being_signed(
    desk: SigningDesk, paper: Paper
) -> None:
    altered = Unsigned(paper.pdf[:-9] + b"9" * 9, paper.digest, len(paper.pdf), paper.places)
    with pytest.raises(Damage, match="paper_altered"):
        await desk.sign(VISIT, ACT, {"a": unsigned(paper), "b": altered}, read_strokes(hand()))


async def test_a_paper_without_a_place_for_the_party_is_refused(
    desk: SigningDesk, paper: Paper
) -> None:
    places = {"bank": paper.places["bank"]}
    homeless = Unsigned(paper.pdf, paper.digest, len(paper.pdf), places)
    with pytest.raises(Outage, match="paper_unplaced"):
        await desk.sign(VISIT, ACT, {"a": homeless}, read_strokes(hand()))


async def test_a_data_directory_of_an_early_release_still_signs(
    press: Press, paper: Paper, tmp_path: Path
) -> None:
    """Its timestamp authority published no revocation list."""
    LocalTimestampAuthority(tmp_path / "clock")
    (tmp_path / "clock" / "crl.pem").unlink()
    old = LocalTimestampAuthority(tmp_path / "clock")
    desk = open_signing(Settings(data={"directory": tmp_path}), old, press)
    done = await desk.sign(VISIT, ACT, {"a": unsigned(paper)}, read_strokes(hand()))
    assert (await desk.check(done.papers["a"], ("customer",))).good


@pytest.mark.parametrize(
    ("name", "code"),
    [("authority_key", "signing_authority_bad"), ("bank_chain", "bank_seal_bad")],
)
def test_half_a_setting_is_not_answered_with_a_demo_key(
    press: Press, keys: Keys, tmp_path: Path, name: str, code: str
) -> None:
    settings = Settings(data={"directory": tmp_path}, signing={name: tmp_path / "x.pem"})
    with pytest.raises(Outage, match=code):
        open_signing(settings, keys.clock, press)


async def test_what_the_desk_signs_a_court_can_check(
    desk: SigningDesk, paper: Paper, keys: Keys, tmp_path: Path
) -> None:
    done = await desk.sign(VISIT, ACT, {"c": unsigned(paper)}, read_strokes(hand()))
    (tmp_path / "c.pdf").write_bytes(done.papers["c"])
    for name, pem in (
        ("signers", desk.roots.signers),
        ("bank", desk.roots.bank),
        ("time", desk.roots.time),
    ):
        (tmp_path / f"{name}.pem").write_bytes(pem)
    told = adesverify(tmp_path / "c.pdf", Keys(tmp_path, keys.authority, keys.bank, keys.clock))
    assert told.returncode == 0, told.stderr


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "《电子签名法》第十三条"), ("en", "Article 13")]
)
def test_the_page_says_what_the_signature_is(desk: SigningDesk, language: str, words: str) -> None:
    said = desk.statement(language)
    assert words in said
    assert ("演示" if language == "zh-CN" else "Demonstration") in said
