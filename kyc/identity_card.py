"""The resident identity card of the PRC from its lines of text (GA 448, GB 11643). Pure.

The number says the birth and the sex again and carries a check digit, so it is believed before the
printed words where those were hardly read, and stands against them where they were read well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from kyc import national_number
from kyc.judged import SURE, dated, digits, field, first_of, parsed, whole
from kyc.ocr import Line, Text, label
from kyc.reading import LONG_TERM, FieldRead

_NATIONS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 "
    "高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 "
    "普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
NATIONS = tuple(_NATIONS.split())
"""The fifty-six of GB/T 3304, without 族."""
_LEFT_OF_PORTRAIT, _ABOVE_NUMBER = 0.66, 0.76  # of the page's width and height

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"
_NUMBER = r"(?<!\d)(\d[\dOoQDIlZSB]{16}[\dXx×])(?!\d)"
_NAME = (
    rf"(?:姓\n?名|(?:^|\n)名)[:：]?\n?([{_CHINESE}·•.．・]+)",
    rf"^(?:.{{0,2}}\n)?([{_CHINESE}]{{2,4}})\n性",  # the label in pale blue was not seen
)
_SEX = (r"性\n?.?\n?([男女])", r"(?:^|\n)([男女])(?:\n|民)")
_NATION = rf"族\n?({'|'.join(sorted(NATIONS, key=len, reverse=True))})"
_BIRTH = r"(\d{4}\n?年\n?\d{1,2}\n?月\n?\d{1,2})"
_ADDRESS = r"(?:住\n?址|(?:^|\n)址)\n?([\s\S]+?)(?=\n?公\n?民|\n?\d{17}|$)"
_ADDRESS_AFTER_BIRTH = r"日\n(?:住|址)?\n?([\s\S]+?)(?=\n?公\n?民|\n?\d{17}|$)"
_AUTHORITY = (r"机\n?关\n?([\s\S]+?)(?=\n?有\n?效|\n?期\n?限|\n?\d{4}|$)", r"\n(.{3,}公安.*局)\n")
_DAY = r"\d{4}\n?[.．·,，、-]?\n?\d{2}\n?[.．·,，、-]?\n?\d{2}"
_FROM = rf"(?<!\d)({_DAY})"
_UNTIL = rf"(?<!\d){_DAY}\n?[-—一~－–至.]{{0,2}}\n?({_DAY}(?!\d)|长\n?期)"
_DOTS = str.maketrans("•.．・", "····")

Read = tuple[tuple[FieldRead, ...], tuple[str, ...]]
"""Fields, and the problems of the whole document."""


def front(lines: Sequence[Line], width: int, height: int) -> Read:
    """The side with the portrait, of a page of this size in pixels."""
    text = Text([line for line in lines if _beside_portrait(line, width, height)])
    number = _number(text)
    problem = _number_problem(number[0])
    known = number[0] if not problem else ""
    fields = (
        field("name", _name(text)),
        _sex(text, known, number[1]),
        field("nation", text.find(_NATION)),
        _birth(text, known, number[1]),
        field("address", first_of(text.find(_ADDRESS), text.find(_ADDRESS_AFTER_BIRTH))),
        field("number", number, problem if number[0] else ""),
    )
    if not known and not _is_front(text):
        return fields, ("not_this_document",)
    return fields, whole(one.problem for one in fields if one.problem in _CONCERN_ALL)


_CONCERN_ALL = ("number_check", "birth_differs", "sex_differs", "impossible_date")


def back(lines: Sequence[Line], today: date) -> Read:
    """The side with the emblem; whether it is valid is asked of `today`."""
    text = Text(lines)
    begin = dated("valid_from", text.find(_FROM))
    fields = (
        field("authority", first_of(*(text.find(pattern) for pattern in _AUTHORITY))),
        begin,
        _until(text),
    )
    if not _is_back(text):
        return fields, ("not_this_document",)
    return fields, whole((*_term(begin, fields[2], today),))


def _beside_portrait(line: Line, width: int, height: int) -> bool:
    """What the reader makes of a face's hair is no text; the number runs beneath the portrait."""
    return line.left < _LEFT_OF_PORTRAIT * width or line.middle > _ABOVE_NUMBER * height


def _number(text: Text) -> tuple[str, float]:
    found, confidence = text.find(_NUMBER)
    return digits(found[:-1]) + found[-1:].upper().replace("×", "X"), confidence


def _number_problem(number: str) -> str:
    if not number or not national_number.agrees(number):
        return "number_check"
    return "" if national_number.birth(number) else "impossible_date"


def _name(text: Text) -> tuple[str, float]:
    found, confidence = first_of(*(text.find(pattern) for pattern in _NAME))
    return re.sub("性$", "", found.translate(_DOTS)).strip("·"), confidence


def _sex(text: Text, number: str, sure: float) -> FieldRead:
    printed, confidence = first_of(*(text.find(pattern) for pattern in _SEX))
    told = {"男": "M", "女": "F"}.get(printed, "")
    return _crossed("sex", (told, confidence), national_number.sex(number) if number else "", sure)


def _birth(text: Text, number: str, sure: float) -> FieldRead:
    printed = dated("birth", text.find(_BIRTH))
    if not number:
        return printed
    told = (printed.text, printed.confidence) if parsed(printed.text) else ("", 0.0)
    return _crossed("birth", told, str(national_number.birth(number)), sure)


def _crossed(name: str, printed: tuple[str, float], told: str, sure: float) -> FieldRead:
    """The printed word against what the number says; the number wins where print was not clear."""
    if not told:
        return field(name, printed)
    if printed[0] == told:
        return field(name, (told, max(printed[1], sure)))
    if printed[0] and printed[1] >= SURE:
        return field(name, printed, f"{name}_differs")
    return field(name, (told, sure * SURE))


def _until(text: Text) -> FieldRead:
    found, confidence = text.find(_UNTIL)
    if found == "长期":
        return field("valid_until", (LONG_TERM, confidence))
    return dated("valid_until", (found, confidence))


def _term(begin: FieldRead, until: FieldRead, today: date) -> list[str]:
    first, last = parsed(begin.text), parsed(until.text)
    found = [one.problem for one in (begin, until) if one.problem == "impossible_date"]
    if first and last and last <= first:
        found.append("dates_reversed")
    elif last and last < today:
        found.append("expired")
    if first and first > today:
        found.append("not_yet_valid")
    return found


def _is_front(text: Text) -> bool:
    seen = [
        bool(re.search(label(words), text.text))
        for words in ("姓名", "民族", "出生", "住址", "公民身份")
    ]
    return sum(seen) >= 2


def _is_back(text: Text) -> bool:
    seen = [
        bool(re.search(label(words), text.text)) for words in ("居民身份证", "签发机关", "有效期限")
    ]
    return sum(seen) >= 2
