"""CPU of a recorded two-party call: ours, stock aiortc and Janus in one run.

`python -m bench.media [--json] [--calls 1,5,14] [--seconds N]`

The figure is user and system time of all server processes of a variant, above what they use idle,
per second of one call. Callers run in a process of their own and send the same encoded clip to
each variant: 640×480 at 25/s VP8 and Opus, from both parties. Ours records as in production. Stock
transcodes and is asked for one call only: it can't hold more in real time on two cores.

A row in which callers got fewer than 24 pictures a second says nothing about cost: it is measured
again, up to three times, then marked `starved` and left out of the ratios.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psutil

from bench import _media_clip, _media_janus
from bench.machine import ROOT, describe

RECORDING: Final = {
    "ours": "WebM clusters up to 1 s, AES-256-GCM, hash chain, fdatasync and decrypt-verify each",
    "stock": "MP4 (x264, AAC) in plain text, not synced",
    "janus": "mjr (RTP as received) in plain text, not synced",
}
STOCK_CALLS: Final = 1
IDLE_SECONDS: Final = 3.0
FULL_RATE: Final = 24.0  # of 25 pictures a second
TRIES: Final = 3
CALM: Final = 0.02  # CPU seconds in a second below which a server has finished starting


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def server(variant: str, folder: Path, port: int) -> Iterator[psutil.Process]:
    """A variant's server, up and idle; stopped with all its children at the end."""
    if variant == "janus":
        command = _media_janus.command(folder, port)
    else:
        command = [sys.executable, "-m", f"bench._media_{variant}", str(port), str(folder)]
    with (folder / "server.log").open("wb") as log:
        child = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    process = psutil.Process(child.pid)
    try:
        for _ in range(200):
            time.sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        else:
            raise RuntimeError(f"{variant} did not start: {(folder / 'server.log').read_text()}")
        _calm(process)
        yield process
    finally:
        family = process.children(recursive=True) if process.is_running() else []
        child.terminate()
        _, alive = psutil.wait_procs([*family, process], timeout=15)
        for left in alive:
            left.kill()
        child.wait()


def _calm(process: psutil.Process) -> None:
    """Wait until the start-up of a server and of its children is over."""
    for _ in range(30):
        before = cpu(process)
        time.sleep(1.0)
        if cpu(process) - before <= CALM:
            return


def cpu(process: psutil.Process) -> float:
    """User and system seconds so far of a process and all that it started."""
    total = 0.0
    for member in (process, *process.children(recursive=True)):
        times = member.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
    return total


def split(process: psutil.Process) -> dict[str, float]:
    """CPU seconds so far by stage: desk, the worker's event loop, the worker's other threads."""
    found = {"desk": 0.0, "relay": 0.0, "recorders": 0.0}
    for member in (process, *process.children(recursive=True)):
        for thread in member.threads():
            spent = thread.user_time + thread.system_time
            if member.pid == process.pid:
                found["desk"] += spent
            else:
                found["relay" if thread.id == member.pid else "recorders"] += spent
    return found


def memory(process: psutil.Process) -> int:
    """Resident MiB of a process and all that it started."""
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True))) >> 20


def measure(variant: str, calls: int, seconds: float, clip: Path, folder: Path) -> dict[str, Any]:
    port = free_port()
    with server(variant, folder, port) as process:
        before, began = cpu(process), time.monotonic()
        time.sleep(IDLE_SECONDS)
        idle = (cpu(process) - before) / (time.monotonic() - began)
        url = f"http://127.0.0.1:{port}"
        door = ["janus", f"{url}/janus,{folder}"] if variant == "janus" else ["http", url]
        command = [
            sys.executable,
            "-m",
            "bench._media_load",
            door[0],
            str(calls),
            door[1],
            str(clip),
        ]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as load:
            assert load.stdin is not None
            assert load.stdout is not None
            try:
                json.loads(load.stdout.readline())
                spent, stages, began = cpu(process), split(process), time.monotonic()
                time.sleep(seconds)
                spent, lasted = cpu(process) - spent, time.monotonic() - began
                stages = {name: now - stages[name] for name, now in split(process).items()}
                print(file=load.stdin, flush=True)
                far = json.loads(load.stdout.readline())
                resident = memory(process)
                extra: dict[str, Any] = {}
                if variant == "ours":
                    per_call = {n: round(s / lasted / calls, 5) for n, s in stages.items()}
                    extra = {"by_stage": per_call, **health(url)}
            finally:
                load.kill()
    return {
        "variant": variant,
        "calls": calls,
        "cpu_per_call_second": round((spent / lasted - idle) / calls, 5),
        "seconds": round(lasted, 1),
        "idle_cpu": round(idle, 4),
        "far_video_fps": far["video"],
        "far_audio_fps": far["audio"],
        "longest_gap_s": far["gap"],
        "rss_mb": resident,
        "recording": RECORDING[variant],
        **extra,
    }


