"""The gap ledger of one party, kept while it happens: what is not there has a cause (pure).

For each medium every millisecond from the party's joining to its leaving is either covered by what
was recorded (a packet of speech by its own duration, a picture until the next one, at most 500 ms)
or declared lost. A cause is never a guess: it names (`event`) a record of the same log that shows
it. What nothing shows is `unknown`, and the recording is then not complete.

`recording.presence` judges the same from the decrypted media, without this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from recording import records as rec

UNKNOWN: Final = "unknown"
PICTURE_MS: Final = 500  # so long a picture stands for what was to be seen
NOISE_MS: Final = 20  # a hole that the placing of frames alone can make
REACH_MS: Final = 45_000  # a state explains what was missing so long before it was noticed
BEAT_MS: Final = 10_000  # a hole that goes on is declared this often
SAFE_MS: Final = 5_000  # what is younger may still come
_KINDS: Final = ("audio", "video")
_OFF: Final = {"audio": "muted", "video": "camera_off"}
# the first one that holds is the cause
_STANDING: Final = (
    "recorder_restart", "leg_down", "not_offered", "muted", "camera_off", "leg_paused",
    "leg_starting",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is missing, and the id of the record that shows it (None for unknown)."""

    name: str
    event: str | None


@dataclass(slots=True)
class _Medium:
    """`covered`: accounted for up to here; None before the party joined."""

    covered: int | None = None
    standing: dict[str, str] = field(default_factory=dict)
    turns: list[tuple[int, Cause | None]] = field(default_factory=list)

    def cause(self) -> Cause | None:
        found = next((name for name in _STANDING if name in self.standing), None)
        return None if found is None else Cause(found, self.standing[found])

    def turn(self, at_ms: int) -> None:
        """Remember from when on the present cause holds."""
        now = self.cause()
        if (self.turns[-1][1] if self.turns else None) != now:
            self.turns.append((at_ms, now))


class Ledger:
    """Says which gaps to declare. Every method returns the `gap` records that are due."""

    def __init__(self) -> None:
        self._media = {kind: _Medium() for kind in _KINDS}
        self._heard_ms = 0  # the newest frame of any medium: till then the leg was alive

    def covered(self, kind: str) -> int | None:
        """Up to which millisecond this medium is accounted for."""
        return self._media[kind].covered

    def began(self, kind: str, at_ms: int) -> None:
        """Something came that can't be shown yet: from here on it is missing."""
        medium = self._media[kind]
        if medium.covered is None:
            medium.covered = at_ms

    def taken_up(self, kind: str, covered: int, event: str) -> None:
        """An earlier writer left here; `event` is the record of this one's beginning."""
        medium = self._media[kind]
        medium.covered = covered
        medium.standing["recorder_restart"] = event
        medium.turn(covered)

    def leg_up(self, at_ms: int, kinds: tuple[str, ...], event: str) -> None:
        """The party joins, or comes back on a new leg that may send `kinds`."""
        for kind, medium in self._media.items():
            if medium.covered is None:
                medium.covered = at_ms
            for name in ("recorder_restart", "leg_down", "leg_paused", "not_offered"):
                medium.standing.pop(name, None)
            medium.standing["leg_starting" if kind in kinds else "not_offered"] = event
            medium.turn(at_ms)

    def leg_state(self, at_ms: int, state: str, event: str) -> None:
        """The leg is `paused`, `resumed` or has `ended`."""
        for medium in self._media.values():
            if state == "resumed":
                medium.standing.pop("leg_paused", None)
            else:
                medium.standing["leg_paused" if state == "paused" else "leg_down"] = event
            medium.turn(at_ms)

    def switched(self, kind: str, on: bool, at_ms: int, event: str) -> None:
        """The person switched this medium on or off."""
        medium = self._media[kind]
        if on:
            medium.standing.pop(_OFF[kind], None)
        else:
            medium.standing[_OFF[kind]] = event
        medium.turn(at_ms)

    def frame(
        self, kind: str, at_ms: int, lasts_ms: int, derived: Cause | None
    ) -> list[rec.Record]:
        """One frame that is recorded; `derived` is what its numbers say of a hole before it."""
        medium = self._media[kind]
        found: list[rec.Record] = []
        hole = 0 if medium.covered is None else at_ms - medium.covered
        if hole > NOISE_MS or (hole > 0 and derived is not None):
            found = self._declare(kind, at_ms, derived or Cause(UNKNOWN, None))
        for name in ("leg_starting", "recorder_restart"):
            medium.standing.pop(name, None)
        now = medium.cause()
        medium.turns = [(at_ms, now)] if now else []
        medium.covered = max(medium.covered or 0, at_ms + lasts_ms)
        self._heard_ms = max(self._heard_ms, at_ms)
        return found

    def dropped(self, kind: str, to_ms: int, event: str) -> list[rec.Record]:
        """Frames that came and could not be kept, the last one at `to_ms`."""
        medium = self._media[kind]
        if medium.covered is None or to_ms <= medium.covered:
            return []
        return self._declare(kind, to_ms, Cause("recorder_overflow", event), always=True)

    def beat(self, now_ms: int, derive: Callable[[str], Cause | None]) -> list[rec.Record]:
        """What has been missing for long, for a reason that still holds, declared as it grows.
        `derive` is asked what the numbers say of a time before that reason held."""
        found: list[rec.Record] = []
        until = now_ms - SAFE_MS
        for kind, medium in self._media.items():
            if medium.covered is None or until - medium.covered < BEAT_MS:
                continue
            if medium.cause() is not None and medium.turns[-1][0] <= until:
                found += self._declare(kind, until, derive(kind) or Cause(UNKNOWN, None))
        return found

    def end(self, at_ms: int, event: str, derived: dict[str, Cause]) -> list[rec.Record]:
        """The party leaves; `derived` is what the last numbers of each medium say. What was under
        way just then is no loss of anything else: `event` is the record of the end."""
        found: list[rec.Record] = []
        for kind, medium in self._media.items():
            hole = 0 if medium.covered is None else at_ms - medium.covered
            if hole > PICTURE_MS:
                found += self._declare(kind, at_ms, derived.get(kind) or Cause(UNKNOWN, None))
            elif hole > 0:
                found += self._declare(kind, at_ms, Cause("call_ended", event), always=True)
        return found

    def _declare(
        self, kind: str, until: int, derived: Cause, *, always: bool = False
    ) -> list[rec.Record]:
        """The hole up to `until` as gaps, one for each cause that held in turn."""
        medium = self._media[kind]
        since = medium.covered or 0
        medium.covered = until
        turns = [] if always else medium.turns
        pieces = _pieces(since, until, turns, derived, self._heard_ms)
        now = medium.cause()
        medium.turns = [(until, now)] if now else []
        return [rec.gap(kind, a, b, cause.name, cause.event) for a, b, cause in pieces]


