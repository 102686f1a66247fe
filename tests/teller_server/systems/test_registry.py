"""What every adapter to the registers must do, tried on each; and what HTTP alone can do wrong."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from teller_server.desk.words import WORDS
from teller_server.domain.errors import Outage
from teller_server.systems.demo_registers import (
    CITIZENS,
    COMPANY_CODES,
    LISTED,
    PHONES,
    DemoRegistry,
)
from teller_server.systems.registry import REASONS, Answer, Registry
from teller_server.systems.registry_description import (
    RegistersInvalid,
    parse_registers,
    read_registers,
)
from tests.teller_server.systems.registers import TOLD, Register, register
from tests.tree import ROOT

FACE = b"\xff\xd8 a portrait"
LEI, TEA = ("李雷", "330106199001010028"), ("91330106MA2XK7Q04L", "杭州青禾茶业有限公司")


@pytest_asyncio.fixture(params=["demo", "http"])
async def registry(request: pytest.FixtureRequest) -> AsyncIterator[Registry]:
    if request.param == "demo":
        yield DemoRegistry()
        return
    async with register() as server:
        http = server.adapter()
        yield http
        await http.close()


def holds(answer: Answer, odd: str) -> None:
    """The outcome that a code of the demo's tables stands for, as an answer that can be kept."""
    if odd.startswith("registry_"):
        assert answer.outcome == "unreachable"
        assert answer.reasons[0] in REASONS
        return
    assert (answer.outcome, answer.reasons) == ("mismatch" if odd else "match", (odd,) * bool(odd))
    assert answer.reference.startswith("D")
    assert answer.raw
    assert len(answer.digest) == 64


# every adapter


async def test_whoever_is_as_stated_is_confirmed(registry: Registry) -> None:
    before = datetime.now(UTC)
    answers = [
        await registry.citizen(*LEI, FACE),
        await registry.citizen(*LEI, None),
        await registry.company(*TEA, "李雷"),
        await registry.screening(*LEI, "person"),
        await registry.phone("13800000001", LEI[1]),
        await registry.phone("13900000009", LEI[1]),
    ]
    for answer in answers:
        holds(answer, "")
        assert before <= answer.asked_at <= datetime.now(UTC)
    assert len({answer.reference for answer in answers}) == 5


async def test_whoever_is_not_is_told_apart(registry: Registry) -> None:
    holds(await registry.citizen("李磊", LEI[1], FACE), "name_differs")
    holds(await registry.company(TEA[0], "青禾茶业", "李雷"), "name_differs")
    holds(await registry.company(*TEA, "韩梅梅"), "representative_differs")
    holds(await registry.phone("13800000002", LEI[1]), "phone_of_another")


@pytest.mark.parametrize(("number", "odd"), CITIZENS.items())
async def test_every_outcome_of_a_citizen(registry: Registry, number: str, odd: str) -> None:
    holds(await registry.citizen("孙某", number, FACE), odd)


@pytest.mark.parametrize(("code", "odd"), COMPANY_CODES.items())
async def test_every_outcome_of_a_company(registry: Registry, code: str, odd: str) -> None:
    holds(await registry.company(code, "某公司", "孙某"), odd)


@pytest.mark.parametrize(("code", "odd"), LISTED.items())
async def test_every_outcome_of_a_screening(registry: Registry, code: str, odd: str) -> None:
    by_name = not code[0].isdigit()
    holds(await registry.screening(code if by_name else "孙某", code, "person"), odd)


@pytest.mark.parametrize(("number", "odd"), PHONES.items())
async def test_every_outcome_of_a_telephone(registry: Registry, number: str, odd: str) -> None:
    holds(await registry.phone(number, LEI[1]), odd)


async def test_without_a_picture_none_is_compared(registry: Registry) -> None:
    odd = next(number for number, why in CITIZENS.items() if why == "photo_differs")
    holds(await registry.citizen("孙某", odd, None), "")


def test_every_reason_has_its_words() -> None:
    assert {code for code in REASONS if f"register_reason.{code}" not in WORDS} == set()


# HTTP


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Register]:
    async with register() as one:
        yield one


