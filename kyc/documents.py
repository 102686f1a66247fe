"""One document: found, laid straight, read and judged; runs only in a model process."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np

from kyc import card, identity_card, licence, passport
from kyc.card import Framed
from kyc.errors import Refusal
from kyc.face import Image
from kyc.framing import PAGES, Framing, Page
from kyc.ocr import LetterReader, Line
from kyc.picture import decode, encode
from kyc.reading import DocumentKind, DocumentRead

_WHITE = 0.05  # of the page; with a field missing, this much glare is why
_VERY_WHITE = 0.15  # with so much of it, the document may be the right one after all
_SOFT = 0.19  # `card.sharpness`; with a field missing, this little is why
_NEEDED = {"not_found", "number_check", "impossible_date"}
_STRANGE = "not_this_document"
_BANDS = (0.08, 0.42), (0.7, 1.0)  # of a passport's height: names that confirm, lines for machines


def read_document(
    photo: bytes, kind: DocumentKind, today: date, reader: LetterReader
) -> DocumentRead:
    """Read a photograph of a document, whichever way it was turned.

    Raises:
        Refusal: a code of `kyc.image.inspect` or of `Framing`.
    """
    image = decode(photo)
    page = PAGES[kind]
    framed = card.look(image, page)
    if framed.page is None or framed.framing is not Framing.GOOD:
        raise Refusal(framed.framing.code)
    read = _read(framed.page, kind, today, reader)
    _lost(read, framed)
    return read


def _read(upright: Image, kind: DocumentKind, today: date, reader: LetterReader) -> DocumentRead:
    """As it lies, and on its head if it makes no sense as it lies."""
    dense = kind is DocumentKind.BUSINESS_LICENCE
    lines = reader.read(_told(upright, kind), dense=dense)
    fields, problems = _judged(lines, kind, today)
    if _STRANGE in problems:
        turned = np.asarray(cv2.rotate(upright, cv2.ROTATE_180), np.uint8)
        again = reader.read(_told(turned, kind), dense=dense)
        other = _judged(again, kind, today)
        if _STRANGE not in other[1]:
            upright, (fields, problems) = turned, other
        lines = [*lines, *again]
    if not lines:
        raise Refusal(Framing.NO_CARD.code)  # a flat thing without a letter on it
    return DocumentRead(kind, fields, problems, encode(upright), reader.name, reader.model_sha256)


def _told(upright: Image, kind: DocumentKind) -> Image:
    """The parts of the page that fields are taken from: each line that is read costs."""
    if kind is not DocumentKind.PASSPORT:
        return upright
    high = len(upright)
    return np.vstack([upright[round(top * high) : round(low * high)] for top, low in _BANDS])


def _judged(lines: list[Line], kind: DocumentKind, today: date) -> identity_card.Read:
    page: Page = PAGES[kind]
    if kind is DocumentKind.RESIDENT_ID_FRONT:
        return identity_card.front(lines, page.width, page.height)
    if kind is DocumentKind.RESIDENT_ID_BACK:
        return identity_card.back(lines, today)
    if kind is DocumentKind.BUSINESS_LICENCE:
        return licence.licence(lines, page.width, page.height)
    return passport.passport(lines, today)


def _lost(read: DocumentRead, framed: Framed) -> None:
    """Refuse a photograph that has cost a field; without a cause to name, the reading stands."""
    if not any(one.problem in _NEEDED for one in read.fields):
        return
    strange = _STRANGE in read.problems
    if framed.glare > (_VERY_WHITE if strange else _WHITE):
        raise Refusal(Framing.GLARE.code)
    if framed.sharpness < _SOFT and not strange:
        raise Refusal(Framing.BLURRED.code)
