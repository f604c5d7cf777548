"""The case file (线索材料) of a suspected account: what is said of it beside the registered account, in plain words.

Crawled text is hostile: signs that nobody sees are written out (``‹U+202E›``), addresses stay plain text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from records import Clause, Finding, Snapshot, Verdict
from records.evidence import Match
from records.sentences import Command, Sentence
from reports.agreement import NOT_COMPARED, agreement, picture_agreement, picture_words
from reports.case_pages import pages_words
from reports.visible import difference_words, masked, script_words, visible
from reports.wording import ReportError, plain, platform_name
from reports.words import load_text

IMPOSTOR = "impostor"
UNSHOWN, UNKNOWN, NO_PAGE = "（页面没有显示）", "（名录和已取得的页面都没有）", "（没有留存的账号页面）"
UNSEEN, CALLED = "未看到账号页面", "他人的写法"
_TEMPLATE = "case_file.toml"
_NAMES_NOT_COMPARED = "未看到账号页面，账号名称不作比较；他人的写法不是账号自己的名称。"
_PAGE_FIRST = Sentence(
    "这个账号的页面还没有看到，只有他人写的名称（名单或推文），不能据此发函。"
    "请在浏览器里打开该账号的页面，把网页保存下来，读入后再重新导出；读入：",
    Command("sweep import 文件"),
    "。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two accounts as the table shows it; ``None`` is what no page and no register told.

    ``sound`` are its syllables; ``verified`` says in words whether the page shows a certification, ``mark`` that and
    whose; ``avatar`` is its picture's address, ``avatar_feature`` the hash by which that is compared. ``seen`` says
    since when it is known, ``source`` where all this is from, ``pages`` the registered account's own pages. Of an
    account whose page nobody has seen ``called`` says how others write it, and nothing is known of its name.

    Raises:
        ValueError: Neither a name nor how others write it is given, or both.
    """

    platform: str
    name: str | None
    sound: str | None
    source: str
    called: str | None = None
    former_names: tuple[str, ...] = ()
    uid: str | None = None
    url: str | None = None
    verified: str | None = None
    mark: str | None = None
    verified_entity: str | None = None
    bio: str | None = None
    avatar: str | None = None
    avatar_feature: str | None = None
    followers: str | None = None
    seen: str | None = None
    pages: tuple[Snapshot, ...] = ()

    def __post_init__(self) -> None:
        if (self.name is None) == (self.called is None):
            raise ValueError("a side has the name of its page, or how others write it")

    @property
    def lacking(self) -> str:
        """What stands in the place of what is not known: the page does not show it, or nobody has seen the page."""
        return UNSEEN if self.name is None else UNSHOWN


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A page of the evidence: its file in the folder, where and when it was had, and its digest."""

    file: str
    url: str
    fetched_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause with its document's title."""

    title: str
    clause: Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything that letter and table say (线索材料).

    ``kind`` is the class of its triage in words, ``match`` the registered name it is like, ``reasons`` sentences;
    ``registered`` is ``None`` where only a unit's name is imitated. ``withheld`` says why its triage allows no letter,
    and what to do instead; a command in it gets its home on the screen. ``notes`` tell where the data came from.
    ``avatars_alike`` says whether the two pictures pass for the same; ``None`` where one of them was not had.
    """

    finding: Finding
    office: str
    contact: str
    suspected: Side
    registered: Side | None
    cited: tuple[Cited, ...]
    enclosures: tuple[Enclosure, ...]
    made_at: datetime
    avatars_alike: bool | None = None
    match: Match | None = None
    kind: str | None = None
    reasons: tuple[str, ...] = ()
    withheld: str | None = None
    notes: tuple[str, ...] = ()
    templates: Path | None = None

    @property
    def is_draft(self) -> bool:
        """Whether no person has decided yet (待核)."""
        return self.finding.verdict is Verdict.PENDING

    @property
    def why_not_yet(self) -> str | None:
        """Why what is known of the account allows no letter: its triage says so, or nobody has seen its page."""
        if self.withheld is None and self.suspected.called is not None:
            return _PAGE_FIRST
        return self.withheld

    @property
    def why_no_letter(self) -> str | None:
        """A sentence where no letter may be written; ``None`` where one may."""
        if self.finding.check != IMPOSTOR:
            return "这条线索不是疑似假冒，不需要商请平台处置，请由主办单位按条款办理。"
        if self.finding.verdict not in (Verdict.PENDING, Verdict.CONFIRMED):
            return f"核实结论是{self.finding.verdict.value}。"
        if self.why_not_yet is not None:
            return self.why_not_yet
        return None if self.enclosures else "没有一份完好的证据，请先从备份中找回。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """The sentences of the letter; braces are filled by ``say``."""

    title: str
    addressees: str
    opening: str
    caution: str
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what is compared, both sides, and in words whether they agree."""

    label: str
    registered: str
    suspected: str
    agrees: str


def _names_words(names: tuple[str, ...]) -> str:
    return "、".join(map(visible, names))


_LINES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("平台", "platform", platform_name),
    ("账号名称", "name", visible),
    ("曾用名", "former_names", _names_words),
    ("读音", "sound", visible),
    ("用字（字符编码）", "name", script_words),
    ("账号编号", "uid", visible),
    ("访问地址", "url", visible),
    ("是否认证", "verified", visible),
    ("认证主体", "verified_entity", masked),
    ("简介", "bio", masked),
    ("粉丝数", "followers", visible),
)


