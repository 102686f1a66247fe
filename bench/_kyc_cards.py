"""Documents of people who don't exist, drawn and then photographed: for measurements and tests.

The layout, sizes and colours follow the real documents; guilloche, emblem, microprint and hologram
don't. Nobody's data: names, places and numbers are put together by chance, numbers with true check
digits. All chance comes from the `random.Random` that is handed in.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from kyc.credit_code import check_character
from kyc.face import Image
from kyc.mrz import check_digit as mrz_digit
from kyc.national_number import check_digit

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华"
    "建国志远文博雨欣浩然子涵梓轩思琪嘉怡晨曦俊辉海燕"
)
HAN, MINORITIES = "汉", ("回", "满", "壮", "苗", "土家", "彝", "蒙古", "藏", "朝鲜", "侗")
UYGHUR = ("阿卜杜拉", "买买提", "古丽娜尔", "艾合买提", "热依汗", "吐尔逊", "帕提古丽")
PLACES = (
    ("110105", "北京市朝阳区建国路88号院5号楼1203室", "北京市公安局朝阳分局"),
    ("310115", "上海市浦东新区世纪大道1000弄16号602室", "上海市公安局浦东分局"),
    ("440305", "广东省深圳市南山区科技园南路27号", "深圳市公安局南山分局"),
    ("330106", "浙江省杭州市西湖区文三路478号华星时代广场A座", "杭州市公安局西湖区分局"),
    ("510107", "四川省成都市武侯区人民南路四段19号3栋2单元", "成都市公安局武侯区分局"),
    ("420111", "湖北省武汉市洪山区珞喻路1037号", "武汉市公安局洪山区分局"),
    ("320106", "江苏省南京市鼓楼区中山北路200号6幢101室", "南京市公安局鼓楼分局"),
    ("610113", "陕西省西安市雁塔区小寨东路126号", "西安市公安局雁塔分局"),
    ("150102", "内蒙古自治区呼和浩特市新城区迎宾北路9号", "呼和浩特市公安局新城区分局"),
    ("650102", "新疆维吾尔自治区乌鲁木齐市天山区解放南路355号", "乌鲁木齐市公安局天山区分局"),
    (
        "522601",
        "贵州省黔东南苗族侗族自治州凯里市北京西路13号世纪城B区2栋1单元1801室",
        "凯里市公安局",
    ),
)
TRADES = ("科技", "贸易", "餐饮管理", "信息技术", "建筑工程", "文化传媒", "机械设备", "物流")
SCOPE = (
    "技术开发、技术咨询、技术服务；计算机系统服务；销售电子产品、"
    "机械设备、文具用品；企业管理咨询；货物进出口。"
)
LATIN = (("WANG", "XIAOMING"), ("ZHANG", "WEI"), ("OUYANG", "JIANHUA"), ("CHEN", "SIQI"),
         ("ERIKSSON", "ANNA MARIA"), ("GARCIA LOPEZ", "JUAN"), ("SMITH", "JOHN PAUL"))  # fmt: skip

_BLACK, _LABEL, _RED = (25, 25, 25), (70, 110, 170), (200, 40, 40)
_MONO = 5  # the monospaced faces in the collection begin here, the proportional at 0; then JP KR SC
Drawn = dict[str, str]
"""What a reader should say, by field."""


@dataclass(frozen=True, slots=True)
class Level:
    """How badly a document is photographed. Lengths of the picture in pixels, angles in degrees;
    `fill` is the document's part of the width, `warp` how far corners move, of its size."""

    size: tuple[int, int] = (1280, 720)
    fill: float = 0.62
    warp: float = 0.03
    blur: float = 0.6
    noise: float = 3
    jpeg: int = 80
    glare: float = 0
    turn: float = 3


LEVELS = {
    "clean": Level(),
    "mid": Level(warp=0.06, blur=0.9, noise=6, jpeg=60, glare=70, turn=6),
    "hard": Level(fill=0.55, warp=0.08, blur=1.5, noise=12, jpeg=40, glare=70, turn=10),
    "640x480": Level((640, 480), 0.85, 0.04, 0.7, 6, 60, 70, 4),
}


# ---- who


