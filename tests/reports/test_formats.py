"""The three formats: layout of official papers, hostile text, no network, and nobody named before the time."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from records import Snapshot
from reports.formats import docx, html, xlsx
from reports.report import Report
from reports.states import states, verdict_state
from reports.wording import ordinal, printable, safe_address, share
from reports.words import load_text
from tests.reports.reading import cells, kinds, paper, words
from tests.reports.sample import DRAFTED_AT, draft, given, released

_HOSTILE = "=cmd|'/c calc'!A1\x00\x1b[31m<script>alert(1)</script>\u202e{{7*7}}\ud800"
_SHEETS = ["概况", "问题台账", "未能核查", "判定明细", "采集情况", "人工查看", "疑似账号（待核）", "设置与说明"]


@cache
def draft_paper() -> bytes:
    """The Word file of the draft."""
    return docx.render(draft())


@cache
def hostile() -> Report:
    """The draft with hostile words and addresses in every crawled place."""
    shape = given()
    bad = tuple(
        Snapshot(url=url, fetched_at=DRAFTED_AT, sha256="0" * 64, ref="x", quote=_HOSTILE)
        for url in ("javascript:alert(1)", "file:///etc/passwd", "http://a b/", 'https://x.example/"><script>', "=1+1")
    )
    accounts = [replace(row, name=_HOSTILE, url="javascript:alert(1)") for row in shape["accounts"]]
    findings = [replace(row, summary=_HOSTILE, evidence=bad) for row in shape["findings"]]
    return draft(accounts=accounts, findings=findings, notes=[_HOSTILE], not_reported=[_HOSTILE])


def page(report: Report) -> str:
    """The page as text."""
    return html.render(report).decode()


def test_the_paper_is_a4_with_official_margins() -> None:
    section = paper(draft_paper()).sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    measures = [round((length or 0) / Mm(1)) for length in (section.page_width, section.page_height, *sides)]
    assert measures == [210, 297, 37, 35, 28, 26]


@pytest.mark.parametrize(
    ("style", "font", "points"),
    [
        ("公文标题", "方正小标宋简体", 22),
        ("公文正文", "仿宋_GB2312", 16),
        ("公文一级", "黑体", 16),
        ("公文二级", "楷体_GB2312", 16),
    ],
)
def test_fonts_are_set_for_chinese_text_too(style: str, font: str, points: int) -> None:
    found = paper(draft_paper()).styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font and found.font.size == Pt(points)


def test_body_lines_are_28_points_exactly() -> None:
    assert paper(draft_paper()).styles["公文正文"].paragraph_format.line_spacing == Pt(28)


def test_the_three_parts_come_in_order_and_then_the_annexes() -> None:
    told = [paragraph.text for paragraph in paper(draft_paper()).paragraphs]
    parts = ["一、总体情况", "二、存在问题", "三、工作要求", "附件1　问题清单", "附件3　未能核查情况"]
    assert [told.index(part) for part in parts] == sorted(told.index(part) for part in parts)


def test_every_table_repeats_its_head() -> None:
    tables = paper(draft_paper()).tables
    assert len(tables) == 5
    assert all(table.rows[0]._tr.xpath("w:trPr/w:tblHeader") for table in tables)


def test_the_page_number_stands_at_the_foot() -> None:
    assert "PAGE" in paper(draft_paper()).sections[0].footer._element.xml


def test_a_draft_says_so_in_all_three_formats_and_a_release_does_not() -> None:
    for report, marked in ((draft(), True), (released(), False)):
        assert ("草稿" in words(docx.render(report))) is marked
        assert ("草稿" in page(report)) is marked
        assert ("草稿" in str(cells(xlsx.render(report)))) is marked


def test_a_released_paper_carries_number_date_and_check_code() -> None:
    told = words(docx.render(released()))
    assert "云政办通报〔2026〕12号" in told and "2026年11月17日" in told and "ab12" * 16 in told
    assert "待核" not in told


def test_each_line_of_a_draft_prints_its_verdict() -> None:
    told = words(draft_paper())
    assert told.count("〔□ 待核〕") == 4 and told.count("〔■ 属实〕") == 3


def test_a_clause_is_quoted_once_per_group_and_second_hand_ones_say_so() -> None:
    told = words(draft_paper())
    assert told.count("监测时间点前2周内无更新") == 1 and told.count("据转引，请核对原文") == 1
    assert "参考值：一次群发多篇按：1 次计" in told


def test_candidates_are_a_number_in_paper_and_page_and_listed_for_triage_only() -> None:
    report = draft()
    told = words(docx.render(report))
    assert "疑似账号 2 个" in told
    for text in (told, page(report)):
        assert "cand1" not in text and "云岭发布1" not in text
    assert "wechat:cand1" in str(cells(xlsx.render(report))["疑似账号（待核）"])
    assert "cand1" not in str(cells(xlsx.render(released())))


def test_a_persons_look_is_printed_with_name_and_time() -> None:
    report = draft()
    for text in (words(docx.render(report)), page(report), str(cells(xlsx.render(report)))):
        assert "人工查看（办公室值班员甲，2026-11-16 01:05）" in text


def test_unseen_accounts_come_with_reason_and_what_to_do() -> None:
    report = draft()
    for text in (words(docx.render(report)), page(report), str(cells(xlsx.render(report)))):
        assert "平台要求验证，未能打开页面" in text and "人工查看表" in text


def test_evidence_stands_with_address_time_and_digest() -> None:
    told = words(draft_paper())
    assert "2026-11-16 02:01" in told and "010101010101" in told
    assert "https://weibo.example/p/1" in paper(draft_paper()).element.xml


def test_the_book_has_its_sheets_with_frozen_heads_and_filters() -> None:

    book = openpyxl.load_workbook(BytesIO(xlsx.render(draft())))
    assert book.sheetnames == _SHEETS
    assert all(sheet.freeze_panes and sheet.auto_filter.ref for sheet in book.worksheets)
    assert all(sheet.page_setup.orientation == "landscape" for sheet in book.worksheets)


def test_the_ledger_keeps_every_finding_whatever_its_verdict() -> None:
    ledger = cells(xlsx.render(draft()))["问题台账"]
    assert [row[0] for row in ledger[1:]] == [f"F{number:05d}" for number in range(1, 9)]
    assert {row[1] for row in ledger[1:]} == {"□ 待核", "■ 属实", "– 误报"}


def test_formulas_stay_text() -> None:
    data = xlsx.render(hostile())
    assert kinds(data) <= {"s", "n"}
    assert any(str(value).startswith("=cmd") for row in cells(data)["问题台账"] for value in row)


def test_only_web_addresses_become_links() -> None:
    report = hostile()
    targets = {rel.target_ref for rel in paper(docx.render(report)).part.rels.values() if rel.is_external}
    hrefs = set(re.findall(r'href="([^"]*)"', page(report)))
    assert all(address.startswith("https://") for address in targets)
    assert all(address.startswith(("https://", "#")) for address in hrefs)


def test_hostile_text_is_only_text_on_the_page() -> None:
    told = page(hostile())
    assert "<script" not in told and "&lt;script&gt;" in told and "{{7*7}}" in told and "\u202e" not in told


def test_the_page_needs_no_network() -> None:
    told = page(draft())
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in told
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b|\ssrc=|@import|url\(", told)


def test_every_account_is_a_square_with_words() -> None:
    squares = re.findall(
        r'<a class="square[^"]*" href="(#a\d+)" title="[^"]+" aria-label="[^"]+：[^"]+">', page(draft())
    )
    assert len(squares) == 39 == len(set(squares))


def test_sign_word_and_colour_stand_together_and_differ() -> None:
    rows = states()
    assert len({row.sign for row in rows}) == len({row.word for row in rows}) == len(rows)
    assert all(row.plain.encode("gbk") for row in rows)
    assert verdict_state(given()["findings"][0].verdict).label == "□ 待核"


def test_the_offices_own_words_and_layout_come_first(tmp_path: Path) -> None:
    shipped = load_text("words.toml", None)
    (tmp_path / "words.toml").write_text(shipped.replace("各乡镇人民政府", "各街道办事处"), encoding="utf-8")
    (tmp_path / "page.html.j2").write_text("本单位的版式 {{ report.addressees }}", encoding="utf-8")
    assert page(draft(templates=tmp_path)) == "本单位的版式 各街道办事处，县政府各部门："


def test_an_empty_county_still_gives_three_files() -> None:
    empty: dict[str, Any] = {
        name: [] for name in ("units", "accounts", "judgements", "findings", "observations", "upcoming", "not_reported")
    }
    report = draft(**empty, coverage={}, newest={}, candidates=0)
    assert "没有应查的账号" in page(report) and "没有列入通报的问题" in words(docx.render(report))
    assert "%" not in "".join(report.overview) and list(cells(xlsx.render(report))) == _SHEETS


@settings(max_examples=8, deadline=None)
@cases(st.text(max_size=60))
def test_any_crawled_text_gives_files_that_open(text: str) -> None:
    shape = given()
    shape["findings"][0] = replace(shape["findings"][0], summary=text)
    report = draft(**{"findings": shape["findings"], "notes": [text]})
    assert words(docx.render(report)) and cells(xlsx.render(report)) and page(report)


@cases(st.text(alphabet=st.characters(exclude_categories=[]), max_size=200))
def test_printable_text_is_valid_in_xml(text: str) -> None:
    kept = printable(text)
    assert all(character in "\t\n\r" or ord(character) >= 0x20 for character in kept)
    assert kept.encode("utf-8").decode() == kept


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "javascript://host/%0aalert(1)",
        "ftp://host/a",
        "data:text/html,x",
        "http://",
        "https://[",
        "http://a\tb/",
        " https://a/",
    ],
)
def test_other_addresses_are_no_links(url: str) -> None:
    assert safe_address(url) is None


def test_rates_round_as_bulletins_do_and_never_over_nothing() -> None:
    assert (share(566, 591), share(36, 38), share(0, 0)) == ("566/591，95.77%", "36/38，94.74%", "0/0")


def test_ordinals_count_in_chinese() -> None:
    assert [ordinal(number) for number in (1, 10, 12, 20, 35)] == ["一", "十", "十二", "二十", "三十五"]
