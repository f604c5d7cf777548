"""Which column means what: headings known by synonyms, the header row found, personal columns named for dropping."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from openpyxl.utils import get_column_letter

from registry.cells import CellError, fold, parse_text
from registry.tables import HEADER_ROWS, Problem, RegisterError, Row, Sheet

BY_LABEL = "列名相同"
BY_SYNONYM = "同义列名"
BY_MAPPING = "按 --map 的指定"
UNKNOWN = "没有对应的字段，按原样保留"
SECOND = "另有一列已作这个字段，本列按原样保留"
PERSONAL = "个人信息，不保存"
IGNORED = "不保存"
_IGNORE_WORDS = frozenset({"忽略", "不导入", "不保存"})
_MAX_HEADER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that the tables know. ``choices`` maps folded spellings to the choice meant."""

    field: str
    label: str
    synonyms: tuple[str, ...] = ()
    kind: str = "text"
    required: bool = False
    platform: str | None = None
    choices: Mapping[str, str] = default(default_factory=dict)
    width: int = 14
    note: str | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReading:
    """How one column of a file was understood: its header, the label of the field it fills, and in Chinese why."""

    header: str
    field: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a found header: its place from 0, the column it fills, and whether unknown content is kept."""

    place: int
    header: str
    column: Column | None
    how: str

    @property
    def dropped(self) -> bool:
        """Whether nothing of this column may be stored."""
        return self.how in (PERSONAL, IGNORED)


@dataclass(frozen=True)
class Header:
    """The header row of one sheet: its row number and its columns from left to right."""

    number: int
    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_field(self) -> Mapping[str, Heading]:
        """The column that fills each field."""
        return {heading.column.field: heading for heading in self.headings if heading.column is not None}

    @property
    def readings(self) -> tuple[ColumnReading, ...]:
        """How each column was understood, from left to right."""
        return tuple(
            ColumnReading(header=h.header, field=h.column.label if h.column else None, how=h.how) for h in self.headings
        )


@cache
def known_columns(table: str) -> tuple[Column, ...]:
    """The columns of ``register``, ``report`` or ``observation``, in the order of the template."""
    return tuple(_column(row) for row in _tables()[table])


@cache
def labels(table: str) -> Mapping[str, str]:
    """Field to label of a table's columns."""
    return {column.field: column.label for column in known_columns(table)}


def find_header(
    sheet: Sheet, table: str, keys: Collection[str], least: int, mapping: Mapping[str, str] | None = None
) -> Header | None:
    """The header row among the first ten rows that have content, or ``None``.

    Args:
        sheet: The sheet.
        table: Which table of columns applies.
        keys: The fields that tell a header row from a title or an explanation.
        least: How many of those a header row has at least.
        mapping: Heading to field label or field, above all synonyms.

    Raises:
        RegisterError: The mapping names a field that does not exist.
    """
    mapped = _mapped(table, mapping or {})
    found = [(row, _matches(row, table, mapped)) for row in sheet.rows[:HEADER_ROWS]]
    fits = [
        (len({column.field for column, _ in matches.values() if column}), row)
        for row, matches in found
        if len({column.field for column, _ in matches.values() if column} & set(keys)) >= least
    ]
    if not fits:
        return None
    row = max(fits, key=lambda fit: fit[0])[1]
    width = max(len(other.cells) for other in sheet.rows)
    return _read_header(row, width, table, mapped, sheet.name)


def _read_header(row: Row, width: int, table: str, mapped: Mapping[str, Column | None], sheet: str | None) -> Header:
    matches = _matches(row, table, mapped)
    best: dict[str, int] = {}
    problems: list[Problem] = []
    for place, (column, rank) in matches.items():
        if column is None:
            continue
        if column.field not in best or rank < matches[best[column.field]][1]:
            best[column.field] = place
        elif rank == matches[best[column.field]][1]:
            reason = f"有两列都是“{column.label}”，请删去一列，或用 --map 列名=字段 指明"
            problems.append(
                Problem(
                    row=row.number, column=_heading(row, place), value=_heading(row, place), reason=reason, sheet=sheet
                )
            )
    team = {fold(word) for word in _tables()["personal"]["team"]}
    has_team = any(fold(_heading(row, place)) in team for place in range(width))
    headings: list[Heading] = []
    taken: set[str] = set()
    for place in range(width):
        header = _heading(row, place) or f"{get_column_letter(place + 1)}列"
        column, rank = matches.get(place, (None, 0))
        how = _how(header, column, rank, has_team)
        if how in (BY_LABEL, BY_SYNONYM, BY_MAPPING) and column is not None and best[column.field] != place:
            how = SECOND
        if how in (UNKNOWN, SECOND):
            header = _unique(header, taken)
        taken.add(header)
        headings.append(Heading(place, header, column if how in (BY_LABEL, BY_SYNONYM, BY_MAPPING) else None, how))
    return Header(row.number, tuple(headings), tuple(problems))


