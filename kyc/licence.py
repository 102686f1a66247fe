"""A business licence of the PRC (营业执照, the form of 2019) from its lines of text. Pure.

Two columns stand under the title, so each is read by itself. The kind of organisation decides the
words: a company has a legal representative, a branch a person in charge, a trader an operator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kyc import credit_code
from kyc.identity_card import Read
from kyc.judged import dated, field, first_of, whole
from kyc.ocr import Line, Text, label
from kyc.reading import FieldRead

_RIGHT = 0.52  # of the page's width: the second column begins to the right of this
_UNDER_TITLE = 0.26  # of its height

_NAME, _KIND, _CAPITAL = ("名称", "字号名称"), ("类型",), ("注册资本", "注册资金")
_HEAD = ("法定代表人", "负责人", "经营者", "投资人", "执行事务合伙人")
_BEGUN, _SEAT, _SCOPE = ("成立日期", "注册日期"), ("住所", "营业场所", "经营场所"), ("经营范围",)
_OTHERS = ("营业期限", "组成形式", "登记机关", "合伙期限")
_EVERY = (*_NAME, *_KIND, *_CAPITAL, *_HEAD, *_BEGUN, *_SEAT, *_SCOPE, *_OTHERS)
_CODE = r"(9[0-9A-Za-z]{17})"
_ANY_CODE = r"(?:代码|^|\n)[:：]?\n?([0-9A-Z]{18})(?![0-9A-Z])"
_ENDED = "公司|厂|店|中心|合作社|事务所|院|社|行|部|站"
_UNLABELLED = rf"(?:^|\n)(?:名?\n?称?\n)?([^\n]{{4,}}(?:{_ENDED}))\n"
_SUM = re.compile(
    r"(?:人民币)?[零〇壹贰叁肆伍陆柒捌玖拾佰仟万亿\d.,]+(?:人民币|美|欧|日|港)?[元圆]整?(?:人民币)?"
)
_LATIN_BRACKETS = str.maketrans("（）", "()")


def licence(lines: Sequence[Line], width: int, height: int) -> Read:
    """The licence, of a page of this size in pixels."""
    under = [line for line in lines if line.middle > _UNDER_TITLE * height]
    columns = (
        Text([line for line in under if line.left < _RIGHT * width]),
        Text([line for line in under if line.left >= _RIGHT * width]),
    )
    everything = Text(lines)
    code = _code(everything)
    fields: tuple[FieldRead, ...] = (
        field("name", first_of(_labelled(columns, _NAME), columns[0].find(_UNLABELLED))),
        code,
        field("type", _labelled(columns, _KIND)),
        field("legal_representative", _labelled(columns, _HEAD)),
        _capital(_labelled(columns, _CAPITAL)),
        dated("established", _labelled(columns, _BEGUN)),
        field("address", _labelled(columns, _SEAT)),
    )
    scope = _labelled(columns, _SCOPE)
    if scope[0]:
        fields = (*fields, field("scope", scope))
    if not _is_licence(everything):
        return fields, ("not_this_document",)
    found = (one.problem for one in fields)
    return fields, whole(code for code in found if code in ("number_check", "impossible_date"))


def _code(text: Text) -> FieldRead:
    found, confidence = first_of(text.find(_CODE), text.find(_ANY_CODE))
    told = credit_code.mended(found)
    problem = "" if credit_code.agrees(told) else "number_check"
    return field("credit_code", (told, confidence), problem if told else "")


def _capital(found: tuple[str, float]) -> FieldRead:
    """A sum in the numerals of finance; what holds any other letter was misread."""
    return field("capital", found, "" if _SUM.fullmatch(found[0]) else "unsure")


def _labelled(columns: Sequence[Text], labels: Sequence[str]) -> tuple[str, float]:
    """What follows one of the labels, up to the next label of any field."""
    ours, others = _either(labels), _either(_EVERY)
    pattern = rf"(?:^|\n)(?:{ours})[:：]?\n?([\s\S]+?)(?=\n(?:{others})|$)"
    found, confidence = first_of(*(column.find(pattern) for column in columns))
    return found.translate(_LATIN_BRACKETS), confidence


def _either(labels: Sequence[str]) -> str:
    """A pattern for any of them; of one of two letters set far apart, one may have gone unseen."""
    halves = (rf"[{words}](?=\n)" for words in labels if len(words) == 2)
    return "|".join([*(label(words) for words in labels), *halves])


def _is_licence(text: Text) -> bool:
    seen = [
        re.search(label(words), text.text)
        for words in ("营业执照", "社会信用代码", "经营范围", "法定代表人")
    ]
    return sum(bool(one) for one in seen) >= 2
