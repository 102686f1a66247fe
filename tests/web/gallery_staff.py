"""Look at every staff page in every state without the branch.

`python -m tests.web.gallery_staff 8098`, then `/teller?state=ring&lang=en`, `/review?state=error`,
`/review/V20261123-000018?state=damaged`, `/core`, `/teller/sign-in`. Pages, styles and modules are
the real ones; the server is not. `state=run` advances as a branch would (gallery_staff_run.py).
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer

from tests.web import gallery_admin
from tests.web import gallery_review as canned
from tests.web.gallery_staff_media import CLIP, jpeg, sheet, webm
from tests.web.gallery_staff_run import Run
from tests.web.gallery_staff_states import BYES, STATES
from tests.web.gallery_views import BRANCH
from web.headers import install_headers
from web.pages import PageContext, Pages

SIGN_IN_ANSWERS = {
    "wrong": (401, "bad_credentials"),
    "throttled": (429, "throttled"),
    "totp": (401, "totp_required"),
}


def chosen(request: web.Request) -> tuple[str, str]:
    return request.cookies.get("state", "idle"), request.cookies.get("vb_language", "zh-CN")


class StaffGallery:
    """A fake branch for one pair of staff eyes."""

    def __init__(self) -> None:
        self.pages = Pages.load()
        self.received: list[dict[str, Any]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.fresh = False
        self.folder = Path(tempfile.mkdtemp(prefix="gallery-"))
        self.app = web.Application()
        install_headers(self.app)
        self.pages.assets.install(self.app)
        visit = "/api/review/visits/{visit}"
        self.app.add_routes(
            [
                *(web.get(f"/{name}", self.page) for name in ("teller", "review", "core", "admin")),
                web.get("/{audience}/sign-in", self.page),
                web.get("/review/openings", self.page),
                web.get("/review/{visit}", self.page),
                web.get("/ws/teller", self.socket),
                web.get("/api/{audience}/objects/{name}", self.still),
                web.get("/api/{audience}/papers/{paper}/pages/{page}", self.paper),
                web.get(visit + "/objects/{name}", self.still),
                web.post("/api/{audience}/sign-in", self.sign_in),
                web.post("/api/{audience}/sign-out", self.done),
                web.post("/api/review/fresh", self.freshen),
                web.get("/api/review/visits", self.rows),
                web.post("/api/review/visits/search", self.rows),
                web.get("/api/review/filters", self.filters),
                web.get(visit, self.detail),
                web.post(visit + "/views", self.views),
                web.get(visit + "/timeline", self.timeline),
                web.get(visit + "/verify", self.verify),
                web.get(visit + "/custody", self.custody),
                web.get(visit + "/media/{party}", self.media),
                web.get("/api/core/ledger", self.ledger),
                *gallery_admin.ROUTES,
                *canned.ROUTES,
            ]
        )

    async def page(self, request: web.Request) -> web.Response:
        state = request.query.get("state", chosen(request)[0])
        language = request.query.get("lang", chosen(request)[1])
        path = request.path.strip("/").split("/")
        name = path[0] if len(path) == 1 else f"{path[0]}-{path[1]}"
        if name.startswith("review-V"):
            name = "review-visit"
        zh = language == "zh-CN"
        data: dict[str, Any] = {"second_factor": state != "demo"}
        if not name.endswith("sign-in"):
            data["name"] = "赵清" if zh else "Zhao Qing"
        context = PageContext(
            language=language,
            csrf="gallery",
            bank=BRANCH[language],
            demo=request.query.get("demo") == "1",
            data=data,
        )
        response = self.pages.response(name, context)
        response.set_cookie("state", state)
        response.set_cookie("vb_language", language)
        return response

    async def sign_in(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        body = await request.json()
        status, code = SIGN_IN_ANSWERS.get(state, (200, ""))
        if status == 200 or body.get("totp"):
            return web.json_response({"next": f"/{request.match_info['audience']}?state=idle"})
        text = {
            "bad_credentials": ("账号或密码不正确。", "The account or password is not right."),
            "throttled": ("尝试次数过多，请稍后再试。", "Too many attempts. Try later."),
            "totp_required": ("请输入动态口令。", "Please enter the code from your authenticator."),
        }[code][0 if language == "zh-CN" else 1]  # fmt: skip
        return web.json_response({"code": code, "message": text}, status=status)

    async def done(self, _request: web.Request) -> web.Response:
        return web.json_response({"next": "/teller/sign-in"})

    async def freshen(self, _request: web.Request) -> web.Response:
        self.fresh = True
        return web.json_response({"fresh_until": "2026-11-23T10:05:00+08:00"})

    async def still(self, request: web.Request) -> web.Response:
        return web.Response(body=jpeg(request.match_info["name"]), content_type="image/jpeg")

    async def paper(self, request: web.Request) -> web.Response:
        picture = sheet(int(request.match_info["page"]))
        return web.Response(body=picture, content_type="image/png")

    async def rows(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        if state == "error":
            return web.json_response({"code": "outage", "message": "503"}, status=503)
        if state == "loading":
            await asyncio.sleep(30)
        if state == "empty" or request.method == "POST":
            return web.json_response({"visits": [], "total": 0})
        return web.json_response(canned.rows(language))

    async def filters(self, request: web.Request) -> web.Response:
        return web.json_response(canned.filters(chosen(request)[1]))

    async def detail(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        return web.json_response(canned.detail(language, state))

    async def views(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        self.received.append(await request.json())
        if state == "shredded":
            text = "密钥已销毁，内容不可恢复。" if language == "zh-CN" else "The key was destroyed."
            return web.json_response({"code": "key_shredded", "message": text}, status=410)
        if state == "fresh" and not self.fresh:
            text = (
                "查看录音录像前请再次验证身份。"
                if language == "zh-CN"
                else "Please confirm who you are before you view a recording."
            )
            body = {"code": "fresh_authentication_required", "message": text}
            return web.json_response(body, status=403)
        return web.json_response({"grant": "g", "expires_at": "2026-11-23T10:05:00+08:00"})

    async def timeline(self, request: web.Request) -> web.Response:
        state, language = chosen(request)
        return web.json_response(canned.timeline(language, state))

    async def verify(self, request: web.Request) -> web.Response:
        return web.json_response(canned.verdict(chosen(request)[0]))

    async def custody(self, _request: web.Request) -> web.Response:
        return web.json_response(canned.custody())

    async def media(self, request: web.Request) -> web.StreamResponse:
        party = request.match_info["party"]
        path = self.folder / f"{party}.webm"
        if not path.exists():
            path.write_bytes(await asyncio.to_thread(webm, party))
        if chosen(request)[0] == "broken" and party == "teller":
            return web.Response(body=b"not a recording", content_type="video/webm")
        return web.FileResponse(path)

    async def ledger(self, request: web.Request) -> web.Response:
        return web.json_response(canned.ledger(empty=chosen(request)[0] == "empty"))

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Speak the wire: hello, welcome, one view; `run` goes on from there."""
        state, language = chosen(request)
        if state == "wire-lost" and self.sockets:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(protocols=("teller.v1",))
        await socket.prepare(request)
        self.sockets.append(socket)
        run = Run(language)
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
                handled = max(handled, message["seq"])
                if message["type"] == "hello":
                    await say("welcome", {"token": "t" * 43, "resumed": False, "heartbeat": 10})
                    for kind, body in first(state, language, run):
                        await say(kind, body)
                    if state == "wire-lost":
                        await asyncio.sleep(1.5)
                        break
                elif message["type"] == "call.offer" and state != "connecting":
                    legs.append(await answer(message["body"], say))
                for view in run.hear(message["type"], message["body"]) if state == "run" else ():
                    await say("view", view)
        finally:
            await asyncio.gather(*(leg.close() for leg in legs))
        return socket

    async def push(self, view: dict[str, Any]) -> None:
        """Send a view out of turn, as a branch does when the queue moves."""
        envelope = {"v": 1, "type": "view", "id": "", "seq": 0, "ack": 0, "body": view}
        for socket in self.sockets:
            if not socket.closed:
                await socket.send_str(json.dumps(envelope))


