"""What makes a teller break a call off at any moment: others speak for, over or through a person.

It ends without a word that could endanger anybody: the customer's page shows what it shows for any
request that could not be completed. Nothing is committed, the recording is sealed and kept.
"""

from __future__ import annotations

from .errors import Refusal
from .state_words import Outcome

FLAGS = ("prompted", "coerced", "third_party", "remote_control")
"""Prompted from beside or by earphone; under pressure; somebody else there; the screen in other
hands."""


def alarmed(outcome: Outcome, flags: tuple[str, ...]) -> None:
    """Refuse flags that nobody knows, or beside any other outcome than a suspicion."""
    unknown = set(flags) - set(FLAGS)
    if unknown:
        raise Refusal("unknown_flag", flag=min(unknown))
    if flags and outcome is not Outcome.ABORTED_SUSPICION:
        raise Refusal("flags_not_expected", outcome=outcome.value)