async def test_only_what_is_described_is_sent(server: Register) -> None:
    http = server.adapter()
    await http.citizen(*LEI, FACE)
    await http.citizen(*LEI, None)
    await http.close()
    with_picture, without = server.asked
    assert with_picture == {
        "xm": LEI[0], "sfzh": LEI[1], "zp": base64.b64encode(FACE).decode(),
    }  # fmt: skip
    assert without == {"xm": LEI[0], "sfzh": LEI[1]}
    assert server.headers[0]["X-Branch"] == "0571"


@pytest.mark.parametrize(
    ("misbehaves", "code"),
    [
        ("silent", "registry_timeout"),
        ("elsewhere", "registry_does_not_admit_us"),
        ("endless", "registry_answer_unreadable"),
        ("garbled", "registry_answer_unreadable"),
        ("unheard_of", "registry_answer_unreadable"),
    ],
)
async def test_what_can_not_be_understood_confirms_nobody(
    server: Register, misbehaves: str, code: str
) -> None:
    server.odd = getattr(server, misbehaves)
    http = server.adapter(total=1)
    answer = await http.phone("13900000009", LEI[1])
    await http.close()
    assert (answer.outcome, answer.reasons) == ("unreachable", (code,))
    assert len(server.asked) == 1, "asked once, and nowhere else"
    assert answer.reference == ""


async def test_a_registers_own_words_go_nowhere(server: Register) -> None:
    server.odd = server.puts_it_oddly
    http = server.adapter()
    answer = await http.phone("13900000009", LEI[1])
    await http.close()
    assert (answer.outcome, answer.reasons, answer.reference) == ("mismatch", ("other",), "")


async def test_a_wrong_secret_and_a_register_that_is_gone_are_no_answer(server: Register) -> None:
    stranger = server.adapter("wrong")
    assert (await stranger.phone("1", "2")).reasons == ("registry_does_not_admit_us",)
    await stranger.close()
    server.base = "http://127.0.0.1:9"
    gone = server.adapter()
    assert (await gone.phone("1", "2")).reasons == ("registry_unreachable",)
    await gone.close()


async def test_a_register_that_is_not_connected_is_never_asked(server: Register) -> None:
    only = TOLD[: TOLD.index("  company:")].replace("BASE", server.base).replace("TOTAL", "1")
    http = type(server.adapter())(parse_registers(only, "x"), None)
    answer = await http.screening("a", "b", "person")
    await http.close()
    assert (answer.outcome, answer.reasons) == ("unreachable", ("registry_not_connected",))
    assert server.asked == []


# the description

WRONG = {
    ("base: BASE", "base: http://registers.example"): "https is needed",
    ("path: /phone", "path: /phone/{document}"): "names nobody",
    ('"{phone}"', '"{telephone}"'): "`{telephone}` is none of",
    ('id: "{document}"}', "id: {document}}"): "in quotes",
    ('"Y": match', '"Y": yes_please'): "`yes_please` is none of",
    ('"0": match, "*": mismatch', '"*": match'): "`*` can't be a match",
    ("HELD: phone_of_another", "HELD: taken"): "`taken` is none of",
    ("total: TOTAL", "total: 31"): "a whole number from 1 to 30",
    ("outcome: result", "outcom: result"): "unknown key `outcom`",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_mistake_is_named_at_its_line(wrong: tuple[str, str]) -> None:
    text = TOLD.replace(*wrong, 1).replace("BASE", "https://r.example").replace("TOTAL", "3")
    line = TOLD[: TOLD.index(wrong[0])].count("\n") + 1
    with pytest.raises(RegistersInvalid) as raised:
        parse_registers(text, "registers.yaml")
    assert WRONG[wrong] in str(raised.value)
    assert any(f"registers.yaml:{n}: " in str(raised.value) for n in (line, line - 1, line - 2))


def test_a_missing_file_is_the_operators_business() -> None:
    with pytest.raises(Outage, match="registry_description_missing"):
        read_registers(ROOT / "nowhere.yaml")


def test_the_documents_example_is_sound() -> None:
    page = (ROOT / "docs" / "integration.md").read_text("utf-8")
    section = page[page.index("\n## Registers") :]
    text = section[section.index("```yaml\n") + 8 :]
    told = parse_registers(text[: text.index("```")], "integration.md")
    assert set(told.questions) == {"citizen", "company", "screening", "phone"}
