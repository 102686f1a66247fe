"""What a visit is found by: words in both languages, marks, and digests that tell no word."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest

from teller_server.desk.fields import FieldCipher
from teller_server.desk.search_terms import MARKS, WordKey, marks, texts, words
from teller_server.desk.words import LANGUAGES, word
from teller_server.domain import events as e
from teller_server.domain.ids import SealedText
from teller_server.domain.state import Effect
from tests.teller_server.domain.test_counter import reviewed

NOW = datetime(2026, 6, 13, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "sought", "found"),
    [
        ("客户称朋友帮忙代办", "代办", True),
        ("客户称朋友帮忙代办", "朋友 代办", True),
        ("客户称朋友帮忙代办", "朋 友", False),  # one character is no word
        ("客户称朋友帮忙代办", "亲戚代办", False),
        ("The Customer’s friend", "FRIEND customer", True),
        ("The Customer’s friend", "fri", False),  # whole words
        ("ＡＢＣ１２３ 账户", "abc123 账户", True),
        ("转账5万元", "5万", False),  # a digit alone is no word, nor is one character
        ("转账50万元", "50 万元", True),
    ],
)
def test_a_search_finds_what_has_all_its_words(said: str, sought: str, found: bool) -> None:
    wanted = words(sought)
    assert (bool(wanted) and wanted <= words(said)) is found


def test_a_term_tells_no_word_and_another_branch_has_another() -> None:
    one, other = WordKey(secrets.token_bytes(32)), WordKey(secrets.token_bytes(32))
    assert one.term("代办") == one.term("代办")
    assert one.term("代办") != other.term("代办")
    assert "代" not in one.term("代办")


def test_what_is_written_is_indexed_and_what_a_form_holds_is_not() -> None:
    cipher = FieldCipher("visit-1", secrets.token_bytes(32))

    def sealed(name: str, text: str) -> SealedText:
        return SealedText(cipher.seal(name, text))

    told = (
        e.TellerDecided(NOW, "decision", "t", "refer", (), sealed("note", "似有代办")),
        e.ReviewReturned(NOW, "c", sealed("question", "朋友是谁")),
        e.Objected(NOW, sealed("objection", "请重新审核"), NOW),
        e.FormDrafted(NOW, "details", "t", sealed("draft", '{"phone": "13800000001"}'), "d"),
        e.EffectSettled(NOW, Effect.DEAD_LETTERED, "core_unreachable"),
    )
    found = {text for text in texts(told, cipher) if text}
    assert found == {"似有代办", "朋友是谁", "请重新审核"}


def test_marks_come_from_the_events_and_from_the_recording() -> None:
    visit = reviewed().at
    told = (
        e.CheckReported(NOW, "check-1", "failed", 0.1, "none", ("score_low",)),
        e.StepAnswered(NOW, "consent", "refused"),
        e.HoldBegan(NOW, "t"),
    )
    log = [
        {"kind": "media_state", "body": {"party": "customer", "video": False, "audio": True}},
        {"kind": "weak_network", "body": {"party": "customer"}},
    ]
    found = marks(visit, told, log)
    assert found >= {"face_failed", "hold", "camera_off", "weak_network"}
    assert found & {"consent_refused", "declined"}
    assert "muted" not in found


def test_every_mark_has_its_words() -> None:
    for language in LANGUAGES:
        assert len({word(f"found.{mark}", language) for mark in MARKS}) == len(MARKS)
