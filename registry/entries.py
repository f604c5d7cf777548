"""One row of the register: its cells read by their columns into an account and what it says of its unit. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from records import Account
from registry import cells
from registry.cells import CellError, fold, is_blank
from registry.columns import Column, Header, Heading, known_columns, labels
from registry.identity import Identity, IdentityError, parse_identity, refuse_several
from registry.platforms import Platform, known_platform, parse_platform
from registry.tables import Cell, Problem, Row

T = TypeVar("T")

SAMPLE = "示例"
_ACCOUNT_TYPES = {"weibo": ("微博",), "wechat": ("订阅号", "服务号"), "toutiao": ("头条号",)}
_PERSONAL_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d{4}[0-9Xx])(?![0-9A-Za-z])"
)
_NAME_MARKS = r"[\n、；;|｜]+"
_ID_TOKEN = re.compile(
    r"gh_[0-9A-Za-z_-]{6,}|MS4wLjABAAAA[0-9A-Za-z_-]+|https?://[!-~]+|[A-Za-z0-9+/]{11,}={1,2}|\d{5,20}"
)
_ID_WORDS = re.compile(r"账号|帐号|名称|及|原始|微信号|uid|id|[:：/、，,;；()（）\[\]【】\s]", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row declares: the account, and of its unit the short names, supervisor and division."""

    row: int
    sheet: str | None
    account: Account
    unit_short_names: tuple[str, ...]
    supervisor: str | None
    division: str | None
    masked: tuple[str, ...] = ()  # columns in which a phone or identity number was left out


def is_sample(row: Row, header: Header) -> bool:
    """Whether a row is an example of the template (its account name begins with 示例)."""
    heading = header.by_field.get("name")
    if heading is None or heading.place >= len(row.cells):
        return False
    return fold(str(row.cells[heading.place] or "")[:20]).startswith(SAMPLE)


