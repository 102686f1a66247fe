"""docs/reliability.md, from what the runs counted: `python -m tests.reliability` writes it anew.

`make proof` and `make soak` leave docs/proof/reliability-proof.json and -soak.json; nothing in the
document was typed by hand but the words of this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.tree import ROOT

DOCUMENT = ROOT / "docs" / "reliability.md"
RUNS = {name: ROOT / "docs" / "proof" / f"reliability-{name}.json" for name in ("proof", "soak")}
ROWS = {
    1: "A writer is killed (`kill -9`) at random moments; a fresh process goes on",
    2: "Power goes: what was not synced is damaged in six ways",
    3: "A writer is killed at one system call after another",
    4: "One bit is changed",
    5: "A log is cut",
    6: "Genuine segments and logs are rearranged",
    7: "The disk is full, fails, writes short, is slow",
    8: "The wall clock is set, or the hour comes twice",
    9: "Key server, timestamp authority, vault: away or wrong, at start, middle and end",
    10: "Keys are rotated in a call; one of two visits is shredded; an old backup is restored",
    11: "Which tool catches which tampering",
    12: "The vault's lock",
    13: "Opening, appending, closing, crashing, failing, against a model",
    14: "Bytes of strangers for scanner, manifest reader and witness",
    15: "Ranges of a recording",
    16: "Four calls at once for a working day, faster than real time",
    17: "Picture and speech after half an hour",
}
Counted = dict[str, Any]
Run = dict[str, Any]


def read(path: Path) -> Run | None:
    """What a run counted; None where there was none yet."""
    found: Run | None = json.loads(path.read_text()) if path.exists() else None
    return found


def function(counted: Counted) -> str:
    return str(counted["test"]).split("[", 1)[0]


def by_test(run: Run | None, row: int) -> dict[str, list[Counted]]:
    """The tests of a row, each with its parameters together, in the order in which they ran."""
    mine = [one for one in run["rows"] if one["row"] == row] if run else []
    return {name: list(found) for name, found in groupby(mine, key=function)}


def asked(found: list[Counted], scale: str) -> str:
    """How many this scale asks for, where no run of it is kept."""
    wanted = found[0]["asked"]
    if not wanted:
        return "–"
    return "(all)" if wanted["proof"] == wanted["soak"] else f"({wanted[scale]:,})"


def amount(found: list[Counted], *, of: bool) -> str:
    """How many were run; for a soak that ran out of time also of how many."""
    if any(one["outcome"] != "passed" for one in found):
        return "**failed**"
    if not found[0]["asked"]:
        return f"{len(found)} ×" if len(found) > 1 else "once"
    run, night = found[0]["run"], found[0]["asked"]["soak"]
    return f"{run:,} of {night:,}" if of and run < night else f"{run:,}"


def commit(found: list[Counted]) -> str:
    """What `make test` runs of it."""
    if found[0]["asked"]:
        number = found[0]["asked"]["commit"]
        return f"{number:,}" if number else "–"
    return "–" if found[0]["proof"] else f"{len(found)} ×" if len(found) > 1 else "once"


def lines(proof: Run | None, soak: Run | None) -> Iterator[str]:
    for row, title in ROWS.items():
        proven, soaked = by_test(proof, row), by_test(soak, row)
        yield f"| **{row}** | **{title}** | | | | |"
        for name in proven | soaked:
            shown = soaked.get(name) or proven[name]
            where, what = name.split("::")
            link = f"[{what.removeprefix('test_').replace('_', ' ')}](../{where})"
            one = amount(proven[name], of=False) if name in proven else asked(shown, "proof")
            two = amount(soaked[name], of=True) if name in soaked else asked(shown, "soak")
            seen = "; ".join(shown[0]["found"])
            yield f"| | {link} | {commit(shown)} | {one} | {two} | {seen} |"


def document(proof: Run | None, soak: Run | None) -> str:
    table = _TABLE + "\n".join(lines(proof, soak))
    return "\n".join((_HEAD, _about("make proof", proof), _about("make soak", soak), table, _TAIL))


def _about(command: str, run: Run | None) -> str:
    if run is None:
        return f"- `{command}`: no run of this release is kept yet; its numbers stand in brackets."
    about = run["about"]
    command += f" SOAK_MINUTES={run['minutes']:g}" if run["scale"] == "soak" else ""
    machine = about["machine"]
    return (
        f"- `{command}`: until {about['at'][:16].replace('T', ' ')} UTC, commit "
        f"`{about['commit']}`, {machine['cores']} × {machine['cpu']}, {machine['system']}, "
        f"load {about['load'][2]} in the last quarter of an hour"
    )


_HEAD = """\
# How reliable the evidence is

What the evidence must survive, how often that was tried, and what was seen. The goal: **no
acknowledged segment lost, no alteration unnoticed, at most two seconds of a call lost at its end**.
A test that finds anything else fails; a row that says *failed* did.

Made by `python -m tests.reliability` from what the runs counted themselves
(`docs/proof/reliability-proof.json`, `reliability-soak.json`); a test holds the page to them. The
same tests run at three scales: a few of everything in `make test`, the full numbers in `make
proof`, a night's numbers in `make soak`, which stops at `SOAK_MINUTES` and says how far it came.
"""
_TABLE = """
| row | what is done | per commit | `make proof` | `make soak`, of a night's | seen last |
|---|---|---|---|---|---|
"""
_TAIL = """
## What this does not show

- **No real power was cut.** The simulator damages what was written and not yet synced, in six ways
  known of disks. A disk that acknowledges a sync and loses it all the same is beyond it, and beyond
  us; so is another file system than the ones the tests run on.
- A changed bit in a signature, token or certificate file is left out of rows 4 and 14: their
  encodings have bytes that say nothing, and `openssl` accepts the same ones. What they attest is
  not left out.
- Row 9: no policy is asked of the timestamp authority, so none can be the wrong one. Row 11 runs
  with the one `openssl` of the machine. The vault of row 12 is SeaweedFS, whose lock is a rule of
  its S3 gateway; a bank's store has to be held to the same matrix.
- Row 14: 64 MiB is a limit on address space during each read, so that a single larger allocation
  fails the test, whether it would have been touched or not.
- Row 16 counts simulated minutes: the clocks run faster, the writer, the disk and the memory do not
  know. Row 17 reads the milliseconds from the decrypted log; what a browser shows is held to
  ±40 ms by the clapper of `make proof` ([tests.txt](proof/tests.txt)).
- Seeking in a real browser, workers and servers that die under a whole visit, and the disk that
  runs full under one are tests of their own (`tests/browser`, `tests/journeys/test_faults.py`), not
  rows of this table.
"""


def main() -> None:
    proof, soak = (read(path) for path in RUNS.values())
    DOCUMENT.write_text(document(proof, soak), "utf-8")


if __name__ == "__main__":
    main()
