"""Type setting: equal bytes for equal input, the right letters, no way out of a template."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from teller_server.domain.errors import Outage
from teller_server.papers import press
from teller_server.papers.paper import Paper
from tests.teller_server.papers.material import TEMPLATE, order

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)


def read(pdf: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def refused(folder: Path, template: str, **values: object) -> Outage:
    with pytest.raises(Outage) as caught:
        press.set_paper(order(folder, template, **values))
    return caught.value


def test_equal_input_gives_equal_bytes(tmp_path: Path, paper: Paper) -> None:
    again = press.set_paper(order(tmp_path))
    assert again == paper
    assert press.set_paper(order(tmp_path, amount="100001")).digest != paper.digest


def test_another_process_sets_the_same_bytes(tmp_path: Path, paper: Paper) -> None:
    order(tmp_path)
    program = (
        "import sys; from teller_server.papers import press; "
        "from tests.teller_server.papers.material import *; from pathlib import Path; "
        "print(press.set_paper(order(Path(sys.argv[1]))).digest)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert told.stdout.strip() == paper.digest


@needs_poppler
def test_chinese_is_text_and_not_a_picture_of_it(paper: Paper) -> None:
    told = read(paper.pdf)
    assert "个人贷款合同" in told
    assert "借款人：张三，金额：100,000.00元" in told
    assert "第30条" in told


@needs_poppler
def test_the_file_says_its_title_and_language(paper: Paper) -> None:
    command = ["pdfinfo", "-"]
    told = subprocess.run(command, input=paper.pdf, capture_output=True, check=True).stdout.decode()
    assert "个人贷款合同 20261123-0007" in told
    assert "Tagged:          yes" in told
    assert PdfFileReader(io.BytesIO(paper.pdf)).root["/Lang"] == "zh-CN"


def test_places_are_where_the_template_has_them(paper: Paper) -> None:
    assert set(paper.places) == {"customer", "guarantor", "bank"}
    page, x0, y0, x1, y1 = paper.places["customer"]
    assert page == paper.pages - 1
    assert x1 - x0 == pytest.approx(70 / 25.4 * 72, abs=1.5)
    assert y1 - y0 == pytest.approx(30 / 25.4 * 72, abs=1.5)
    assert paper.places["guarantor"][1] > x1 - 2
    assert paper.places["bank"][4] < y0 + 2


@needs_poppler
def test_a_customer_can_not_write_markup_into_a_contract(tmp_path: Path) -> None:
    name = '<div data-sign="agent" style="width:9cm;height:9cm">x</div><script>1</script>'
    paper = press.set_paper(order(tmp_path, name=name))
    assert "agent" not in paper.places
    assert "<script>" in read(paper.pdf)


def test_a_template_can_not_leave_its_sandbox(tmp_path: Path) -> None:
    for bad in ("{{ ''.__class__.__mro__ }}", "{{ name.format.__globals__ }}", "{{ missing }}"):
        assert refused(tmp_path, bad).code == "paper_template_bad"
    error = refused(tmp_path, "<p>\n{% for %}")
    assert error.plain["line"] == 2


def test_a_value_that_no_filter_takes_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    error = refused(tmp_path, TEMPLATE, amount="secret")
    assert error.code == "paper_template_bad"
    assert "secret" not in str(error)


def test_a_template_outside_of_its_folder_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "outside.html").write_text("outside")
    error = refused(tmp_path / "inside", '{% include "../outside.html" %}')
    assert error.code == "paper_template_bad"


def test_a_template_reaches_neither_network_nor_files(tmp_path: Path) -> None:
    asked: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    picture = tmp_path / "red.png"
    Image.new("RGB", (9, 9), "red").save(picture)
    address = f"http://127.0.0.1:{server.server_port}"
    template = (
        f'<link rel="stylesheet" href="{address}/style">'
        f'<link rel="attachment" href="{picture.as_uri()}"><style>@import "{address}/import";'
        f"@font-face {{ font-family: x; src: url({address}/font) }}"
        f'</style><p style="font-family: x; background: url({address}/background)">x</p>'
        f'<img src="{address}/image"><img src="{picture.as_uri()}">'
    )
    paper = press.set_paper(order(tmp_path, template))
    server.shutdown()
    server.server_close()
    assert asked == []
    assert b"/EmbeddedFile" not in paper.pdf
    (drawn,) = press.pictures(paper.pdf)
    colours = Image.open(io.BytesIO(drawn)).convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert not [c for _, c in colours if isinstance(c, tuple) and c[0] > 200 and c[1] < 50]


def test_a_character_that_no_font_has_stops_the_paper(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    error = refused(tmp_path, TEMPLATE, name="张\U000e1234\ue123")
    assert error.code == "fonts_missing"
    assert error.plain["package"] == "fonts-noto-cjk"
    assert "\ue123" not in caplog.text  # it may be of somebody's name


def test_without_chinese_fonts_nothing_is_set(tmp_path: Path) -> None:
    (tmp_path / "fonts.conf").write_text(
        "<fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir></fontconfig>"
    )
    program = "from teller_server.papers import pressroom; print(pressroom.run('ready'))"
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=environment,
    ).stdout  # fmt: skip
    assert "fonts_missing" in told
    assert "fonts-noto-cjk" in told


def test_a_place_that_is_there_twice_or_too_small_is_refused(tmp_path: Path) -> None:
    twice = TEMPLATE.replace('data-sign="guarantor"', 'data-sign="customer"')
    assert refused(tmp_path, twice).code == "paper_unplaced"
    small = TEMPLATE.replace("width: 70mm", "width: 7mm")
    assert refused(tmp_path, small).code == "paper_unplaced"
    odd = TEMPLATE.replace('data-sign="bank"', 'data-sign="Bank/../x"')
    assert refused(tmp_path, odd).code == "paper_unplaced"


def test_a_paper_has_its_limits(tmp_path: Path) -> None:
    pages = '{% for n in range(61) %}<p style="break-after: page">x</p>{% endfor %}'
    assert refused(tmp_path, pages).code == "paper_too_long"


def test_every_page_becomes_a_picture_that_a_phone_can_show(paper: Paper) -> None:
    drawn = press.pictures(paper.pdf)
    assert len(drawn) == paper.pages
    for one in drawn:
        with Image.open(io.BytesIO(one)) as image:
            assert image.format == "PNG"
            assert image.size == (1100, 1556)
        assert len(one) < 300_000
    assert press.pictures(paper.pdf) == drawn
