"""What two people and the recording notice of a bad network, condition by condition.

`python -m bench.network [--json] [--only WORDS]`

Two Chromium processes talk through the real relay, the customer's over a userspace laboratory that
loses, delays, narrows or silences both ways or one; nothing needs a privilege. Each condition is
one call: how sharp it begins, what is decoded of what was encoded, freezes, concealed speech, what
the recording has of it, and after a squeeze how long until the picture is whole again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench._network_room import Room, camera, pages, room, totals
from bench.machine import describe
from tests.network.impairments import Blackout, Bottleneck, Delay, Impairment, Line, Loss

WAY: Final = 0.02  # seconds there, and back, in every condition
SHARP: Final = 850_000  # bit/s of a picture that fills 640×480 at 25/s
CALM, TROUBLE, AFTER = 12.0, 25.0, 35.0  # seconds
PARTIES: Final = ("customer", "teller")
OPEN: Final = float("inf")
TOO_LATE: Final = 999.0  # seconds: it was not seen before the call ended


@dataclass(frozen=True)
class Condition:
    """`steady` impairs the whole call; `trouble` begins after `CALM` and `healed` ends it."""

    words: str
    up: tuple[Impairment, ...] = ()
    down: tuple[Impairment, ...] = ()
    begin: Callable[[], None] | None = None
    end: Callable[[], None] | None = None
    seconds: float = TROUBLE


def squeezed(words: str, rate: float, *, up: bool, down: bool) -> Condition:
    """A bottleneck that is wide open before and after."""
    lines = {"up": Bottleneck(OPEN), "down": Bottleneck(OPEN)}
    chosen = [lines[name] for name, wanted in (("up", up), ("down", down)) if wanted]

    def become(rate: float) -> None:
        for line in chosen:
            line.rate = rate

    return Condition(
        words,
        (lines["up"],),
        (lines["down"],),
        lambda: become(rate),
        lambda: become(OPEN),
    )


def darkened(words: str, seconds: float) -> Condition:
    up, down = Blackout(), Blackout()

    def become(dark: bool) -> None:
        up.dark = down.dark = dark

    return Condition(words, (up,), (down,), lambda: become(True), lambda: become(False), seconds)


def lossy(share: float) -> Condition:
    return Condition(_lost(share), (Loss(share, 1),), (Loss(share, 2),))


def _lost(share: float) -> str:
    return f"{share:.0%} lost both ways"


def conditions() -> list[Condition]:
    return [
        Condition("nothing lost"),
        lossy(0.05),
        lossy(0.10),
        lossy(0.30),
        squeezed("400 kbit/s up", 400_000, up=True, down=False),
        squeezed("400 kbit/s down", 400_000, up=False, down=True),
        squeezed("150 kbit/s both ways", 150_000, up=True, down=True),
        darkened("20 s of nothing", 20.0),
    ]


class Watch:
    """Totals of both pages, once a second, with the second since the customer's first frame."""

    def __init__(self, shown: dict[str, Any]) -> None:
        self._pages = shown
        self.rows: list[tuple[float, dict[str, dict[str, Any]]]] = []
        self._began = 0.0

    async def begin(self) -> None:
        """Wait until both see each other."""
        for page in self._pages.values():
            for _ in range(600):
                if (await totals(page)).get("inbound_video", {}).get("framesDecoded", 0) > 0:
                    break
                await asyncio.sleep(0.1)
            else:
                raise RuntimeError("the two never saw each other")
        self._began = time.monotonic()

    async def until(self, second: float) -> None:
        while (now := time.monotonic() - self._began) < second:
            told = {party: await totals(page) for party, page in self._pages.items()}
            self.rows.append((round(now, 1), told))
            await asyncio.sleep(1.0)

    @property
    def second(self) -> float:
        return time.monotonic() - self._began


def bitrate(watch: Watch, party: str, before: float, after: float) -> float:
    """bit/s of the picture that a party sent between two seconds; 0 across a rejoin."""
    rows = [(at, told[party]) for at, told in watch.rows if before <= at <= after]
    sent = [(at, one["outbound_video"]["bytesSent"]) for at, one in rows if "outbound_video" in one]
    if len(sent) < 2 or sent[-1][1] < sent[0][1]:
        return 0.0
    return float(8 * (sent[-1][1] - sent[0][1]) / (sent[-1][0] - sent[0][0]))


def grown(watch: Watch, party: str, line: str, name: str) -> float:
    """How much a total grew since the two saw each other; a later leg starts at nought."""
    values = [(told[party].get("leg"), _of(told[party], line, name)) for _, told in watch.rows]
    total = 0.0
    for (leg, before), (now, value) in pairwise(values):
        total += value - before if leg == now and value >= before else value
    return total


def _of(told: dict[str, Any], line: str, name: str) -> float:
    return float(told.get(line, {}).get(name, 0) or 0)


def size(watch: Watch, party: str, second: float) -> str:
    """The picture that a party sent at a second."""
    rows = [told[party].get("outbound_video", {}) for at, told in watch.rows if at <= second]
    last = rows[-1] if rows else {}
    return f"{last.get('frameWidth', 0)}x{last.get('frameHeight', 0)}"


