"""The filled-in list of looks by eye (人工查看登记表) as observations of a named person, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from records import SHANGHAI, Account, Period
from records.sentences import Command, Sentence
from registry import cells
from registry.cells import CellError, fold
from registry.columns import Header, find_header, labels
from registry.observation_sheets import FILLED_IN, SheetRow, period_text, save_sheet
from registry.pictures import load_pictures
from registry.platforms import known_platform
from registry.tables import Cell, Problem, RegisterError, Row, Sheet
from registry.workbooks import load_sheets

__all__ = ["SeenRow", "SheetRow", "load_sheet", "parse_period", "period_text", "save_sheet"]

T = TypeVar("T")

_KEYS = frozenset({"name", "ref", "observed_at", "observer", "newest_on", "pictures"})
_NONE = frozenset({"无", "没有", "从未发布", "无内容"})
_MAX_UPDATES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """What a named person saw of an account. ``newest_on`` is ``None`` only where 无 was written: nothing ever shown.

    ``account`` is the reference, ``pictures`` are relative to the sheet's folder, ``period`` the one of the sheet.
    """

    row: int
    account: str
    observed_at: datetime
    observer: str
    newest_on: date | None
    n_updates: int | None
    pictures: tuple[str, ...]
    period: Period


def load_sheet(
    path: Path, accounts: Sequence[Account], now: datetime
) -> tuple[tuple[SeenRow, ...], tuple[Problem, ...]]:
    """What the filled-in rows say, or every problem of them; rows that nobody filled in are passed over.

    Args:
        path: The sheet (.xlsx or .csv); its pictures lie in its folder or below.
        accounts: The registered accounts; a row may name one by any known key.
        now: The moment of the import (aware); nobody looked later.

    Returns:
        ``(rows, ())``, or ``((), problems)``.

    Raises:
        RegisterError: The file cannot be read, or is not such a sheet.
    """
    found = [(sheet, find_header(sheet, "observation", _KEYS, 3)) for sheet in load_sheets(path)]
    headed = [(sheet, header) for sheet, header in found if header is not None and not sheet.hidden]
    if not headed:
        again = Command("observe sheet 人工查看.xlsx")
        raise RegisterError(Sentence(f"“{path.name}”不是人工查看登记表，请重新生成后填写：", again, "。"))
    known = _Known(accounts)
    seen: list[SeenRow] = []
    problems: list[Problem] = []
    for sheet, header in headed:
        lacking = tuple(_lacking(sheet, header))
        problems += lacking
        for row in sheet.rows if not lacking else ():
            reading = _RowReading(row, header, sheet.name)
            if row.number > header.number and any(reading.cell(field) is not None for field in FILLED_IN):
                one = reading.read(known, now, path.parent)
                problems += reading.problems
                seen += [one] if one is not None else []
    return ((), tuple(problems)) if problems else (tuple(seen), ())


def parse_period(text: str) -> Period:
    """The period that ``period_text`` wrote.

    Raises:
        CellError: It is none.
    """
    first, _, last = text.partition("至")
    start, end = cells.parse_day(first), cells.parse_day(last)
    if start is None or end is None or end < start:
        raise CellError("统计周期被改动了，请重新生成本表")
    return Period(
        datetime.combine(start, time(), SHANGHAI), datetime.combine(end + timedelta(days=1), time(), SHANGHAI)
    )


class _Known:
    """The registered accounts by every key that a row may name them with."""

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._by_ref: dict[str, Account] = {}
        self._by_name: dict[str, list[Account]] = {}
        for account in accounts:
            for key in (account.uid, *account.aliases.values()):
                self._by_ref.setdefault(f"{account.platform}:{key}", account)
            self._by_name.setdefault(fold(account.name), []).append(account)

    def find(self, ref: str, name: str, platform: str) -> Account:
        """The one account that a row means.

        Raises:
            CellError: None, or several.
        """
        if ref:
            if ref not in self._by_ref:
                raise CellError("名录里没有这个账号编号，请核对，或先把账号导入名录")
            return self._by_ref[ref]
        known = known_platform(platform) if platform else None
        same = [a for a in self._by_name.get(fold(name), ()) if known is None or a.platform == known.slug]
        if len(same) != 1:
            raise CellError(
                "名录里没有这个名称的账号，请填账号编号" if not same else "名录里有几个同名账号，请填账号编号"
            )
        return same[0]


class _RowReading:
    """Reads one filled-in row and gathers all its problems."""

    def __init__(self, row: Row, header: Header, sheet: str | None) -> None:
        self.problems: list[Problem] = []
        self._row, self._header, self._sheet = row, header, sheet

    def cell(self, field: str) -> Cell:
        """What stands in the field's column."""
        heading = self._header.by_field.get(field)
        return None if heading is None or heading.place >= len(self._row.cells) else self._row.cells[heading.place]

    def read(self, known: _Known, now: datetime, folder: Path) -> SeenRow | None:
        """The row as an observation, or ``None`` where it has problems."""
        texts = {field: self._take(field, cells.parse_text) or "" for field in ("ref", "name", "platform", "period")}
        account = self._take("ref", lambda _: known.find(texts["ref"], texts["name"], texts["platform"]))
        period = self._take("period", lambda _: parse_period(texts["period"]))
        observed_at = self._take("observed_at", lambda cell: _parse_look(cell, now, period))
        observer = self._take("observer", _parse_observer)
        newest = self._take("newest_on", lambda cell: _parse_newest(cell, observed_at))
        n_updates = self._take("n_updates", _parse_count)
        pictures = self._take("pictures", lambda cell: _parse_pictures(cell, folder))
        if self.problems or not (account and period and observed_at and observer and newest and pictures):
            return None
        newest_on = newest[0]
        reason = _contradiction(newest_on, n_updates, period)
        if reason is not None:
            self._problem("n_updates", reason)
            return None
        return SeenRow(
            row=self._row.number,
            account=account.ref,
            observed_at=observed_at,
            observer=observer,
            newest_on=newest_on,
            n_updates=0 if newest_on is None else n_updates,
            pictures=pictures,
            period=period,
        )

    def _take(self, field: str, parse: Callable[[Cell], T]) -> T | None:
        try:
            return parse(self.cell(field))
        except CellError as error:
            self._problem(field, str(error))
            return None

    def _problem(self, field: str, reason: str) -> None:
        value = " ".join(str(self.cell(field) if self.cell(field) is not None else "").split())[:60]
        column = labels("observation")[field]
        self.problems.append(
            Problem(row=self._row.number, column=column, value=value, reason=reason, sheet=self._sheet)
        )


