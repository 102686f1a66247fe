"""What a second person reads of a visit: which page was before whose eyes, who answered what."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from teller_server.desk.facts import VisitFacts
from teller_server.desk.fields import FieldCipher
from teller_server.desk.findings_papers import paper
from teller_server.desk.findings_verdicts import decision
from teller_server.desk.findings_visit import Reading
from teller_server.domain import commands as c
from teller_server.domain.ids import SealedText
from teller_server.domain.reading import LONGEST_LOOK
from teller_server.domain.script_reader import parse_script
from tests.teller_server import material
from tests.teller_server.material import SCRIPT_FILE, TELLER, Walk

PAPERS = "papers:\n  contract: {zh-CN: 合同, en: Contract}\n"
MORE = """\
  - id: will
    kind: question
    purpose: fraud_signal
    title: {zh-CN: 意愿, en: Will}
    say: *words
    task: *words
    pool:
      - id: pressed
        ask: {zh-CN: "有人催您吗？", en: "Does anybody press you?"}
        answer: {type: yes_no}
        expect: "no"
        otherwise: flag
        attempts: 2
        flag: {zh-CN: 疑似受人催促, en: May be pressed by somebody}
      - id: months
        ask: {zh-CN: "借几个月？", en: "For how many months?"}
        answer: {type: number, low: 1, high: 360}
        otherwise: note
        attempts: 2
  - {id: read, kind: document, paper: contract, seconds: 3, acknowledge: agree, needs: [live_video], title: *words, say: *words, task: *words}
  - {id: sign, kind: sign, papers: [contract], sentence: *words, on_refuse: end, needs: [live_video], title: *words, say: *words, task: *words}
  - id: decision
    kind: teller_decision
    flags:
      - {id: prompted, blocking: true, label: {zh-CN: 有人提示, en: Somebody prompts}}
    needs: [live_video]
    title: *words
    say: *words
    task: *words
  - {id: commit, kind: commit, effect: core.change_details, title: *words}
