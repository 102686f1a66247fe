"""What breaks in mid-call: workers, the server, the disk, the line. Nothing sealed is lost."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from teller_server.rehearse.customer import Customer
from teller_server.rehearse.play import identify
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.rehearse.wire import View
from tests.journeys.people import (
    HAN_MEIMEI,
    LI_LEI,
    OFTEN,
    OWEN,
    PATIENCE,
    SHORT,
    WANG_XIAOMING,
    Cast,
    Meeting,
    changes_in_core,
    command,
    console,
    eventually,
    evidence_of,
    judged,
    meeting,
    phone,
    words_of,
)
from tests.journeys.steps import change, consent, recognise, serve_by_eye, show_document

FRAMES_A_SECOND = 25
MOST_LOST_S = 10  # on a busy machine; `make proof` asks for two


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    """A branch that may be broken."""
    place = tmp_path_factory.mktemp("broken")
    async with private_server(place, place / "evidence", recording=OFTEN, rules=SHORT) as running:
        yield running


def media_workers(server: PrivateServer) -> list[psutil.Process]:
    children = psutil.Process(server.pid).children(recursive=True)
    return [child for child in children if "teller_server.worker" in child.cmdline()]


async def to_reverify(people: Meeting) -> None:
    await people.teller.visit(lambda visit: visit["state"] == "reverify", "reverify", PATIENCE)
    await people.customer.wire.until(lambda view: view["reverify"], "to be told why", PATIENCE)


async def inspected(server: PrivateServer, evidence: Path) -> dict[str, Any]:
    code, output = await command("inspect", evidence, "--data", server.data, "--json")
    assert code == 0, output
    return dict(json.loads(output.splitlines()[-1]))


async def test_a_killed_worker_costs_a_second_and_a_new_look_at_the_face(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, HAN_MEIMEI) as people:
        teller, customer = people.teller, people.customer
        await consent(people)
        await show_document(people)
        await recognise(people)
        for worker in media_workers(branch):
            worker.send_signal(signal.SIGKILL)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(teller.peer.rejoin_asked.wait(), customer.peer.rejoin_asked.wait())
        await asyncio.gather(customer.join(), teller.join())
        await to_reverify(people)
        blocked = await teller.wire.send("step.start", bold=True, step="details")
        assert (await teller.wire.fault(blocked)).code == "reverify_first"
        await identify(teller, "details")  # beside the step that waits
        await teller.visit(lambda visit: visit["state"] == "in_service", "to go on")
        await change(people, "上海市徐汇区天平路2号")
        await people.finish()
        await people.closed("committed")
    evidence = evidence_of(branch, people.visit)
    assert {path.name for path in evidence.glob("customer.*.evs")} == {
        "customer.0000.evs",
        "customer.0001.evs",
    }
    assert changes_in_core(branch, people.visit) == [{"address": "上海市徐汇区天平路2号"}]
    assert (await judged(evidence)).status == "complete"
    found = await inspected(branch, evidence)
    assert found["ok"], {log: told["errors"] for log, told in found["logs"].items()}
    assert found["complete"]
    for party, sent in (("customer", customer.peer.sent), ("teller", teller.peer.sent)):
        log = found["logs"][party]
        assert log["parts"] == 2
        assert "recorder_restart" in {gap["cause"] for gap in log["gaps"]}
        assert 0 < log["packets"]["video"] <= sent["video"]


async def test_a_lost_line_is_rejoined_and_the_customer_recognised_by_eye(
    branch: PrivateServer, cast: Cast
) -> None:
    """Before any face was compared there is only the teller's eye, and it must say why."""
    async with meeting(branch, cast, WANG_XIAOMING) as people:
        teller, customer = people.teller, people.customer
        await consent(people)
        await customer.peer.close()
        gone = await teller.visit(
            lambda visit: visit["call"]["rejoin_deadline"], "to be alone", PATIENCE
        )
        assert gone["call"]["peers"][0]["state"] == "dead"
        blocked = await teller.visit(lambda visit: visit["current"], "the next step")
        assert blocked["current"]["blocked"] == "live_video_needed"
        await customer.join()
        await to_reverify(people)
        no_reason = await teller.wire.send(
            "identity.decide", bold=True, check=None, verdict="alternative", reason=None
        )
        assert (await teller.wire.fault(no_reason)).code == "reason_required"
        await teller.wire.send(
            "identity.decide", check=None, verdict="alternative", reason="与断线前是同一人"
        )
        await teller.visit(lambda visit: visit["state"] == "in_service", "to go on")
        await show_document(people)
        await recognise(people)  # a look by eye did not take the place of the comparison
        await change(people, "深圳市南山区桃园路3号")
        await people.finish()
        await people.closed("committed")
    evidence = evidence_of(branch, people.visit)
    verdict = await judged(evidence)
    assert verdict.status == "complete", verdict
    found = await inspected(branch, evidence)
    assert found["ok"], [log["errors"] for log in found["logs"].values()]
    assert found["complete"]
    assert {"leg_down", "leg_starting"} <= {
        gap["cause"] for gap in found["logs"]["customer"]["gaps"]
    }


async def test_a_dropped_socket_resumes_and_nothing_is_done_twice(
    branch: PrivateServer, cast: Cast
) -> None:
    async with meeting(branch, cast, OWEN, language="en") as people:
        teller, customer = people.teller, people.customer
        await customer.wire.drop()
        await teller.wire.drop()
        await consent(people)
        await customer.wire.drop()
        await show_document(people)
        assert customer.wire.resumed + teller.wire.resumed >= 2
        await people.finish("refused_bank", "rehearsed enough")
        closed = await people.closed()
    assert closed["visit"]["outcome"] == "refused_bank"
    told = [name for name, _ in words_of(branch, people.visit)]
    assert told.count("StepAnswered") == 1
    assert "LegLost" not in told  # the call outlives its sockets


