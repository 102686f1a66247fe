"""Keys in a key server or an HSM; key server, time authority and vault away at any time of a visit.

What a branch can't do without one of them waits for it; nothing is lost and nothing done twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from recording.verify import verify
from teller_server.rehearse.client import Refused
from teller_server.rehearse.rehearsal import rehearse_on
from teller_server.rehearse.server import PrivateServer, private_server
from tests.journeys.outside import Groups, Outside, initialised, of_hsm, of_openbao, outside
from tests.journeys.people import (
    WANG_XIAOMING,
    Cast,
    Meeting,
    branch_database,
    changes_in_core,
    eventually,
    evidence_of,
    judged,
    meeting,
    phone,
)
from tests.journeys.steps import change, consent, look, show_document
from tests.keyservers.openbao import openbao
from tests.phones import rows

pytestmark = pytest.mark.proof
PHASES = ("start", "middle", "end")
SYSTEMS = ("key server", "time authority", "vault")


# ---- `teller-server rehearse` where no key that opens anything is on the disk


async def rehearsed(place: Path, groups: Groups, setup: Groups, cast: Cast) -> Path:
    """A whole rehearsal on a branch with these keys; its evidence."""
    await initialised(place / "data", setup)
    async with private_server(place, place / "evidence", **groups) as server:
        report = await rehearse_on(server, 12, (cast.customer, cast.teller))
    assert not report.failures, report.as_json()
    assert report.verdict == "complete"
    assert not list((place / "data").rglob("master.key"))
    return Path(str(report.evidence))


async def test_a_rehearsal_with_openbao(place: Path, cast: Cast) -> None:
    (place / "bao").mkdir()
    with openbao(place / "bao") as bao:
        desk, keys = of_openbao(bao, place)
        await rehearsed(place, desk, keys, cast)
        opened = [one["request"] for one in bao.log() if one["type"] == "request"]
        assert any(one["path"].startswith("transit/") for one in opened)


async def test_a_rehearsal_with_keys_and_signature_in_an_hsm(place: Path, cast: Cast) -> None:
    groups = of_hsm(place)
    evidence = await rehearsed(place, groups, groups, cast)
    steps = {step.name: step.detail for step in verify(evidence).steps}
    assert "CN=Bank root" in steps["trust"]


# ---- away at the start, in the middle, at the end


@pytest.fixture(scope="module")
async def branch_outside(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outside]:
    async with outside(tmp_path_factory.mktemp("outside")) as running:
        yield running


async def arrives_when_it_is_back(out: Outside, system: str, cast: Cast) -> None:
    """Without the key server nobody is let in, and is told so; the rest is no reason."""
    await out.away(system)
    if system == "key server":
        with pytest.raises(Refused, match="outage"):
            async with phone(out.server, cast, WANG_XIAOMING, face=False):
                pass
        await out.back(system)


async def wrapped_up(people: Meeting) -> None:
    await people.teller.end("done")
    await people.teller.wire.send("visit.wrap_up", bold=True, disposition="done", note=None)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("system", SYSTEMS)
async def test_an_outage_delays_what_needs_it_and_loses_nothing(
    branch_outside: Outside, cast: Cast, system: str, phase: str
) -> None:
    out, server = branch_outside, branch_outside.server
    address = f"深圳市福田区{SYSTEMS.index(system)}路{PHASES.index(phase)}号"
    if phase == "start":
        await arrives_when_it_is_back(out, system, cast)
    async with meeting(server, cast, WANG_XIAOMING, face=False) as people:
        await consent(people)
        if phase == "middle":
            await out.away(system)
        await show_document(people)
        await look(people)
        await change(people, address)
        if phase == "end":
            await out.away(system)
        await wrapped_up(people)
        if system == "time authority":
            await asyncio.sleep(3)
            assert changes_in_core(server, people.visit) == []  # no stamp, no effect
        if system == "vault":
            await people.closed("committed")  # nobody waits for it
        if (system, phase) != ("key server", "start"):
            await out.back(system)
        closed = await people.closed("committed")
    assert closed["visit"]["outcome"] == "done"
    assert changes_in_core(server, people.visit) == [{"address": address}]
    evidence = evidence_of(server, people.visit)
    await eventually((evidence / "closing.json.p7s.tsr").exists, "the closing seal")
    verdict = await judged(evidence)
    assert (verdict.status, bool(verdict.stamped)) == ("complete", True)
    assert json.loads((evidence / "manifest.json").read_bytes())["status"] == "complete"
    await eventually(lambda: stored(server, evidence), "everything in the vault")


def stored(server: PrivateServer, evidence: Path) -> bool:
    """Whether the books of the vault have every file of the package."""
    statement = "SELECT name FROM vault_files WHERE recording = ?"
    held = {name for (name,) in rows(branch_database(server), statement, evidence.name)}
    there = {p.relative_to(evidence).as_posix() for p in evidence.rglob("*") if p.is_file()}
    return there == held
