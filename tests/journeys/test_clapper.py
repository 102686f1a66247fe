"""Sound, picture and both parties on one timeline: what was sent together is recorded together.

Both parties flash and beep at every whole second by one clock, over real WebRTC through the media
path into sealed logs; the recording is decrypted, played and decoded.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from recording.evidence import Evidence
from recording.playback import open_media
from recording.recorder import PartyRecorder
from signaling.media import CallMedia, LegUp, MediaPolicy
from signaling.media.agent import own_addresses
from signaling.media.events import MediaEvent
from tests.clapper import Beeps, Claps, Flashes, between, find
from tests.signaling.media.peers import until

SECONDS = 12
TONES = {"customer": 1000, "teller": 1600}
LIP_SYNC = 0.040  # the limits, in seconds
BETWEEN_PARTIES = 0.050


@pytest.fixture(scope="session")
async def claps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Claps]:
    """What the recording of one clapping call holds, per party."""
    directory = tmp_path_factory.mktemp("clapper") / "recording"
    key = secrets.token_bytes(32)
    await clap_and_record(directory, key)
    found = {}
    for party, tone in TONES.items():
        media = await asyncio.to_thread(open_media, directory, party, key)
        webm = await asyncio.to_thread(media.read, 0, media.size)
        found[party] = await asyncio.to_thread(find, webm, tone)
    return found


async def clap_and_record(directory: Path, key: bytes) -> None:
    now = datetime.now(UTC)
    epoch = time.monotonic()
    Evidence.create(directory, "clapper", "visit", list(TONES), key, now, "tests")
    failures: list[BaseException] = []
    recorders = {
        party: PartyRecorder(
            directory, "clapper", party, key, epoch, now, lambda segment: None, failures.append
        )
        for party in TONES
    }
    heard: list[MediaEvent] = []
    call = CallMedia("clapper", MediaPolicy().this_machine(own_addresses()), heard.append)
    peers = [
        await join(call, party, epoch, tone, recorders[party]) for party, tone in TONES.items()
    ]
    await until(lambda: sum(isinstance(event, LegUp) for event in heard) == len(TONES))
    now_s = time.monotonic() - epoch
    await asyncio.sleep(math.ceil(now_s) - now_s + SECONDS - 0.4)  # never in the middle of a beat
    for peer in peers:
        await peer.close()
    await call.close()
    for recorder in recorders.values():
        await recorder.close()
    assert failures == []


async def join(
    call: CallMedia, party: str, origin: float, tone: int, recorder: PartyRecorder
) -> RTCPeerConnection:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTrack(Beeps(origin, tone))
    peer.addTrack(Flashes(origin))
    await peer.setLocalDescription(await peer.createOffer())
    answer = await call.answer(party, f"{party}-1", peer.localDescription.sdp, recorder)
    await peer.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))
    return peer


@pytest.mark.parametrize("party", TONES)
async def test_every_beat_of_both_parties_is_in_the_recording(
    claps: dict[str, Claps], party: str
) -> None:
    assert len(claps[party].flashes) >= SECONDS - 4  # connecting and the first bright second
    assert claps[party].missing() == 0


@pytest.mark.proof
@pytest.mark.parametrize("party", TONES)
async def test_lips_move_with_the_voice(
    claps: dict[str, Claps], party: str, figure: Callable[[str], None]
) -> None:
    offsets = claps[party].lip_sync()
    figure(f"{party}: sound after picture {spread(offsets)}, limit ±{LIP_SYNC * 1000:.0f} ms")
    assert max(map(abs, offsets)) <= LIP_SYNC


@pytest.mark.proof
async def test_both_parties_share_one_timeline(
    claps: dict[str, Claps], figure: Callable[[str], None]
) -> None:
    offsets = between(claps["customer"], claps["teller"])
    figure(f"teller after customer {spread(offsets)}, limit ±{BETWEEN_PARTIES * 1000:.0f} ms")
    assert max(map(abs, offsets)) <= BETWEEN_PARTIES


def spread(offsets: list[float]) -> str:
    low, middle, high = (1000 * f(offsets) for f in (min, median, max))
    return f"median {middle:.1f} ms, {low:.1f} to {high:.1f} over {len(offsets)} beats"
