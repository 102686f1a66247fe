"""What the bank's own system says to a change that is not decided yet, in the reader's words."""

from typing import Any

from teller_server.desk.words import WORDS, word
from teller_server.domain.proposal import awaits_the_bank
from teller_server.domain.state import ProposalState, Visit


def proposal_part(visit: Visit, language: str) -> dict[str, Any] | None:
    """For the teller: `asking`, `accepted`, `objected` or `unreachable`; None: nothing is asked."""
    if not awaits_the_bank(visit):
        return None
    if visit.proposal is None:
        return {"status": "asking", "reasons": []}
    return proposal_line(visit.proposal, language)


def proposal_line(said: ProposalState, language: str) -> dict[str, Any]:
    """What was answered; a code of the bank's that we have no words for is shown as it is."""
    if not said.reached:
        return {"status": "unreachable", "reasons": []}
    reasons = [_reason(code, language) for code in said.reasons]
    return {"status": "objected" if reasons else "accepted", "reasons": reasons}


def _reason(code: str, language: str) -> str:
    known = f"bank.{code}"
    if known in WORDS:
        return word(known, language)
    return f"{word('bank.other', language)} {code}"
