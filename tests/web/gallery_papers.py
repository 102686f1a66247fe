"""Pages of a paper for the gallery: set and drawn as the branch does it; no real contract."""

from __future__ import annotations

import html
import io
from functools import cache

import pypdfium2
from weasyprint import HTML

from teller_server.papers.press import texts as said
from tests.web.gallery_views import texts

STYLE = """@page { size: A4; margin: 22mm 20mm } body { font: 10.5pt/1.75 "Noto Sans CJK SC" }
h1 { font-size: 19pt; text-align: center; margin: 0 0 8mm }
h2 { font-size: 12pt; margin: 6mm 0 1mm }
section { break-after: page } p { margin: 0 0 2.5mm; text-align: justify }"""
DPI = 144


@cache
def pages(language: str) -> tuple[bytes, ...]:
    """PNG of each page."""
    with pypdfium2.PdfDocument(_pdf(language)) as document:
        return tuple(_png(page) for page in document)


@cache
def page_texts(language: str) -> tuple[str, ...]:
    """What each page says."""
    return said(_pdf(language))


@cache
def _pdf(language: str) -> bytes:
    steps = texts(language)["steps"]
    title, body = steps["document"]["paper"], steps["disclosure"]["say"]
    parts = "".join(
        f"<section>{f'<h1>{html.escape(title)}</h1>' if n == 1 else ''}"
        + "".join(f"<h2>{n}.{k}</h2><p>{html.escape(body)}</p>" for k in range(1, 6))
        + "</section>"
        for n in range(1, 5)
    )
    page = f"<html lang={language}><style>{STYLE}</style><body>{parts}"
    pdf: bytes = HTML(string=page).write_pdf()
    return pdf


def _png(page: pypdfium2.PdfPage) -> bytes:
    buffer = io.BytesIO()
    page.render(scale=DPI / 72).to_pil().convert("L").save(buffer, "PNG")
    return buffer.getvalue()
