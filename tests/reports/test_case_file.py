"""Letter and table of a suspected account: what was seen, in words, and nothing of it active or hidden."""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import Finding, Period, Severity, Snapshot, Verdict
from records.evidence import Match
from records.sentences import Sentence
from reports.agreement import DIFFERENT, NOT_COMPARED, SAME
from reports.case_file import UNSEEN, CaseFile, Cited, Enclosure, Side, compared, grounds, load_case_words
from reports.case_notes import about
from reports.case_papers import render_comparison, render_letter
from reports.visible import difference_words, masked, visible
from reports.wording import ReportError, printable
from tests.reports.law import IMPOSTOR
from tests.reports.reading import paper as opened
from tests.reports.reading import words
from tests.reports.sample import DRAFTED_AT, OFFICE

HOSTILE = "=云\u202e岺\u200b发布"
FINDING = Finding(
    id="f1e2d3c4b5a6",
    check="impostor",
    cause="impostor:weibo:7699000001",
    clauses=(IMPOSTOR.id,),
    severity=Severity.VETO,
    subject="candidate",
    account="weibo:1000000001",
    candidate="weibo:7699000001",
    unit=OFFICE,
    period=Period(DRAFTED_AT - timedelta(days=7), DRAFTED_AT),
    summary="名称相似。",
    evidence=(
        Snapshot(url="https://s.weibo.com/user?q=x", fetched_at=DRAFTED_AT, sha256="ab" * 32, ref="e.warc.gz#0"),
    ),
    verdict=Verdict.PENDING,
    repeats=0,
    first_seen_at=DRAFTED_AT,
    last_seen_at=DRAFTED_AT,
    due_on=None,
)
REGISTERED = Side(
    platform="weibo",
    name="云岭发布",
    sound="yun ling fa bu",
    source="本单位名录",
    former_names=("云岭之声", "云岭\u200b在线"),
    uid="1000000001",
    verified_entity=OFFICE,
)
SUSPECTED = Side(
    platform="weibo",
    name=HOSTILE,
    sound="yun ling fa bu",
    source="公开页面",
    uid="7699000001",
    url="https://weibo.com/u/7699000001",
    bio="商务合作 13812345678",
)
CALLED = Side(
    platform="weibo",
    name=None,
    sound=None,
    called=f"推文里写作“{HOSTILE}”，账号本身没有看过",
    source="微博“云岭教育”（云岭县教育局）的推文里的提及（2026年11月16日）",
    uid="7699000001",
)
CASE = CaseFile(
    finding=FINDING,
    office=OFFICE,
    contact="xuncha@yunling.example",
    suspected=SUSPECTED,
    registered=REGISTERED,
    cited=(Cited("关于政务新媒体的意见", IMPOSTOR),),
    enclosures=(Enclosure("证据/a-1.html", "https://s.weibo.com/user?q=x", DRAFTED_AT, "ab" * 32),),
    made_at=DRAFTED_AT,
    match=Match(
        name="云岭发布", role="账号名称", account="weibo:1000000001", unit=OFFICE, score=0.95, why=("same_shape",)
    ),
    reasons=("名称与“云岭发布”相似（字形相近）。", "简介（电话 13812345678）自称官方。"),
)


def targets(paper: bytes) -> str:
    """Every relation of a Word file, as its parts write them."""
    with zipfile.ZipFile(BytesIO(paper)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))


def test_the_letter_names_account_grounds_demands_and_digests() -> None:
    text = words(render_letter(CASE))
    for said in (
        "微博平台运营单位、网信部门（均请填写全称）",
        OFFICE,
        "7699000001",
        "字形相近",
        IMPOSTOR.quote,
        "书面告知",
        "ab" * 32,
    ):
        assert said in text
    assert "名称相似只是线索" in text and "xuncha@yunling.example" in text


def test_the_letter_is_a_draft_until_a_person_confirms() -> None:
    confirmed = replace(CASE, finding=replace(FINDING, verdict=Verdict.CONFIRMED))
    for render in (render_letter, render_comparison):
        assert "草稿　待核" in words(render(CASE))
        assert "草稿" not in words(render(confirmed))


@pytest.mark.parametrize("render", [render_letter, render_comparison])
def test_a_paper_has_no_link_outside_and_shows_what_is_hidden(render: Callable[[CaseFile], bytes]) -> None:
    paper = render(CASE)
    assert 'TargetMode="External"' not in targets(paper)
    text = words(paper)
    assert "‹U+202E›" in text and "‹U+200B›" in text
    assert "\u202e" not in text and "\u200b" not in text
    assert "13812345678" not in text and "138****5678" in text


