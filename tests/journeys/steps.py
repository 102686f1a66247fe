"""The steps of the service, one function each, as both people live them."""

from __future__ import annotations

from teller_server.rehearse.media import document_photo
from teller_server.rehearse.play import identify
from tests.journeys.people import Meeting

BY_EYE = "客户不同意人脸比对，已核对证件照片"


async def consent(people: Meeting, note: str | None = None) -> None:
    """The recording consent, repeated aloud."""
    await people.teller.start("recording_consent")
    await people.customer.agree("recording_consent")
    await people.teller.complete("recording_consent", note)


async def show_document(people: Meeting, card: bytes | None = None) -> None:
    """The customer's own card, or this one."""
    await people.teller.start("document")
    photo = card or document_photo(people.cast.customer.first)
    document = await people.customer.photograph("document", photo)
    assert document["status"] == "accepted"
    await people.teller.complete("document")


async def recognise(people: Meeting) -> None:
    """The live face is that of the card."""
    await people.teller.start("face")
    await identify(people.teller, "face")
    await people.teller.complete("face")


async def look(people: Meeting) -> None:
    """Without consent to the comparison: by eye, with a reason."""
    await people.teller.start("face")
    await people.teller.wire.send(
        "identity.decide", check=None, verdict="alternative", reason=BY_EYE
    )
    await people.teller.complete("face")


async def change(people: Meeting, address: str) -> None:
    """The form, the customer's confirmation, the teller's decision."""
    teller, customer = people.teller, people.customer
    await teller.start("details")
    await teller.draft("details", {"address": address})
    await customer.see("details")
    await teller.complete("details")
    await teller.start("confirmation")
    await customer.agree("confirmation")
    await teller.complete("confirmation")
    await teller.start("decision")
    await teller.complete("decision")


async def serve_by_eye(people: Meeting, address: str) -> None:
    """The whole service for a customer who doesn't allow the comparison of faces."""
    await consent(people)
    await show_document(people)
    await look(people)
    await change(people, address)
