"""`python -m bench [NAME …]`: every benchmark, one after the other, then one table.

Each benchmark is a program of its own (`python -m bench.NAME --json`) that ends with one JSON
object on its last line; a list of objects under `rows` becomes rows of the table.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.machine import ROOT, describe

NOT_BENCHMARKS = {"machine", "limits"}


def main(names: list[str]) -> int:
    every = sorted(p.stem for p in Path(__file__).parent.glob("*.py"))
    chosen = names or [n for n in every if n not in NOT_BENCHMARKS and not n.startswith("_")]
    print(json.dumps(describe()), flush=True)
    results, failed = {}, []
    for name in chosen:
        result = run(name)
        if result is None:
            failed.append(name)
        else:
            results[name] = result
    for name, result in results.items():
        print(f"\n{name}")
        for line in table(result):
            print(f"  {line}")
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str) -> dict[str, Any] | None:
    """The last line of one benchmark, parsed; its own words go through as they come."""
    command = [sys.executable, "-m", f"bench.{name}", "--json"]
    last = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    if child.returncode != 0:
        return None
    try:
        result = json.loads(last)
    except json.JSONDecodeError:
        return None
    return result if isinstance(result, dict) else None


def table(result: dict[str, Any]) -> Iterator[str]:
    rows = [row for row in result.get("rows", []) if isinstance(row, dict)]
    columns = list(dict.fromkeys(key for row in rows for key in row if _plain(row[key])))
    cells = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    if columns:
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            yield "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
    for key, value in result.items():
        if _plain(value) and value is not None:
            yield f"{key}: {_cell(value)}"


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
