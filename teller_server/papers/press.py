"""Setting a paper: a template and a visit's values become PDF; a PDF becomes pictures of pages.

Blocking, and native code throughout: `desk/press.py` runs it in processes of its own. Equal input
gives equal bytes on one machine. A template reaches neither the network nor a file: what it needs
(style sheets too) it includes from its own folder.

Where a party signs, the template has an empty block with `data-sign="customer"` (or `guarantor`,
`bank`, …) and a fixed width and height.
"""

from __future__ import annotations

import functools
import hashlib
import io
import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from teller_server.domain.errors import Outage
from teller_server.papers.figures import FILTERS
from teller_server.papers.paper import Order, Paper, Place

if TYPE_CHECKING:
    from weasyprint import Document

for _name in ("weasyprint", "fontTools"):
    # they log the characters that no font has: a customer's name may have been made of them
    logging.getLogger(_name).setLevel(logging.CRITICAL)

TEMPLATES: Final = Path(__file__).parent / "templates"
PICTURE_WIDTH: Final = 1100  # px: sharp on a phone held upright, and about 100 kB a page
MARK_WIDTH: Final = 640  # px
MAX_PAGES: Final = 60
MAX_PDF: Final = 20 << 20
MAX_PICTURE_HEIGHT: Final = 4000
_POINTS: Final = 0.75  # in a CSS pixel
_MIN_PLACE: Final = 36.0  # points: smaller than this nothing can be read in it
_INVISIBLE: Final = {"Cc", "Cf"}
_PLACE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


def set_paper(order: Order) -> Paper:
    """Set one paper.

    Raises:
        Outage: `paper_template_bad`, `fonts_missing` (a character that no font here has),
            `paper_too_long` (more than 60 pages or 20 MB), `paper_unplaced` (a place to sign that
            is too small, or there twice).
    """
    return typeset(written(order), f"{order.number} {order.paper}", order.language)


def written(order: Order) -> str:
    """The paper as HTML. Raises Outage `paper_template_bad`."""
    environment = _environment(order.folders)
    names = (f"{order.paper}.{order.language}.html", f"{order.paper}.html")
    given = {**order.values, "number": order.number, "language": order.language}
    try:
        return environment.select_template(names).render(given)
    except TemplateNotFound:
        raise Outage("paper_template_bad", paper=order.paper, problem="not found") from None
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        problem = f"{type(error).__name__}: {error.message or ''}"[:200]
        raise Outage("paper_template_bad", paper=order.paper, problem=problem, line=line) from None
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        problem = type(error).__name__  # its words may hold a customer's value
        raise Outage("paper_template_bad", paper=order.paper, problem=problem) from None


def typeset(html: str, title: str, language: str) -> Paper:
    """HTML as a paper. The identifier in the file comes from what is set, not from the clock."""
    pdf, document = _pdf(html, f"{title}\n{language}\n{html}")
    if len(document.pages) > MAX_PAGES or len(pdf) > MAX_PDF:
        raise Outage("paper_too_long", pages=len(document.pages), bytes=len(pdf))
    places = dict(_places(document))
    return Paper(pdf, hashlib.sha256(pdf).hexdigest(), len(document.pages), places)


def pictures(pdf: bytes, width: int = PICTURE_WIDTH) -> tuple[bytes, ...]:
    """Every page as PNG, `width` pixels wide. Raises Outage `paper_too_long`."""
    if len(pdf) > MAX_PDF:
        raise Outage("paper_too_long", bytes=len(pdf))
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - only the press needs it

    with PdfDocument(pdf) as document:
        if len(document) > MAX_PAGES:
            raise Outage("paper_too_long", pages=len(document))
        document.init_forms()  # signatures are form fields
        return tuple(_picture(page, width) for page in document)


def signed_mark(pdf: bytes, place: Place, width: int = MARK_WIDTH) -> bytes:
    """What stands in one place of a paper, a PNG `width` pixels wide: a signature to be compared.

    Raises Outage `paper_too_long`, `paper_unplaced`.
    """
    if len(pdf) > MAX_PDF:
        raise Outage("paper_too_long", bytes=len(pdf))
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - only the press needs it

    number, x0, y0, x1, y1 = place
    with PdfDocument(pdf) as document:
        document.init_forms()
        if not (0 <= number < len(document) and x0 < x1 and y0 < y1):
            raise Outage("paper_unplaced", page=number)
        page = document[number]
        crop = (x0, y0, page.get_width() - x1, page.get_height() - y1)
        image = page.render(scale=width / (x1 - x0), crop=crop, may_draw_forms=True).to_pil()
    held = io.BytesIO()
    image.quantize(64).save(held, "PNG", optimize=True)
    return held.getvalue()