def _parse_look(cell: Cell, now: datetime, period: Period | None) -> datetime:
    if cell is None:
        raise CellError("请填查看时间，如 2026-11-20 09:30")
    moment = cells.parse_moment(cell)
    if moment > now:
        raise CellError("查看时间在现在之后，请核对")
    if period is not None and moment < period.start:
        raise CellError("查看时间早于统计周期，请重新查看后填写")
    return moment


def _parse_observer(cell: Cell) -> str:
    name = cells.parse_text(cell, 30).replace("\n", " ")
    if cells.is_blank(name) or name.isdigit():
        raise CellError("请填查看人的姓名")
    return name


def _parse_newest(cell: Cell, observed_at: datetime | None) -> tuple[date | None]:
    """The newest post's day in a tuple of one, so that 无 (a known nothing) differs from a problem."""
    if cell is None:
        raise CellError("请填最近一条的发布日期；一条内容也没有的填“无”")
    if isinstance(cell, str) and cell.strip() in _NONE:
        return (None,)
    day = cells.parse_day(cell)
    if day is None:
        raise CellError("请填最近一条的发布日期；一条内容也没有的填“无”")
    if observed_at is not None and day > observed_at.astimezone(SHANGHAI).date():
        raise CellError("最近一条发布日期在查看时间之后，请核对")
    return (day,)


def _parse_count(cell: Cell) -> int | None:
    text = cells.parse_text(cell).removesuffix("条").strip()
    if cells.is_blank(text):
        return 0 if text in _NONE else None
    if not (text.isascii() and text.isdigit()) or len(text) > 6 or int(text) > _MAX_UPDATES:
        raise CellError("请填本期更新的条数，只写数字；数不清可以留空")
    return int(text)


def _parse_pictures(cell: Cell, folder: Path) -> tuple[str, ...]:
    pictures = load_pictures(cells.parse_text(cell, 4000), folder)
    if not pictures:
        raise CellError("至少要有一张截图，请把截图放到本表所在的文件夹并写上文件名")
    return pictures


def _contradiction(newest_on: date | None, n_updates: int | None, period: Period) -> str | None:
    if newest_on is None:
        return "最近一条填了“无”，本期更新条数却大于 0，请核对" if n_updates else None
    newest = datetime.combine(newest_on, time(), SHANGHAI)
    if n_updates == 0 and period.holds(newest):
        return "最近一条就发布在统计周期内，本期更新条数不会是 0，请核对"
    if n_updates and newest < period.start.astimezone(SHANGHAI):
        return "最近一条早于统计周期，本期更新条数应为 0，请核对"
    return None


def _lacking(sheet: Sheet, header: Header) -> Iterator[Problem]:
    for field in ("observed_at", "observer", "newest_on", "pictures", "period"):
        if field not in header.by_field:
            label = labels("observation")[field]
            reason = f"缺少“{label}”列，请重新生成本表后填写"
            yield Problem(row=header.number, column=label, value="", reason=reason, sheet=sheet.name)
