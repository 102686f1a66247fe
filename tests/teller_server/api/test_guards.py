"""Where a request comes from, what it carries, and what it is told when it fails."""

from pathlib import Path

import pytest

from teller_server.api.guards import cookie_name
from teller_server.settings import load
from tests.teller_server.api.house import Browser, House, house


@pytest.fixture
def signed_in(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A house with a teller signed in."""

    class Open:
        async def __aenter__(self) -> tuple[House, Browser]:
            self.house = house(tmp_path)
            here, browser = await self.house.__aenter__()
            await here.hire("wang", "teller")
            await browser.sign_in("teller", "wang")
            return here, browser

        async def __aexit__(self, *error: object) -> None:
            await self.house.__aexit__(*error)  # type: ignore[arg-type]

    return Open()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
async def test_a_foreign_page_changes_nothing(signed_in, headers: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    async with signed_in as (_, browser):
        status, said = await browser.ask("POST", "/api/teller/who", **headers)
        assert (status, said["code"]) == (403, "foreign_origin")


async def test_a_foreign_page_cannot_sign_us_in(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        await here.hire("wang", "teller")
        form = {"account": "wang", "password": "x"}
        status, said = await browser.ask(
            "POST", "/api/teller/sign-in", form, Origin="https://evil.example"
        )
        assert (status, said["code"]) == (403, "foreign_origin")


async def test_the_csrf_token_is_needed_and_is_the_sessions_own(signed_in) -> None:  # type: ignore[no-untyped-def]
    async with signed_in as (here, browser):
        assert (await browser.ask("POST", "/api/teller/who"))[0] == 200
        for wrong in ("", "x" * 43, "柜员"):
            sent = {"X_CSRF": wrong} if wrong else {}
            kept = browser.csrf.pop("teller")
            status, said = await browser.ask(
                "POST",
                "/api/teller/who",
                **{k: v.encode().decode("latin1") for k, v in sent.items()},
            )
            browser.csrf["teller"] = kept
            assert (status, said["code"]) == (403, "csrf")
        await here.hire("li", "teller")
        other = Browser(here)
        await other.sign_in("teller", "li")
        browser.csrf["teller"] = other.csrf["teller"]
        assert (await browser.ask("POST", "/api/teller/who"))[1]["code"] == "csrf"
        await other.http.close()


async def test_reading_needs_no_token(signed_in) -> None:  # type: ignore[no-untyped-def]
    async with signed_in as (_, browser):
        browser.csrf.clear()
        assert (await browser.ask("GET", "/api/teller/who", Origin=""))[0] == 200


async def test_a_person_is_led_to_the_sign_in_page(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, browser):
        status, headers = await browser.ask("GET", "/api/teller/who", Accept="text/html")
        assert (status, headers["Location"]) == (303, "/teller/sign-in")


async def test_a_cookie_of_one_door_does_not_open_another(signed_in) -> None:  # type: ignore[no-untyped-def]
    async with signed_in as (_, browser):
        (cookie,) = [c.value for c in browser.http.cookie_jar]
        for door in ("review", "core", "customer"):
            stolen = {"Cookie": f"vb_{door}={cookie}"}
            assert (await browser.ask("GET", f"/api/{door}/who", **stolen))[0] == 401


async def test_failures_are_told_in_the_persons_language(tmp_path: Path) -> None:
    async with house(tmp_path) as (_, browser):
        _, said = await browser.ask("GET", "/api/teller/who")
        assert said == {"code": "not_signed_in", "message": "请先登录。"}
        _, said = await browser.ask("GET", "/api/teller/who", Accept_Language="en-GB,en;q=0.9")
        assert said["message"] == "Please sign in first."
        _, said = await browser.ask(
            "GET", "/api/teller/who", Accept_Language="en", Cookie="vb_language=zh-CN"
        )
        assert said["message"] == "请先登录。"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/teller/fail", 500, "internal"), ("/api/teller/nothing", 404, "not_found")],
)
async def test_defects_and_dead_ends_are_json_too(  # type: ignore[no-untyped-def]
    signed_in, path: str, status: int, code: str
) -> None:
    async with signed_in as (_, browser):
        got, said = await browser.ask("GET", path)
        assert (got, said["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (None, 415, "unsupported_type", None),
        ([], 400, "bad_request", None),
        ({"account": "a"}, 400, "bad_request", "password"),
        ({"account": "a", "password": 1}, 400, "bad_request", "password"),
        ({"account": "a", "password": "b", "admin": True}, 400, "bad_request", "admin"),
        ({"account": "a" * 70_000, "password": "b"}, 413, "too_large", None),
    ],
)
async def test_bad_bodies_are_named(
    tmp_path: Path, body: object, status: int, code: str, field: str | None
) -> None:
    async with house(tmp_path) as (_, browser):
        got, said = await browser.ask("POST", "/api/teller/sign-in", body)
        assert (got, said["code"], said.get("field")) == (status, code, field)


async def test_deep_nesting_is_a_bad_request(tmp_path: Path) -> None:
    async with house(tmp_path) as (here, browser):
        headers = {"Origin": here.url, "Content-Type": "application/json"}
        async with browser.http.post(
            f"{here.url}/api/teller/sign-in", data="[" * 60_000, headers=headers
        ) as reply:
            assert (reply.status, (await reply.json())["code"]) == (400, "bad_request")


async def test_haste_is_refused_with_a_time_to_wait(tmp_path: Path) -> None:
    limits = {"requests_rate": 0.01, "requests_burst": 3}
    async with house(tmp_path, limits=limits) as (_, browser):
        seen = [(await browser.ask("GET", "/api/teller/who"))[0] for _ in range(4)]
        assert seen == [401, 401, 401, 429]
        reply = await browser.http.get(browser.house.url + "/s/tree/base.css")
        assert reply.status == 404, "a file that never changes is not counted"


async def test_who_is_behind_a_proxy_is_believed_only_from_the_proxy(tmp_path: Path) -> None:
    given = {"limits": {"sign_in_address": 1}, "server": {"proxies": ["127.0.0.0/8"]}}
    async with house(tmp_path, **given) as (here, browser):
        await here.hire("wang", "teller")
        form = {"account": "x", "password": "y"}
        await browser.ask("POST", "/api/teller/sign-in", form, X_Forwarded_For="203.0.113.9")
        _, said = await browser.ask(
            "POST", "/api/teller/sign-in", form, X_Forwarded_For="6.6.6.6, 203.0.113.9"
        )
        assert said["code"] == "throttled", "what the client itself wrote is not believed"
        assert (await browser.sign_in("teller", "wang"))[0] == 200


def test_cookies_cannot_be_set_by_other_hosts_over_https() -> None:
    assert cookie_name(load(), "teller") == "vb_teller"
    https = load(server={"public_url": "https://bank.example"})
    assert cookie_name(https, "teller") == "__Host-vb_teller"


async def test_cookies_say_what_they_must(tmp_path: Path) -> None:
    server = {"public_url": "https://bank.example"}
    async with house(tmp_path, server=server) as (here, browser):
        await here.hire("wang", "teller")
        form = {"account": "wang", "password": "correct horse battery"}
        headers = {"Origin": "https://bank.example"}
        for path, body, same_site in (
            ("/api/teller/sign-in", form, "Strict"),
            ("/api/customer/visits?visit=visit-1", None, "Lax"),
        ):
            async with browser.http.post(here.url + path, json=body, headers=headers) as reply:
                said = reply.headers["Set-Cookie"]
                for part in ("__Host-vb_", "Secure", "HttpOnly", "Path=/", f"SameSite={same_site}"):
                    assert part in said
                assert "Domain" not in said
