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

from records import Clause, Finding, Verdict
from records.evidence import Match
from reports.addresses import address_words, by_address, snapshots_words
from reports.visible import difference_words, masked, script_words, visible
from reports.wording import ReportError, minute, plain, platform_name
from reports.words import load_text

IMPOSTOR = "impostor"
SAME, DIFFERENT, NOT_COMPARED = "相同", "不同", "不作比较"
UNSHOWN, UNKNOWN = "（页面没有显示）", "（名录和已取得的页面都没有）"
_TEMPLATE = "case_file.toml"
MOST_PAGES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two accounts as the table shows it; ``None`` is what no page and no register told.

    ``sound`` are its syllables; ``verified`` says in words whether the page shows a certification, ``mark`` that and
    whose; ``seen`` says since when it is known, ``source`` where all this is from.
    """

    platform: str
    name: str
    sound: str
    source: str
    former_names: tuple[str, ...] = ()
    uid: str | None = None
    url: str | None = None
    verified: str | None = None
    mark: str | None = None
    verified_entity: str | None = None
    bio: str | None = None
    avatar: str | None = None
    followers: str | None = None
    seen: str | None = None


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
    ``registered`` is ``None`` where only a unit's name is imitated. ``notes`` tell where the data came from.
    """

    finding: Finding
    office: str
    contact: str
    suspected: Side
    registered: Side | None
    cited: tuple[Cited, ...]
    enclosures: tuple[Enclosure, ...]
    made_at: datetime
    match: Match | None = None
    kind: str | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    templates: Path | None = None

    @property
    def is_draft(self) -> bool:
        """Whether no person has decided yet (待核)."""
        return self.finding.verdict is Verdict.PENDING

    @property
    def why_no_letter(self) -> str | None:
        """A sentence where no letter may be written; ``None`` where one may."""
        if self.finding.check != IMPOSTOR:
            return "这条线索不是疑似假冒，不需要商请平台处置，请由主办单位按条款办理。"
        if self.finding.verdict not in (Verdict.PENDING, Verdict.CONFIRMED):
            return f"核实结论是{self.finding.verdict.value}。"
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
    ("头像", "avatar", visible),
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
    rows = [_row(label, *(_cell(side, name, words) for side in sides)) for label, name, words in _LINES]
    seen, source = (_cell(case.registered, name, visible) or UNKNOWN for name in ("seen", "source"))
    pages = by_address(case.finding.evidence)
    told = [f"{address_words(same[-1].url)}（{snapshots_words(same)}）" for same in pages[:MOST_PAGES]]
    more = [f"另有 {len(pages) - MOST_PAGES} 个地址，见清单.txt"] if len(pages) > MOST_PAGES else []
    return [
        *rows,
        Row("何时起见到", seen, visible(case.suspected.seen or UNSHOWN), NOT_COMPARED),
        Row("资料来源", source, visible(case.suspected.source), NOT_COMPARED),
        Row("所见页面", UNKNOWN, "；".join([*told, *more]) or UNSHOWN, NOT_COMPARED),
    ]


def _cell(side: Side | None, name: str, words: Callable[[Any], str]) -> str | None:
    value = None if side is None else getattr(side, name)
    return words(value) if value else None


def _row(label: str, registered: str | None, suspected: str | None) -> Row:
    if registered is None or suspected is None:
        return Row(label, registered or UNKNOWN, suspected or UNSHOWN, NOT_COMPARED)
    return Row(label, registered, suspected, SAME if registered == suspected else DIFFERENT)


def grounds(case: CaseFile) -> Iterator[str]:
    """Why it is a lead, as sentences that each say another thing: class, reasons, and sign by sign how names differ."""
    if case.kind:
        yield f"归类：{case.kind}。"
    yield from dict.fromkeys(map(masked, case.reasons))
    registered = case.match.name if case.match else case.registered.name if case.registered else None
    if registered is not None:
        yield difference_words(registered, case.suspected.name)


def shown_words(case: CaseFile) -> Iterator[tuple[str, str]]:
    """``(label, value)`` of the suspected account as the letter lists them."""
    one = case.suspected
    yield "平台", platform_name(one.platform)
    yield "账号名称", visible(one.name)
    yield "账号编号", visible(one.uid or UNSHOWN)
    yield "访问地址", visible(one.url or UNSHOWN)
    yield "认证情况", masked(one.mark or UNSHOWN)
    yield "简介", masked(one.bio or UNSHOWN)
    yield "粉丝数", one.followers or UNSHOWN
    yield "见到时间", one.seen or UNSHOWN


def filled(sentence: str, case: CaseFile) -> str:
    """A sentence of the template with its braces filled.

    Raises:
        ReportError: The office's own sentence has a brace that nothing fills.
    """
    match, one = case.match, case.registered
    name = match.name if match is not None else one.name if one is not None else case.finding.unit
    marks = {
        "office": plain(case.office),
        "platform": platform_name(case.suspected.platform),
        "name": visible(case.suspected.name),
        "uid": visible(case.suspected.uid or UNSHOWN),
        "url": visible(case.suspected.url or UNSHOWN),
        "role": match.role if match is not None else "账号名称" if one is not None else "主办单位名称",
        "registered": visible(name),
        "unit": plain(case.finding.unit),
    }
    try:
        return sentence.format_map(marks)
    except (KeyError, ValueError, AttributeError, IndexError) as error:
        raise ReportError(f"模板文件 {_TEMPLATE} 里有填不上的花括号：{error}") from error


def about(case: CaseFile, files: list[tuple[str, str]], missing: list[str], verify: str) -> str:
    """The text of 说明.txt: what each file is, what is missing, how to verify, and what likeness does not prove.

    Args:
        case: What the folder is about.
        files: ``(name, what it is)`` in the folder.
        missing: A sentence for each piece of evidence that could not be written.
        verify: The command line by which the office verifies the lead against its archive.
    """
    one = case.suspected
    lines = [
        f"线索编号：{case.finding.id}（{case.finding.verdict.value}）",
        f"生成时间：{minute(case.made_at)}",
        f"疑似账号：{platform_name(one.platform)}“{visible(one.name)}”（{visible(one.uid or UNSHOWN)}）",
        "",
        "这是待核的线索。名称相似不是假冒的证明，认证标志也不是清白的证明；请由人核实后再作结论。"
        if case.is_draft
        else f"核实结论：{case.finding.verdict.value}。名称相似本身不是假冒的证明。",
        "",
        "文件：",
        *(f"  {name}　{what}" for name, what in files),
        *(["", "缺少的材料：", *(f"  {one}" for one in missing)] if missing else []),
        *([f"\n没有写商请函：{case.why_no_letter}"] if case.why_no_letter else []),
        "",
        "核对：",
        "  1. 文件有没有变：在本文件夹里运行 sha256sum -c sha256sums，每行应为 OK。",
        f"  2. 线索和存档是否一致：由出具本材料的单位运行 {verify}。",
        "  3. 证据里的 .warc.gz 是标准网页存档，可用 warcio check 核对，用网页存档回放软件打开。",
        "",
        "注意：证据里的网页文件可能含有脚本，请看由存档生成的图片，或断开网络后再打开。",
        "函和表里的手机号、身份证号隐去了中间几位，全文见证据；‹U+202E› 这样的写法表示一个看不见的字符。",
        "函的文号、日期、印章和收函单位全称，由人填写。",
        *(visible(note) for note in case.notes),
    ]
    return "\n".join(lines) + "\n"