def _pieces(
    since: int, until: int, turns: list[tuple[int, Cause | None]], derived: Cause, heard: int
) -> list[tuple[int, int, Cause]]:
    """[since, until) cut where the cause changed. Stretches without one take the cause beside them,
    as far as it reaches: silence is noticed late, and a camera needs a while to come back."""
    cuts: list[tuple[int, Cause | None]] = [(since, None)]
    for at, cause in turns:
        cuts.append((min(max(at, since), until), cause))
    stops = [at for at, _ in cuts[1:]] + [until]
    spans = [(a, b, cause) for (a, cause), b in zip(cuts, stops, strict=True) if b > a]
    found: list[tuple[int, int, Cause]] = []
    for n, (a, b, cause) in enumerate(spans):
        if cause is not None:
            found.append((a, b, cause))
            continue
        before = spans[n - 1][2] if n else None
        after = spans[n + 1][2] if n + 1 < len(spans) else None
        found += _lent(a, b, before, after, derived, heard)
    return _joined(found)


def _lent(
    a: int, b: int, before: Cause | None, after: Cause | None, derived: Cause, heard: int
) -> list[tuple[int, int, Cause]]:
    """A stretch without a cause of its own."""
    if before is not None:
        edge = min(a + REACH_MS, b)
        parts = [(a, edge, before), (edge, b, derived)]
    elif after is not None:
        late = after.name in ("leg_down", "leg_paused") and heard - a > NOISE_MS
        alive = heard if late else a
        edge = min(max(b - REACH_MS, a, alive), b)
        parts = [(a, edge, derived), (edge, b, after)]
    else:
        parts = [(a, b, derived)]
    return [part for part in parts if part[1] > part[0]]


def _joined(pieces: list[tuple[int, int, Cause]]) -> list[tuple[int, int, Cause]]:
    joined: list[tuple[int, int, Cause]] = []
    for a, b, cause in pieces:
        if joined and joined[-1][2] == cause and joined[-1][1] == a:
            joined[-1] = (joined[-1][0], b, cause)
        else:
            joined.append((a, b, cause))
    return joined
