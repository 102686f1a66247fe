"""A register behind HTTP: it speaks a language of its own and knows the demo's tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from teller_server.systems.demo_registers import DemoRegistry
from teller_server.systems.registry import Answer
from teller_server.systems.registry_description import parse_registers
from teller_server.systems.registry_http import MAX_ANSWER, HttpRegistry

SECRET = "register secret"
TOLD = """
name: Test registers
base: BASE
timeout: {connect: 1, total: TOTAL}
headers: {X-Branch: "0571"}
checks:
  citizen:
    path: /idcheck
    body: {xm: "{name}", sfzh: "{number}", zp: "{portrait?}"}
    outcome: jg
    words: {"00": match, "01": mismatch, "09": unreachable}
    reasons: yy
    codes: {NAME: name_differs, NONE: number_unknown, PHOTO: photo_differs, OFF: document_cancelled}
    reference: lsh
  company:
    path: /company
    body: {code: "{credit_code}", name: "{name}", person: "{legal_representative}"}
    outcome: data.same
    words: {"true": match, "false": mismatch}
    reasons: data.why
    codes: {GONE: company_closed, LIST: company_abnormal, REP: representative_differs,
            NAME: name_differs, "404": company_unknown}
    reference: data.no
    mismatch_statuses: [404]
  screening:
    path: /names
    body: {q: "{name}", id: "{code}", kind: "{kind}"}
    outcome: hits
    words: {"0": match, "*": mismatch}
    reasons: lists
    codes: {AML: listed, UBO: owner_listed}
    reference: id
  phone:
    path: /phone
    body: {msisdn: "{phone}", id: "{document}"}
    outcome: result
    words: {"Y": match, "N": mismatch}
    reasons: reason
    codes: {HELD: phone_of_another, FREE: phone_unknown}
    reference: ref
"""
_THEIRS = {
    "name_differs": "NAME", "number_unknown": "NONE", "photo_differs": "PHOTO",
    "document_cancelled": "OFF", "company_closed": "GONE", "company_abnormal": "LIST",
    "representative_differs": "REP", "listed": "AML", "owner_listed": "UBO",
    "phone_of_another": "HELD", "phone_unknown": "FREE",
}  # fmt: skip

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Register:
    """What was asked, and how it misbehaves: `odd` answers instead, when there is one."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.odd: Handler | None = None
        self.base = ""
        self._knows = DemoRegistry()

    def adapter(self, secret: str | None = SECRET, total: int = 3) -> HttpRegistry:
        told = TOLD.replace("BASE", self.base).replace("TOTAL", str(total))
        return HttpRegistry(parse_registers(told, "registers.yaml"), secret)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(body)
        self.headers.append(dict(request.headers))
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.Response(status=401)
        if self.odd is not None:
            return await self.odd(request)
        return await getattr(self, request.path.strip("/"))(body)

    async def idcheck(self, body: dict[str, Any]) -> web.Response:
        portrait = body["zp"].encode() if body.get("zp") else None
        found = await self._knows.citizen(body["xm"], body["sfzh"], portrait)
        if found.outcome == "unreachable":
            return web.Response(status=503)
        said = {"jg": "01" if found.reasons else "00", "yy": _why(found), "lsh": found.reference}
        return web.json_response(said)

    async def company(self, body: dict[str, Any]) -> web.Response:
        found = await self._knows.company(body["code"], body["name"], body["person"])
        if found.outcome == "unreachable":
            return web.Response(status=500)
        if found.reasons == ("company_unknown",):
            return web.json_response({"data": {"no": found.reference}}, status=404)
        said = {"same": not found.reasons, "why": _why(found), "no": found.reference}
        return web.json_response({"data": said})

    async def names(self, body: dict[str, Any]) -> web.Response:
        found = await self._knows.screening(body["q"], body["id"], body["kind"])
        if found.outcome == "unreachable":
            return web.Response(status=429)
        said = {"hits": len(found.reasons), "lists": _why(found), "id": found.reference}
        return web.json_response(said)

    async def phone(self, body: dict[str, Any]) -> web.Response:
        found = await self._knows.phone(body["msisdn"], body["id"])
        if found.outcome == "unreachable":
            return web.Response(status=502)
        (why, *_) = (*_why(found), "")
        said = {"result": "N" if why else "Y", "reason": why, "ref": found.reference}
        return web.json_response(said)

    # ---- misbehaviour

    async def silent(self, _request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def elsewhere(self, _request: web.Request) -> web.StreamResponse:
        return web.HTTPFound(f"{self.base}/phone")

    async def endless(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=b'{"result": "Y", "x": "' + b"x" * MAX_ANSWER + b'"}')

    async def garbled(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<html>yes</html>")

    async def unheard_of(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"result": "perhaps", "ref": "李雷 330106199001010028"})

    async def puts_it_oddly(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"result": "N", "reason": "belongs to 李雷", "ref": "x y"})


def _why(found: Answer) -> list[str]:
    return [_THEIRS[code] for code in found.reasons]


@asynccontextmanager
async def register() -> AsyncIterator[Register]:
    """It runs while the block lasts."""
    one, app = Register(), web.Application()
    app.router.add_post("/{path}", one.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    one.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield one
    finally:
        await runner.cleanup()
