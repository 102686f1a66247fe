"""`python -m bench.limits FOLDER`: what `make proof` measured, held against what was asked for.

Reads the last line of each benchmark's output in FOLDER. Exit 1 if a limit is missed; a figure
whose reference is missing is said to be so, and misses nothing.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Limit:
    """One figure of a benchmark; `most` or `least` is the limit."""

    bench: str
    figure: str
    words: str
    most: float | None = None
    least: float | None = None

    def holds(self, value: float) -> bool:
        return (self.most is None or value <= self.most) and (
            self.least is None or value >= self.least
        )

    def asked(self) -> str:
        return f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"


LIMITS = (
    Limit("media", "ratio_to_janus", "CPU of a recorded call, times that of Janus", most=1.25),
    Limit("media", "cheaper_than_stock", "times cheaper than stock aiortc", least=20),
    Limit("network", "clean_kbit", "picture 3 s after joining, kbit/s", least=850),
    Limit("network", "lossy_freezes", "freezes at 5 % lost both ways", most=0),
    Limit("network", "lossy_decoded", "pictures decoded there, %", least=98),
    Limit("network", "lossy_concealed", "speech concealed there, %", most=1),
    Limit("network", "lossy_recorded", "speech recorded there, %", least=99.5),
    Limit("network", "lossy_gap_ms", "longest hole in the recorded picture there, ms", most=300),
    Limit("network", "bad_concealed", "speech concealed at 10 % lost both ways, %", most=5),
    Limit("network", "thin_frozen_s", "frozen in 25 s of 400 kbit/s, s", most=3),
    Limit("network", "thin_sharp_again_s", "back at 850 kbit/s after it, s", most=20),
    Limit("network", "thin_full_again_s", "back at 640x480 after it, s", most=30),
    Limit("latency", "added_p95_ms", "added on the way of a packet, p95, ms", most=10),
    Limit("pairing", "match_p99_ms", "a pairing, p99, 1,000 waiting, 200 tellers, ms", most=5),
    Limit("evidence", "verify_mb_per_s", "verification, MB/s", least=800),
    Limit("kyc", "verify_cpu_ms", "finding and measuring a face, ms of one thread", most=30),
    Limit("kyc", "document_dearest_cpu_s", "reading the dearest side of a page, CPU-s", most=0.6),
    Limit("evidence", "seal_ms", "sealing after half an hour's call, ms", most=1000),
)


def main(folder: Path) -> int:
    missed = 0
    for limit in LIMITS:
        value = figure(folder / f"{limit.bench}.txt", limit.figure)
        if value is None:
            print(f"-     {limit.words}: not measured ({limit.bench}.txt says why)")
            continue
        held = limit.holds(value)
        missed += not held
        print(f"{'ok' if held else 'MISS':5} {limit.words}: {value:g}, asked {limit.asked()}")
    return 1 if missed else 0


def figure(output: Path, name: str) -> float | None:
    """A number of the last line that is a JSON object, or of its first row."""
    try:
        lines = output.read_text("utf-8").splitlines()
        result: dict[str, Any] = json.loads([one for one in lines if one.startswith("{")][-1])
    except (OSError, IndexError, json.JSONDecodeError):
        return None
    value = result.get(name, (result.get("rows") or [{}])[0].get(name))
    return float(value) if isinstance(value, int | float) else None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
