"""What may be done by video at all, told before anybody queues; and an objection afterwards."""

from collections.abc import Mapping
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from teller_server.api.bodies import Body, Typed, read_body
from teller_server.api.consents import consents_part
from teller_server.api.keys import branch_of
from teller_server.api.papers import seated
from teller_server.api.problems import language_of
from teller_server.desk.branch import Branch
from teller_server.desk.views.teller_step import field_part
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.script import CUSTOMER, ServiceScript


class Asked(Body):
    """A service and what its intake asks; see the service's `intake`."""

    service: str = Field(min_length=1, max_length=64)
    intake: dict[str, Annotated[str, Typed, Field(max_length=500)]] = Field(
        default_factory=dict, max_length=16
    )
    language: str = Field(default="zh-CN", max_length=16)


class Objection(Body):
    reason: Annotated[str, Typed, Field(min_length=4, max_length=2000)]


async def scope(request: web.Request) -> web.Response:
    """Judge the wish: allowed, limited or denied, with the lawful way offered."""
    form, desk = await read_body(request, Asked), branch_of(request)
    return web.json_response(scope_answer(desk, form, language_of(request)))


def scope_answer(desk: Branch, form: Asked, language: str) -> dict[str, Any]:
    """A decision in words; each clause says where it comes from, and whether we saw its wording."""
    found = desk.admission.judge(form.service, form.intake)
    return {
        "decision": found.decision,
        "title": found.title.get(language, desk.scripts[form.service].title[language]),
        "message": found.message.get(language, ""),
        "offers": [
            {"title": offer.title[language], "text": offer.text[language]} for offer in found.offers
        ],
        "clauses": [desk.rules.clause(name, language) for name in found.clauses],
    }


async def objection(request: web.Request) -> web.Response:
    """The customer objects to a decision against them."""
    form, (visit, party) = await read_body(request, Objection), await seated(request)
    if party != CUSTOMER:
        raise Refusal("nothing_to_object_to")
    desk = branch_of(request)
    reason = await desk.service.seal(visit.id, "objection", form.reason)
    await desk.counter.act(visit.id, c.Object(reason))
    return web.json_response({"status": "open"}, status=201)


def service_part(desk: Branch, script: ServiceScript, language: str) -> Mapping[str, Any]:
    """A service as the start page offers it."""
    return {
        "id": script.service,
        "title": script.title[language],
        "summary": script.summary[language],
        "minutes": script.minutes,
        "needs": [words[language] for words in script.bring],
        "intake": [
            {"name": f.name, "label": f.label[language], **field_part(f, language)}
            for f in script.intake
        ],
        "consents": consents_part(desk, script, language),
    }
