"""What a log line may hold: a traceback says where, never with what."""

import subprocess
import sys

import pytest

PROGRAM = """
import logging, structlog
from teller_server.serving import configure_logging
configure_logging(pretty={pretty})
def fail(data_key):
    raise LookupError("a fault")
try:
    fail("a key nobody may see"[::-1])
except LookupError as error:
    structlog.get_logger().error("task_failed", exc_info=error)
    logging.getLogger("any").exception("handler failed")
"""


@pytest.mark.parametrize("pretty", [True, False])
def test_a_traceback_shows_no_values(pretty: bool) -> None:
    command = [sys.executable, "-c", PROGRAM.format(pretty=pretty)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert said.count("LookupError: a fault") == 2
    assert said.count("in fail") == 2
    assert "a key nobody may see"[::-1] not in said
