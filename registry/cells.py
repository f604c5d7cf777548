"""What one cell says: text, day, moment, yes or no, choice, list, address. Pure; a cell that cannot be read raises.

Every reason is one Chinese phrase that tells the clerk what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from records import SHANGHAI
from registry.tables import Cell

MAX_TEXT = 200
MAX_NOTE = 5000
MAX_ADDRESS = 2000
MAX_LIST = 200
_NAMED = 60  # signs of a wrong line that are quoted
_BLANKS = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "没有", "n/a", "空"})
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"})
_LIST_MARKS = re.compile(r"[、,，;；|｜\n]+")
_BRACKETS = str.maketrans("", "", "()[]{}〔〕【】《》「」<>“”\"'‘’")
_HEADER_NOISE = re.compile(r"[\s_*＊:：·.。]+")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DAY = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})\s*[:点时]\s*(\d{1,2})\s*分?(?:\s*:?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?")
_SERIAL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 to 2119
_YEARS = range(1990, 2100)
_ADDRESS_START = re.compile(r"(?:https?://|www\.|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org)(?:/|$))", re.I)
_SEVERAL_ADDRESSES = re.compile(r"[\s、|｜;；,，]+(?=https?://|www\.|(?:[a-z0-9-]+\.)+(?:com|cn|net|org)/)", re.I)
_DIGITS_LOST = re.compile(r"\d(?:\.\d+)?e[+]?\d+", re.I)
_ROUNDED = re.compile(r"\d{15}0{3,}")
_LOST = "位数已被 Excel 改掉：请把这一列的单元格格式设为“文本”，再从平台重新粘贴"


class CellError(ValueError):
    """A cell cannot be read; the message says in Chinese what to write instead."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """A heading, platform or choice for comparing: width, case, blanks, brackets and ``*`` do not count."""
    return _HEADER_NOISE.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS))


def parse_text(cell: Cell, limit: int = MAX_TEXT) -> str:
    """The cell as clean text in one spelling of blanks; ``""`` where it is empty.

    Whole numbers lose Excel's ``.0``, days become ``2026-11-20``. Control, zero-width and direction characters go.

    Raises:
        CellError: The text is too long or is the error value of a formula.
    """
    text = _written(cell)
    if text in _ERRORS:
        raise CellError("单元格是出错的公式，请改填文字")
    text = text if text.isprintable() else _without_controls(text)
    text = text.strip()
    if len(text) > limit:
        raise CellError(f"超过 {limit} 个字，请缩短")
    return text


def is_blank(text: str) -> bool:
    """Whether a known column's text means that nothing is filled in (``无``, ``/``)."""
    return len(text) < 4 and text.casefold() in _BLANKS


