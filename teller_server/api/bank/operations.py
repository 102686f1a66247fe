"""One operation of the bank's interface: what OpenAPI says of it and what runs are one value."""

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from teller_server.api.bank.keys import caller
from teller_server.api.bodies import Body, read_body
from teller_server.api.keys import branch_of
from teller_server.api.problems import Report
from teller_server.api.words import say
from teller_server.desk.branch import Branch
from teller_server.domain.errors import Refusal
from teller_server.store.bank import Answered, BankKey

PROBLEM = "application/problem+json"
STATUS = {
    "key_needed": 401,
    "scope_missing": 403,
    "idempotency_key_reused": 422,
    "unknown_service": 404,
    "no_such_paper": 404,
    "form_invalid": 422,
    "language_not_offered": 422,
}


@dataclass(frozen=True)
class Ask:
    """What a handler is given: the request, who asks, and the body if there is one."""

    request: web.Request
    key: BankKey
    body: Any = None

    @property
    def desk(self) -> Branch:
        return branch_of(self.request)

    def path(self, name: str) -> str:
        return self.request.match_info[name]


Handler = Callable[[Ask], Awaitable[BaseModel | web.StreamResponse]]


@dataclass(frozen=True)
class Parameter:
    """A parameter of path or query, as JSON Schema."""

    name: str
    place: str
    about: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """`answer` is None where a file is given; `once`: an Idempotency-Key is needed."""

    id: str
    method: str
    path: str
    scope: str
    summary: str
    handler: Handler
    answer: type[BaseModel] | None
    status: int = 200
    body: type[Body] | None = None
    media_type: str = "application/json"
    once: bool = False
    parameters: tuple[Parameter, ...] = ()

    def route(self, prefix: str) -> web.RouteDef:
        """As aiohttp knows it."""
        path = self.path
        for parameter in self.parameters:
            if parameter.place == "path" and "pattern" in parameter.schema:
                pattern = parameter.schema["pattern"].strip("^$")
                path = path.replace(f"{{{parameter.name}}}", f"{{{parameter.name}:{pattern}}}")
        return web.route(self.method, prefix + path, self._answered)

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        key = await caller(request, self.scope)
        self._check_query(request)
        body = await read_body(request, self.body) if self.body else None
        ask = Ask(request, key, body)
        if not self.once:
            return self._response(await self.handler(ask))
        wanted = request.headers.get("Idempotency-Key", "")
        if not 8 <= len(wanted) <= 64 or not wanted.isascii() or not wanted.isprintable():
            raise Refusal("idempotency_key_needed")
        return await self._once(ask, wanted)

    async def _once(self, ask: Ask, wanted: str) -> web.StreamResponse:
        """The first answer to a key is the answer to every repetition of the same request."""
        store, now = ask.desk.store.bank, ask.desk.counter.now()
        before = await store.begin(ask.key.id, wanted, self._digest(ask), now)
        if before is not None:
            sealed = ask.desk.strongroom.open_answer(ask.key.id, before.body)
            return web.Response(text=sealed, status=before.status, content_type=self.media_type)
        try:
            response = self._response(await self.handler(ask))
        except BaseException:
            await store.end(ask.key.id, wanted, None)
            raise
        text = response.text if isinstance(response, web.Response) else ""
        kept = ask.desk.strongroom.seal_answer(ask.key.id, text or "")
        await store.end(ask.key.id, wanted, Answered(response.status, kept))
        return response

    def _digest(self, ask: Ask) -> str:
        """Tells two requests apart; keyed, as whom a request is about could be guessed from it."""
        plain = ask.body.model_dump_json() if ask.body else ""
        whole = f"request\n{self.id}\n{ask.request.path}\n{plain}"
        return hmac.new(ask.desk.strongroom.answers, whole.encode(), hashlib.sha256).hexdigest()

    def _response(self, answer: BaseModel | web.StreamResponse) -> web.StreamResponse:
        if isinstance(answer, web.StreamResponse):
            return answer
        text = json.dumps(answer.model_dump(mode="json"), ensure_ascii=False)
        return web.Response(text=text, status=self.status, content_type="application/json")

    def _check_query(self, request: web.Request) -> None:
        known = {one.name for one in self.parameters if one.place == "query"}
        unknown = sorted(set(request.query) - known)
        if unknown:
            raise Refusal("bad_request", field=unknown[0][:64])


def answer_problem(request: web.Request, told: Report) -> web.Response:
    """RFC 9457: `type` is a relative reference to the code's line in the documentation."""
    status = STATUS.get(told.code, told.status)
    body: dict[str, Any] = {
        "type": f"/api/bank/docs#{told.code}",
        "title": say(told.code, "en"),
        "status": status,
        "code": told.code,
        "detail": say(told.code, request.headers.get("Accept-Language", "en")),
    }
    if told.field:
        body["field"] = told.field
    headers = {"Retry-After": str(told.retry_after)} if told.retry_after else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type=PROBLEM, headers=headers)
