"""Canned answers for the administrator's page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from teller_server.desk.scripts import load_scripts
from teller_server.domain.diagram import diagram
from teller_server.domain.outline import outline
from tests.web.gallery_views import iso

Json = dict[str, Any]

SECRET = "whsec_" + "QUJD" * 11
HOOK = "hook-01JD0000000000000000000000"
TYPES = (
    "visit.opened", "visit.service_began", "visit.ended", "visit.review_asked",
    "visit.review_overdue", "visit.review_decided", "visit.effect_settled", "visit.closed",
    "visit.objected",
)  # fmt: skip


def waiting(*, empty: bool) -> Json:
    """A change that was given up, one that is tried again, a notice that did not go out."""
    effect = {
        "visit": "visit-01JD0000000000000000000001",
        "ticket": "A018",
        "service_title": "个人信息变更",
        "effect": "core.change_details",
        "state": "dead_lettered",
        "attempts": 8,
        "created_at": iso(-5400),
        "due_at": None,
        "cause": "核心系统无法连接，稍后自动重试。",
    }
    later = {
        **effect,
        "visit": "visit-01JD0000000000000000000002",
        "ticket": "A019",
        "state": "pending",
        "attempts": 3,
        "due_at": iso(40),
    }
    notice = {
        "id": "notice-0123456789ABCDEF0123456789",
        "visit": "visit-01JD0000000000000000000003",
        "receiver": "before",
        "attempts": 10,
        "created_at": iso(-3600),
        "cause": "短信通道拒绝向该号码发送。",
    }
    late = {
        "visit": "visit-01JD0000000000000000000004",
        "ticket": "A016",
        "service_title": "个人贷款面谈与面签",
        "due_at": iso(-5400),
        "escalated": True,
        "waits_for": "colleague",
    }
    if empty:
        return {"effects": [], "notices": [], "overdue": []}
    return {"effects": [effect, later], "notices": [notice], "overdue": [late]}


def storage(*, empty: bool) -> Json:
    """A bucket with a backlog, or a branch that has only its own disk."""
    if empty:
        disk = {"free_mb": 70_000, "needed_mb": 512}
        vault: Json = {"kind": "none", "locks": False, "waiting": 0, "statements": 0}
        vault |= {"oldest": None, "failing": []}
        return {"disk": disk, "vault": vault}
    task = {
        "recording": "rec-01JD0000000000000000000002",
        "since": iso(-4000),
        "attempts": 6,
        "again_at": iso(200),
        "cause": "证据库暂时无法连接，系统会自动重试。",
    }
    vault = {"kind": "s3", "locks": True, "waiting": 3, "statements": 2}
    vault |= {"oldest": iso(-4000), "failing": [task]}
    return {"disk": {"free_mb": 2900, "needed_mb": 1712}, "vault": vault}


def endpoints(*, empty: bool) -> Json:
    endpoint = {
        "id": HOOK,
        "url": "https://hooks.bank.example:8443/teller/events",
        "title": "客户关系系统",
        "types": list(TYPES),
        "state": "on",
        "created_at": iso(-86400),
        "former_until": iso(3600),
    }
    return {"types": list(TYPES), "endpoints": [] if empty else [endpoint]}


def deliveries() -> Json:
    delivery = {
        "event": "evt-01JD0000000000000000000001",
        "type": "visit.closed",
        "visit": "visit-01JD0000000000000000000001",
        "state": "delivered",
        "attempts": 1,
        "at": iso(-60),
        "due_at": None,
        "cause": None,
    }
    waits = {"event": "evt-2", "state": "pending", "attempts": 2, "due_at": iso(30)}
    dead = {"event": "evt-3", "state": "dead", "attempts": 8, "cause": "接收地址无法连接。"}
    return {"deliveries": [delivery, {**delivery, **waits}, {**delivery, **dead}]}


def _empty(request: web.Request) -> bool:
    return request.cookies.get("state") == "empty"


async def _waiting(request: web.Request) -> web.Response:
    return web.json_response(waiting(empty=_empty(request)))


def keys(*, empty: bool) -> Json:
    stolen = {
        "kind": "unexplained", "at": "2026-11-23T03:12:00+00:00", "use": "",
        "path": "transit/decrypt/teller-server", "token": "token", "address": "10.0.0.7",
    }  # fmt: skip
    return {
        "wrapper": "file" if empty else "openbao",
        "demo": empty,
        "watched": not empty,
        "read_at": None if empty else "2026-11-23T04:00:00+00:00",
        "late": False,
        "findings": [] if empty else [stolen],
    }


async def _keys(request: web.Request) -> web.Response:
    return web.json_response(keys(empty=_empty(request)))


async def _storage(request: web.Request) -> web.Response:
    return web.json_response(storage(empty=_empty(request)))


async def _faces(request: web.Request) -> web.Response:
    return web.json_response({"kept": 0 if _empty(request) else 83_412, "most": 100_000})


async def _endpoints(request: web.Request) -> web.Response:
    return web.json_response(endpoints(empty=_empty(request)))


async def _deliveries(_: web.Request) -> web.Response:
    return web.json_response(deliveries())


CLAUSES = [{"id": "CN-B-06", "verified": False}, {"id": "CN-P-02", "verified": True}]


def services() -> Json:
    """One service of the release, as the branch tells of it."""
    script = load_scripts()["change_of_details"]
    steps = [step | {"clauses": CLAUSES} for step in outline(script, "en")]
    found = {
        "service": script.service,
        "title": script.title["en"],
        "summary": script.summary["en"],
        "version": script.version,
        "digest": script.digest,
        "steps": steps,
        "flow": f"/api/admin/services/{script.service}/flow.svg",
    }
    return {"services": [found]}


async def _services(_: web.Request) -> web.Response:
    return web.json_response(services())


async def _flow(_: web.Request) -> web.Response:
    picture = diagram(load_scripts()["change_of_details"], "en")
    return web.Response(text=picture, content_type="image/svg+xml")


async def _act(request: web.Request) -> web.Response:
    """Every act asks for the password first when the state says so."""
    proved = request.cookies.get("proved") or request.cookies.get("state") != "stale"
    if not proved:
        said = {"code": "fresh_authentication_required", "message": "请再次验证身份。"}
        return web.json_response(said, status=403)
    return web.json_response({"effect": "pending", "secret": SECRET, "id": HOOK}, status=202)


async def _freshen(_: web.Request) -> web.Response:
    response = web.json_response({"fresh_until": iso(600)})
    response.set_cookie("proved", "1")
    return response


ROUTES = (
    web.get("/api/admin/effects", _waiting),
    web.post("/api/admin/effects/{visit}/{act}", _act),
    web.post("/api/admin/notices/{notice}/again", _act),
    web.get("/api/admin/storage", _storage),
    web.get("/api/admin/keys", _keys),
    web.get("/api/admin/faces", _faces),
    web.get("/api/admin/webhooks", _endpoints),
    web.post("/api/admin/webhooks", _act),
    web.post("/api/admin/webhooks/{endpoint}/{act}", _act),
    web.get("/api/admin/webhooks/{endpoint}/deliveries", _deliveries),
    web.post("/api/admin/webhooks/{endpoint}/deliveries/{event}/again", _act),
    web.post("/api/admin/fresh", _freshen),
    web.get("/api/admin/services", _services),
    web.get("/api/admin/services/{service}/flow.svg", _flow),
)
