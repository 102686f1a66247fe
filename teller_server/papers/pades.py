"""Signing a paper: PAdES B-LTA (ETSI EN 319 142-1) as incremental updates of the bytes read.

The bytes that both sides read stay the first revision, unchanged; every signature says their
digest. The first signature certifies the paper (DocMDP 2): from then on only the places to sign may
be filled. The bank's seal closes it (DocMDP 1): then only timestamps may follow. Each signature
brings its chain, the revocation lists, a timestamp on itself and one on the whole.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import rfc8785
from asn1crypto import crl as asn1_crl
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, TimestampDSSContentSettings
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticContentStamp, StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from recording import cms
from recording.seal import Stamper
from teller_server.domain.errors import Damage, Outage
from teller_server.papers.adapters import DIGEST, PaperStamper, SignatorySigner, as_asn1, asn1_lists
from teller_server.papers.certificates import Signatory, digest_of
from teller_server.papers.paper import Place

BANK: Final = "bank"
DER: Final = Encoding.DER
_TYPE_FACTS: Final = "application/json"
# All validation data before the timestamp, so that the timestamp covers the file to its last byte.
_VALIDATION: Final = DSSContentSettings(
    include_vri=False,
    next_ts_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a signature states beside the paper; digests are SHA-256 in hex.

    `paper` is the paper's id, `read` the digest and `size` the length of the bytes that were read;
    `field` the place (the party); `evidence` the last attested head of the recording; `sentence`
    the digest of the sentence agreed to; `agreed_at` when the code was accepted.
    """

    paper: str
    read: str
    size: int
    field: str
    name: str
    visit: str
    evidence: str
    sentence: str
    agreed_at: datetime
    strokes: str = ""
    certificate: str = ""

    def canonical(self) -> bytes:
        """Canonical JSON (RFC 8785); what is embedded and signed."""
        said: dict[str, str | int] = {
            "format": 0,
            "type": "paper-signature",
            "agreed_at": self.agreed_at.isoformat(timespec="milliseconds"),
        }
        for name in _PLAIN:
            said[name] = getattr(self, name)
        return rfc8785.dumps(said)

    def reason(self) -> str:
        """The same in one line, for readers that show the signature's reason."""
        return f"visit {self.visit}; read {self.read}; evidence {self.evidence}"


_PLAIN: Final = (
    "paper", "read", "size", "field", "name", "visit", "evidence", "sentence", "strokes",
    "certificate",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """How a signature looks (one PDF page) and what else it carries: files by name."""

    appearance: bytes
    files: Mapping[str, bytes]


async def sign(
    pdf: bytes,
    places: Mapping[str, Place],
    signatory: Signatory,
    stamper: PaperStamper,
    facts: Facts,
    mark: Mark,
    lists: bytes = b"",
) -> bytes:
    """`pdf` with one signature more, in the place `facts.field`.

    `places`: of every party that is going to sign, needed for the first signature. `lists`: PEM
    revocation lists for chains whose certificates don't say where to fetch them.

    Raises:
        Damage: `paper_altered`: `pdf` does not begin with the bytes that were read.
        Outage: `paper_unplaced`, `paper_closed` (sealed by the bank), `paper_signing_failed`,
            `timestamp_failed`.
    """
    _is_what_was_read(pdf, facts)
    signed = _signed(pdf)
    first = not signed
    if BANK in signed:
        raise Outage("paper_closed", place=facts.field)
    if first and facts.field not in places:
        raise Outage("paper_unplaced", place=facts.field)
    facts = replace(facts, certificate=_digest(signatory))
    try:
        context = _context(signatory, stamper, lists)
        signer = _signer(signatory, stamper, context, facts, mark, first=first)
        done = await _sign(pdf, places if first else {}, signer, facts, mark)
    except TimestampRequestError as error:
        raise Outage("timestamp_failed", problem=str(error)[:200]) from None
    except (PdfError, SigningError, ValidationError, PathError) as error:
        raise Outage("paper_signing_failed", problem=f"{type(error).__name__}: {error}") from None
    if not done.startswith(pdf):
        raise Damage("paper_altered", place=facts.field)
    return done


def paper_stamper(stamper: Stamper) -> PaperStamper:
    """Keep it: it remembers how large an answer is, which costs a request to find out."""
    return PaperStamper(stamper)


async def _sign(
    pdf: bytes, places: Mapping[str, Place], signer: PdfSigner, facts: Facts, mark: Mark
) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for party, place in places.items():
        fields.append_signature_field(writer, _field(party, place))
    if places:  # later a certified paper's own list of files is closed
        for name, data in _files(facts, mark).items():
            embed_file(writer, _file(writer, name, data))
    out = await signer.async_sign_pdf(writer, existing_fields_only=True)
    return bytes(out.getbuffer())


def _signer(
    signatory: Signatory,
    stamper: PaperStamper,
    context: ValidationContext,
    facts: Facts,
    mark: Mark,
    *,
    first: bool,
) -> PdfSigner:
    return PdfSigner(
        PdfSignatureMetadata(
            field_name=facts.field,
            md_algorithm=DIGEST,
            name=facts.name,
            reason=facts.reason(),
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=first,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            embed_validation_info=True,
            use_pades_lta=True,
            dss_settings=_VALIDATION,
            validation_context=context,
        ),
        SignatorySigner(signatory),
        timestamper=stamper,
        stamp_style=_Look(
            background=_Page(mark.appearance),
            background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID),
            border_width=0,
            files=_files(facts, mark),
        ),
    )


