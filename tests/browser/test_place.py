"""A real branch whose pack asks for the device's position, a real browser that tells it."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import expect

from teller_server.desk.fields import FieldCipher
from teller_server.desk.place import POSITION
from teller_server.desk.purposes import SERVICE
from tests.browser.conftest import Browsers
from tests.browser.customer_page import CustomerPage
from tests.browser.page import until
from tests.browser.test_customer import PHONE
from tests.teller_server.api.branch import Served, served
from tests.teller_server.api.test_networks import rules

HERE = {"latitude": 31.2304, "longitude": 121.4737, "accuracy": 35}
GEO = "required: true, max_age_seconds: 600, purposes: [anti_fraud]"


async def test_a_phone_tells_where_it_is_while_its_owner_waits(
    browsers: Browsers, tmp_path: Path
) -> None:
    context = await browsers.customer.new_context(
        viewport=PHONE, locale="en-GB", geolocation=HERE, permissions=["geolocation"]
    )
    async with served(tmp_path, rules=rules(tmp_path / "rules", GEO, "geo")) as doors:
        customer = CustomerPage(await context.new_page())
        await waiting(customer, doors)
        asked = customer.page.locator(".place")
        await expect(asked).to_contain_text("It helps protect you against fraud.")
        await expect(asked).to_contain_text("Any branch can help you instead.")
        await customer.accessible()
        await customer.press("Share position")
        await expect(asked).to_contain_text("Position shared, within 35 m")
        await customer.accessible()
        assert await told(doors) == (31.2304, 121.4737)
        await customer.press("Stop sharing")
        await until(lambda: withdrawn(doors), "the position to be taken back")
        await expect(asked).to_contain_text("You chose not to share the position.")
        customer.content()
        await context.close()


async def waiting(customer: CustomerPage, doors: Served) -> None:
    """From the door to a ticket: the short house asks nothing before the queue."""
    await customer.goto(doors.url)
    await customer.page.locator("button.service").first.click()
    await customer.introduce("韩梅梅", "310104198805120041")
    await customer.press("I agree to the recording")
    await customer.press("I agree to face comparison")
    await customer.check_devices()
    await customer.take_ticket()


async def told(doors: Served) -> tuple[float, float]:
    """What the branch keeps, opened with the visit's key."""
    (visit,) = await doors.branch.store.visits.live()
    assert visit.place is not None
    cipher = FieldCipher(visit.id, await doors.branch.keys.get(visit.id, SERVICE))
    found = json.loads(cipher.open(POSITION, visit.place.position))
    return found["latitude"], found["longitude"]


async def withdrawn(doors: Served) -> bool:
    (visit,) = await doors.branch.store.visits.live()
    return visit.place is not None and visit.place.why == "chosen"
