"""Every error code as a sentence, in Chinese and English, saying what to do next.

`say` never fails: a code without words is a defect that a test finds, not a user.
"""

from collections.abc import Mapping

from teller_server.api.words_bank import BANK_WORDS
from teller_server.api.words_branch import BRANCH_WORDS
from teller_server.api.words_challenge import CHALLENGE_WORDS
from teller_server.api.words_core import CORE_WORDS
from teller_server.api.words_documents import DOCUMENT_ERRORS
from teller_server.api.words_doors import DOOR_WORDS
from teller_server.api.words_export import EXPORT_WORDS
from teller_server.api.words_guests import GUEST_WORDS
from teller_server.api.words_opening import OPENING_WORDS
from teller_server.api.words_papers import PAPER_WORDS
from teller_server.api.words_place import PLACE_WORDS
from teller_server.api.words_policy import POLICY_WORDS
from teller_server.api.words_registers import REGISTER_WORDS
from teller_server.api.words_retention import BACKUP_WORDS, RETENTION_WORDS
from teller_server.api.words_vault import VAULT_WORDS
from teller_server.api.words_visit import VISIT_WORDS

Words = Mapping[str, tuple[str, str]]

WORDS: Words = {
    **DOOR_WORDS,
    **BANK_WORDS,
    **BRANCH_WORDS,
    **CORE_WORDS,
    **DOCUMENT_ERRORS,
    **EXPORT_WORDS,
    **GUEST_WORDS,
    **OPENING_WORDS,
    **PAPER_WORDS,
    **PLACE_WORDS,
    **POLICY_WORDS,
    **REGISTER_WORDS,
    **BACKUP_WORDS,
    **RETENTION_WORDS,
    **VAULT_WORDS,
    **VISIT_WORDS,
    **CHALLENGE_WORDS,
}


def say(code: str, language: str) -> str:
    """The sentence for `code`; English for any language that begins with `en`."""
    chinese, english = WORDS.get(code) or WORDS["internal"]
    return english if language.lower().startswith("en") else chinese