def test_the_table_says_in_words_what_differs_and_compares_nothing_that_is_not_shown() -> None:
    rows = {row.label: row for row in compared(CASE)}
    assert (rows["平台"].agrees, rows["读音"].agrees, rows["账号名称"].agrees) == (SAME, SAME, DIFFERENT)
    not_shown = ("认证主体", "粉丝数", "是否认证", "曾用名", "何时起见到")
    assert {rows[label].agrees for label in not_shown} == {NOT_COMPARED}
    assert (rows["曾用名"].registered, rows["曾用名"].suspected) == ("云岭之声、云岭‹U+200B›在线", "（页面没有显示）")
    assert rows["认证主体"].suspected == "（页面没有显示）"
    assert "不可见字符 2" in rows["用字（字符编码）"].suspected


def test_a_unit_name_without_an_account_is_compared_with_nothing() -> None:
    alone = replace(CASE, registered=None)
    assert {row.agrees for row in compared(alone)} == {NOT_COMPARED}
    assert "没有对应的登记账号" in words(render_comparison(alone))


def test_somebodys_spelling_is_compared_with_nothing_and_told_as_theirs() -> None:
    rows = {row.label: row for row in compared(replace(CASE, suspected=CALLED))}
    own = (
        "账号名称",
        "曾用名",
        "读音",
        "用字（字符编码）",
        "是否认证",
        "认证主体",
        "简介",
        "头像（按特征比较）",
        "粉丝数",
    )
    assert {(rows[label].suspected, rows[label].agrees) for label in own} == {(UNSEEN, NOT_COMPARED)}
    assert rows["他人的写法"].suspected == "推文里写作“=云‹U+202E›岺‹U+200B›发布”，账号本身没有看过"
    assert (rows["平台"].agrees, rows["账号编号"].suspected) == (SAME, "7699000001")


@pytest.mark.parametrize("registered", [REGISTERED, None])
def test_table_and_notes_say_that_nobody_has_seen_the_page(registered: Side | None) -> None:
    case = replace(CASE, suspected=CALLED, registered=registered)
    table, notes = words(render_comparison(case)), about(case, [], [], "")
    assert all(UNSEEN in text and "推文里写作" in text for text in (table, notes))
    assert "逐字比较" not in table and "页面没有显示）" not in table


@pytest.mark.parametrize("verdict", [Verdict.PENDING, Verdict.CONFIRMED])
def test_of_whom_nobody_has_seen_the_page_no_letter_is_written(verdict: Verdict) -> None:
    case = replace(CASE, suspected=CALLED, finding=replace(FINDING, verdict=verdict))
    notes = about(case, [], [], "")
    assert isinstance(case.why_no_letter, Sentence) and f"没有写商请函：{case.why_no_letter}" in notes
    assert "打开该账号的页面，把网页保存下来" in case.why_no_letter and "sweep import 文件" in case.why_no_letter
    assert "字形相近" in notes


def test_what_the_triage_says_comes_before_that_nobody_has_seen_the_page() -> None:
    case = replace(CASE, suspected=CALLED, withheld="这个账号现在归类为“已登记”。")
    assert case.why_no_letter == case.withheld


@pytest.mark.parametrize("named", [{"called": "推文里写作“云岺发布”"}, {"name": None, "sound": None}])
def test_a_side_is_either_seen_or_only_called_something(named: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="how others write it"):
        replace(SUSPECTED, **named)


def test_where_the_triage_allows_no_letter_the_notes_say_what_to_do_and_why() -> None:
    case = replace(CASE, withheld="请在浏览器里打开该账号的页面。", kind="无法判断")
    notes = about(case, [], [], "")
    assert case.why_no_letter == case.withheld and "没有写商请函：请在浏览器里打开该账号的页面。" in notes
    assert "  归类：无法判断。" in notes and "字形相近" in notes and "13812345678" not in notes


@pytest.mark.parametrize(
    ("finding", "enclosures", "said"),
    [
        ({"verdict": Verdict.MISTAKEN}, CASE.enclosures, "误报"),
        ({"verdict": Verdict.RECTIFIED}, CASE.enclosures, "已整改"),
        ({"check": "unregistered"}, CASE.enclosures, "不是疑似假冒"),
        ({}, (), "没有一份完好的证据"),
    ],
)
def test_no_letter_where_there_is_nothing_to_ask_a_platform_for(
    finding: dict[str, Any], enclosures: tuple[Enclosure, ...], said: str
) -> None:
    case = replace(CASE, finding=replace(FINDING, **finding), enclosures=enclosures)
    assert said in (case.why_no_letter or "") and said in about(case, [], [], "")
    assert CASE.why_no_letter is None