"""  # noqa: E501
KEY = secrets.token_bytes(32)


class Story:
    """A visit that is lived a second at a time, and read afterwards."""

    def __init__(self) -> None:
        simple = SCRIPT_FILE.read_text(encoding="utf-8")
        head, _, _ = simple.partition("  - {id: decision,")
        text = head.replace("steps:", PAPERS + "steps:", 1) + MORE
        self.script = parse_script(text, "story.yaml")
        self.walk = Walk(replace(material.opening(), script=self.script))
        self.cipher = FieldCipher("v1", KEY)
        self.answers: dict[str, str] = {}
        self.walk.in_service().through(*material.STEPS[:5])

    def seal(self, name: str, text: str) -> SealedText:
        return SealedText(self.cipher.seal(name, text))

    def wait(self, seconds: float) -> None:
        """A command takes a second of its own."""
        self.walk.now += timedelta(seconds=seconds - 1)

    def answer(self, question: str, value: str, finding: str) -> None:
        self.answers[question] = value
        sealed = self.seal("answer", value)
        self.walk.do(c.RecordAnswer("will", TELLER, question, sealed, finding))  # type: ignore[arg-type]

    def asked(self, **given: tuple[str, str]) -> Story:
        self.walk.do(c.StartStep("will", TELLER, ("pressed", "months")))
        for question, (value, finding) in given.items():
            self.answer(question, value, finding)
        return self

    def answered(self) -> Story:
        self.asked(pressed=("no", "expected"), months=("36", "noted"))
        self.walk.do(c.CompleteStep("will", TELLER, "passed"))
        return self

    def reading(self) -> Story:
        self.answered()
        self.walk.do(
            c.StartStep("read", TELLER), c.ShowPaper("read", "contract", "d" * 64, 3, "kept")
        )
        return self

    def turn(self, *looks: tuple[int, float]) -> Story:
        for page, seconds in looks:
            self.walk.do(c.TurnPage("contract", page, "customer"))
            self.wait(seconds)
        return self

    def agreed(self) -> Story:
        """The contract is read and agreed to; the step of its signature has begun."""
        self.reading().turn((1, 4), (2, 4), (3, 4))
        yes = c.AnswerStep("read", "agreed")
        self.walk.do(yes, c.CompleteStep("read", TELLER, "passed"), c.StartStep("sign", TELLER))
        return self

    def signed(self, kept: str) -> None:
        until = self.walk.now + timedelta(minutes=3)
        self.walk.do(
            c.SendCode("sign", "customer", "139****0009", "digest", until),
            c.EnterCode("sign", "customer", correct=True),
            c.SignPapers("sign", "customer", {"contract": kept}, "certificate"),
        )

    def read(self, language: str = "en") -> Reading:
        facts = VisitFacts(answers={"will": self.answers})
        at, told = self.walk.at, self.walk.events
        return Reading(at, self.script, facts, told, self.cipher, language)


def test_every_look_at_every_page_is_there_and_they_add_up() -> None:
    story = Story().reading().turn((1, 4), (2, 3.5), (1, 2), (3, 5), (0, 2))
    found = paper(story.read(), "contract", None)
    seen = [(look["page"], look["ms"]) for look in found["looks"]]
    assert seen == [(1, 4000), (2, 3500), (1, 2000), (3, 5000)]
    assert found["dwell_ms"] == [6000, 3500, 5000]
    assert (found["least_s"], found["pages"], found["party_title"]) == (3, 3, "Customer")
    starts = [look["at"] for look in found["looks"]]
    assert starts == sorted(starts)
    assert found["shown_at"] < starts[0]


def test_what_the_teller_turns_to_is_no_look() -> None:
    story = Story().reading().turn((1, 2))
    story.walk.do(c.TurnPage("contract", 3, TELLER))
    story.turn((0, 1))
    looks = paper(story.read(), "contract", None)["looks"]
    assert [look["page"] for look in looks] == [1]


@pytest.mark.parametrize(
    "end",
    [c.Hold(TELLER, on=True), c.LegDown("customer", "customer-1", "leg_down")],
    ids=["hold", "leg"],
)
def test_a_held_or_broken_call_ends_the_look(end: c.Command) -> None:
    story = Story().reading().turn((2, 3))
    story.walk.do(end)
    story.wait(60)
    found = paper(story.read(), "contract", None)
    assert [look["ms"] for look in found["looks"]] == [3000]
    assert found["dwell_ms"][1] == 3000


def test_nobody_looks_at_one_page_for_hours() -> None:
    story = Story().reading().turn((1, 7200), (0, 1))
    found = paper(story.read(), "contract", None)
    longest = round(LONGEST_LOOK.total_seconds() * 1000)
    assert found["looks"][0]["ms"] == found["dwell_ms"][0] == longest


def test_answers_are_in_words_with_their_attempts_and_red_flags() -> None:
    story = Story().asked(pressed=("", "unclear"))
    story.answer("pressed", "yes", "unexpected")
    (step,) = story.read().answers()
    (line,) = step["asked"]
    assert (step["title"], line["ask"], line["value"]) == ("Will", "Does anybody press you?", "Yes")
    assert (line["finding"], line["attempts"], line["most"]) == ("unexpected", 2, 2)
    assert line["flag"] == "May be pressed by somebody"
    assert story.read("zh-CN").raised() == ["疑似受人催促"]
    recorded = [
        event.at for event in story.walk.events if type(event).__name__ == "QuestionAnswered"
    ]
    assert line["at"] == recorded[-1].isoformat()


def test_the_tellers_reasons_and_flags_are_opened() -> None:
    story = Story().agreed()
    story.signed("kept")
    story.walk.do(c.CompleteStep("sign", TELLER, "passed"), c.SealPapers({"contract": "x"}, "bank"))
    note = story.seal("note", "旁边有人提示")
    story.walk.do(
        c.StartStep("decision", TELLER),
        c.CompleteStep("decision", TELLER, "passed", note, "refuse", ("prompted",)),
    )
    found = decision(story.read(), {TELLER: "王敏"})
    assert found is not None
    assert (found["verdict"], found["reason"], found["who"]) == ("refuse", "旁边有人提示", "王敏")
    assert found["flags"] == [{"label": "Somebody prompts", "blocking": True}]
    assert paper(story.read(), "contract", None)["answer"] == "agreed"


def test_a_signature_that_was_set_aside_stands_beside_the_one_that_counts() -> None:
    story = Story().agreed()
    story.signed("scrawled")
    story.walk.do(c.SignAnew("sign", TELLER, story.seal("reason", "笔迹无法辨认")))
    assert paper(story.read(), "contract", None)["signed"] == []
    story.signed("fair")
    found = paper(story.read(), "contract", None)
    (signed,), (aside,) = found["signed"], found["set_aside"]
    assert (aside["title"], aside["reason"], aside["pdf"]) == (
        "Customer",
        "笔迹无法辨认",
        "scrawled",
    )
    assert aside["at"] < signed["at"]
    assert found["pdf"] == "fair"
