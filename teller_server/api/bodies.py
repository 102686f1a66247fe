"""Reading JSON bodies: bounded, typed, closed."""

from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from teller_server.domain.errors import Refusal

LARGEST = 64 * 1024

B = TypeVar("B", bound="Body")

# What a person types is shown to others and sealed: one line, no control characters.
Typed = StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")


class Body(BaseModel):
    """A request body: unknown fields are refused, values are not coerced."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


async def read_body(request: web.Request, kind: type[B]) -> B:
    """The request's JSON as `kind`. Raises Refusal: unsupported_type, too_large, bad_request."""
    if request.content_type != "application/json":
        raise Refusal("unsupported_type")
    raw = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        raw += chunk
        if len(raw) > LARGEST:
            raise Refusal("too_large")
    try:
        return kind.model_validate_json(bytes(raw))
    except (ValidationError, RecursionError, ValueError) as bad:
        place = ""
        if isinstance(bad, ValidationError):
            first = bad.errors(include_url=False, include_input=False, include_context=False)[0]
            place = ".".join(str(part)[:64] for part in first["loc"])[:200]
        raise Refusal("bad_request", field=place) from None
