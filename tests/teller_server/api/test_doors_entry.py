"""Coming in: what a stranger may send to open a visit, and what is said when it is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from signaling.limits import Buckets
from teller_server.api.arrivals import GUESSES_AT_ONCE
from teller_server.api.words import say
from tests.teller_server.api.branch import CONSENTS, HAN, Browser, Reply, Served, heard, served
from tests.teller_server.api.test_doors_scope import LOAN
from tests.teller_server.api.test_doors_scope import WITHIN as EDUCATION

DEEP = "[" * 20_000 + "]" * 20_000


async def visits_of(doors: Served) -> int:
    return len(await doors.branch.store.visits.live())


def refused(reply: Reply, status: int, code: str, language: str = "en") -> None:
    assert (reply.status, reply.code) == (status, code), reply.raw
    assert reply.json["message"] == say(code, language)


# ---- the form


@pytest.mark.parametrize(
    ("changed", "status", "code", "field"),
    [
        ({"service": "gold"}, 409, "unknown_service", None),
        ({"language": "fr"}, 409, "language_not_offered", None),
        ({"consents": {}}, 409, "consent_unanswered", None),
        ({"consents": {"recording": True}}, 409, "consent_unanswered", None),
        ({"consents": {"recording": False, "face": True}}, 409, "consent_required", None),
        ({"consents": CONSENTS | {"marketing": True}}, 409, "unknown_consent", None),
        ({"consents": {"recording": "yes", "face": True}}, 400, "bad_request", "consents"),
        ({"name": ""}, 400, "bad_request", "name"),
        ({"name": " \t "}, 400, "bad_request", "name"),
        ({"name": None}, 400, "bad_request", "name"),
        ({"name": "韩" * 81}, 400, "bad_request", "name"),
        ({"name": "韩\n梅"}, 400, "bad_request", "name"),
        ({"name": "韩\x1b[2J"}, 400, "bad_request", "name"),
        ({"name": ["韩"]}, 400, "bad_request", "name"),
        ({"document_number": "1" * 41}, 400, "bad_request", "document_number"),
        ({"document_number": "1\x00"}, 400, "bad_request", "document_number"),
        ({"document_number": 310104198805120041}, 400, "bad_request", "document_number"),
        ({"vip": True}, 400, "bad_request", "vip"),
    ],
    ids=str,
)
async def test_a_form_that_is_wrong_opens_nothing(
    doors: Served, changed: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    before = await visits_of(doors)
    for language in ("en", "zh-CN"):
        stranger = doors.browser(language)
        reply = await stranger.arrive(**changed)
        refused(reply, status, code, language)
        assert str(reply.json.get("field") or "").split(".")[0] == (field or "")
        assert stranger.cookies == {}
    assert await visits_of(doors) == before


@pytest.mark.parametrize(
    "name", ["O'Brien-Łukasz", "阿卜杜勒·热西提", "X Æ A-12", "<b>&amp;", "𠮷野家"]
)
async def test_names_that_people_have_are_taken(doors: Served, name: str) -> None:
    one = doors.browser()
    assert (await one.arrive(f" {name} ", **LOAN, intake=EDUCATION)).status == 201  # not ours yet
    socket = await one.wire("customer")
    assert (await heard(socket, "view"))["body"]["visit"]["state"] == "consented"
    await socket.close()


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"", "application/json", 400, "bad_request"),
        (b"\xff\xfe{}", "application/json", 400, "bad_request"),
        (b'{"name":"\\ud800"}', "application/json", 400, "bad_request"),
        (DEEP.encode(), "application/json", 400, "bad_request"),
        (b'{"name":' + DEEP.encode() + b"}", "application/json", 400, "bad_request"),
        (b'{"name":"' + b"x" * 70_000 + b'"}', "application/json", 413, "too_large"),
        (b"[" + b"1," * 40_000 + b"1]", "application/json", 413, "too_large"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "unsupported_type"),
        (b"{}", "text/plain", 415, "unsupported_type"),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_bodies_of_any_shape(
    doors: Served, raw: bytes, kind: str, status: int, code: str
) -> None:
    for path in ("/api/customer/visits", "/api/customer/redeem", "/api/teller/sign-in"):
        for language in ("en", "zh-CN"):
            reply = await doors.browser(language).ask("POST", path, data=raw, Content_Type=kind)
            refused(reply, status, code, language)


async def test_numbers_of_any_length_are_only_numbers(doors: Served) -> None:
    stranger = doors.browser()
    for text, size in (("9" * 5000, 200_000), ("-1", 200_000), ("٣", 200_000), ("7", 7)):
        reply = await stranger.ask("GET", f"/api/customer/probe?bytes={text}")
        assert (reply.status, len(reply.raw)) == (200, size)
    reply = await stranger.ask("POST", "/api/customer/probe", data=bytes(500_000))
    refused(reply, 413, "too_large")


# ---- who asks


async def test_what_changes_something_comes_from_our_own_page(doors: Served) -> None:
    one = doors.browser()
    await one.arrive()
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        for path in ("/api/customer/handoff", "/api/customer/visits", "/api/teller/sign-in"):
            refused(await one.ask("POST", path, {}, **headers), 403, "foreign_origin")
    for token in (None, "", "x", one.csrf("/api/customer")[:-1] + "."):
        refused(await one.ask("POST", "/api/customer/handoff", {}, X_CSRF=token), 403, "csrf")
    assert (await one.ask("POST", "/api/customer/handoff", {})).status == 200


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "a" * 4000, "'; drop table visits", "%00"])
async def test_cookies_that_open_nothing(doors: Served, cookie: str) -> None:
    stranger = doors.browser()
    stranger.cookies = {"customer": cookie, "teller": cookie}
    refused(await stranger.ask("GET", "/api/customer/receipt"), 401, "not_signed_in")
    refused(await stranger.ask("POST", "/api/customer/handoff", {}), 401, "not_signed_in")
    assert (await stranger.ask("GET", "/")).status == 200
    assert (await stranger.arrive("王小明", "440305199507230013")).status == 201


async def test_a_cookie_that_was_left_opens_nothing(doors: Served) -> None:
    one = doors.browser()
    await one.arrive()
    stale = dict(one.cookies)
    assert (await one.ask("POST", "/api/customer/leave", {})).status == 200
    one.cookies = stale
    refused(await one.ask("GET", "/api/customer/receipt"), 401, "not_signed_in")


async def test_one_customer_never_reaches_anothers_visit(doors: Served) -> None:
    mine, theirs = doors.browser(), doors.browser()
    own = (await mine.arrive("李雷", "330106199001010028")).json["visit"]
    other = (await theirs.arrive("王小明", "440305199507230013")).json["visit"]
    for path in (f"/api/customer/receipt?visit={other}", f"/api/customer/receipt/{other}"):
        assert other.encode() not in (await mine.ask("GET", path)).raw
    socket = await mine.wire("customer", token=None)
    view = (await heard(socket, "view"))["body"]
    assert view["visit"]["id"] == own
    await socket.close()
    forged = await mine.ask(
        "POST", "/api/customer/visits", {"visit": other, "service": "change_of_details"}
    )
    refused(forged, 400, "bad_request")


# ---- secrets that are tried


async def test_nobody_finds_an_invitation_by_trying(doors: Served) -> None:
    admission = doors.branch.admission
    secret = (await admission.invite("change_of_details", "zh-CN", "李雷", "3301", "test")).secret
    guesser, guest = doors.browser(), doors.browser()
    codes = []
    for n in range(int(GUESSES_AT_ONCE) + 3):
        form = {"secret": f"{n:032d}"}
        reply = await guesser.ask("POST", "/api/customer/redeem", form, X_Forwarded_For="192.0.2.1")
        codes.append(reply.code)
    assert codes == ["invitation_unknown"] * int(GUESSES_AT_ONCE) + ["too_many_requests"] * 3
    assert int(reply.headers["Retry-After"]) > 30
    form = {"secret": secret}
    late = await guesser.ask("POST", "/api/customer/redeem", form, X_Forwarded_For="192.0.2.1")
    refused(late, 429, "too_many_requests")
    there = await guest.ask("POST", "/api/customer/redeem", form, X_Forwarded_For="192.0.2.2")
    assert there.json["customer"] == {"name_masked": "李*"}


async def test_nobody_finds_a_hand_off_code_by_trying(doors: Served) -> None:
    one, guesser, other = doors.browser(), doors.browser(), doors.browser()
    visit = (await one.arrive()).json["visit"]
    code = (await one.ask("POST", "/api/customer/handoff", {})).json["code"]
    path, here = "/api/customer/handoff/redeem", "192.0.2.3"
    for n in range(int(GUESSES_AT_ONCE)):
        reply = await guesser.ask("POST", path, {"code": f"AAAA{n:04d}"}, X_Forwarded_For=here)
        refused(reply, 409, "handoff_unknown")
    refused(await guesser.ask("POST", path, {"code": code}, X_Forwarded_For=here), 429,
            "too_many_requests")  # fmt: skip
    typed = {"code": f" {code[:4].lower()}-{code[4:]}"}
    there = await other.ask("POST", path, typed, X_Forwarded_For="192.0.2.4")
    assert there.json["visit"] == visit
    again = await other.ask("POST", path, typed, X_Forwarded_For="192.0.2.4")
    refused(again, 409, "handoff_unknown")


async def test_what_is_right_is_no_guess(doors: Served) -> None:
    one, here = doors.browser(), "192.0.2.5"
    await one.arrive()
    for _ in range(int(GUESSES_AT_ONCE) + 5):
        code = (await one.ask("POST", "/api/customer/handoff", {})).json["code"]
        form = {"code": code}
        path = "/api/customer/handoff/redeem"
        assert (await one.ask("POST", path, form, X_Forwarded_For=here)).status == 200


def test_guesses_come_back_slowly() -> None:
    bucket = Buckets(1 / 60, GUESSES_AT_ONCE).of("192.0.2.1")
    assert [bucket.take(0) for _ in range(11)] == [True] * 10 + [False]
    assert [bucket.take(60), bucket.take(61)] == [True, False]


async def test_an_invitation_is_used_once_and_by_its_person(doors: Served) -> None:
    secret = (await doors.branch.admission.invite("change_of_details", "en", *HAN, "test")).secret
    guest, thief = doors.browser(), doors.browser()
    await guest.ask("POST", "/api/customer/redeem", {"secret": secret})
    reply = await thief.ask("POST", "/api/customer/redeem", {"secret": secret})
    refused(reply, 409, "invitation_used")
    opened = await guest.arrive("Mallory", "X1")  # what is typed does not count
    assert opened.status == 201
    fields = await doors.branch.store.fields.read_many([opened.json["visit"]], ["name"])
    assert "Mallory" not in json.dumps(fields, default=str)


async def test_too_many_requests_are_slowed(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"requests_rate": 1, "requests_burst": 5}) as branch:
        stranger = branch.browser()
        codes = [(await stranger.ask("GET", "/api/customer/branch")).status for _ in range(7)]
        assert codes[:5] == [200] * 5
        assert 429 in codes
        elsewhere = await stranger.ask("GET", "/healthz", X_Forwarded_For="192.0.2.9")
        assert elsewhere.status == 200


# ---- a branch that can't let anybody in


async def ticket(browser: Browser) -> tuple[str, str]:
    """What comes of asking for a ticket: the error's code or `ticket`, and its sentence."""
    socket = await browser.wire("customer")
    try:
        said = await heard(socket, "view")
        if not said["body"]["visit"]["ticket"]:
            take = {"v": 1, "type": "ticket.take", "id": "t-1", "seq": 1, "body": {}}
            await socket.send_str(json.dumps(take))
        while True:
            if said["type"] == "error":
                return said["body"]["code"], said["body"]["message"]
            if said["body"]["visit"]["ticket"]:
                return "ticket", said["body"]["visit"]["ticket"]
            said = await heard(socket, "view", "error")
    finally:
        await socket.close()