def texts(pdf: bytes) -> tuple[str, ...]:
    """What every page says, line by line, for whoever can't see its picture.

    Raises Outage `paper_too_long`.
    """
    if len(pdf) > MAX_PDF:
        raise Outage("paper_too_long", bytes=len(pdf))
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - only the press needs it

    with PdfDocument(pdf) as document:
        if len(document) > MAX_PAGES:
            raise Outage("paper_too_long", pages=len(document))
        return tuple(_text(page) for page in document)


def _text(page: Any) -> str:
    lines = page.get_textpage().get_text_bounded().splitlines()
    return "\n".join(said for line in lines if (said := line.strip()))


def _picture(page: Any, width: int) -> bytes:
    scale = width / page.get_width()
    if page.get_height() * scale > MAX_PICTURE_HEIGHT:
        raise Outage("paper_too_long", height=int(page.get_height()))
    image = page.render(scale=scale, may_draw_forms=True).to_pil()
    held = io.BytesIO()
    # Papers are text on white: 64 greys and colours are enough, and a third of the bytes.
    image.quantize(64).save(held, "PNG", optimize=True)
    return held.getvalue()


@functools.lru_cache(maxsize=4)
def _environment(folders: tuple[str, ...]) -> ImmutableSandboxedEnvironment:
    loader = FileSystemLoader([*folders, str(TEMPLATES)])
    environment = ImmutableSandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(FILTERS)
    return environment


def _pdf(html: str, seed: str) -> tuple[bytes, Document]:
    from weasyprint import HTML  # noqa: PLC0415 - heavy, and only the press needs it
    from weasyprint.urls import URLFetcher  # noqa: PLC0415

    class NoWorld(URLFetcher):  # type: ignore[misc]
        """Refuses every address, `file:` and `data:` too."""

        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002
            raise ValueError("a paper's template reaches nothing outside of itself")

    source = HTML(string=html, url_fetcher=NoWorld(), base_url=None)
    document = source.render(pdf_tags=True)
    identifier = hashlib.sha256(seed.encode()).hexdigest()[:32].encode()
    pdf: bytes = document.write_pdf(pdf_identifier=identifier, pdf_tags=True)
    missing = {code for font in document.fonts.values() for code in font.missing}
    if any(unicodedata.category(chr(code)) not in _INVISIBLE for code in missing):
        # which characters they are stays untold: they may be of somebody's name
        raise Outage("fonts_missing", package="fonts-noto-cjk", characters=len(missing))
    return pdf, document


def _places(document: Document) -> Iterator[tuple[str, Place]]:
    seen: set[str] = set()
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            name = _sign(box)
            if name is None:
                continue
            if name in seen or not _PLACE_NAME.fullmatch(name):
                raise Outage("paper_unplaced", place=name[:32])
            seen.add(name)
            yield name, _place(number, page.height, box, name)


def _sign(box: Any) -> str | None:
    """The party of a place to sign; table and line boxes repeat their element and are left out."""
    element = getattr(box, "element", None)
    if element is None or getattr(box, "pseudo_type", None) or type(box).__name__ == "LineBox":
        return None
    if getattr(box, "is_table_wrapper", False) or getattr(box, "is_leader", False):
        return None
    found = element.get("data-sign")
    return str(found) if found else None


def _place(number: int, height: float, box: Any, name: str) -> Place:
    left, top = box.border_box_x() * _POINTS, box.border_box_y() * _POINTS
    right, bottom = left + box.border_width() * _POINTS, top + box.border_height() * _POINTS
    if right - left < _MIN_PLACE or bottom - top < _MIN_PLACE:
        raise Outage("paper_unplaced", place=name, width=int(right - left))
    sheet = height * _POINTS
    edges = (left, sheet - bottom, right, sheet - top)
    x0, y0, x1, y1 = (float(round(edge)) for edge in edges)  # form fields are on whole points
    return number, x0, y0, x1, y1