def person(chance: random.Random, today: date) -> Drawn:
    """Both sides of a resident identity card, valid on `today`, as a reader should tell them."""
    region, address, authority = chance.choice(PLACES)
    birth = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    sex = chance.choice("FM")
    nation = HAN if chance.random() < 0.6 else chance.choice(MINORITIES)
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    if chance.random() < 0.1:
        nation, name = "维吾尔", "·".join(chance.sample(UYGHUR, 2))
    serial = chance.randrange(1, 499) * 2 + (sex == "M")
    body = f"{region}{birth:%Y%m%d}{serial:03d}"
    begin = today - timedelta(days=chance.randrange(1, 3_000))
    years = chance.choice((10, 20, None))
    until = "long_term" if years is None else str(_later(begin, years))
    return {
        "name": name, "sex": sex, "nation": nation, "birth": str(birth), "address": address,
        "number": body + check_digit(body), "authority": authority,
        "valid_from": str(begin), "valid_until": until,
    }  # fmt: skip


def company(chance: random.Random) -> Drawn:
    """A business licence, as a reader should tell it."""
    region, address, _ = chance.choice(PLACES)
    city = address[:2]
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91{region}MA" + "".join(chance.choices(letters, k=7))
    trade = chance.choice(TRADES)
    title = "".join(chance.choices(GIVEN, k=2))
    founder = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
    established = date(2001, 1, 1) + timedelta(days=chance.randrange(8_000))
    return {
        "name": f"{city}{title}{trade}有限公司", "credit_code": body + check_character(body),
        "type": chance.choice(("有限责任公司(自然人独资)", "有限责任公司")),
        "legal_representative": founder,
        "capital": f"{chance.choice(('壹佰', '伍佰', '壹仟', '贰仟'))}万元整",
        "established": str(established), "address": address, "scope": SCOPE,
    }  # fmt: skip


def traveller(chance: random.Random, today: date) -> Drawn:
    """A passport valid on `today`, as a reader should tell it."""
    surname, given = chance.choice(LATIN)
    state = "CHN" if len(surname) < 7 else "SWE"
    number = "E" + "".join(chance.choices("0123456789", k=8))
    birth = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    expiry = today + timedelta(days=chance.randrange(30, 3_600))
    return {"surname": surname, "given": given, "number": number, "nationality": state,
            "issuer": state, "birth": str(birth), "sex": chance.choice("FM"),
            "expiry": str(expiry)}  # fmt: skip


def lines_of(told: Drawn) -> tuple[str, str]:
    """Both lines of a passport's machine-readable zone."""
    names = f"{told['surname']}<<{told['given']}".replace(" ", "<")
    upper = f"P<{told['issuer']}{names}".ljust(44, "<")
    number, birth, expiry = (
        told["number"], told["birth"][2:].replace("-", ""), told["expiry"][2:].replace("-", "")
    )  # fmt: skip
    fields = [f"{text}{mrz_digit(text)}" for text in (number, birth, expiry)]
    whole = fields[0] + fields[1] + fields[2] + "<" * 14 + "0"
    check = mrz_digit(whole)
    return (
        upper,
        f"{fields[0]}{told['nationality']}{fields[1]}{told['sex']}{fields[2]}{'<' * 14}0{check}",
    )


# ---- drawn


