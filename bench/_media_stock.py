"""The server of `bench.media`, variant stock: `python -m bench._media_stock PORT FOLDER`.

What aiortc offers for this job: `MediaRelay` between the parties (decoded and encoded again) and a
`MediaRecorder` to MP4 per party, in plain text, unsynced.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiohttp import web
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRecorder, MediaRelay

OTHER = {"customer": "teller", "teller": "customer"}


class Later(MediaStreamTrack):
    """A track that is negotiated before its source has come."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.source: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def recv(self) -> Any:
        return await (await asyncio.shield(self.source)).recv()


class Stock:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._relay = MediaRelay()
        self._tracks: dict[tuple[str, str, str], Later] = {}
        self._kept: list[Any] = []

    async def offer(self, request: web.Request) -> web.Response:
        body = await request.json()
        call, party = body["call"], body["party"]
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        recorder = MediaRecorder(str(self._folder / f"{call}-{party}.mp4"))
        self._kept += [connection, recorder]

        @connection.on("track")
        def _(track: MediaStreamTrack) -> None:
            self._later(call, party, track.kind).source.set_result(self._relay.subscribe(track))
            recorder.addTrack(self._relay.subscribe(track))

        await connection.setRemoteDescription(RTCSessionDescription(body["sdp"], "offer"))
        for kind in ("audio", "video"):
            connection.addTrack(self._later(call, OTHER[party], kind))
        await connection.setLocalDescription(await connection.createAnswer())
        await recorder.start()
        return web.json_response({"sdp": connection.localDescription.sdp})

    def _later(self, call: str, party: str, kind: str) -> Later:
        key = (call, party, kind)
        if key not in self._tracks:
            self._tracks[key] = Later(kind)
        return self._tracks[key]


async def main(port: int, folder: Path) -> None:
    app = web.Application()
    app.add_routes([web.post("/offer", Stock(folder).offer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