def first(state: str, language: str, run: Run) -> list[tuple[str, dict[str, Any]]]:
    """What a new socket hears after the welcome."""
    if state == "loading":
        return []
    if state in BYES:
        return [("bye", {"code": BYES[state]})]
    return [("view", run.view() if state == "run" else STATES[state](language))]


async def answer(offer: dict[str, str], say: Any) -> RTCPeerConnection:
    """Answer with the clip, as a customer would look."""
    leg = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    clip = MediaPlayer(str(CLIP), loop=True)
    await leg.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
    for transceiver in leg.getTransceivers():
        transceiver.direction = "sendrecv" if transceiver.kind == "video" else "recvonly"
        if transceiver.kind == "video":
            transceiver.sender.replaceTrack(clip.video)
    await leg.setLocalDescription(await leg.createAnswer())
    await say("call.answer", {"leg": offer["leg"], "sdp": leg.localDescription.sdp}, seq=1)
    return leg


async def serve(port: int = 0) -> tuple[web.AppRunner, int, StaffGallery]:
    """Start on loopback; returns the runner to clean up, the port, and the gallery."""
    gallery = StaffGallery()
    runner = web.AppRunner(gallery.app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, runner.addresses[0][1], gallery


async def _main() -> None:
    runner, port, _ = await serve(int(sys.argv[1]) if len(sys.argv) > 1 else 8098)
    sys.stdout.write(f"http://127.0.0.1:{port}/teller?state=idle\n")
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_main())
