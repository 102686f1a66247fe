"""The rehearsal as a whole: a private server, a visit lived on it, its recording judged."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import ClientError

from recording.verify import Verdict, verify
from teller_server.rehearse.client import Refused
from teller_server.rehearse.customer import Person
from teller_server.rehearse.media import ClipError, Medium, default_clip, load, pattern
from teller_server.rehearse.peer import CallFailed
from teller_server.rehearse.report import PARTIES, Report, Streams
from teller_server.rehearse.reviewer import Reviewer
from teller_server.rehearse.server import PrivateServer, ServerFailed, private_server
from teller_server.rehearse.visit import Lived, Plan, Unfit, live
from teller_server.rehearse.wire import WireError

# One of the demo core's invented customers.
PERSON = Person("李雷", "330106199001010028")
_COMPLETE_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What `teller-server rehearse` was asked for."""

    seconds: float = 20.0
    video: Path | None = None
    audio: Path | None = None
    keep: Path | None = None


async def rehearse(options: Options, say: Callable[[str], None] = lambda _text: None) -> Report:
    """Rehearse once. Never raises for what a rehearsal can find: the report says it."""
    try:
        medium = await asyncio.to_thread(load, options.video or default_clip(), options.audio)
        tellers = await asyncio.to_thread(pattern)
    except ClipError as error:
        return Report(failure=error.code, detail=str(error))
    with tempfile.TemporaryDirectory(prefix="teller-rehearsal-") as place:
        data = Path(place)
        evidence = options.keep.absolute() if options.keep else data / "evidence"
        evidence.mkdir(parents=True, exist_ok=True)
        try:
            async with private_server(data, evidence) as server:
                say(f"private server at {server.base}")
                return await rehearse_on(server, options.seconds, (medium, tellers), say)
        except ServerFailed as error:
            return Report(failure="server_failed", detail=str(error))


async def rehearse_on(
    server: PrivateServer,
    seconds: float,
    media: tuple[Medium, Medium],
    say: Callable[[str], None] = lambda _text: None,
) -> Report:
    """Rehearse on a server that runs; `media` are the customer's and the teller's."""
    plan = Plan(PERSON, server.teller, media[0], media[1], seconds)
    lived = Lived()
    try:
        await live(server.base, plan, lived, say)
        recorded = await _recorded(server, str(lived.visit))
    except (Unfit, Refused, WireError) as error:
        return replace(_report(lived, {}), failure=error.code, detail=str(error))
    except CallFailed as error:
        return replace(_report(lived, {}), failure="call_failed", detail=str(error))
    except TimeoutError as error:
        return replace(_report(lived, {}), failure="timeout", detail=str(error))
    except (ClientError, OSError) as error:
        return replace(_report(lived, {}), failure="server_gone", detail=repr(error))
    report = _report(lived, recorded)
    directory = await asyncio.to_thread(find_evidence, server.evidence, str(lived.visit))
    if directory is None:
        return report
    verdict = await _verdict(directory, lived.receipt)
    bad = f"first bad position {json.dumps(verdict.first_bad)}" if verdict.first_bad else ""
    return replace(report, evidence=str(directory), verdict=verdict.status, verdict_detail=bad)


async def _recorded(server: PrivateServer, visit: str) -> dict[str, dict[str, int]]:
    """What a compliance officer can replay, counted."""
    reviewer = await Reviewer.sign_in(server.base, server.reviewer)
    try:
        await reviewer.fresh()
        grant = await reviewer.view(visit, "彩排核对 / rehearsal")
        return await reviewer.recorded(visit, grant)
    finally:
        await reviewer.close()


async def _verdict(directory: Path, receipt: dict[str, object]) -> Verdict:
    """The witness's word; the closing seal may come a moment after the effect."""
    loop = asyncio.get_running_loop()
    give_up = loop.time() + _COMPLETE_WITHIN
    while True:
        verdict = await asyncio.to_thread(verify, directory, receipt=receipt)
        if verdict.status == "complete" or loop.time() > give_up:
            return verdict
        await asyncio.sleep(0.5)


def find_evidence(root: Path, visit: str) -> Path | None:
    """The evidence directory of this visit; None if there is none."""
    for header in root.glob("*/*/*/*/recording.json"):
        if json.loads(header.read_bytes()).get("visit") == visit:
            return header.parent
    return None


def _report(lived: Lived, recorded: dict[str, dict[str, int]]) -> Report:
    none = {"video": 0, "audio": 0}
    parties = {}
    for party in PARTIES if lived.sent else ():
        sent, received = lived.sent.get(party, none), lived.received.get(party, none)
        kept = recorded.get(party, none)
        parties[party] = Streams(
            video_sent=sent["video"],
            audio_sent=sent["audio"],
            video_received=received["video"],
            audio_received=received["audio"],
            video_recorded=kept["video"],
            audio_recorded=kept["audio"],
        )
    return Report(
        visit=lived.visit,
        outcome=lived.receipt.get("outcome"),
        effect=lived.receipt.get("effect"),
        face=lived.face,
        first_frame_ms=lived.first_frame_ms,
        seal_ms=lived.seal_ms,
        call_s=lived.call_s,
        parties=parties,
    )
