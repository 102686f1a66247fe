"""Whatever is done to a signed paper afterwards is found, by our check and by pyHanko's command."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from teller_server.domain.errors import Damage, Outage
from teller_server.papers import mark, pades, press
from teller_server.papers.adapters import SignatorySigner
from teller_server.papers.check import check
from teller_server.papers.paper import Paper
from teller_server.papers.report import Report
from teller_server.papers.strokes import read_strokes
from tests.teller_server.papers.material import SAID, Keys, adesverify, facts, hand, order, signed

ALL = ("customer", "guarantor", "bank")
Edit = Callable[[IncrementalPdfFileWriter], None]


def edited(pdf: bytes, edit: Edit) -> bytes:
    """A further revision, as any PDF editor would append one."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    edit(writer)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def problems(report: Report) -> set[str]:
    return {*report.problems, *(code for one in report.findings for code in one.problems)}


def _field(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field["/T"] == name:
            return field
    raise KeyError(name)


def _text_on_the_page(writer: IncrementalPdfFileWriter) -> None:
    content = generic.StreamObject(stream_data=b"q 1 0 0 RG 50 50 200 200 re S Q")
    writer.add_stream_to_page(0, writer.add_object(content))


def _page_replaced(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    blank = generic.StreamObject(stream_data=b"q 0 0 400 400 re f Q")
    page.get_object()["/Contents"] = writer.add_object(blank)
    writer.mark_update(page)


def _note_added(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Square"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                [generic.NumberObject(n) for n in (50, 50, 300, 300)]
            ),
        }
    )
    notes = page.get_object().get("/Annots", generic.ArrayObject())
    page.get_object()["/Annots"] = generic.ArrayObject([*notes, writer.add_object(note)])
    writer.mark_update(page)


def _strokes_swapped(writer: IncrementalPdfFileWriter) -> None:
    field = _field(writer, "customer")
    field["/AP"] = _field(writer, "guarantor")["/AP"]
    writer.update_container(field)


def _ink_replaced(writer: IncrementalPdfFileWriter) -> None:
    drawn = _field(writer, "customer")["/AP"]["/N"]["/Resources"]["/XObject"]["/Mark"]
    drawn._data, drawn._encoded_data = b"q 0 0 10 10 re f Q", None
    drawn.pop("/Filter", None)
    writer.update_container(drawn)


def _signature_removed(writer: IncrementalPdfFileWriter) -> None:
    field = _field(writer, "guarantor")
    del field["/V"]
    writer.update_container(field)


def _place_moved(writer: IncrementalPdfFileWriter) -> None:
    field = _field(writer, "bank")
    field["/Rect"] = generic.ArrayObject([generic.NumberObject(n) for n in (1, 1, 90, 90)])
    writer.update_container(field)


EDITS = [
    _text_on_the_page, _page_replaced, _note_added, _strokes_swapped, _ink_replaced,
    _signature_removed, _place_moved,
]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_"))
async def test_no_editor_can_change_it_unnoticed(by_all: bytes, keys: Keys, edit: Edit) -> None:
    report = await check(edited(by_all, edit), keys.roots, ALL)
    assert not report.good
    assert "paper_appended" in report.problems  # the last timestamp covered every byte
    assert {"paper_changed", "paper_signature_missing", "paper_unreadable"} & problems(report)


@pytest.mark.parametrize(
    "edit", [_page_replaced, _strokes_swapped], ids=lambda edit: edit.__name__.strip("_")
)
def test_pyhanko_refuses_an_edited_paper(
    by_all: bytes, keys: Keys, tmp_path: Path, edit: Edit
) -> None:
    (tmp_path / "edited.pdf").write_bytes(edited(by_all, edit))
    told = adesverify(tmp_path / "edited.pdf", keys)
    assert told.returncode != 0
    assert "ILLEGAL_MODIFICATIONS" in told.stdout


def test_pyhanko_refuses_a_flipped_byte(by_all: bytes, keys: Keys, tmp_path: Path) -> None:
    position = by_all.index(b"/Contents", by_all.index(b"/ByteRange")) // 2
    altered = bytearray(by_all)
    altered[position] ^= 1
    (tmp_path / "flipped.pdf").write_bytes(altered)
    assert adesverify(tmp_path / "flipped.pdf", keys).returncode != 0