def load_case_words(templates: Path | None) -> CaseWords:
    """The words of a case file; ReportError names the file where a sentence is missing or unknown."""
    try:
        table = tomllib.loads(load_text(_TEMPLATE, templates))
        words: dict[str, Any] = {key: tuple(row) if isinstance(row, list) else row for key, row in table.items()}
        return CaseWords(**words)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise ReportError(f"模板文件 {_TEMPLATE} 不可用：{error}") from error


def compared(case: CaseFile) -> list[Row]:
    """The lines of the table, in order; what one side does not show is not compared."""
    sides = (case.registered, case.suspected)
    lacking = case.suspected.lacking
    rows = [
        _row(label, *(_cell(side, name, words) for side in sides), lacking=lacking) for label, name, words in _LINES
    ]
    rows.append(_picture_row(case))
    if case.suspected.called is not None:
        rows.append(Row(CALLED, UNKNOWN, masked(case.suspected.called), NOT_COMPARED))
    seen, source = (_cell(case.registered, name, visible) or UNKNOWN for name in ("seen", "source"))
    rows.append(Row("何时起见到", seen, visible(case.suspected.seen or lacking), NOT_COMPARED))
    rows.append(Row("资料来源", source, visible(case.suspected.source), NOT_COMPARED))
    own = () if case.registered is None else case.registered.pages
    ours, theirs = (pages_words(had) or NO_PAGE for had in (own, case.finding.evidence))
    if (ours, theirs) != (NO_PAGE, NO_PAGE):
        rows.append(Row("所见页面", ours, theirs, NOT_COMPARED))
    return rows


def _picture_row(case: CaseFile) -> Row:
    """The two pictures, compared as the triage compares them; nothing where there is no other account to compare."""
    one, other = case.registered, case.suspected
    theirs = picture_words(other.avatar, other.avatar_feature)
    ours = None if one is None else picture_words(one.avatar, one.avatar_feature)
    agrees = NOT_COMPARED
    if one is not None and other.called is None:
        agrees = picture_agreement(one.avatar_feature, other.avatar_feature, case.avatars_alike)
    return Row("头像（按特征比较）", visible(ours or UNKNOWN), visible(theirs or other.lacking), agrees)


def _cell(side: Side | None, name: str, words: Callable[[Any], str]) -> str | None:
    value = None if side is None else getattr(side, name)
    return words(value) if value else None


def _row(label: str, registered: str | None, suspected: str | None, *, lacking: str) -> Row:
    return Row(label, registered or UNKNOWN, suspected or lacking, agreement(registered, suspected))


def grounds(case: CaseFile) -> Iterator[str]:
    """Why it is a lead, as sentences that each say another thing: class, reasons, and sign by sign how names differ."""
    if case.kind:
        yield f"归类：{case.kind}。"
    yield from dict.fromkeys(map(masked, case.reasons))
    registered = case.match.name if case.match else case.registered.name if case.registered else None
    if registered is not None and case.suspected.name is not None:
        yield difference_words(registered, case.suspected.name)


def shown_words(case: CaseFile) -> Iterator[tuple[str, str]]:
    """``(label, value)`` of the suspected account as the letter lists them."""
    one = case.suspected
    yield "平台", platform_name(one.platform)
    yield "账号名称", visible(one.name or one.lacking)
    yield "账号编号", visible(one.uid or one.lacking)
    yield "访问地址", visible(one.url or one.lacking)
    yield "认证情况", masked(one.mark or one.lacking)
    yield "简介", masked(one.bio or one.lacking)
    yield "粉丝数", one.followers or one.lacking
    yield "见到时间", one.seen or one.lacking


def names_words(case: CaseFile) -> str:
    """One sentence below the table: where the two names differ, or why they are not compared."""
    registered, suspected = case.registered, case.suspected
    if registered is None:
        whose = "该名称" if suspected.called is None else "他人的这个写法"
        return f"{whose}与主办单位名称相似，没有对应的登记账号：{plain(case.finding.unit)}。"
    if registered.name is None or suspected.name is None:
        return _NAMES_NOT_COMPARED
    return difference_words(registered.name, suspected.name)


def filled(sentence: str, case: CaseFile) -> str:
    """A sentence of the template with its braces filled.

    Raises:
        ReportError: The office's own sentence has a brace that nothing fills.
    """
    try:
        return sentence.format_map(_marks(case))
    except (KeyError, ValueError, AttributeError, IndexError) as error:
        raise ReportError(f"模板文件 {_TEMPLATE} 里有填不上的花括号：{error}") from error


def _marks(case: CaseFile) -> dict[str, str]:
    match, one, shown = case.match, case.registered, case.suspected
    name = match.name if match is not None else one.name if one is not None else None
    return {
        "office": plain(case.office),
        "platform": platform_name(shown.platform),
        "name": visible(shown.name or UNSEEN),
        "uid": visible(shown.uid or shown.lacking),
        "url": visible(shown.url or shown.lacking),
        "role": match.role if match is not None else "账号名称" if one is not None else "主办单位名称",
        "registered": visible(name or case.finding.unit),
        "unit": plain(case.finding.unit),
    }