async def in_line(customer: Customer, ahead: int) -> View:
    """The page has come back by itself and stands where it stood."""
    view = await customer.wire.until(
        lambda view: view["visit"]["state"] == "waiting" and view["queue"]["ahead"] == ahead,
        "the place in line",
        PATIENCE,
    )
    assert customer.wire.resumed
    return view


async def test_a_power_cut_ends_the_visit_and_loses_no_place(
    server: PrivateServer, cast: Cast
) -> None:
    async with phone(server, cast, LI_LEI) as waiting, phone(server, cast, OWEN) as behind:
        async with meeting(server, cast, HAN_MEIMEI) as people:
            ticket = await waiting.take_ticket()
            await behind.take_ticket()
            await consent(people)
            await show_document(people)
            evidence = evidence_of(server, people.visit)
            await eventually(lambda: any((evidence / "heads").glob("*.json")), "a head")
            sent = people.customer.peer.sent
            await server.kill()
            said = await judged(evidence)
            assert (said.exit_code, said.status) == (3, "interrupted")
            assert said.last_head
            await server.start()
            closed = await people.closed()
            offered = await people.teller.wire.until(
                lambda view: view["offer"], "the next customer", PATIENCE
            )
            assert offered["offer"]["ticket"] == ticket
        assert closed["visit"]["outcome"] == "aborted_technical"
        assert closed["visit"]["effect"] == "none"
        assert closed["notice"]["code"] == "branch_restarted"
        first = await in_line(waiting, 0)
        assert first["visit"]["ticket"] == ticket
        await in_line(behind, 1)
    held = [head["digest"] for head in closed["receipt"]["heads"]]
    assert held
    assert (await judged(evidence)).exit_code == 3
    assert (evidence / "events.0001.evs").exists()  # where the next desk says how it ended
    log = (await inspected(server, evidence))["logs"]["customer"]
    assert sent["video"] - log["packets"]["video"] <= MOST_LOST_S * FRAMES_A_SECOND


async def test_a_power_cut_while_sealing_delays_the_commit_and_nothing_else(
    server: PrivateServer, cast: Cast
) -> None:
    async with meeting(server, cast, WANG_XIAOMING, face=False) as people:
        await serve_by_eye(people, "深圳市福田区深南路4号")
        evidence = evidence_of(server, people.visit)
        await people.teller.end("done")
        await people.teller.wire.send(
            "visit.wrap_up", bold=True, disposition="done", note="kept although the power fails"
        )
        await eventually((evidence / "manifest.json").exists, "the call seal")
        await server.kill()
        assert (await judged(evidence)).status == "complete"
        await server.start()
        closed = await people.closed("committed")
    assert closed["visit"]["outcome"] == "done"
    assert changes_in_core(server, people.visit) == [{"address": "深圳市福田区深南路4号"}]
    await eventually((evidence / "closing.json.p7s.tsr").exists, "the closing seal")
    assert (await judged(evidence)).status == "complete"


async def test_who_leaves_while_the_call_is_opened_is_let_go(
    branch: PrivateServer, cast: Cast
) -> None:
    async with console(branch, cast) as teller, phone(branch, cast, LI_LEI) as customer:
        await teller.ready()
        await customer.take_ticket()
        view = await teller.wire.until(lambda view: view["offer"], "an offer", PATIENCE)
        await teller.wire.send("pairing.accept", pairing=view["offer"]["pairing"])
        await customer.wire.until(lambda view: view["visit"]["state"] == "connecting", "a teller")
        await customer.wire.send("visit.leave", reason=None)
        people = Meeting(teller, customer, cast)
        await people.wrap_up("customer_left")
        closed = await people.closed()
    assert closed["visit"]["outcome"] == "refused_customer"


async def test_a_stopped_server_seals_what_it_has(server: PrivateServer, cast: Cast) -> None:
    """Stopped as by an operator: each log gets its proper end, and the next desk seals it.

    It is the server of the power cut: it serves again, by the same teller.
    """
    async with meeting(server, cast, HAN_MEIMEI) as people:
        await consent(people)
        await server.stop()
        evidence = evidence_of(server, people.visit)
        assert not (evidence / "manifest.json").exists()
        await server.start()
        closed = await people.closed()
    assert closed["visit"]["outcome"] == "aborted_technical"
    assert (await judged(evidence)).status == "complete"


@pytest.fixture
def small_disk(place: Path) -> Iterator[Path]:
    """A file system that is full after a few seconds of recording."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs root")
    disk = place / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small file system: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


async def test_a_full_disk_stops_the_visit_and_nothing_is_committed(
    place: Path, small_disk: Path, cast: Cast
) -> None:
    free = {"min_free_mb": 0, "head_seconds": 30}
    async with (
        private_server(place, small_disk / "evidence", recording=free, rules=SHORT) as server,
        meeting(server, cast, HAN_MEIMEI) as people,
    ):
        for wire in (people.customer.wire, people.teller.wire):
            view = await wire.until(
                lambda view: view["notice"] or view["visit"] is None, "a notice", PATIENCE
            )
            assert view["notice"]["code"] == "recorder_failed"
        await people.wrap_up("aborted_technical")
        closed = await people.closed()
        assert closed["visit"]["outcome"] == "aborted_technical"
        assert closed["receipt"]["effect"] == "none"
        assert changes_in_core(server, people.visit) == []
        evidence = evidence_of(server, people.visit)
        assert (await judged(evidence)).status != "complete"
