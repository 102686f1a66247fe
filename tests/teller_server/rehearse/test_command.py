"""What a person at the terminal sees when a rehearsal can't begin."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from teller_server.rehearse.command import run
from teller_server.rehearse.rehearsal import Options, find_evidence
from teller_server.rehearse.server import ServerFailed, private_server


async def test_an_unreadable_clip_fails_with_that_reason(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_text("no clip")
    lines: list[str] = []
    code = await asyncio.to_thread(run, Options(video=clip), lines.append, as_json=True)
    assert code == 1
    said = json.loads(lines[-1])
    assert said["ok"] is False
    assert said["failures"] == ["clip_unreadable"]
    assert any(line.startswith("FAILED") for line in lines)


async def test_a_server_that_does_not_start_is_said_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = ("-c", "print('refused: no'); raise SystemExit(2)")
    monkeypatch.setattr("teller_server.rehearse.server._COMMAND", refusing)
    with pytest.raises(ServerFailed, match="refused: no"):
        async with private_server(tmp_path, tmp_path / "evidence"):
            pytest.fail("it did not refuse")


def test_the_evidence_of_a_visit_is_found(tmp_path: Path) -> None:
    for number in (1, 2):
        place = tmp_path / "2026" / "11" / "23" / f"rec-{number}"
        place.mkdir(parents=True)
        (place / "recording.json").write_text(json.dumps({"visit": f"visit-{number}"}))
    assert find_evidence(tmp_path, "visit-2") == tmp_path / "2026" / "11" / "23" / "rec-2"
    assert find_evidence(tmp_path, "visit-3") is None
