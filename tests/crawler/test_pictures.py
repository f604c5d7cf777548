"""Pictures are drawn from what was stored, with the network cut and no script run."""

from __future__ import annotations

import struct

import pytest

from crawler.browser import NO_BROWSER, find_chromium
from crawler.pictures import HEIGHT, WIDTH, Stored, draw, page_around

CHROMIUM = find_chromium()
HOSTILE = (
    "<h1>云岭发布</h1><script>document.title='跑了'</script></iframe><img src='https://www.yunling.example/x.png'>"
)


def stored(body: str, kind: str = "text/html") -> Stored:
    return Stored("https://mp.weixin.qq.com/s/<b>", body.encode(), kind, "2026-11-16 01:30 取得")


def test_the_picture_says_that_it_was_drawn_from_the_archive() -> None:
    page = page_around(stored(HOSTILE))
    assert "由存档生成" in page
    assert "2026-11-16 01:30 取得" in page
    assert "https://mp.weixin.qq.com/s/&lt;b&gt;" in page


def test_a_stored_page_cannot_leave_its_frame() -> None:
    page = page_around(stored(HOSTILE))
    assert page.count("<iframe") == 1
    assert 'sandbox=""' in page
    assert "<script" not in page


def test_a_page_in_another_charset_can_be_read_in_its_picture() -> None:
    body = "<meta charset=gb2312><p>对不起，您访问的页面不存在</p>".encode("gb18030")
    assert "您访问的页面不存在" in page_around(Stored("https://a.example/", body, "text/html", ""))


def test_data_is_shown_as_text() -> None:
    page = page_around(stored('{"text": "<script>x</script>云岭"}', "application/json"))
    assert "&lt;script&gt;x&lt;/script&gt;云岭" in page


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER)
def test_a_picture_is_a_png_of_the_page() -> None:
    assert CHROMIUM is not None
    (page, data) = draw([stored(HOSTILE), stored('{"ok": 1}', "application/json")], CHROMIUM)
    for picture in (page, data):
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
    assert page != data
