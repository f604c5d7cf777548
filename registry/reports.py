"""The links that units report (报送): from a table, or from whatever text was pasted from a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from registry import cells
from registry.cells import CellError
from registry.columns import Header, find_header
from registry.tables import Cell, Problem, RegisterError, Row, Sheet, decode, load_bytes, refuse_disguise
from registry.workbooks import load_sheets

MAX_REPORT_BYTES = 20 * 1024 * 1024
MAX_LINKS = 20_000
_TEXT_SUFFIXES = frozenset({".txt", ".md", ".log", ""})
_HOSTS = {"wechat": ("mp.weixin.qq.com",), "weibo": ("weibo.com", "weibo.cn"), "toutiao": ("toutiao.com",)}
_SHORTENERS = frozenset({"t.cn", "url.cn", "dwz.cn", "suo.im", "w.url.cn", "b23.tv", "v.douyin.com", "v.kuaishou.com"})
# Addresses end at the first character that no address has as it stands: chats glue Chinese words to them.
_ADDRESS = re.compile(
    r"(?:https?://|(?<![A-Za-z0-9.\-@/])(?=(?:mp\.weixin\.qq\.com|(?:www\.|m\.)?weibo\.(?:com|cn)|(?:www\.|m\.)?toutiao\.com)/))"
    r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+",
    re.I,
)
_OPENING = {")": "(", "]": "["}
_END_MARKS = ".,;:!?'\"*~"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLink:
    """One address that a unit reported, with what stood beside it; ``text`` is its line or row as it was written."""

    url: str
    row: int
    text: str
    unit: str | None = None
    account: str | None = None
    title: str | None = None
    sheet: str | None = None


def load_reported(path: Path) -> tuple[tuple[ReportedLink, ...], tuple[Problem, ...]]:
    """The reported addresses of crawled platforms in the file's order, and every address left out with the reason.

    Args:
        path: .xlsx, .csv (with a column of links, or without any heading) or any text.

    Raises:
        RegisterError: The file cannot be read, is over 20 MB, or has more than 20,000 addresses.
    """
    links: dict[str, ReportedLink] = {}
    problems: list[Problem] = []
    found = 0
    for link in _all_links(path, problems):
        found += 1
        if found > MAX_LINKS:
            raise RegisterError(f"“{path.name}”里超过 {MAX_LINKS} 个网址，请分几次导入。")
        reason = _refusal(link.url)
        if reason is None and link.url in links:
            reason = f"与第 {links[link.url].row} 行重复，只登记一次"
        if reason is None:
            links[link.url] = link
        else:
            problems.append(Problem(row=link.row, column="链接", value=link.url[:200], reason=reason, sheet=link.sheet))
    if not found and not problems:
        raise RegisterError(f"“{path.name}”里没有找到网址，请检查文件，或把推文链接粘贴进来再导入。")
    return tuple(links.values()), tuple(sorted(problems, key=lambda problem: (problem.sheet or "", problem.row)))


def find_addresses(text: str) -> Iterator[str]:
    """The addresses in a text, without the punctuation that the sentence put after them, each with its scheme."""
    for found in _ADDRESS.finditer(text.replace("&amp;", "&")):
        address = found[0].rstrip(_END_MARKS)
        while address.endswith((")", "]")) and address.count(address[-1]) > address.count(_OPENING[address[-1]]):
            address = address[:-1].rstrip(_END_MARKS)
        yield address if "://" in address else f"https://{address}"


def _all_links(path: Path, problems: list[Problem]) -> Iterator[ReportedLink]:
    body = load_bytes(path, MAX_REPORT_BYTES)
    refuse_disguise(path.name, body)
    if path.suffix.lower() in _TEXT_SUFFIXES and not body.startswith(b"PK"):
        yield from _in_lines(decode(path.name, body))
        return
    try:
        sheets = load_sheets(path, MAX_REPORT_BYTES)
    except RegisterError:
        if body.startswith(b"PK"):
            raise
        yield from _in_lines(decode(path.name, body))  # a chat saved as .csv has quotes that are not in pairs
        return
    headed = [(sheet, find_header(sheet, "report", ("link",), 1)) for sheet in sheets if not sheet.hidden]
    if not body.startswith(b"PK") and not any(header for _, header in headed):
        yield from _in_lines(decode(path.name, body))
        return
    for sheet, header in headed:
        yield from _in_table(sheet, header, problems) if header is not None else _in_cells(sheet)


def _in_lines(text: str) -> Iterator[ReportedLink]:
    for number, line in enumerate(text.splitlines(), start=1):
        for url in find_addresses(line):
            yield ReportedLink(url=url, row=number, text=_line(line))


def _in_cells(sheet: Sheet) -> Iterator[ReportedLink]:
    for row in sheet.rows:
        text = _row_text(row)
        for url in find_addresses(text):
            yield ReportedLink(url=url, row=row.number, text=_line(text), sheet=sheet.name)


def _in_table(sheet: Sheet, header: Header, problems: list[Problem]) -> Iterator[ReportedLink]:
    for row in sheet.rows:
        if row.number <= header.number:
            continue
        given = {field: _text(row, heading.place) for field, heading in header.by_field.items()}
        addresses = list(find_addresses(given["link"]))
        if given["link"] and not addresses:
            reason = "这里没有网址，请填以 http:// 或 https:// 开头的推文链接"
            value = _line(given["link"])[:200]
            problems.append(
                Problem(
                    row=row.number, column=header.by_field["link"].header, value=value, reason=reason, sheet=sheet.name
                )
            )
        for url in addresses:
            yield ReportedLink(
                url=url,
                row=row.number,
                text=_line(_row_text(row)),
                unit=_named(given, "unit"),
                account=_named(given, "account"),
                title=_named(given, "title"),
                sheet=sheet.name,
            )


def _refusal(url: str) -> str | None:
    """Why an address is no post of a crawled platform, ``None`` if it may be one."""
    try:
        host = (urlsplit(cells.parse_address(url)).hostname or "").lower()
    except CellError as error:
        return str(error)
    if host in _SHORTENERS:
        return "短链接看不出是哪一篇，请在浏览器里打开它，再报送地址栏里的完整网址"
    if not any(host == base or host.endswith(f".{base}") for bases in _HOSTS.values() for base in bases):
        return "不是微博、微信公众号或今日头条的网址，本软件不采集"
    if not urlsplit(url).path.strip("/"):
        return "这是平台首页，不是推文，请报送推文自己的网址"
    return None


def _text(row: Row, place: int) -> str:
    return _written(row.cells[place]) if place < len(row.cells) else ""


def _row_text(row: Row) -> str:
    return " ".join(text for cell in row.cells if (text := _written(cell)))


def _written(cell: Cell) -> str:
    try:
        return cells.parse_text(cell, cells.MAX_NOTE)
    except CellError:
        return ""


def _named(given: dict[str, str], field: str) -> str | None:
    text = _line(given[field])[: cells.MAX_TEXT] if field in given else ""
    return None if cells.is_blank(text) else text


def _line(text: str) -> str:
    """A text on one line without characters that steer a screen, at most 500 long."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:500]
