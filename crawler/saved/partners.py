"""Accounts that partners send as a table (.csv, .xlsx) with the register's column names, as candidates.

What a partner says of an account was not seen on its page: the certified entity is taken as told, and whether it is
verified stays unknown. Every cell is text; a formula that no spreadsheet has calculated is a problem of its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from crawler.account_links import clean_name
from crawler.saved.document import MAX_FILE_BYTES, SavedError
from records import Candidate
from registry.cells import MAX_ADDRESS, CellError, is_blank, parse_identifier, parse_text
from registry.columns import Header, find_header
from registry.entries import is_sample
from registry.identity import IdentityError, parse_identity
from registry.platforms import Platform, known_platform, parse_platform
from registry.tables import RegisterError, Row, Sheet
from registry.workbooks import load_sheets

SUFFIXES = (".csv", ".xlsx", ".xlsm", ".xls", ".et", ".tsv")
_KEYS = frozenset({"platform", "name", "id", "url"})
_IDS = ("id", "biz", "gh_id", "wechat_id", "weibo_uid", "token")
_READ = frozenset({"platform", "name", "url", "verified_entity", *_IDS})
_OF_PLATFORM = {"biz": "wechat", "gh_id": "wechat", "wechat_id": "wechat", "weibo_uid": "weibo", "token": "toutiao"}
# What only the register of the office itself says of an account: no partner knows it.
_OWN = frozenset(
    {
        "filed_on",
        "form_submitted_on",
        "approved_on",
        "login_issued_on",
        "national_registered_on",
        "change_filed_on",
        "closing_filed_on",
        "status",
        "regulations",
        "feed_url",
        "feed_complete",
        "menu_links",
    }
)
NO_HEADER = "前十行里没有找到表头，至少要有“平台”“账号名称”，以及“账号ID”或“访问链接”这几列"
OWN_REGISTER = "这是名录（有“主办单位”和备案等栏目），不是合作单位的名单；名录请用 accounts import 导入"
NO_ROWS = "表里没有账号，请在表头下面逐行填写后再读入"


def load_partners(path: Path, at: datetime) -> tuple[Candidate, ...]:
    """The accounts of a partner's table in its order, each once; all of them or none.

    Args:
        path: The table.
        at: When it was brought.

    Raises:
        SavedError: It is no such table, or a row of it cannot be read; the first such row is named.
    """
    try:
        sheets = load_sheets(path, MAX_FILE_BYTES)
        headed = [(sheet, find_header(sheet, "register", _KEYS, 2)) for sheet in sheets if not sheet.hidden]
    except RegisterError as error:
        raise SavedError(str(error).rstrip("。")) from error
    if any(header is not None and _is_register(header) for _, header in headed):
        raise SavedError(OWN_REGISTER)
    found: dict[str, Candidate] = {}
    problems: list[str] = []
    for sheet, header in headed:
        if header is not None:
            _read_sheet(sheet, header, at, found, problems)
    if all(header is None for _, header in headed):
        raise SavedError(NO_HEADER)
    if problems:
        raise SavedError(f"{problems[0]}（共 {len(problems)} 处要改，这份表没有读入）")
    if not found:
        raise SavedError(NO_ROWS)
    return tuple(found.values())


def _is_register(header: Header) -> bool:
    """Whether a table is the office's own register by its columns; a partner may fill in the unit alone."""
    return "unit" in header.by_field and bool(_OWN & header.by_field.keys())


def _read_sheet(sheet: Sheet, header: Header, at: datetime, found: dict[str, Candidate], problems: list[str]) -> None:
    platform = known_platform(sheet.name or "")
    for row in _filled(sheet, header):
        try:
            _refuse_formulas(sheet, row, header)
            candidate = _candidate(row, header, platform, at)
        except CellError as error:
            problems.append(f"第 {row.number} 行：{error}")
            continue
        found.setdefault(candidate.ref.casefold(), candidate)


def _refuse_formulas(sheet: Sheet, row: Row, header: Header) -> None:
    """Raises CellError for a cell that we need and that no spreadsheet has calculated."""
    for field, heading in header.by_field.items():
        if field in _READ and (row.number, heading.place + 1) in sheet.uncalculated:
            raise CellError(f"“{heading.header}”里的公式还没有算出结果，请改填文字")


def _filled(sheet: Sheet, header: Header) -> Iterator[Row]:
    places = [heading.place for heading in header.headings if not heading.dropped]
    for row in sheet.rows:
        filled = any(place < len(row.cells) and row.cells[place] is not None for place in places)
        if row.number > header.number and filled and not is_sample(row, header):
            yield row


def _candidate(row: Row, header: Header, sheet_platform: Platform | None, at: datetime) -> Candidate:
    """One row's account; CellError says what is wrong with it."""
    written = _text(row, header, "platform")
    platform = parse_platform(written) if written else sheet_platform
    if platform is None:
        raise CellError("“平台”是空的，请填微博、微信公众号或今日头条")
    name = clean_name(_text(row, header, "name"))
    if not name:
        raise CellError("“账号名称”是空的，请填平台上显示的名称")
    ids = [_identifier(row, header, field) for field in _IDS if _OF_PLATFORM.get(field, platform.slug) == platform.slug]
    try:
        identity = parse_identity(platform.slug, ids, _text(row, header, "url", MAX_ADDRESS))
    except IdentityError as error:
        raise CellError(str(error)) from error
    return Candidate(
        platform=platform.slug,
        uid=identity.uid,
        name=name,
        found_at=at,
        url=identity.url,
        verified_entity=_text(row, header, "verified_entity") or None,
    )


def _text(row: Row, header: Header, field: str, limit: int = 200) -> str:
    heading = header.by_field.get(field)
    if heading is None or heading.place >= len(row.cells):
        return ""
    text = parse_text(row.cells[heading.place], limit)
    return "" if is_blank(text) else text


def _identifier(row: Row, header: Header, field: str) -> str:
    heading = header.by_field.get(field)
    if heading is None or heading.place >= len(row.cells):
        return ""
    return parse_identifier(row.cells[heading.place])