def health(url: str) -> dict[str, int]:
    """Segments sealed so far, and frames that did not reach the recording."""
    with urllib.request.urlopen(f"{url}/stats", timeout=10) as response:
        told = json.load(response)
    if told["failed"]:
        raise RuntimeError(f"a recorder failed: {told['failed']}")
    streams = [
        stream
        for worker in told["workers"]
        for call in worker["calls"].values()
        for leg in call["legs"].values()
        for stream in leg["in"].values()
    ]
    return {"segments": told["sealed"], "holes": sum(stream["holes"] for stream in streams)}


def settled(variant: str, calls: int, seconds: float, clip: Path, root: Path) -> dict[str, Any]:
    """A row at full rate if the machine allows it in a few tries."""
    for attempt in range(TRIES):
        folder = root / f"try{attempt}-{variant}-{calls}"
        folder.mkdir()
        row = measure(variant, calls, seconds, clip, folder)
        row["starved"] = row["far_video_fps"] < FULL_RATE
        if not row["starved"]:
            break
    return row


def ratio(rows: list[dict[str, Any]], reference: str) -> tuple[float | None, dict[str, float]]:
    """Ours against a reference: the worst over the call counts that both have, and each."""
    cost = {
        (row["variant"], row["calls"]): row["cpu_per_call_second"]
        for row in rows
        if not row["starved"]
    }
    each: dict[str, float] = {}
    for (variant, calls), ours in cost.items():
        theirs = cost.get((reference, calls))
        if variant == "ours" and theirs:
            each[str(calls)] = round(ours / theirs, 3)
    return (max(each.values()) if each else None), each


def run(calls: list[int], seconds: float, root: Path) -> dict[str, Any]:
    clip = root / "clip.mkv"
    _media_clip.encode(clip)
    janus = _media_janus.version()
    rows: list[dict[str, Any]] = []
    for count in calls:
        for variant in ("ours", "janus", "stock"):
            if (variant == "janus" and janus is None) or (
                variant == "stock" and count != STOCK_CALLS
            ):
                continue
            rows.append(settled(variant, count, seconds, clip, root))
            print(json.dumps(rows[-1]), flush=True)
    to_janus, each_janus = ratio(rows, "janus")
    of_stock, each_stock = ratio(rows, "stock")
    return {
        "bench": "media",
        "rows": rows,
        "ratio_to_janus": to_janus,
        "ratio_to_janus_by_calls": each_janus,
        "ratio_to_janus_reason": None if to_janus else _why_not(janus),
        "ratio_to_stock": of_stock,
        "ratio_to_stock_by_calls": each_stock,
        "ratio_to_stock_reason": None if of_stock else "no full-rate stock row at one call",
        "cheaper_than_stock": round(1 / of_stock, 1) if of_stock else None,
        "janus": janus,
        **describe(),
    }


def _why_not(janus: str | None) -> str:
    return "apt's janus is not installed" if janus is None else "every row was starved of CPU"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.media", description=__doc__)
    parser.add_argument("--json", action="store_true", help="only JSON lines")
    parser.add_argument("--calls", default="1,5,14", help="numbers of calls at once")
    parser.add_argument("--seconds", type=float, default=20.0, help="measured per row")
    options = parser.parse_args()
    calls = [int(count) for count in options.calls.split(",")]
    with tempfile.TemporaryDirectory(prefix="bench-media-") as folder:
        result = run(calls, options.seconds, Path(folder))
    if not options.json:
        for row in result["rows"]:
            print(
                f"{row['variant']:6} {row['calls']:3} calls  {row['cpu_per_call_second']:.4f}"
                f" CPU-s/s  far {row['far_video_fps']} fps, {row['far_audio_fps']} audio/s"
            )
    print(json.dumps(result), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