def front(told: Drawn, chance: random.Random, portrait: Image | None = None) -> Image:
    """The side with the portrait, 1012 × 638 (85.6 × 54 mm at 300 dpi)."""
    page, pen = _sheet((1012, 638), (232, 240, 246), chance)
    for x, y, label in ((60, 66, "姓名"), (60, 140, "性别"), (240, 140, "民族"), (60, 212, "出生"),
                        (60, 286, "住址"), (60, 540, "公民身份号码")):  # fmt: skip
        pen.text((x, y), label, font=_font(28), fill=_LABEL)
    name = told["name"]
    pen.text((150, 58), " ".join(name) if len(name) == 2 else name, font=_font(40), fill=_BLACK)
    pen.text((150, 134), {"F": "女", "M": "男"}[told["sex"]], font=_font(34), fill=_BLACK)
    pen.text((330, 134), told["nation"], font=_font(34), fill=_BLACK)
    year, month, day = (str(int(part)) for part in told["birth"].split("-"))
    x = 150.0
    for text, ink in ((year, 1), ("年", 0), (month, 1), ("月", 0), (day, 1), ("日", 0)):
        font = _font(34 if ink else 28)
        pen.text((x, 206 if ink else 212), text, font=font, fill=_BLACK if ink else _LABEL)
        x += pen.textlength(text, font=font) + 12
    for n in range(0, len(told["address"]), 13):
        line = told["address"][n : n + 13]
        pen.text((150, 280 + n // 13 * 46), line, font=_font(34), fill=_BLACK)
    pen.text((330, 528), told["number"], font=_font(46, bold=True), fill=_BLACK)
    if portrait is not None:
        small = cv2.cvtColor(cv2.resize(portrait, (260, 330)), cv2.COLOR_BGR2RGB)
        page.paste(Pillow.fromarray(small), (690, 90))
    return _pixels(page)


def back(told: Drawn, chance: random.Random) -> Image:
    """The side with the emblem, 1012 × 638."""
    page, pen = _sheet((1012, 638), (232, 240, 246), chance)
    pen.ellipse((60, 50, 220, 210), outline=_RED, width=6)
    pen.text((300, 60), "中华人民共和国", font=_font(56), fill=_BLACK)
    pen.text((330, 150), "居 民 身 份 证", font=_font(64, bold=True), fill=_BLACK)
    pen.text((190, 470), "签发机关", font=_font(30, bold=True), fill=_BLACK)
    pen.text((360, 466), told["authority"], font=_font(34), fill=_BLACK)
    pen.text((190, 545), "有效期限", font=_font(30, bold=True), fill=_BLACK)
    dotted = [told[end].replace("-", ".") for end in ("valid_from", "valid_until")]
    term = f"{dotted[0]}-{'长期' if dotted[1] == 'long_term' else dotted[1]}"
    pen.text((360, 541), term, font=_font(34), fill=_BLACK)
    return _pixels(page)


def licence(told: Drawn, chance: random.Random) -> Image:
    """A business licence lying (A3, drawn 1414 × 1000)."""
    page, pen = _sheet((1414, 1000), (238, 236, 226), chance)
    pen.rectangle((30, 30, 1384, 970), outline=(160, 120, 60), width=8)
    pen.text((540, 130), "营 业 执 照", font=_font(76, bold=True), fill=_BLACK)
    pen.text((90, 110), "统一社会信用代码", font=_font(26), fill=_BLACK)
    pen.text((90, 150), told["credit_code"], font=_font(32, bold=True), fill=_BLACK)
    year, month, day = told["established"].split("-")
    left = (("名称", told["name"]), ("类型", told["type"]),
            ("法定代表人", told["legal_representative"]), ("经营范围", told["scope"]))  # fmt: skip
    right = (("注册资本", told["capital"]), ("成立日期", f"{year}年{month}月{day}日"),
             ("住所", told["address"]))  # fmt: skip
    for x, wide, rows in ((90, 16, left), (790, 15, right)):
        for n, (label, text) in enumerate(rows):
            y = 320 + 84 * n
            spread = label if len(label) > 3 else f"{label[0]}\u3000\u3000{label[1]}"
            pen.text((x, y), spread, font=_font(26, bold=True), fill=_BLACK)
            for k in range(0, len(text), wide):
                line = text[k : k + wide]
                pen.text((x + 150, y + k // wide * 38), line, font=_font(26), fill=_BLACK)
    pen.text((860, 780), "登记机关", font=_font(28, bold=True), fill=_BLACK)
    pen.ellipse((1040, 720, 1240, 920), outline=_RED, width=6)
    return _pixels(page)


def passport(told: Drawn, chance: random.Random) -> Image:
    """The page of data, 1250 × 880 (125 × 88 mm)."""
    page, pen = _sheet((1250, 880), (226, 230, 222), chance)
    pen.text((60, 40), f"护照  PASSPORT   P   {told['issuer']}", font=_font(36), fill=_BLACK)
    pen.rectangle((60, 130, 360, 530), outline=_LABEL, width=3)
    rows = (("姓 / Surname", told["surname"]), ("名 / Given names", told["given"]),
            ("护照号 / Passport No.", told["number"]), ("性别 / Sex", told["sex"]),
            ("出生日期 / Date of birth", told["birth"]),
            ("有效期至 / Date of expiry", told["expiry"]))  # fmt: skip
    for n, (label, text) in enumerate(rows):
        pen.text((420, 120 + 88 * n), label, font=_font(20), fill=_LABEL)
        pen.text((420, 146 + 88 * n), text, font=_font(34), fill=_BLACK)
    for n, line in enumerate(lines_of(told)):
        for k, letter in enumerate(line):
            pen.text((46 + k * 26.4, 712 + 70 * n), letter, font=_machine(42), fill=_BLACK)
    return _pixels(page)


def _sheet(
    size: tuple[int, int], paper: tuple[int, int, int], chance: random.Random
) -> tuple[Pillow.Image, ImageDraw.ImageDraw]:
    """Paper with waves in it."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    sheet = np.full((height, width, 3), paper, np.float32)
    for k in range(5):
        bend = 3 * np.sin(rows / (23 + k * 5) + chance.uniform(0, 6))
        wave = 5 * np.sin(columns / (17 + k * 3) + bend + k)
        sheet += wave[..., None] * np.array([1, 0.6, 0.8])
    page = Pillow.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))
    return page, ImageDraw.Draw(page)


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_file("Bold" if bold else "Regular")), size, index=2)


@cache
def _machine(size: int) -> ImageFont.FreeTypeFont:
    """OCR-B where the system has it (fonts-ocr-b), as passports do; else a monospaced face."""
    for path in Path("/usr/share/fonts").rglob("OCRB*.[ot]tf"):
        return ImageFont.truetype(str(path), size)
    return ImageFont.truetype(str(_file("Regular")), size, index=_MONO + 2)


@cache
def _file(weight: str) -> Path:
    """`.ci/system-packages` sees to fonts-noto-cjk."""
    return next(Path("/usr/share/fonts").rglob(f"NotoSansCJK-{weight}.ttc"))


def _pixels(page: Pillow.Image) -> Image:
    return np.asarray(cv2.cvtColor(np.asarray(page), cv2.COLOR_RGB2BGR), np.uint8)


# ---- photographed


def shoot(page: Image, level: Level, chance: random.Random) -> tuple[Image, np.ndarray]:
    """The photograph of a page that somebody holds up, and its corners, clockwise from the upper
    left."""
    noise = np.random.default_rng(chance.randrange(1 << 30))
    width, height = level.size
    corners = _held(page, level, noise)
    rows, columns = page.shape[:2]
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    turn = cv2.getPerspectiveTransform(flat, corners)
    behind = noise.integers(40, 140, (9, 16, 3)).astype(np.uint8)
    room = cv2.resize(behind, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    there = cv2.warpPerspective(np.ones((rows, columns), np.float32), turn, (width, height))
    seen = cv2.warpPerspective(page, turn, (width, height), flags=cv2.INTER_AREA)
    shot = seen.astype(np.float32) * there[..., None] + room * (1 - there[..., None])
    return _taken(shot, corners, level, noise), corners


def _held(page: Image, level: Level, noise: np.random.Generator) -> np.ndarray:
    width, height = level.size
    wide = width * level.fill
    tall = wide * page.shape[0] / page.shape[1]
    if tall > 0.9 * height:
        wide, tall = wide * 0.9 * height / tall, 0.9 * height
    angle = np.deg2rad(noise.uniform(-level.turn, level.turn))
    cos, sin = np.cos(angle), np.sin(angle)
    box = np.array([[-wide, -tall], [wide, -tall], [wide, tall], [-wide, tall]]) / 2
    middle = [width / 2 + noise.uniform(-0.04, 0.04) * width, height / 2]
    held = box @ np.array([[cos, sin], [-sin, cos]]) + middle
    held += noise.uniform(-level.warp, level.warp, (4, 2)) * [wide, tall]
    return np.asarray(np.clip(held, 4, [width - 5, height - 5]), np.float32)


def _taken(
    shot: np.ndarray, corners: np.ndarray, level: Level, noise: np.random.Generator
) -> Image:
    height, width = shot.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    shot = shot * (1 + 0.25 * (columns / width - 0.5))[..., None]
    if level.glare:
        wide = float(corners[1, 0] - corners[0, 0])
        x, y = corners.mean(axis=0) + noise.uniform(-0.4, 0.4, 2) * wide
        far = (columns - x) ** 2 + (rows - y) ** 2
        shot += level.glare * np.exp(-far / (2 * (0.09 * wide) ** 2))[..., None]
    shot = cv2.GaussianBlur(shot, (0, 0), level.blur) + noise.normal(0, level.noise, shot.shape)
    whole = np.clip(shot, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", whole, (cv2.IMWRITE_JPEG_QUALITY, level.jpeg))[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28))