def _how(header: str, column: Column | None, rank: int, has_team: bool) -> str:
    if rank == -2 or (column is not None and column.kind == "ignored"):
        return IGNORED
    if rank == -1:
        return BY_MAPPING
    if _is_personal(header, column, has_team):
        return PERSONAL
    if column is None:
        return UNKNOWN
    return BY_LABEL if rank == 0 else BY_SYNONYM


def _is_personal(header: str, column: Column | None, has_team: bool) -> bool:
    words, bare = _tables()["personal"], fold(header)
    if has_team and bare in {fold(word) for word in words["beside"]}:
        return True
    if column is not None:
        return False
    return bare in {fold(word) for word in words["exact"]} or any(fold(part) in bare for part in words["parts"])


def _matches(row: Row, table: str, mapped: Mapping[str, Column | None]) -> dict[int, tuple[Column | None, int]]:
    """Place to (column, rank): -2 told to ignore, -1 told by mapping, 0 its own label, then the synonym's number."""
    found: dict[int, tuple[Column | None, int]] = {}
    for place in range(len(row.cells)):
        header = _heading(row, place)
        if fold(header) in mapped:
            column = mapped[fold(header)]
            found[place] = (column, -2 if column is None else -1)
            continue
        known = next((_spellings(table)[key] for key in _keys(header) if key in _spellings(table)), None)
        if known is not None:
            found[place] = known
    return found


def _keys(header: str) -> Iterator[str]:
    """The folded heading with the words in brackets, then without them (``账号ID（必填）``)."""
    yield fold(header)
    outside = "".join(part for part in _outside_brackets(header))
    if outside.strip():
        yield fold(outside)


def _outside_brackets(header: str) -> Iterator[str]:
    depth = 0
    for character in header:
        if character in "(（[【〔<《":
            depth += 1
        elif character in ")）]】〕>》":
            depth = max(0, depth - 1)
        elif depth == 0:
            yield character


def _heading(row: Row, place: int) -> str:
    if place >= len(row.cells):
        return ""
    try:
        return parse_text(row.cells[place], _MAX_HEADER).replace("\n", "")
    except CellError:
        return ""


def _mapped(table: str, mapping: Mapping[str, str]) -> dict[str, Column | None]:
    names = {fold(name): column for column in known_columns(table) for name in (column.label, column.field)}
    mapped: dict[str, Column | None] = {}
    for header, wanted in mapping.items():
        if fold(wanted) not in names and fold(wanted) not in _IGNORE_WORDS:
            near = difflib.get_close_matches(fold(wanted), names, 1, 0)
            hint = f"，最接近的是“{names[near[0]].label}”" if near else ""
            raise RegisterError(f"--map {header}={wanted}：没有“{wanted}”这个字段{hint}。")
        mapped[fold(header)] = names.get(fold(wanted))
    return mapped


def _unique(header: str, taken: Collection[str]) -> str:
    if header not in taken:
        return header
    return next(name for number in range(2, 1000) if (name := f"{header}（{number}）") not in taken)


@cache
def _spellings(table: str) -> Mapping[str, tuple[Column, int]]:
    spellings: dict[str, tuple[Column, int]] = {}
    for column in known_columns(table):
        for rank, name in enumerate((column.label, *column.synonyms)):
            spellings.setdefault(fold(name), (column, rank))
    return spellings


def _column(row: Mapping[str, Any]) -> Column:
    choices = {fold(name): choice for choice, names in row.get("choices", {}).items() for name in names}
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items() if key != "choices"
    }
    return Column(**plain, choices=choices)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("registry").joinpath("columns.toml").read_text("utf-8"))