def _files(facts: Facts, mark: Mark) -> dict[str, bytes]:
    return {f"signature-{facts.field}.json": facts.canonical(), **mark.files}


def _field(party: str, place: Place) -> fields.SigFieldSpec:
    page, x0, y0, x1, y1 = place
    closing = party == BANK
    return fields.SigFieldSpec(
        party,
        on_page=page,
        box=(round(x0), round(y0), round(x1), round(y1)),
        readable_field_name=party,
        field_mdp_spec=fields.FieldMDPSpec(fields.FieldMDPAction.ALL) if closing else None,
        doc_mdp_update_value=fields.MDPPerm.NO_CHANGES if closing else None,
    )


def _context(signatory: Signatory, stamper: PaperStamper, more: bytes) -> ValidationContext:
    """What is validated now is what gets embedded: both chains and their revocation lists."""
    time = cms.load_pem(stamper.port.chain)
    chain = [signatory.certificate, *signatory.chain]
    lists = [asn1_crl.CertificateList.load(one) for one in signatory.crls]
    return ValidationContext(
        trust_roots=as_asn1(cms.anchors_of([*chain, *time])),
        other_certs=as_asn1([*chain, *time]),
        crls=[*lists, *asn1_lists(stamper.port.crls), *asn1_lists(more)],
        allow_fetching=any(map(_declared, [*chain, *time])),
        revocation_mode="require",
    )


def _declared(certificate: Any) -> bool:
    """Whether a certificate says where its revocation can be asked."""
    names = {extension.oid.dotted_string for extension in certificate.extensions}
    return bool(names & {"2.5.29.31", "1.3.6.1.5.5.7.1.1"})


def _is_what_was_read(pdf: bytes, facts: Facts) -> None:
    if hashlib.sha256(pdf[: facts.size]).hexdigest() != facts.read:
        raise Damage("paper_altered", place=facts.field)


def _signed(pdf: bytes) -> set[str]:
    signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return {str(one.field_name) for one in signatures}


def _digest(signatory: Signatory) -> str:
    return digest_of(as_asn1([signatory.certificate])[0].dump())


def _file(writer: Any, name: str, data: bytes) -> FileSpec:
    held = EmbeddedFileObject.from_file_data(writer, data, mime_type=_TYPE_FACTS)
    relation = generic.pdf_name("/Data")
    return FileSpec(name, file_name=name, embedded_data=held, af_relationship=relation)


class _Page(ImportedPdfPage):
    """The first page of a PDF in memory, as content."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__("")  # type: ignore[no-untyped-call]
        self._pdf = pdf

    def render(self) -> bytes:
        page = PdfFileReader(io.BytesIO(self._pdf))
        drawn = self._ensure_writer.import_page_as_xobject(page)
        self.resources.xobject["/Mark"] = drawn
        x0, y0, x1, y1 = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(round(abs(x1 - x0)), round(abs(y1 - y0)))
        return b"/Mark Do"


@dataclass(frozen=True)
class _Look(StaticStampStyle):
    files: Mapping[str, bytes] | None = None

    def create_stamp(self, writer: Any, box: Any, text_params: Any) -> Any:  # noqa: ARG002
        return _Drawn(writer=writer, style=self, box=box)


class _Drawn(StaticContentStamp):
    """The appearance itself has the files: the one place that a certified paper leaves open."""

    def as_form_xobject(self) -> Any:
        drawn: Any = super().as_form_xobject()
        writer: Any = self.writer
        files = (self.style.files or {}).items()
        specs = [_file(writer, name, data).as_pdf_object() for name, data in files]
        drawn["/AF"] = generic.ArrayObject([writer.add_object(one) for one in specs])
        return drawn
