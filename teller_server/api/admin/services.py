"""The services of this branch as it runs them: outline, conditions, clauses, and the flow drawn."""

import asyncio
from typing import Any

from aiohttp import web

from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.domain.diagram import diagram
from teller_server.domain.errors import Refusal
from teller_server.domain.outline import outline, said
from teller_server.domain.policy import BranchPolicy, CompiledService

SERVICE = "{service:[a-z][a-z0-9_]{0,63}}"
SVG = "image/svg+xml"


async def services(request: web.Request) -> web.Response:
    """Every service: what it is, its steps in one language, and which clauses each step serves."""
    language = language_of(request)
    rules = branch_of(request).rules
    told = [_service(one, rules.policy, language) for one in rules.compiled.values()]
    return web.json_response({"services": told})


async def flow(request: web.Request) -> web.Response:
    """The flow of one service as a picture."""
    script = branch_of(request).scripts.get(request.match_info["service"])
    if script is None:
        raise Refusal("unknown_service", service=request.match_info["service"])
    picture = await asyncio.to_thread(diagram, script, language_of(request))
    headers = {"Cache-Control": "private, no-store"}
    return web.Response(text=picture, content_type=SVG, charset="utf-8", headers=headers)


def _service(compiled: CompiledService, policy: BranchPolicy, language: str) -> dict[str, Any]:
    script = compiled.script
    clauses = _clauses(compiled, policy)
    steps = [step | {"clauses": clauses.get(step["id"], [])} for step in outline(script, language)]
    return {
        "service": script.service,
        "title": said(script.title, language),
        "summary": said(script.summary, language),
        "version": script.version,
        "digest": script.digest,
        "minutes": script.minutes,
        "languages": list(script.languages),
        "conditions": [{"name": name, "text": c.text} for name, c in script.conditions.items()],
        "guests": [said(guest.title, language) for guest in script.guests],
        "papers": [said(title, language) for title in script.papers.values()],
        "steps": steps,
        "flow": f"/api/admin/services/{script.service}/flow.svg",
    }


def _clauses(compiled: CompiledService, policy: BranchPolicy) -> dict[str, list[dict[str, Any]]]:
    """The clauses that each step serves, by step; and of each whether its wording was verified."""
    found: dict[str, list[dict[str, Any]]] = {}
    for clause, guards in sorted(compiled.clauses.items()):
        told = {"id": clause, "verified": policy.clause(clause).verified}
        for guard in guards:
            found.setdefault(guard, []).append(told)
    return found


ROUTES = (
    web.get("/services", services),
    web.get(f"/services/{SERVICE}/flow.svg", flow),
)
