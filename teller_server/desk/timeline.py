"""The marks of a recording as a reviewer reads them: steps as spans, incidents as points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from recording.records import join_gaps
from teller_server.desk.timeline_details import Details
from teller_server.desk.words import WORDS, word
from teller_server.domain.script import ServiceScript


class Playable(Protocol):
    """One party's media, as far as a timeline needs it."""

    @property
    def from_ms(self) -> int: ...
    @property
    def duration_ms(self) -> int: ...


@dataclass(frozen=True)
class Timeline:
    """Everything the review page draws; milliseconds of the recording's own clock."""

    duration_ms: int
    parties: Sequence[tuple[str, int]]
    marks: Sequence[Mapping[str, Any]]
    gaps: Sequence[Mapping[str, Any]]


def timeline(
    script: ServiceScript,
    language: str,
    parties: Mapping[str, Playable],
    found: Sequence[Mapping[str, Any]],
    lost: Mapping[str, Sequence[Mapping[str, Any]]],
    duration_ms: int,
) -> Timeline:
    """Order marks for a reader; a step that never ended lasts to the end of the recording."""
    ends = [media.duration_ms for media in parties.values()]
    duration = max([duration_ms, *ends, 0]) if not ends else max(ends)
    spans = _steps(script, language, found, duration)
    details = Details(script, language)
    points = [_point(mark, details, language) for mark in found if mark["kind"] in _SHOWN]
    return Timeline(
        duration_ms=duration,
        parties=[(party, media.from_ms) for party, media in parties.items()],
        marks=sorted([*spans, *points], key=lambda mark: mark["at_ms"]),
        gaps=[{"party": party, **gap} for party, gaps in lost.items() for gap in _whole(gaps)],
    )


def _whole(gaps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A gap that was declared as it grew is drawn as one."""
    said = ("kind", "from_ms", "to_ms", "cause")
    joined = join_gaps({"t": "gap"} | {name: gap[name] for name in said} for gap in gaps)
    return [{name: gap[name] for name in said} for gap in joined]


def _steps(
    script: ServiceScript, language: str, found: Sequence[Mapping[str, Any]], duration: int
) -> list[dict[str, Any]]:
    open_steps: dict[str, dict[str, Any]] = {}
    spans = []
    for mark in found:
        step = mark["body"].get("step")
        if mark["kind"] == "StepStarted":
            span = {
                "kind": "step",
                "at_ms": mark["at_ms"],
                "until_ms": duration,
                "title": script.step(step).title[language],
                "detail": None,
            }
            open_steps[step] = span
            spans.append(span)
        elif mark["kind"] == "StepEnded" and step in open_steps:
            span = open_steps.pop(step)
            span["until_ms"] = mark["at_ms"]
            span["detail"] = mark["body"]["result"]
    return spans


def _point(mark: Mapping[str, Any], details: Details, language: str) -> dict[str, Any]:
    return {
        "kind": mark["kind"],
        "at_ms": mark["at_ms"],
        "until_ms": None,
        "title": word(f"mark.{mark['kind']}", language),
        "detail": details.of(mark["kind"], mark["body"]),
        "stands_out": details.stands_out(mark["kind"], mark["body"]),
    }


_SHOWN = frozenset(code.removeprefix("mark.") for code in WORDS if code.startswith("mark."))
