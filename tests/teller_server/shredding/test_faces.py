"""The counter of kept faces: people, not pictures; what is destroyed is not kept any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, insert, update

from teller_server.store.evidence import StoredObject
from teller_server.store.schema import data_keys, objects, recordings, visits
from teller_server.store.schema_guests import guests
from tests.teller_server.desk.archive import VISIT
from tests.teller_server.material import NOON, opening
from tests.teller_server.shredding.house import House


def picture(visit: str, recording: str, digest: str, role: str) -> StoredObject:
    return StoredObject(recording, digest, visit, role, "image/jpeg", 9, NOON)


async def another(house: House, visit: str, customer: str, *roles: str) -> None:
    """One more visit, with these attachments in a recording that has its key."""
    store = house.branch.store
    await store.visits.apply(visit, opening(visit, customer=customer), NOON)

    def work(connection: Connection) -> None:
        recording = f"rec-{visit}"
        connection.execute(
            insert(recordings).values(
                id=recording, visit=visit, directory="x", state="sealed", started_at=NOON
            )
        )
        connection.execute(
            insert(data_keys).values(
                recording=recording, visit=visit, wrapped=b"w", context=b"c", created_at=NOON
            )
        )

    await store.write(work)
    for n, role in enumerate(roles):
        await store.evidence.add_object(picture(visit, f"rec-{visit}", f"{n:064x}", role))


async def came(house: House, visit: str, guest: str, party: str) -> None:
    """Asked in twice, came once."""
    values = {
        "visit": visit,
        "party": party,
        "invited_by": "t",
        "invited_at": NOON,
        "expires_at": NOON + timedelta(hours=1),
    }

    def work(connection: Connection) -> None:
        for n, redeemed in ((1, None), (2, NOON)):
            row = {**values, "id": f"{guest}{n}", "secret_hash": f"{guest}{n}"}
            connection.execute(insert(guests).values(**row, redeemed_at=redeemed))

    await house.branch.store.write(work)


async def test_people_are_counted_and_not_pictures(house: House) -> None:
    faces = house.branch.store.faces
    before = await faces.people()
    await another(house, "v2", "digest-a", "document_photo", "portrait", "face_live")
    await another(house, "v3", "digest-a", "portrait")
    await another(house, "v4", "digest-b", "face_portrait")
    await another(house, "v5", "digest-c", "signed_contract", "registry_citizen")
    assert await faces.people() == before + 2, "the same person twice is one; a paper is no face"
    await came(house, "v4", "g", "guarantor")
    await came(house, "v5", "h", "guarantor")
    assert await faces.people() == before + 3


async def test_a_shredding_lowers_it(house: House) -> None:
    store = house.branch.store
    recording = await store.read(
        lambda conn: conn.execute(recordings.select().where(recordings.c.visit == VISIT)).one().id
    )
    without = await store.faces.people()

    def known(connection: Connection) -> None:
        connection.execute(update(visits).where(visits.c.id == VISIT).values(customer="digest-z"))
        stored = picture(VISIT, recording, "f" * 64, "portrait")
        values = {name: getattr(stored, name) for name in type(stored).__slots__}
        connection.execute(insert(objects).values(**values))

    await store.write(known)
    assert await store.faces.people() == without + 1
    await house.shred()
    assert await store.faces.people() == without
