"""How amounts, rates and days are written in papers, in Chinese and in English.

Amounts in Chinese capitals follow the way of cheques and contracts (中文大写): 壹拾万元整.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December")  # fmt: skip
LARGEST: Final = Decimal(10) ** 16


def decimal(value: str | Decimal) -> Decimal:
    """A number as forms keep it (`100,000.00`), or 0 for an empty text."""
    return Decimal(str(value).replace(",", "").strip() or "0")


def money(value: str | Decimal) -> str:
    """Two decimals, thousands apart: `100,000.00`."""
    return f"{decimal(value).quantize(CENT, ROUND_HALF_UP):,.2f}"


def percent(value: str | Decimal, least: int = 2) -> str:
    """At least two decimals, no more than are there: `4.35%`, `4.3500%` is `4.35%`."""
    number = decimal(value).normalize()
    exponent = number.as_tuple().exponent
    places = max(least, -exponent if isinstance(exponent, int) else least)
    return f"{number:.{places}f}%"


def share(value: str | Decimal) -> str:
    """A percentage with no more decimals than it has: `50%`, `62.5%`."""
    return percent(value, 0)


def capitals(value: str | Decimal) -> str:
    """An amount of yuan in Chinese capitals: `人民币壹拾万元整`; ValueError from 10^16 yuan."""
    number = decimal(value).quantize(CENT, ROUND_HALF_UP)
    if not 0 <= number < LARGEST:
        raise ValueError("the amount can't be written in capitals")
    yuan, cents = divmod(int(number * 100), 100)
    jiao, fen = divmod(cents, 10)
    whole = f"{_whole(yuan)}元" if yuan or not cents else ""
    if not cents:
        return f"人民币{whole}整"
    tenths = f"{_DIGITS[jiao]}角" if jiao else ("零" if whole else "")
    rest = f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{whole}{tenths}{rest}"


def day(value: str, language: str) -> str:
    """An ISO day in words: `2026年11月23日`, `23 November 2026`; any other text as it is."""
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return value
    if language == "zh-CN":
        return f"{found.year}年{found.month}月{found.day}日"
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def _whole(yuan: int) -> str:
    if not yuan:
        return _DIGITS[0]
    groups: list[int] = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    written, gap = "", False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = bool(written)
            continue
        if written and (gap or group < 1000):
            written += _DIGITS[0]
        written += _group(group) + _GROUPS[index]
        gap = False
    return written


def _group(group: int) -> str:
    """One to four digits, zeros in between written once, those at the end not at all."""
    written, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            written += (_DIGITS[0] if gap and written else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return written
