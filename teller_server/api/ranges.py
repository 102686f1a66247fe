"""HTTP byte ranges (RFC 9110 §14): one range is honoured, anything stranger gets the whole."""

import re

_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


def read_range(header: str | None, size: int) -> tuple[int, int, bool] | None:
    """(start, stop, partial) of `size` bytes; None when the range can't be satisfied (416)."""
    match = _RANGE.match(header.strip()) if header else None
    if match is None or match.groups() == ("", ""):
        return 0, size, False
    first, last = match.groups()
    if first == "":
        start, stop = max(0, size - int(last)), size
    else:
        start = int(first)
        stop = min(int(last) + 1, size) if last else size
    if start >= stop or start >= size:
        return None
    return start, stop, True