async def test_a_closed_branch_gives_no_ticket_and_loses_no_visit(tmp_path: Path) -> None:
    hours = {"always_open": False, "weekdays": [], "weekend": []}
    async with served(tmp_path, branch=hours) as branch:
        told = (await branch.browser().ask("GET", "/api/customer/branch")).json["branch"]
        assert told["open"] is False
        one = branch.browser()
        visit = (await one.arrive()).json["visit"]
        assert await ticket(one) == ("branch_closed", say("branch_closed", "zh-CN"))
        kept = await branch.branch.store.visits.get(visit)
        assert (kept.state.value, kept.ticket) == ("consented", None)


async def test_a_full_queue_asks_to_come_later(tmp_path: Path) -> None:
    async with served(tmp_path, limits={"waiting": 1}) as branch:
        first, second = branch.browser(), branch.browser()
        await first.arrive()
        await second.arrive("Owen Pryce", "518230446", language="en")
        assert (await ticket(first))[0] == "ticket"
        assert await ticket(second) == ("branch_full", say("branch_full", "en"))
        assert (await ticket(first))[0] == "ticket", "whoever waits goes on waiting"


async def test_a_full_disk_lets_nobody_new_in_and_those_inside_go_on(tmp_path: Path) -> None:
    inside, half = {}, {}
    async with served(tmp_path) as branch:
        first, second = branch.browser(), branch.browser()
        await first.arrive()
        await second.arrive("王小明", "440305199507230013")
        given = await ticket(first)
        inside, half = first.cookies, second.cookies
    async with served(tmp_path, recording={"min_free_mb": 10**9}) as branch:
        first, second = branch.browser(), branch.browser()
        first.cookies, second.cookies = inside, half
        assert await ticket(first) == given
        assert await ticket(second) == (
            "branch_out_of_space",
            say("branch_out_of_space", "zh-CN"),
        )
        for language in ("en", "zh-CN"):
            newcomer = branch.browser(language)
            refused(await newcomer.arrive(), 409, "branch_out_of_space", language)
            assert newcomer.cookies == {}