def parse_identifier(cell: Cell) -> str:
    """An account's number or id as exact text.

    Raises:
        CellError: Excel kept it as a number that has lost digits.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and (abs(cell) >= 1e15 or cell != int(cell)):
        raise CellError(_LOST)
    text = unicodedata.normalize("NFKC", parse_text(cell, MAX_ADDRESS))
    if text.startswith('="') and text.endswith('"'):  # how a .csv keeps Excel from turning digits into a number
        text = text[2:-1]
    text = text.removeprefix("'").strip()
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    if _DIGITS_LOST.fullmatch(text) or _ROUNDED.fullmatch(text):
        raise CellError(_LOST)
    return text


def parse_day(cell: Cell, today: date | None = None) -> date | None:
    """The day a cell gives, ``None`` where it is blank.

    Args:
        cell: An Excel date or serial number, or text as 2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120.
        today: Later days are refused; ``None`` takes any.

    Raises:
        CellError: It is no day, a day that does not exist, or a later one than today.
    """
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS:
        day = _SERIAL_EPOCH + timedelta(days=int(cell))
    else:
        text = unicodedata.normalize("NFKC", parse_text(cell))
        if is_blank(text):
            return None
        day = _parse_written_day(text)
    if day.year not in _YEARS:
        raise CellError("年份不对，请核对后按 2026-11-20 的样子填写")
    if today is not None and day > today:
        raise CellError("日期在今天之后，请核对")
    return day


def parse_moment(cell: Cell) -> datetime:
    """The moment a cell gives, to the minute or second; without a zone it is Shanghai's.

    Raises:
        CellError: It is no time, has no hour and minute, or does not exist.
    """
    if isinstance(cell, datetime):
        if cell.time() == time():
            raise CellError("请写到几点几分，如 2026-11-20 09:30")
        return cell.replace(microsecond=0, tzinfo=cell.tzinfo or SHANGHAI)
    if isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in _SERIALS and cell != int(cell):
        seconds = round((cell - int(cell)) * 86_400)
        return datetime.combine(_SERIAL_EPOCH + timedelta(days=int(cell)), time(), SHANGHAI) + timedelta(
            seconds=seconds
        )
    text = unicodedata.normalize("NFKC", parse_text(cell))
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)", text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise CellError("没有这个时间，请按 2026-11-20 09:30 的样子填写") from None
    return _parse_written_moment(text.replace("T", " "))


def parse_flag(cell: Cell) -> bool | None:
    """Whether a cell says 是 or 否; ``None`` where it is blank.

    Raises:
        CellError: It says something else.
    """
    text = fold(parse_text(cell))
    if text in ("是", "y", "yes", "true", "1", "√", "✓", "✔"):
        return True
    if text in ("否", "n", "no", "false", "0", "×", "x", "✗"):
        return False
    if is_blank(text):
        return None
    raise CellError("请填 是 或 否")


def parse_choice(cell: Cell, choices: Mapping[str, str]) -> str | None:
    """The choice a cell makes; ``None`` where it is blank.

    Args:
        cell: The cell.
        choices: Folded spelling to the choice meant.

    Raises:
        CellError: It is none of them.
    """
    text = parse_text(cell)
    if is_blank(text):
        return None
    if fold(text) not in choices:
        raise CellError(f"请填 {'、'.join(dict.fromkeys(choices.values()))} 之一")
    return choices[fold(text)]


def parse_list(cell: Cell) -> tuple[str, ...]:
    """The parts of a cell separated by 、 commas, semicolons, bars or line breaks; each once, in order.

    Raises:
        CellError: The cell is too long, or has too many parts.
    """
    text = parse_text(cell, MAX_NOTE)
    if is_blank(text):
        return ()
    parts = tuple(dict.fromkeys(part.strip() for part in _LIST_MARKS.split(text) if part.strip()))
    if len(parts) > MAX_LIST:
        raise CellError(f"超过 {MAX_LIST} 项，请减少")
    return parts


def parse_address(text: str) -> str:
    """An http(s) address as written, with ``https://`` where the scheme is left out.

    Raises:
        CellError: It is no such address.
    """
    address = text.strip().replace("&amp;", "&")
    if not re.match(r"https?://", address, re.I) and _ADDRESS_START.match(address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and parts.username is None
        _ = parts.port
    except ValueError:
        sound = False
    if not sound or re.search(r"[\s<>\"\\^`{|}]", address) or len(address) > MAX_ADDRESS:
        raise CellError("不是完整的网址，请从浏览器地址栏复制以 http:// 或 https:// 开头的地址")
    return address


def split_addresses(text: str) -> list[str]:
    """The addresses of a cell that may hold several, cut where a blank or mark is followed by the start of another."""
    return [part.strip("、|｜;；,， \n\t") for part in _SEVERAL_ADDRESSES.split(text.strip()) if part.strip()]


def parse_addresses(cell: Cell) -> tuple[str, ...]:
    """The addresses of a cell, one a line or separated by marks; each once, in order.

    Raises:
        CellError: One of them is no address, or there are too many.
    """
    text = parse_text(cell, MAX_LIST * MAX_ADDRESS)
    if is_blank(text):
        return ()
    parts = [part for line in text.splitlines() for part in split_addresses(line)]
    addresses = tuple(dict.fromkeys(_one_of(parts, part) for part in parts))
    if len(addresses) > MAX_LIST:
        raise CellError(f"超过 {MAX_LIST} 个网址，请减少")
    return addresses


def _one_of(parts: list[str], part: str) -> str:
    """The address of one part; of a cell with several the error names the part that is none."""
    try:
        return parse_address(part)
    except CellError as error:
        if len(parts) == 1:
            raise
        named = part if len(part) <= _NAMED else f"{part[: _NAMED - 1]}…"
        raise CellError(f"其中“{named}”{error}") from None


def looks_like_address(text: str) -> bool:
    """Whether a text begins as an address does, with or without its scheme."""
    return _ADDRESS_START.match(text) is not None


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("_x000D_", "\n") if "_x000D_" in cell else cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return str(cell)


def _without_controls(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = (" " if unicodedata.category(c) == "Zs" or c == "\t" else c for c in text)
    return "".join(c for c in kept if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))


def _parse_written_day(text: str) -> date:
    found = _DAY.match(text) or _COMPACT_DAY.fullmatch(text)
    rest = text[found.end() :].strip().removeprefix("T") if found else ""
    if found is None or (rest and not _CLOCK.fullmatch(rest)):
        raise CellError("不是完整的日期，请按 2026-11-20 的样子填写年月日")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise CellError("没有这一天，请核对后按 2026-11-20 的样子填写") from None


def _parse_written_moment(text: str) -> datetime:
    found = _DAY.match(text)
    clock = _CLOCK.fullmatch(text[found.end() :].strip()) if found else None
    if found is None or clock is None:
        raise CellError("请写明日期和几点几分，如 2026-11-20 09:30")
    day = _parse_written_day(found[0].strip())
    try:
        return datetime.combine(day, time(int(clock[1]), int(clock[2]), int(clock[3] or 0)), SHANGHAI)
    except ValueError:
        raise CellError("没有这个时间，请按 2026-11-20 09:30 的样子填写") from None
