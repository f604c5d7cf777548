"""The links that units report."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import reports
from registry.reports import ReportedLink, find_addresses, load_reported
from registry.tables import RegisterError
from tests.registry.tables import save_csv, save_xlsx

ARTICLE = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
STATUS = "https://m.weibo.cn/status/5000000000000001"


def test_a_table_gives_links_with_what_stands_beside_them(tmp_path: Path) -> None:
    rows = [("本周报送",), ("报送单位", "公众号", "文章标题", "网址"), ("云岭县教育局", "云岭教育", "开学了", ARTICLE)]
    path = save_xlsx(tmp_path / "报送.xlsx", {"十一月": rows})
    assert load_reported(path) == (
        (
            ReportedLink(
                url=ARTICLE,
                row=3,
                text=f"云岭县教育局 云岭教育 开学了 {ARTICLE}",
                unit="云岭县教育局",
                account="云岭教育",
                title="开学了",
                sheet="十一月",
            ),
        ),
        (),
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_pasted_chat_gives_its_links_line_by_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "群聊.txt"
    path.write_text(f"县教育局 某某 09:30\n已发布：{ARTICLE}，请查收。\n（{STATUS}）收到\n今天没有\n", encoding)
    links, problems = load_reported(path)
    assert problems == ()
    assert [(link.row, link.url) for link in links] == [(2, ARTICLE), (3, STATUS)]
    assert links[0].text == f"已发布：{ARTICLE}，请查收。" and links[0].unit is None


def test_a_chat_saved_as_csv_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "群聊.csv"
    path.write_text(f'某某,"说\n{ARTICLE} 转发', "utf-8")
    assert [link.url for link in load_reported(path)[0]] == [ARTICLE]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"{ARTICLE}。", ARTICLE),
        (f"{ARTICLE}请查收", ARTICLE),
        (f"《标题》{ARTICLE}》", ARTICLE),
        (f"({ARTICLE}),", ARTICLE),
        (f"“{ARTICLE}”；", ARTICLE),
        ("mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv", ARTICLE),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA==&amp;mid=1&amp;copy=2",
            "https://mp.weixin.qq.com/s?__biz=MzA==&mid=1&copy=2",
        ),
        ("https://weibo.com/1000000001/Abc(1)", "https://weibo.com/1000000001/Abc(1)"),
    ],
)
def test_an_address_ends_where_the_sentence_goes_on(text: str, address: str) -> None:
    assert list(find_addresses(text)) == [address]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://t.cn/A6xYz", "短链接"),
        ("https://www.example.cn/a", "本软件不采集"),
        ("https://weibo.com.evil.example/1", "本软件不采集"),
        ("https://notweibo.com/1", "本软件不采集"),
        ("https://mp.weixin.qq.com@evil.example/s/a", "网址"),
        ("https://weibo.com/", "平台首页"),
    ],
)
def test_an_address_that_is_not_taken_is_listed_with_the_reason(tmp_path: Path, url: str, words: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{STATUS}\n{url}\n", "utf-8")
    links, (problem,) = load_reported(path)
    assert [link.url for link in links] == [STATUS]
    assert (problem.row, problem.value) == (2, url) and words in problem.reason


def test_the_same_link_twice_is_listed_once_and_named(tmp_path: Path) -> None:
    path = save_csv(tmp_path / "a.csv", [("单位", "链接"), ("教育局", ARTICLE), ("卫健局", ARTICLE)])
    links, (problem,) = load_reported(path)
    assert len(links) == 1 and (problem.row, problem.reason) == (3, "与第 2 行重复，只登记一次")


def test_a_filled_in_cell_without_an_address_is_listed(tmp_path: Path) -> None:
    path = save_csv(tmp_path / "a.csv", [("单位", "链接"), ("教育局", "见公众号"), ("卫健局", STATUS)])
    links, (problem,) = load_reported(path)
    assert len(links) == 1 and (problem.row, problem.column, problem.value) == (2, "链接", "见公众号")


def test_a_workbook_without_headings_is_searched_cell_by_cell(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "a.xlsx", {"一": [["教育局", f"看 {ARTICLE}"], ["没有"]]})
    assert [(link.row, link.url) for link in load_reported(path)[0]] == [(1, ARTICLE)]


def test_too_many_links_and_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n".join(f"{STATUS}{n}" for n in range(20)), "utf-8")
    monkeypatch.setattr(reports, "MAX_LINKS", 19)
    with pytest.raises(RegisterError, match="超过 19 个网址"):
        load_reported(path)
    with path.open("ab") as stream:
        stream.truncate(20 * 1024 * 1024 + 1)
    with pytest.raises(RegisterError, match="超过 20 MB"):
        load_reported(path)


def test_a_file_without_any_address_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("今天没有发布", "utf-8")
    with pytest.raises(RegisterError, match="没有找到网址"):
        load_reported(tmp_path / "a.txt")


@given(st.text(max_size=200))
def test_no_text_breaks_the_search_and_addresses_are_plain(text: str) -> None:
    for address in find_addresses(f"{text}{STATUS}，{text}"):
        assert address.isascii() and not any(c.isspace() for c in address)
    assert STATUS in list(find_addresses(f"{text} {STATUS} {text}"))
