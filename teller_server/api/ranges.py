"""Numbers that a stranger writes: HTTP byte ranges (RFC 9110 §14) and counts in a query."""

import re

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
