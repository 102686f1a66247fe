"""The public door for receipts: no account, nothing personal, a few questions per address."""

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import Field

from signaling.limits import Buckets
from teller_server.api.bodies import Body, read_body
from teller_server.api.guards import client_address
from teller_server.api.keys import branch_of
from teller_server.desk.receipts import Claim
from teller_server.domain.errors import Refusal

QUESTIONS = web.AppKey("questions", Buckets)
QUESTIONS_AT_ONCE = 10.0
QUESTIONS_A_SECOND = 1 / 30
MOST_HEADS = 600  # five hours of heads; the body's own limit is below that of any receipt

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReceiptHead(Body):
    n: Annotated[int, Field(ge=1, le=1_000_000)]
    digest: Digest


class ReceiptClaim(Body):
    visit: Annotated[str, Field(pattern=r"^visit-[A-Za-z0-9._-]{1,64}$")]
    evidence_digest: Digest | None = None
    heads: list[ReceiptHead] = Field(default_factory=list, max_length=MOST_HEADS)


async def check_receipt(request: web.Request) -> web.Response:
    """Whether the bank still holds what this receipt says."""
    desk = branch_of(request)
    address = client_address(request, desk.settings)
    bucket, now = request.config_dict[QUESTIONS].of(address), asyncio.get_running_loop().time()
    if not bucket.take(now):
        raise Refusal("too_many_requests", retry_after=int(bucket.wait(now)) + 1)
    asked = await read_body(request, ReceiptClaim)
    heads = [(head.n, head.digest) for head in asked.heads]
    answer = await desk.receipts.check(Claim(asked.visit, asked.evidence_digest, heads))
    return web.json_response(answer)
