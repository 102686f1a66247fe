"""Appending, crashing and resuming against a model that remembers what was acknowledged."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from recording import format as fmt
from recording.cipher import SegmentCipher
from recording.errors import Damage, Outage
from recording.inspect import opened_segments
from recording.parts import Draft, SegmentLog, accepted_parts, list_parts
from recording.verify import verify
from tests.recording.material import KEY, create
from tests.scale import Tally


class Crashing(RuleBasedStateMachine):
    """One log. A crash drops the writer, then tears or garbles what was not acknowledged."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        create(self.folder / "r", ["customer"])
        self.model: list[tuple[int, int, bytes]] = []
        self.damaged_on_purpose = False
        self.log: SegmentLog | None = None

    @precondition(lambda self: self.log is None)
    @rule()
    def open(self) -> None:
        self.log = SegmentLog(self.folder / "r", "rec-1", "customer", KEY)
        self.log.open()

    @precondition(lambda self: self.log is not None)
    @rule(plain=st.binary(min_size=1, max_size=3000))
    def append(self, plain: bytes) -> None:
        sealed = self.log.append(Draft(0, 10, media=plain))
        self.model.append((sealed.part, sealed.sequence, plain))

    @precondition(lambda self: self.log is not None)
    @rule(tail=st.binary(max_size=400), like=st.booleans())
    def crash(self, tail: bytes, like: bool) -> None:
        self.log.close()
        self.log = None
        path = list_parts(self.folder / "r", "customer")[-1][1]
        if like and path.stat().st_size > 200:  # the start of a real segment, cut short
            tail = path.read_bytes()[-180:-60]
        with path.open("ab") as stream:
            stream.write(tail)

    @precondition(lambda self: self.log is not None)
    @rule()
    def close(self) -> None:
        """The log's proper end; who comes back goes on in the next part."""
        sealed = self.log.append(Draft(10, 10, fmt.END))
        self.model.append((sealed.part, sealed.sequence, b""))
        self.log.close()
        self.log = None

    @precondition(lambda self: self.log is not None)
    @rule()
    def failed_write(self) -> None:
        """The descriptor goes bad under the writer: the next append opens a new part."""
        os.close(self.log._writer._fd)
        self.log._writer._fd = os.open("/dev/full", os.O_WRONLY)

    @invariant()
    def every_acknowledged_segment_opens(self) -> None:
        found: list[tuple[int, int, bytes]] = []
        for path, header, end in accepted_parts(self.folder / "r", "customer"):
            try:
                with path.open("rb") as stream:
                    for segment, plain in opened_segments(stream, KEY, until=end):
                        found.append((header.part, segment.header.sequence, plain))
            except Damage:
                assert end is None  # only a last part may have an end that nobody acknowledged
        assert found == self.model

    def teardown(self) -> None:
        if self.log is not None:
            self.log.close()
        torn = {step.ok for step in verify(self.folder / "r").steps}
        assert torn <= {True, False, None}
        shutil.rmtree(self.folder)


ROUND = 25


@pytest.mark.scaled(13, weight=3)
def test_appending_crashing_and_resuming_agree_with_a_model(tally: Tally) -> None:
    few = settings(max_examples=ROUND, stateful_step_count=20, deadline=None)
    for _ in tally.runs(25, 200, 20_000, step=ROUND):
        run_state_machine_as_test(Crashing, settings=few)
    tally.say("lives of a log (up to 20 acts each: open, append, close, crash, fail) as the model")


def test_a_segment_can_not_change_place_log_or_recording(tmp_path: Path) -> None:
    create(tmp_path / "r")
    for party in ("customer", "teller"):
        log = SegmentLog(tmp_path / "r", "rec-1", party, KEY)
        log.open()
        log.append(Draft(0, 1, media=b"same"))
        log.append(Draft(1, 2, media=b"same"))
        log.close()
    paths = [tmp_path / "r" / f"{party}.0000.evs" for party in ("customer", "teller")]
    with paths[0].open("rb") as stream:
        header = fmt.read_part_header(stream)
        own = list(fmt.Scanner(stream, header))
        bodies = []
        for segment in own:
            stream.seek(segment.offset + fmt.SEGMENT_HEADER)
            bodies.append(stream.read(segment.header.cipher))
    with paths[1].open("rb") as stream:
        foreign = SegmentCipher(KEY, fmt.read_part_header(stream))
    assert SegmentCipher(KEY, header).decrypt(own[0].header, bodies[0]) == b"same"
    with pytest.raises(Damage):
        SegmentCipher(KEY, header).decrypt(own[1].header, bodies[0])
    with pytest.raises(Damage):
        foreign.decrypt(own[0].header, bodies[0])
    assert bodies[0] != bodies[1]


def test_nothing_is_in_the_clear(sealed: Path) -> None:
    for path in sealed.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            for clear in (b"\x1a\x45\xdf\xa3", b"OpusHead", b"photograph", b"agreed"):
                assert clear not in raw, (path.name, clear)


def test_names_that_leave_the_folder_are_refused(tmp_path: Path) -> None:
    create(tmp_path / "r")
    for log in ("../x", "A", "", "a/b", "x" * 40):
        with pytest.raises(ValueError):
            SegmentLog(tmp_path / "r", "rec-1", log, KEY)


def test_a_closed_log_says_so(tmp_path: Path) -> None:
    create(tmp_path / "r")
    log = SegmentLog(tmp_path / "r", "rec-1", "customer", KEY)
    with pytest.raises(Outage):
        log.append(Draft(0, 1))
