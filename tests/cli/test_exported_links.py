"""A dead link's folder holds what a clerk can lay before the unit: the page, its picture and the facts in Chinese."""

from __future__ import annotations

import gzip
import hashlib
import random
import tracemalloc
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cli.exported_links import kept_check
from cli.exporting import write_export
from crawler.browser import NO_BROWSER, find_chromium
from crawler.link_states import BODY_BYTES, Received
from crawler.page import Exchange
from crawler.pictures import page_around
from pipelines.archive import WarcArchive, load_stored
from records import Finding, LinkCheck, Snapshot
from reports.wording import minute
from scheduler.clock import Clock
from scheduler.workspace import Workspace
from tests.reports.test_case_file import FINDING
from tests.scheduler.archived import NIGHT

URL = "http://www.yunling.example/art/1.html"
NOTICE = (
    "<html><head><title>云岭县人民政府</title></head><body><script>document.title='跑了'</script>"
    "<p>对不起，您访问的页面不存在，电话 13812345678</p></body></html>"
)


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An office with an archive; no browser."""
    monkeypatch.setenv("XUNCHA_CHROMIUM", "/nonexistent/chromium")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "xuncha.toml").write_text('[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    return Workspace.open(tmp_path / "home", Clock(NIGHT))


def received(body: bytes, url: str = URL, content_type: str = "text/html", coding: str | None = None) -> Received:
    headers = (("Content-Type", content_type), *([("Content-Encoding", coding)] if coding else []))
    made = Exchange(method="GET", request_headers=(), request_body=b"", status=200, headers=headers, body=body)
    return Received(url, made, False)


def kept(space: Workspace, answer: Received | None, reason: str = "soft_404") -> Snapshot:
    check = LinkCheck(url=URL, state="dead", checked_at=NIGHT, reason=reason)
    if answer is not None:
        check = replace(check, final_url=f"{URL}?to", status=200)
    return WarcArchive(space.home, 1).keep_check(check, answer)


def dead_link(*evidence: Snapshot) -> Finding:
    return replace(FINDING, check="dead_link", candidate=None, evidence=evidence)


def exported(space: Workspace, *evidence: Snapshot) -> dict[str, bytes]:
    """The files of the folder by the end of their names."""
    found = dead_link(*evidence)
    write_export(space, found, space.home / "out")
    return {path.name.removeprefix(found.id): path.read_bytes() for path in (space.home / "out").iterdir()}


def test_the_page_that_says_it_is_missing_lies_in_the_folder_as_it_was_answered(space: Workspace) -> None:
    files = exported(space, kept(space, received(NOTICE.encode("gb18030"))))
    assert files["-1-网页.html"] == NOTICE.encode("gb18030")
    assert {"-1.json", "-1-检测情况.txt", ".warc.gz"} < files.keys()
    digest = hashlib.sha256(files["-1-网页.html"]).hexdigest()
    assert digest in files["清单.txt"].decode() and "可能含有脚本" in files["清单.txt"].decode()


def test_the_facts_are_told_in_chinese_with_what_the_page_says(space: Workspace) -> None:
    text = exported(space, kept(space, received(NOTICE.encode("gb18030"))))["-1-检测情况.txt"].decode()
    for said in (
        f"链接地址：{URL}\n检测结果：失效（打开后写明页面不存在）\n",
        f"检测时间：{minute(NIGHT)}（北京时间）\nHTTP 状态：200\n",
        f"最终地址：{URL}?to\n网页标题：云岭县人民政府\n",
        "对不起，您访问的页面不存在，电话 138****5678",
        "请再打开一次该链接",
    ):
        assert said in text
    assert "soft_404" not in text and "跑了" not in text


def test_the_answer_to_what_cannot_exist_lies_beside_it_under_its_own_name(space: Workspace) -> None:
    own, other = received(NOTICE.encode()), received(b"<p>x", "http://www.yunling.example/none")
    both = Received(own.url, own.exchange, own.truncated, other)
    files = exported(space, kept(space, both, "same_as_missing"))
    assert (files["-1-网页.html"], files["-1-对照网页.html"]) == (NOTICE.encode(), b"<p>x")


def test_an_empty_answer_is_not_stood_in_for_by_the_one_it_was_compared_with(space: Workspace) -> None:
    other = received(NOTICE.encode(), "http://www.yunling.example/none")
    empty = received(b"")
    files = exported(space, kept(space, Received(empty.url, empty.exchange, False, other), "same_as_missing"))
    assert "-1-网页.html" not in files and files["-1-对照网页.html"] == NOTICE.encode()
    assert "网页标题" not in files["-1-检测情况.txt"].decode()


def test_of_a_name_that_does_not_exist_only_the_facts_are_told(space: Workspace) -> None:
    item = kept(space, None, "dns")
    text = exported(space, item)["-1-检测情况.txt"].decode()
    assert "失效（域名不存在）" in text and "HTTP 状态：没有（没有取得应答）" in text
    check = kept_check(load_stored(space.home, item.ref))
    assert check is not None
    ((ending, drawn, _),) = check.drawings("x")
    assert ending == "-检测情况.png" and "域名不存在" in drawn.body.decode()


@pytest.mark.parametrize(
    ("body", "ending"),
    [(b'{"errcode": 404}', ".txt"), (b"\x1f\x8b\x08\x00\x00\xff\xfe\xfd", ".bin"), (b"\xef\xbb\xbf <p>", ".html")],
)
def test_an_answer_is_named_by_what_it_is_and_only_a_page_is_drawn(space: Workspace, body: bytes, ending: str) -> None:
    check = kept_check(load_stored(space.home, kept(space, received(body)).ref))
    assert check is not None
    assert [one.ending for one in check.behind] == [f"-网页{ending}"]
    assert [name for name, _, _ in check.drawings("x")] == ["-网页.png" if ending == ".html" else "-检测情况.png"]


def test_the_picture_of_the_page_bears_the_facts(space: Workspace) -> None:
    check = kept_check(load_stored(space.home, kept(space, received(NOTICE.encode())).ref))
    assert check is not None
    ((_, drawn, _),) = check.drawings("检测记录 sha256 ab")
    assert "检测结果：失效（打开后写明页面不存在）" in drawn.caption and "HTTP 状态：200" in drawn.caption
    assert drawn.body == NOTICE.encode() and drawn.caption.endswith("检测记录 sha256 ab")


def test_of_a_bomb_only_what_the_check_read_is_unpacked(space: Workspace) -> None:
    item = kept(space, received(gzip.compress(NOTICE.encode() + b" " * 60_000_000), coding="gzip"))
    tracemalloc.start()
    files = exported(space, item)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert files["-1-网页.html"] == (NOTICE.encode() + b" " * BODY_BYTES)[:BODY_BYTES]
    assert "网页标题：云岭县人民政府" in files["-1-检测情况.txt"].decode()
    assert peak_bytes < 8_000_000


@pytest.mark.parametrize(("coding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_packed_answer_that_was_cut_is_given_as_far_as_the_check_read_it(
    space: Workspace, coding: str, packed: Callable[[bytes], bytes]
) -> None:
    body = NOTICE.encode() + random.Random(1).randbytes(100_000).hex().encode()
    answer = replace(received(packed(body)[:BODY_BYTES], coding=coding), truncated=True)
    assert exported(space, kept(space, answer))["-1-网页.html"] == body[:BODY_BYTES]


def test_a_charset_that_only_the_header_names_is_heeded(space: Workspace) -> None:
    page = "<title>雲嶺縣政府</title><p>對不起，您訪問的頁面不存在</p>"
    answer = received(page.encode("big5"), content_type="text/html; charset=Big5")
    item = kept(space, answer)
    files = exported(space, item)
    text = files["-1-检测情况.txt"].decode()
    assert "网页标题：雲嶺縣政府\n" in text and "對不起，您訪問的頁面不存在" in text
    assert files["-1-网页.html"] == page.encode("big5")
    check = kept_check(load_stored(space.home, item.ref))
    assert check is not None
    ((_, drawn, _),) = check.drawings("x")
    assert "雲嶺縣政府" in page_around(drawn)


def test_what_the_check_did_not_read_as_text_is_not_shown_as_a_page(space: Workspace) -> None:
    files = exported(space, kept(space, received(NOTICE.encode(), content_type="image/jpeg"), "gone"))
    assert files["-1-网页.bin"] == NOTICE.encode() and "网页标题" not in files["-1-检测情况.txt"].decode()


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)
def test_with_a_browser_each_page_has_its_picture(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    files = exported(space, kept(space, received(NOTICE.encode("gb18030"))))
    assert files["-1-网页.png"].startswith(b"\x89PNG") and "-1.png" not in files
