"""Who gets in, for how long, and what everybody else is told."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from teller_server.api.passwords import DUMMY
from tests.teller_server.api.house import HASH, PASSWORD, Browser, house

WRONG = "wrong password 123"


async def test_signing_in_opens_this_door_only(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        assert (await browser.ask("GET", "/api/teller/who"))[1]["code"] == "not_signed_in"
        status, said = await browser.sign_in("teller", "wang")
        assert (status, said["next"]) == (200, "/teller")
        assert await browser.ask("GET", "/api/teller/who") == (200, {"subject": "acc-wang"})
        assert (await browser.ask("GET", "/api/review/who"))[0] == 401


async def test_four_people_are_signed_in_side_by_side_in_one_browser(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        roles = {"teller": "teller", "review": "compliance", "core": "admin"}
        for door, role in roles.items():
            await here.hire(role, role)
            assert (await browser.sign_in(door, role))[0] == 200
        assert (await browser.ask("POST", "/api/customer/visits?visit=visit-1"))[0] == 200
        for door, role in roles.items():
            assert await browser.ask("POST", f"/api/{door}/who") == (
                200,
                {"subject": f"acc-{role}"},
            )
        assert await browser.ask("GET", "/api/customer/who") == (200, {"subject": "visit-1"})


@pytest.mark.parametrize(
    ("name", "password"),
    [("nobody", PASSWORD), ("wang", WRONG), ("gone", PASSWORD), ("officer", PASSWORD)],
    ids=["unknown account", "wrong password", "disabled account", "another door's role"],
)
async def test_everybody_else_gets_the_same_answer(
    tmp_path: Path, name: str, password: str
) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        await here.hire("gone", "teller", disabled=True)
        await here.hire("officer", "compliance")
        status, said = await browser.sign_in("teller", name, password)
        assert (status, said["code"]) == (401, "bad_credentials")


async def test_a_disabled_account_is_out_at_once(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        wang = await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        await here.store.accounts.change(wang.id, disabled=True)
        assert (await browser.ask("GET", "/api/teller/who"))[0] == 401


async def test_a_session_is_new_at_every_sign_in(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        first = {c.key: c.value for c in browser.http.cookie_jar}["vb_teller"]
        await browser.sign_in("teller", "wang")
        second = {c.key: c.value for c in browser.http.cookie_jar}["vb_teller"]
        assert first != second
        assert await here.auth.recognise("teller", first) is None
        assert await here.auth.recognise("teller", second)


async def test_cookies_are_kept_as_hashes(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        (cookie,) = [c.value for c in browser.http.cookie_jar]
        await here.store.close()
        kept = _everything_in(tmp_path)
        assert cookie.encode() not in kept
        assert b"web_sessions" in kept


async def test_signing_out_ends_the_session_and_is_heard(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        assert await browser.ask("POST", "/api/teller/sign-out") == (
            200,
            {"next": "/teller/sign-in"},
        )
        assert here.signed_out == ["acc-wang"]
        assert (await browser.ask("GET", "/api/teller/who"))[0] == 401


async def test_sessions_end_by_idleness_and_by_age(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        for _ in range(60):
            here.clock.on(minutes=10)
            if (await browser.ask("GET", "/api/teller/who"))[0] != 200:
                break
        assert here.clock.at.hour == 17, "eight hours of work, then the day is over"
        await browser.sign_in("teller", "wang")
        here.clock.on(minutes=16)
        assert (await browser.ask("GET", "/api/teller/who"))[0] == 401


async def test_an_open_page_keeps_its_session(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        wang = await here.hire("wang", "teller")
        await browser.sign_in("teller", "wang")
        (cookie,) = [c.value for c in browser.http.cookie_jar]
        identity = await here.auth.recognise("teller", cookie)
        assert identity
        for _ in range(3):
            here.clock.on(minutes=10)
            assert await here.auth.keep_alive(identity)
        assert (await browser.ask("GET", "/api/teller/who"))[0] == 200
        await here.store.accounts.change(wang.id, disabled=True)
        assert not await here.auth.keep_alive(identity)


async def test_the_second_factor(tmp_path: Path) -> None:
    async with house(tmp_path, staff={"totp_required": True}) as (here, browser):
        await here.hire("wang", "teller", totp=True)
        await here.hire("new", "teller")
        assert (await browser.sign_in("teller", "new"))[1]["code"] == "totp_not_set_up"
        assert (await browser.sign_in("teller", "wang"))[1]["code"] == "totp_required"
        assert (await browser.sign_in("teller", "wang", WRONG))[1]["code"] == "bad_credentials"
        for wrong in ("000000", "12345", "１２３４５６", "abcdef"):
            status, said = await browser.sign_in("teller", "wang", totp=wrong)
            assert (status, said["code"]) == (401, "bad_credentials")
        here.clock.on(hours=1)
        assert (await browser.sign_in("teller", "wang", totp=here.code()))[0] == 200


async def test_a_code_works_once(tmp_path: Path) -> None:
    async with house(tmp_path, staff={"totp_required": True}) as (here, browser):
        await here.hire("wang", "teller", totp=True)
        code = here.code()
        assert (await browser.sign_in("teller", "wang", totp=code))[0] == 200
        overheard = Browser(here)
        assert (await overheard.sign_in("teller", "wang", totp=code))[1]["code"] == (
            "bad_credentials"
        )
        here.clock.on(seconds=31)
        assert (await overheard.sign_in("teller", "wang", totp=code))[0] == 401, "nor an old one"
        here.clock.on(seconds=30)
        assert (await overheard.sign_in("teller", "wang", totp=here.code()))[0] == 200
        await overheard.http.close()


@pytest.mark.parametrize("name", ["wang", "nobody"])
async def test_guessing_costs_time(tmp_path: Path, name: str) -> None:
    async with house(tmp_path, limits={"sign_in_account": 3}) as (here, browser):
        await here.hire("wang", "teller")
        for _ in range(3):
            assert (await browser.sign_in("teller", name, WRONG))[1]["code"] == "bad_credentials"
        status, said = await browser.sign_in("teller", name)
        assert (status, said["code"]) == (401, "throttled"), "even with the right password"
        here.clock.on(seconds=2)
        await browser.sign_in("teller", name, WRONG)
        here.clock.on(seconds=1.5)
        assert (await browser.sign_in("teller", name))[1]["code"] == "throttled", "longer now"
        here.clock.on(minutes=16)
        assert (await browser.sign_in("teller", name))[0] == (200 if name == "wang" else 401)


async def test_guessing_at_many_accounts_costs_time_too(tmp_path: Path) -> None:
    async with house(tmp_path, limits={"sign_in_address": 4}) as (here, browser):
        await here.hire("wang", "teller")
        for n in range(4):
            await browser.sign_in("teller", f"guess-{n}", WRONG)
        assert (await browser.sign_in("teller", "wang"))[1]["code"] == "throttled"


async def test_a_restart_does_not_forget_who_was_guessing(tmp_path: Path) -> None:
    async with house(tmp_path, limits={"sign_in_account": 2}) as (here, browser):
        await here.hire("wang", "teller")
        for _ in range(2):
            await browser.sign_in("teller", "wang", WRONG)
    async with house(tmp_path, limits={"sign_in_account": 2}) as (_, browser):
        assert (await browser.sign_in("teller", "wang"))[1]["code"] == "throttled"


async def test_viewing_needs_a_fresh_authentication(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("officer", "compliance", totp=True)
        await browser.sign_in("review", "officer", totp=here.code())
        assert (await browser.ask("GET", "/api/review/view"))[0] == 200, "just signed in"
        here.clock.on(minutes=11)
        status, said = await browser.ask("GET", "/api/review/view")
        assert (status, said["code"]) == (403, "fresh_authentication_required")
        proof = {"password": WRONG, "totp": here.code()}
        assert (await browser.ask("POST", "/api/review/fresh", proof))[1]["code"] == (
            "bad_credentials"
        )
        proof["password"] = PASSWORD
        status, said = await browser.ask("POST", "/api/review/fresh", proof)
        assert (status, said["fresh_until"]) == (200, "2026-06-13T09:21:00+00:00")
        assert (await browser.ask("GET", "/api/review/view"))[0] == 200


def test_an_account_that_does_not_exist_takes_as_long() -> None:
    assert extract_parameters(DUMMY) == extract_parameters(HASH)
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(DUMMY, PASSWORD)


async def test_many_sign_ins_at_once_do_not_take_the_cores(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, _):
        passwords = here.auth._passwords
        passwords._room = 0
        browser = Browser(here)
        status, said = await browser.sign_in("teller", "wang")
        assert (status, said["code"]) == (503, "outage")
        await browser.http.close()


def _everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