def unit_key(name: str) -> str:
    """A unit's name for comparing: width, blanks and kinds of brackets do not count."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))
    return folded.translate(str.maketrans("[{【〔〈〖", "((((((")).translate(str.maketrans("]}】〕〉〗", "))))))"))


class EntryReader:
    """Reads the cells of one row and gathers every problem of it, so that a clerk sees all at once."""

    def __init__(self, row: Row, header: Header, sheet: str | None, uncalculated: Collection[int] = ()) -> None:
        self.row, self.sheet = row, sheet
        self.problems: list[Problem] = []
        self._masked: list[str] = []
        self._headings = header.headings
        self._by_field = header.by_field
        for heading in header.headings:
            if heading.place + 1 in uncalculated and not heading.dropped:
                self._refuse(heading.header, "", "公式还没有算出结果，请用 Excel 或 WPS 打开、保存后再导入，或改填文字")

    def read(self, today: date, known_regulations: Collection[str], sheet_platform: Platform | None) -> Entry | None:
        """The row's entry, or ``None`` where it has problems.

        Args:
            today: No date of the register lies after it.
            known_regulations: The ids that 适用规则 may name.
            sheet_platform: The platform that the worksheet's name tells, for a table without a platform column.
        """
        platform = self._platform(sheet_platform)
        spare_id, spare_name = self._split_id_and_name()
        name = self._name() or spare_name or self._missing("name")
        unit = self._line("unit") or self._missing("unit")
        dated = (column.field for column in _columns_of("date") if column.field in self._by_field)
        dates = {field: day for field in dated if (day := self._day(field, today))}
        articles = self._addresses("article_links")
        if platform is not None and platform.slug == "wechat":
            self._refuse_foreign_articles(articles)
        identity = self._identity(platform, spare_id, articles) if platform is not None else None
        feed_url, feed_complete = self._address("feed_url"), self._take("feed_complete", cells.parse_flag)
        if feed_complete and feed_url is None and not self._has_problem("feed_url"):
            self._problem("feed_complete", "填了“订阅源完整”，但没有填“订阅源”的网址")
        account_type = self._account_type(platform)
        regulations = self._regulations(known_regulations)
        former_names, short_names = self._list("former_names"), self._list("unit_short_names")
        verified_entity, supervisor, division = (self._line(f) for f in ("verified_entity", "supervisor", "division"))
        medium, status = self._choice("medium"), self._choice("status") or "正常"
        menu_links = self._addresses("menu_links")
        fields = dict(self._kept(platform))
        if self.problems or platform is None or identity is None:
            return None
        account = Account(
            platform=platform.slug,
            uid=identity.uid,
            name=name.removeprefix("@") if platform.slug == "weibo" else name,
            unit=unit,
            aliases=identity.aliases,
            url=identity.url,
            account_type=account_type,
            medium=medium,
            status=status,
            verified_entity=verified_entity or None,
            former_names=former_names,
            regulations=regulations,
            article_links=identity.article_links,
            menu_links=menu_links,
            feed_url=feed_url,
            feed_complete=bool(feed_complete),
            dates=dates,
            fields=fields,
        )
        masked = tuple(self._masked)
        return Entry(self.row.number, self.sheet, account, short_names, supervisor or None, division or None, masked)

    def _cell(self, field: str) -> Cell:
        heading = self._by_field.get(field)
        if heading is None or heading.place >= len(self.row.cells):
            return None
        return self.row.cells[heading.place]

    def _take(self, field: str, parse: Callable[[Cell], T]) -> T | None:
        """What ``parse`` makes of the field's cell; ``None`` where the cell is empty or a problem."""
        cell = self._cell(field)
        if cell is None:
            return None
        try:
            return parse(cell)
        except CellError as error:
            self._problem(field, str(error))
            return None

    def _problem(self, field: str, reason: str) -> None:
        heading = self._by_field.get(field)
        header = heading.header if heading is not None else labels("register")[field]
        self._refuse(header, _shown(self._cell(field)), reason)

    def _refuse(self, header: str, value: str, reason: str) -> None:
        self.problems.append(Problem(row=self.row.number, column=header, value=value, reason=reason, sheet=self.sheet))

    def _has_problem(self, field: str) -> bool:
        heading = self._by_field.get(field)
        return heading is not None and any(problem.column == heading.header for problem in self.problems)

    def _missing(self, field: str) -> str:
        told = field == "name" and self._has_problem("id_and_name")
        if not told and not self._has_problem(field):
            self._problem(field, f"必须填写“{labels('register')[field]}”")
        return ""

    def _line(self, field: str) -> str:
        text = (self._take(field, cells.parse_text) or "").replace("\n", "").strip()
        return "" if is_blank(text) else text

    def _list(self, field: str) -> tuple[str, ...]:
        return self._take(field, cells.parse_list) or ()

    def _address(self, field: str) -> str | None:
        found = self._take(field, cells.parse_addresses) or ()
        if len(found) > 1:
            self._problem(field, "一格里有几个网址，这一列只能填一个")
        return found[0] if len(found) == 1 else None

    def _addresses(self, field: str) -> tuple[str, ...]:
        return self._take(field, cells.parse_addresses) or ()

    def _day(self, field: str, today: date) -> date | None:
        return self._take(field, lambda cell: cells.parse_day(cell, today))

    def _choice(self, field: str) -> str | None:
        return self._take(field, lambda cell: cells.parse_choice(cell, _choices()[field]))

    def _platform(self, sheet_platform: Platform | None) -> Platform | None:
        if not self._line("platform"):
            if sheet_platform is None:
                self._missing("platform")
            return sheet_platform
        return self._take("platform", lambda cell: parse_platform(cells.parse_text(cell)))

    def _name(self) -> str:
        name = self._take("name", _parse_name) or ""
        return "" if is_blank(name) else name

    def _split_id_and_name(self) -> tuple[str, str]:
        """The two halves of the printed form's one cell 账号ID及名称."""
        text = self._take("id_and_name", cells.parse_text) or ""
        if is_blank(text):
            return "", ""
        found = _ID_TOKEN.findall(text)
        name = _ID_WORDS.sub("", text.replace(found[0], " ")) if found else ""
        if len(found) != 1 or not name:
            self._problem("id_and_name", "分不清哪段是编号、哪段是名称，请分成“账号ID”和“账号名称”两列填写")
            return "", ""
        return found[0], name

    def _identity(self, platform: Platform, spare_id: str, articles: tuple[str, ...]) -> Identity | None:
        fields = ["id", *(c.field for c in _columns_of("id") if c.platform == platform.slug)]
        ids = [spare_id, *(self._take(field, cells.parse_identifier) or "" for field in fields)]
        link = self._take("url", lambda cell: cells.parse_text(cell, cells.MAX_ADDRESS * 2)) or ""
        if any(self._has_problem(field) for field in (*fields, "url", "id_and_name", "article_links")):
            return None
        ids = [text for text in ids if not is_blank(text)]
        filled = next((field for field in fields if self._cell(field) is not None), "id")
        if not ids and is_blank(link) and not articles:
            self._problem("url" if "url" in self._by_field else "id", "“账号ID”和“访问链接”至少填一项")
            return None
        try:
            return parse_identity(platform.slug, ids, "" if is_blank(link) else link, articles)
        except IdentityError as error:
            self._problem(filled if error.field == "id" else error.field, str(error))
            return None

    def _refuse_foreign_articles(self, articles: tuple[str, ...]) -> None:
        if any(urlsplit(article).hostname != "mp.weixin.qq.com" for article in articles):
            self._problem("article_links", "只填 mp.weixin.qq.com 的文章或合集网址")

    def _account_type(self, platform: Platform | None) -> str | None:
        text = self._line("account_type")
        if platform is None or not text or platform.slug not in _ACCOUNT_TYPES:
            return text or (platform.account_type if platform else None)
        allowed = _ACCOUNT_TYPES[platform.slug]
        named = [kind for kind in allowed if kind in text]
        spelt = known_platform(text)
        if spelt is not None and spelt.slug == platform.slug:  # 今日头条 for 头条号; 公众号 leaves it open
            named = [spelt.account_type] if spelt.account_type else list(allowed) if len(allowed) == 1 else []
            if not named:
                return platform.account_type
        if len(named) != 1 or platform.account_type not in (None, named[0]):
            self._problem("account_type", f"{platform.label}的账号类型请填 {'或'.join(allowed)}")
            return None
        return named[0]

    def _regulations(self, known: Collection[str]) -> tuple[str, ...]:
        ids = tuple(name.casefold() for name in re.split(r"\s+", "\n".join(self._list("regulations"))) if name)
        unknown = [name for name in ids if name not in known]
        if unknown:
            self._problem("regulations", f"没有“{'、'.join(unknown)}”这个规则，可用的有 {'、'.join(sorted(known))}")
        return tuple(dict.fromkeys(ids))

    def _kept(self, platform: Platform | None) -> Iterator[tuple[str, str]]:
        """The columns that have no place of their own in an account, as they were written."""
        for heading in self._headings:
            if heading.dropped or heading.place >= len(self.row.cells) or not _is_kept(heading, platform):
                continue
            try:
                text = cells.parse_text(self.row.cells[heading.place], cells.MAX_NOTE)
            except CellError as error:
                self._refuse(heading.header, _shown(self.row.cells[heading.place]), str(error))
                continue
            bare = _PERSONAL_NUMBERS.sub("（号码不保存）", text)
            if bare != text:
                self._masked.append(heading.header)
            if bare:
                yield heading.column.label if heading.column else heading.header, bare


def _is_kept(heading: Heading, platform: Platform | None) -> bool:
    if heading.column is None:
        return True
    foreign = heading.column.kind == "id" and heading.column.platform not in (None, platform.slug if platform else None)
    return heading.column.kind == "kept" or foreign


def _parse_name(cell: Cell) -> str:
    name = cells.parse_text(cell, 100)
    refuse_several(name, _NAME_MARKS)
    return name


def _shown(cell: Cell) -> str:
    """A cell's content for the list of problems, short and on one line."""
    text = "" if cell is None else " ".join(str(cell).split())
    text = "".join(character if character.isprintable() else "?" for character in text)
    return text if len(text) <= 60 else f"{text[:59]}…"


@cache
def _columns_of(kind: str) -> tuple[Column, ...]:
    return tuple(column for column in known_columns("register") if column.kind == kind)


@cache
def _choices() -> Mapping[str, Mapping[str, str]]:
    return {column.field: column.choices for column in _columns_of("choice")}