async def test_a_byte_flipped_anywhere_is_found(by_all: bytes, keys: Keys) -> None:
    for position in range(1000, len(by_all), len(by_all) // 7):
        altered = bytearray(by_all)
        altered[position] ^= 0x01
        assert not (await check(bytes(altered), keys.roots, ALL)).good, position


async def test_a_byte_of_what_was_read_breaks_every_signature(
    by_all: bytes, keys: Keys, paper: Paper
) -> None:
    altered = bytearray(by_all)
    altered[paper.pdf.index(b"stream") + 40] ^= 0x01
    report = await check(bytes(altered), keys.roots, ALL)
    for one in report.findings:
        assert {"paper_signature_broken", "paper_not_what_was_read"} <= set(one.problems)


async def test_appended_bytes_are_found(by_all: bytes, keys: Keys) -> None:
    for tail in (b"\n", by_all[-2000:]):
        assert not (await check(by_all + tail, keys.roots, ALL)).good


async def test_cutting_back_to_an_earlier_signature_is_found(
    by_all: bytes, by_customer: bytes, keys: Keys
) -> None:
    assert by_all.startswith(by_customer)
    report = await check(by_customer, keys.roots, ALL)
    assert report.problems == ("paper_signature_missing",)


async def test_a_signature_cut_off_from_its_timestamp_is_not_lasting(
    by_customer: bytes, keys: Keys
) -> None:
    reader = PdfFileReader(io.BytesIO(by_customer))
    end = reader.embedded_regular_signatures[0].byte_range
    report = await check(by_customer[: end[2] + end[3]], keys.roots, ["customer"])
    assert "paper_signature_not_lasting" in problems(report)


# Wrong hands


async def test_a_certificate_of_another_authority_is_not_trusted(
    paper: Paper, keys: Keys, tmp_path: Path
) -> None:
    forged = await signed(paper, paper.pdf, Keys.made(tmp_path / "forger"), "customer")
    report = await check(forged, keys.roots, ["customer"])
    assert "paper_signature_untrusted" in problems(report)
    (finding,) = report.findings
    assert finding.intact


async def test_the_bank_can_not_be_played_by_a_one_time_certificate(
    paper: Paper, keys: Keys, by_both: bytes
) -> None:
    forged = await signed(paper, by_both, keys, "bank", keys.signer("bank"))
    report = await check(forged, keys.roots, ALL)
    (bank,) = [one for one in report.findings if one.field == "bank"]
    assert "paper_signature_untrusted" in bank.problems


async def test_nor_can_one_party_sign_in_anothers_place(
    paper: Paper, keys: Keys, by_customer: bytes
) -> None:
    forged = await signed(paper, by_customer, keys, "guarantor", keys.signer("customer"))
    report = await check(forged, keys.roots, ["customer", "guarantor"])
    assert problems(report) == {"paper_facts_differ"}


async def test_a_certificate_that_has_expired_signs_nothing(paper: Paper, keys: Keys) -> None:
    late = keys.signer(at=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(Outage, match="paper_signing_failed"):
        await signed(paper, paper.pdf, keys, "customer", late)


async def test_nobody_signs_after_the_banks_seal(
    paper: Paper, keys: Keys, by_customer: bytes
) -> None:
    sealed = await signed(paper, by_customer, keys, "bank")
    with pytest.raises(Outage, match="paper_closed"):
        await signed(paper, sealed, keys, "guarantor")


async def test_a_forged_signature_after_the_seal_breaks_the_seal(
    paper: Paper, keys: Keys, by_customer: bytes, tmp_path: Path
) -> None:
    sealed = await signed(paper, by_customer, keys, "bank")
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    forger = SignatorySigner(keys.signer("guarantor"))
    meta = PdfSignatureMetadata("guarantor", subfilter=SigSeedSubFilter.PADES)
    forged = await PdfSigner(meta, forger).async_sign_pdf(writer)
    report = await check(forged.getvalue(), keys.roots, ALL)
    (bank,) = [one for one in report.findings if one.field == "bank"]
    assert "paper_changed" in bank.problems
    (tmp_path / "forged.pdf").write_bytes(forged.getvalue())
    assert "ILLEGAL_MODIFICATIONS" in adesverify(tmp_path / "forged.pdf", keys).stdout


async def test_no_place_is_signed_twice(paper: Paper, keys: Keys, by_customer: bytes) -> None:
    with pytest.raises(Outage, match="paper_signing_failed"):
        await signed(paper, by_customer, keys, "customer")


async def test_what_was_not_read_is_not_signed(paper: Paper, keys: Keys, tmp_path: Path) -> None:
    other = press.set_paper(order(tmp_path, amount="900000"))
    with pytest.raises(Damage, match="paper_altered"):
        await signed(paper, other.pdf, keys, "customer")


async def test_other_handwriting_than_the_signature_names_is_found(
    paper: Paper, keys: Keys, by_customer: bytes
) -> None:
    drawn = read_strokes(hand())
    look = pades.Mark(
        mark.drawn_mark(paper.places["customer"], drawn, SAID),
        {"strokes-customer.json": read_strokes(hand(5)).canonical()},
    )
    stated = facts(paper, "customer", drawn.digest())
    stamper = pades.paper_stamper(keys.clock)
    pdf = await pades.sign(paper.pdf, paper.places, keys.signer(), stamper, stated, look)
    assert problems(await check(pdf, keys.roots, ["customer"])) == {"paper_strokes_differ"}
