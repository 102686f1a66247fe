"""What a stranger writes in a query: HTTP byte ranges (RFC 9110 §14), counts, pages and days."""

import re
from datetime import UTC, date, datetime, time, timedelta

from teller_server.domain.errors import Refusal

# Eighteen digits are more than any file and fit into what a database counts with.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
_COUNT = re.compile(r"[0-9]{1,9}\Z")


def read_range(header: str | None, size: int) -> tuple[int, int, bool] | None:
    """(start, stop, partial) of `size` bytes; None when the range can't be satisfied (416).

    One range is honoured; anything stranger gets the whole.
    """
    match = _RANGE.match(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size, False
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return 0, size, False  # invalid, to be ignored (§14.1.1)
    if first == "":
        start, stop = max(0, size - int(last)), size
    else:
        start = int(first)
        stop = min(int(last) + 1, size) if last else size
    if start >= stop or start >= size:
        return None
    return start, stop, True


def read_count(text: str | None, otherwise: int) -> int:
    """A count of at most nine digits, or `otherwise`."""
    return int(text) if text and _COUNT.match(text) else otherwise


def read_page(text: str, field: str = "page") -> int:
    """A page's number, from 1 to a million. Raises Refusal bad_request."""
    page = read_count(text, 0)
    if not 1 <= page <= 10**6:
        raise Refusal("bad_request", field=field)
    return page


def read_day(text: str | None, field: str) -> datetime | None:
    """Midnight (UTC) of a day, `2026-06-13` (RFC 3339 full-date). Raises Refusal bad_request."""
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal("bad_request", field=field) from None
    if day.isoformat() != text or not 1970 <= day.year <= 9000:
        raise Refusal("bad_request", field=field)
    return datetime.combine(day, time(), UTC)


def read_day_after(text: str | None, field: str = "to") -> datetime | None:
    """The first moment that is not of this day any more. Raises Refusal bad_request."""
    day = read_day(text, field)
    return day + timedelta(days=1) if day else None
