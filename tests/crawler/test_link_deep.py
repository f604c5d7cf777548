"""What a home page leads to: pages of its own host, articles first, however hostile its markup."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.link_addresses import is_home
from crawler.link_comparison import deep_links
from crawler.link_spelling import canonical, host_of
from crawler.link_states import BODY_BYTES
from tests.crawler.link_answers import answer, page
from tests.faults.speed import LIMIT_SECONDS

HOME = "http://www.yunling.example/"


def found(body: str, most: int = 3, url: str = HOME) -> tuple[str, ...]:
    return deep_links(answer(page("云岭县人民政府", body), url=url), most)


def anchors(*named: str) -> str:
    return "".join(f'<li><a class=x href="{one}">云岭</a></li>' for one in named)


def test_articles_come_before_columns_and_both_before_others() -> None:
    body = anchors(
        "/about.html", "/col/col12/index.html", "/art/2026/11/2/art_12_3.html", "/zwgk/", "/202611/t20261102_5.shtml"
    )
    articles = (f"{HOME}art/2026/11/2/art_12_3.html", f"{HOME}202611/t20261102_5.shtml")
    assert found(body) == (*articles, f"{HOME}col/col12/index.html")
    assert found(body, 5) == (*articles, f"{HOME}col/col12/index.html", f"{HOME}zwgk/", f"{HOME}about.html")


@pytest.mark.parametrize(
    "named",
    [
        "/", "", "#top", "?page=2", "/?page=2", "/index.html", "/index.jsp?a=1", "http://www.yunling.example",
        "http://m.yunling.example/art/1.html", "https://www.yunling.example:8443/art/1.html",
        "//other.example/art/1.html", "javascript:void(0)", "mailto:a@yunling.example",
        "ftp://www.yunling.example/art/1.html", "http://[", "http://a:b/",
        "http://u:p@www.yunling.example/art/1.html", "/a.jpg", "/a.PDF?x=1", "/files/a.docx", "/a.zip", "/app.apk",
        "/v.mp4", "/login", "/sso/login?back=x", "/404.html", "/error.jsp",
        f"/{'a' * 600}",
    ],
)  # fmt: skip
def test_what_is_no_page_of_the_host_is_left_out(named: str) -> None:
    assert found(anchors(named, "/art/1.html")) == (f"{HOME}art/1.html",)


def test_addresses_are_whole_without_fragment_and_told_once() -> None:
    body = anchors(" art/1.html#a ", "/art/1.html", "./云岭.html", "/show.jsp?id=3&amp;x=1")
    wanted = {f"{HOME}art/1.html", f"{HOME}%E4%BA%91%E5%B2%AD.html", f"{HOME}show.jsp?id=3&x=1"}
    assert set(found(body, 9, f"{HOME}index.html")) == wanted


@pytest.mark.parametrize("content_type", ["image/png", "application/pdf"])
def test_what_is_no_page_links_to_nothing(content_type: str) -> None:
    assert deep_links(answer(anchors("/art/1.html"), content_type=content_type, url=HOME)) == ()
    assert deep_links(answer("", url=HOME)) == ()


@given(st.lists(st.text(max_size=30) | st.sampled_from(["//", "/art/1.html", "http:", "\\", "?", "a.html", "@", "%"])))
def test_whatever_is_named_only_pages_of_the_host_are_found(named: list[str]) -> None:
    for address in found(anchors(*named, "".join(named)), 99):
        assert host_of(address) == "www.yunling.example"
        assert not is_home(address)
        assert canonical(address) == address


@pytest.mark.parametrize(
    "piece", ["<a href=/art/1.html>", "<a href=a", "<a ", "<a href='http://[", "<a><b>", "</a>", "<", "\0"]
)
def test_no_markup_makes_it_slow(piece: str) -> None:
    seen = answer(piece * (BODY_BYTES // len(piece)), url=HOME)
    begun = time.process_time()
    assert len(deep_links(seen)) <= 3
    assert time.process_time() - begun < LIMIT_SECONDS


def test_only_the_first_anchors_are_looked_at() -> None:
    assert found("<a href=#>x</a>" * 2000 + anchors("/art/1.html")) == ()
