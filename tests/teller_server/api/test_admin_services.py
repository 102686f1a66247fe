"""What an administrator sees of the services: every step, the clauses behind it, and the flow."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.teller_server.api.branch import Served


async def test_every_service_with_its_steps_and_their_clauses(doors: Served) -> None:
    browser = doors.browser("en")
    assert (await browser.ask("GET", "/api/admin/services")).status == 401
    assert (await browser.sign_in("admin", "root")).status == 200
    found = (await browser.ask("GET", "/api/admin/services")).json["services"]
    by_id = {one["service"]: one for one in found}
    assert set(by_id) >= {"change_of_details", "loan_interview", "corporate_account"}
    loan = by_id["loan_interview"]
    assert loan["digest"] == doors.branch.scripts["loan_interview"].digest
    steps = {step["id"]: step for step in loan["steps"]}
    assert {"id": "CN-L-07", "verified": True} in steps["check"]["clauses"]
    assert {"id": "CN-A-03", "verified": False} in steps["face"]["clauses"]
    assert steps["check"]["kind_title"] == "Second person"


async def test_the_flow_is_a_picture_in_the_readers_language(doors: Served) -> None:
    browser = doors.browser("zh-CN")
    await browser.sign_in("admin", "root")
    reply = await browser.ask("GET", "/api/admin/services/loan_interview/flow.svg")
    assert reply.headers["Content-Type"].startswith("image/svg+xml")
    picture = ET.fromstring(reply.raw)
    script = doors.branch.scripts["loan_interview"]
    assert picture.findtext("{http://www.w3.org/2000/svg}title") == script.title["zh-CN"]
    missing = await browser.ask("GET", "/api/admin/services/nothing/flow.svg")
    assert missing.code == "unknown_service"


async def test_consents_name_the_branch_and_show_no_braces(doors: Served) -> None:
    told = (await doors.browser("en").ask("GET", "/api/customer/branch")).json
    for service in told["services"]:
        for consent in service["consents"].values():
            assert consent["title"]
            assert "{{" not in consent["body"] + consent["if_refused"]