def back(watch: Watch, since: float, whole: Callable[[float], bool]) -> float | None:
    """Seconds after `since` from which on something holds; None for never."""
    for at, _ in watch.rows:
        if at >= since and whole(at):
            return round(at - since, 1)
    return None


def recorded(opened: Room, party: str) -> dict[str, float]:
    """Of the speech between first and last packet, how much there is; and the longest hole.

    Not told after a rejoin, and then as if nothing were there: clocks of two legs don't compare.
    """
    tape = opened.tapes[party]
    if len(set(tape.legs)) > 1:
        return {"audio": 0.0, "gap_ms": TOO_LATE}
    audio = sorted({frame.rtp_time for frame in tape.frames["audio"]})
    video = [frame.rtp_time for frame in tape.frames["video"]]
    holes = [b - a for a, b in pairwise(video) if b > a]
    share = len(audio) / ((audio[-1] - audio[0]) / 960 + 1) if audio else 0.0
    return {"audio": round(100 * share, 2), "gap_ms": round(max(holes, default=0) / 90)}


def row(condition: Condition, watch: Watch, opened: Room, healed: float | None) -> dict[str, Any]:
    """One condition's figures, each for customer and teller."""
    told: dict[str, Any] = {"condition": condition.words, "seconds": round(watch.second)}
    for party in PARTIES:
        other = PARTIES[1 - PARTIES.index(party)]
        decoded = grown(watch, party, "inbound_video", "framesDecoded")
        encoded = grown(watch, other, "outbound_video", "framesEncoded")
        concealed = grown(watch, party, "inbound_audio", "concealedSamples") - grown(
            watch, party, "inbound_audio", "silentConcealedSamples"
        )
        heard = grown(watch, party, "inbound_audio", "totalSamplesReceived")
        told[party] = {
            "kbit_at_3_to_6_s": round(bitrate(watch, party, 3, 6) / 1000),
            "size_at_3_s": size(watch, party, 4),
            "decoded_of_encoded": round(100 * decoded / encoded, 1) if encoded else None,
            "freezes": grown(watch, party, "inbound_video", "freezeCount"),
            "frozen_s": round(grown(watch, party, "inbound_video", "totalFreezesDuration"), 2),
            "concealed": round(100 * concealed / heard, 2) if heard else None,
            "legs": len({one[party].get("leg") for _, one in watch.rows}),
            "recorded": recorded(opened, party),
        }
        if healed is not None:
            told[party]["sharp_again_s"] = back(watch, healed, partial(_sharp, watch, party))
            told[party]["full_size_again_s"] = back(watch, healed, partial(_whole, watch, party))
    return told


def _sharp(watch: Watch, party: str, at: float) -> bool:
    return bitrate(watch, party, at, at + 3) >= SHARP


def _whole(watch: Watch, party: str, at: float) -> bool:
    return size(watch, party, at) == "640x480"


async def measure(condition: Condition, film: Path) -> dict[str, Any]:
    up, down = Line((Delay(WAY), *condition.up)), Line((Delay(WAY), *condition.down))
    async with room(up, down) as (opened, base), pages(base, film) as shown:
        watch = Watch(shown)
        await watch.begin()
        healed = None
        await watch.until(CALM)
        if condition.begin is not None and condition.end is not None:
            condition.begin()
            await watch.until(CALM + condition.seconds)
            condition.end()
            healed = watch.second
            await watch.until(CALM + condition.seconds + AFTER)
        else:
            await watch.until(CALM + TROUBLE)
        return row(condition, watch, opened, healed)


def worst(rows: list[dict[str, Any]]) -> dict[str, float | None]:
    """The figures that issue and design set limits to: the worse of the two parties, or None."""
    at = {row["condition"]: [row[party] for party in PARTIES] for row in rows}
    clean, five, ten = (at.get(name, []) for name in ("nothing lost", *map(_lost, (0.05, 0.10))))
    thin = [one for way in ("up", "down") for one in at.get(f"400 kbit/s {way}", [])]
    return {
        "clean_kbit": min((one["kbit_at_3_to_6_s"] for one in clean), default=None),
        "lossy_freezes": max((one["freezes"] for one in five), default=None),
        "lossy_decoded": min((one["decoded_of_encoded"] for one in five), default=None),
        "lossy_concealed": max((one["concealed"] for one in five), default=None),
        "lossy_recorded": min((one["recorded"]["audio"] for one in five), default=None),
        "lossy_gap_ms": max((one["recorded"]["gap_ms"] for one in five), default=None),
        "bad_concealed": max((one["concealed"] for one in ten), default=None),
        "thin_frozen_s": max((one["frozen_s"] for one in thin), default=None),
        "thin_sharp_again_s": max((one["sharp_again_s"] or TOO_LATE for one in thin), default=None),
        "thin_full_again_s": max(
            (one["full_size_again_s"] or TOO_LATE for one in thin), default=None
        ),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.network", description=__doc__)
    parser.add_argument("--json", action="store_true", help="only JSON lines")
    parser.add_argument("--only", default="", help="conditions whose words contain this")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-network-") as folder:
        film = camera(Path(folder))
        for condition in conditions():
            if options.only in condition.words:
                rows.append(asyncio.run(measure(condition, film)))
                print(json.dumps(rows[-1]), flush=True)
    print(json.dumps({"bench": "network", "rows": rows, **worst(rows), **describe()}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
