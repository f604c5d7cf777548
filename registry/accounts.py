"""The register table (名录) as units, accounts and filings: all of it, or every reason why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from pathlib import Path

from records import Account, Filing, Unit
from records.sentences import Command, Sentence
from registry.columns import ColumnReading, Header, find_header, known_columns
from registry.entries import Entry, EntryReader, is_sample, unit_key
from registry.platforms import known_platform, likely_platform
from registry.tables import Problem, RegisterError, Sheet
from registry.template import EXPLANATION_SHEET
from registry.workbooks import load_sheets

__all__ = ["ColumnReading", "Problem", "Register", "RegisterError", "load_register"]

_KEYS = frozenset({"platform", "name", "unit", "id", "url", "id_and_name"})
_IDENTIFYING = ("id", "url", "id_and_name", "biz", "gh_id", "wechat_id", "weibo_uid", "token", "article_links")
_CASELESS = frozenset({"gh_id", "wechat_id", "domain"})
# What happened, the date of it, and the date on which it was filed.
_FILINGS = (
    ("开设", "opened_on", "filed_on"),
    ("变更", "changed_on", "change_filed_on"),
    ("关停", "deregistered_on", "closing_filed_on"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register file as read. With one problem or more, ``units``, ``accounts`` and ``filings`` are empty.

    ``filings`` are by account reference. ``n_rows`` counts the rows that were read as accounts. ``notes`` tell what
    was skipped or left out and hinder nothing; a note with row 0 is about the file.
    """

    units: tuple[Unit, ...] = ()
    accounts: tuple[Account, ...] = ()
    filings: Mapping[str, tuple[Filing, ...]] = field(default_factory=dict)
    columns: tuple[ColumnReading, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    n_rows: int = 0


def load_register(
    path: Path, mapping: Mapping[str, str] | None = None, *, known_regulations: Collection[str], today: date
) -> Register:
    """The units, accounts and filings of a register table (.xlsx or .csv), or every problem that hinders.

    Args:
        path: The table; every visible sheet with a header row in its first ten rows is read.
        mapping: Heading to field (平台, or ``platform``), above the known synonyms; 忽略 drops a column.
        known_regulations: The ids that 适用规则 may name.
        today: The day in Shanghai; no date of a register lies after it.

    Returns:
        All rows, or none and each problem with its row number, heading, value and reason in Chinese.

    Raises:
        RegisterError: The file cannot be read as a register at all, or the mapping names an unknown field.
    """
    sheets = load_sheets(path)
    notes: list[Problem] = []
    readings: dict[ColumnReading, None] = {}
    problems: list[Problem] = []
    entries: list[Entry] = []
    headed = [(sheet, find_header(sheet, "register", _KEYS, 2, mapping)) for sheet in sheets if not sheet.hidden]
    n_rows = 0
    for sheet, header in headed:
        if header is None:
            if sheet.rows and sheet.name != EXPLANATION_SHEET:
                notes.append(_note(sheet, 0, f"工作表“{sheet.name}”里没有找到表头，没有读取"))
            continue
        readings.update(dict.fromkeys(header.readings))
        at_header = [*header.problems, *_missing_columns(sheet, header)]
        problems += at_header
        if not at_header:
            n_rows += _read_sheet(sheet, header, known_regulations, today, entries, problems, notes)
    notes += [_note(sheet, 0, f"工作表“{sheet.name}”是隐藏的，没有读取") for sheet in sheets if sheet.hidden]
    if not readings:
        lacking = f"“{path.name}”的前十行里没有找到表头：至少要有“平台”“账号名称”“主办单位”这几列，"
        template = Command("accounts template 名录模板.xlsx")
        raise RegisterError(Sentence(lacking, "可以生成模板对照：", template, "。"))
    if n_rows == 0 and not problems:
        notes.append(Problem(row=0, column="", value="", reason="表里没有可导入的账号：请在表头下面逐行填写后再导入"))
    notes += _unknown_platforms(entries)
    problems += _duplicates(entries)
    problems += _shared_feeds(entries)
    result = Register(columns=tuple(readings), problems=_in_order(problems), notes=tuple(notes), n_rows=n_rows)
    return result if problems else _with_records(result, entries)


def _read_sheet(
    sheet: Sheet,
    header: Header,
    known_regulations: Collection[str],
    today: date,
    entries: list[Entry],
    problems: list[Problem],
    notes: list[Problem],
) -> int:
    """Reads the rows below the header into ``entries``, ``problems`` and ``notes``; returns how many there were."""
    platform = known_platform(sheet.name or "")
    uncalculated = {
        number: {column for _, column in cells} for number, cells in groupby(sorted(sheet.uncalculated), lambda c: c[0])
    }
    n_rows = 0
    for row in sheet.rows:
        if row.number <= header.number:
            continue
        if is_sample(row, header):
            notes.append(_note(sheet, row.number, "这是示例行，已跳过；如果是真实账号，请去掉账号名称前的“示例”"))
            continue
        if all(h.dropped or h.place >= len(row.cells) or row.cells[h.place] is None for h in header.headings):
            continue
        n_rows += 1
        reader = EntryReader(row, header, sheet.name, uncalculated.get(row.number, ()))
        entry = reader.read(today, known_regulations, platform)
        problems += reader.problems
        if entry is not None:
            entries.append(entry)
            notes += [_note(sheet, row.number, "含有手机号或身份证号，号码没有保存", c) for c in entry.masked]
    return n_rows


def _missing_columns(sheet: Sheet, header: Header) -> Iterator[Problem]:
    fields = set(header.by_field)
    for column in known_columns("register"):
        told = (column.field == "platform" and known_platform(sheet.name or "") is not None) or (
            column.field == "name" and "id_and_name" in fields
        )
        if column.required and column.field not in fields and not told:
            yield Problem(
                row=header.number,
                column=column.label,
                value="",
                reason=f"表头里缺少“{column.label}”列，请补上，或用 --map 列名={column.label} 指明是哪一列",
                sheet=sheet.name,
            )
    if not fields & set(_IDENTIFYING):
        reason = "表头里“账号ID”和“访问链接”两列都没有，请至少补上一列"
        yield Problem(row=header.number, column="账号ID", value="", reason=reason, sheet=sheet.name)


def _unknown_platforms(entries: Iterable[Entry]) -> Iterator[Problem]:
    """A note for each name of a platform that no table knows, at the first row that has it: it may be a slip."""
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        if known_platform(entry.account.platform) is None:
            by_name.setdefault(entry.account.platform, []).append(entry)
    for name, same in by_name.items():
        likely = likely_platform(name)
        asked = "，" if likely is None else f"，是不是“{likely.label}”？"
        those = "这个账号" if len(same) == 1 else f"这样写的 {len(same)} 个账号都"
        reason = f"不认识的平台“{name}”{asked}{those}只登记，不采集"
        yield Problem(row=same[0].row, column="平台", value=name, reason=reason, sheet=same[0].sheet)


def _duplicates(entries: Iterable[Entry]) -> Iterator[Problem]:
    """A problem for each row that names an account which an earlier row of the file has named."""
    first: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        keys = list(_keys(entry.account))
        earlier = next((first[key] for key in keys if key in first), None)
        for key in keys:
            first.setdefault(key, entry)
        if earlier is not None:
            where = "" if earlier.sheet == entry.sheet else f"工作表“{earlier.sheet}”"
            reason = f"与{where}第 {earlier.row} 行（{earlier.account.name}）是同一个账号，请删去一行，或核对编号"
            yield Problem(row=entry.row, column="账号ID", value=entry.account.uid, reason=reason, sheet=entry.sheet)


def _shared_feeds(entries: list[Entry]) -> Iterator[Problem]:
    """Two accounts cannot have one feed: what it shows would count for whichever came first."""
    first: dict[str, Entry] = {}
    for entry in entries:
        url = entry.account.feed_url
        if url is None:
            continue
        earlier = first.setdefault(url, entry)
        if earlier is not entry:
            reason = f"与第 {earlier.row} 行（{earlier.account.name}）的订阅源相同，一个订阅源只能填给一个账号"
            yield Problem(row=entry.row, column="订阅源", value=url, reason=reason, sheet=entry.sheet)


def _keys(account: Account) -> Iterator[tuple[str, str, str]]:
    yield account.platform, "", account.uid
    for kind, value in account.aliases.items():
        yield account.platform, kind, value.casefold() if kind in _CASELESS else value


def _with_records(register: Register, entries: list[Entry]) -> Register:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(unit_key(entry.account.unit), []).append(entry)
    units = {key: _unit(group) for key, group in groups.items()}
    accounts = tuple(_in_unit(entry, units[unit_key(entry.account.unit)]) for entry in entries)
    return replace(
        register,
        units=tuple(units.values()),
        accounts=accounts,
        filings={account.ref: filings for account in accounts if (filings := tuple(_filings(account)))},
        notes=(*register.notes, *(note for group in groups.values() for note in _disagreements(group))),
    )


def _in_unit(entry: Entry, unit: Unit) -> Account:
    """The account under its unit's spelling; a supervisor or division other than the unit's stays with the account."""
    own = {"主管单位": (entry.supervisor, unit.supervisor), "行政区划": (entry.division, unit.division)}
    fields = {label: mine for label, (mine, chosen) in own.items() if mine and mine != chosen}
    return replace(entry.account, unit=unit.name, fields={**entry.account.fields, **fields})


def _unit(group: list[Entry]) -> Unit:
    return Unit(
        name=group[0].account.unit,
        short_names=tuple(dict.fromkeys(name for entry in group for name in entry.unit_short_names)),
        supervisor=next((entry.supervisor for entry in group if entry.supervisor), None),
        division=next((entry.division for entry in group if entry.division), None),
    )


def _disagreements(group: list[Entry]) -> Iterator[Problem]:
    for label, attribute in (("主管单位", "supervisor"), ("行政区划", "division")):
        named = [(entry, value) for entry in group if (value := getattr(entry, attribute))]
        for entry, value in named[1:]:
            if unit_key(value) != unit_key(named[0][1]):
                reason = f"同一主办单位在第 {named[0][0].row} 行写的是“{named[0][1]}”，按先写的登记，请核对"
                yield Problem(row=entry.row, column=label, value=value, reason=reason, sheet=entry.sheet)


def _filings(account: Account) -> Iterator[Filing]:
    for event, happened, filed in _FILINGS:
        if happened in account.dates or filed in account.dates:
            yield Filing(event=event, happened_on=account.dates.get(happened), filed_on=account.dates.get(filed))


def _note(sheet: Sheet, row: int, reason: str, column: str = "") -> Problem:
    return Problem(row=row, column=column, value="", reason=reason, sheet=sheet.name)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by sheet as they came, then by row."""
    sheets: dict[str | None, int] = {}
    listed = list(problems)
    for problem in listed:
        sheets.setdefault(problem.sheet, len(sheets))
    return tuple(sorted(listed, key=lambda problem: (sheets[problem.sheet], problem.row)))