def test_the_notes_tell_what_is_missing_and_how_to_verify() -> None:
    text = about(CASE, [("商请函.docx", "函")], ["第 2 份材料没有写出：不在了"], "uv run xuncha findings verify 1")
    assert "第 2 份材料没有写出" in text and "运行 uv run xuncha findings verify 1。" in text
    assert "sha256sum -c sha256sums" in text and "不是假冒的证明" in text and "\u202e" not in text


def test_the_letter_gives_each_ground_once() -> None:
    case = replace(CASE, kind="名称相似、未见认证", reasons=(*CASE.reasons, CASE.reasons[0]))
    assert [sentence.partition("（")[0] for sentence in grounds(case)] == [
        "归类：名称相似、未见认证。",
        "名称与“云岭发布”相似",
        "简介",
        "逐字比较：多“=”，“岭”写作“‹U+202E›岺‹U+200B›”。",
    ]
    assert words(render_letter(case)).count("字形相近") == 1


@pytest.mark.parametrize("n_addresses", [1, 5, 30])
def test_signature_date_and_enclosures_stay_with_the_last_request(n_addresses: int) -> None:
    many = [Enclosure(f"{n}.html", f"https://a.example/{n}", DRAFTED_AT, "cd" * 32) for n in range(n_addresses)]
    paragraphs = opened(render_letter(replace(CASE, enclosures=tuple(many)))).paragraphs
    (start,) = (number for number, one in enumerate(paragraphs) if one.text.startswith("3．请将核实情况"))
    block = paragraphs[start:]
    assert all(one.paragraph_format.keep_with_next for one in block[:-1]) and all(one.text for one in block)
    # The last two are date and note: of what has to fit on one page there is a bound.
    assert len(block) <= 11 and [one.text[:3] for one in block[-2:]] == ["　　　", "（印章"]


def test_pages_of_one_address_are_one_line_with_the_newest_digest() -> None:
    nights = [
        Enclosure(f"证据/a-{n}.html", "https://a.example", DRAFTED_AT + timedelta(days=n), f"{n:064}") for n in range(3)
    ]
    text = words(render_letter(replace(CASE, enclosures=(nights[2], nights[0], *CASE.enclosures, nights[1]))))
    assert text.count("https://a.example") == 1 and "共 3 份快照，最早 " in text
    assert nights[2].sha256 in text and nights[0].sha256 not in text and nights[1].sha256 not in text
    assert "清单.txt" in text


def test_more_addresses_than_a_letter_holds_are_counted() -> None:
    many = tuple(Enclosure(f"{n}.html", f"https://a.example/{n}", DRAFTED_AT, "cd" * 32) for n in range(12))
    assert "另有 7 个地址的页面" in words(render_letter(replace(CASE, enclosures=many)))
    pages = tuple(Snapshot(url=one.url, fetched_at=DRAFTED_AT, sha256="", ref="") for one in many)
    assert (
        "另有 2 个地址，见清单.txt" in compared(replace(CASE, finding=replace(FINDING, evidence=pages)))[-1].suspected
    )


@pytest.mark.parametrize("render", [render_letter, render_comparison])
def test_both_papers_say_that_the_pages_came_from_a_mirror(render: Callable[[CaseFile], bytes]) -> None:
    note = "本次数据来自镜像 http://127.0.0.1:1，不是平台的实时页面。"
    assert note in words(render(replace(CASE, notes=(note,))))


def test_names_are_compared_sign_by_sign() -> None:
    assert difference_words("云岭发布", "云岺发布") == "逐字比较：“岭”写作“岺”。"
    assert difference_words("云岭发布", "云岭发布厅") == "逐字比较：多“厅”。"
    assert "完全相同" in difference_words("云岭发布", "云岭发布")


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(categories=("Cc", "Cf", "Co", "Lo", "Mn", "Nd", "Zl", "Zp", "Zs")), max_size=40))
def test_nothing_unseen_is_left_in_a_visible_name(text: str) -> None:
    shown = visible(text)
    assert printable(shown) == shown and visible(shown) == shown
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cf", "Co", "Zl", "Zp"}
    assert "\n" not in shown and len(masked(text)) <= max(len(shown), 1)


def test_an_office_s_own_words_with_an_unknown_brace_are_told(tmp_path: Path) -> None:
    shipped = load_case_words(None)
    (tmp_path / "case_file.toml").write_text('title = "x"\n', encoding="utf-8")
    with pytest.raises(ReportError, match=r"case_file\.toml"):
        load_case_words(tmp_path)
    assert "{name}" in shipped.opening
