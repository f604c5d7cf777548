"""One spelling for one address: what a browser would ask for, and one host under all its names."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.link_spelling import canonical, followed, header_text, host_of


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://yunling.example", "http://yunling.example/"),
        ("HTTP://Yunling.EXAMPLE./a#b", "http://yunling.example/a"),
        ("http://yunling.example:80?a=1", "http://yunling.example/?a=1"),
        ("https://yunling.example:8443/", "https://yunling.example:8443/"),
        ("http://云岭.example/政务 公开?q=通知", "http://xn--9kqv75a.example/%E6%94%BF%E5%8A%A1%20%E5%85%AC%E5%BC%80?q=%E9%80%9A%E7%9F%A5"),
        ("http://yunling.example/%u4e2d?x=50%&y=%2f%27", "http://yunling.example/%u4e2d?x=50%&y=%2f%27"),
        ("http://yunling.example/[1]|{2}", "http://yunling.example/[1]|%7B2%7D"),
        ("http://yunling.example/a//b c", "http://yunling.example/a//b%20c"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        ("http://yunling.example:99999/", "http://yunling.example:99999/"),
        ("http://[v1.x]/", "http://v1.x/"),
        ("weapp://page", "weapp://page"),
        ("云岭", "云岭"),
    ],
)  # fmt: skip
def test_an_address_has_one_spelling(written: str, asked: str) -> None:
    assert canonical(written) == asked


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_spelt_so_stays_so_and_goes_over_the_wire(rest: str) -> None:
    address = canonical(f"http://yunling.example/{rest}")
    assert canonical(address) == address
    assert address.isascii() and not any(sign.isspace() for sign in address)
    assert urlsplit(address).hostname == "yunling.example"


@pytest.mark.parametrize("spelling", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "127.0.0.1."])
def test_a_host_is_one_under_all_its_names(spelling: str) -> None:
    assert host_of(canonical(f"http://{spelling}:8080/a")) == "127.0.0.1"
    assert host_of(canonical("https://MP.weixin.qq.com./s")) == "mp.weixin.qq.com"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/中.html".encode().decode("latin-1"), "http://h.example/%E4%B8%AD.html"),
        ("/中.html".encode("gbk").decode("latin-1"), "http://h.example/%D6%D0.html"),
        ("\\\\other.example\\x", "http://other.example/x"),
        ("///other.example/a", "http://other.example/a"),
        ("http:///other.example/a", "http://other.example/a"),
        ("HTTPS:\\\\Other.example\\p", "https://other.example/p"),
        ("?x=1", "http://h.example/p/q?x=1"),
        ("a b", "http://h.example/p/a%20b"),
        ("../r#top", "http://h.example/r"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_a_redirect_leads_where_a_browser_goes(location: str, leads_to: str) -> None:
    assert followed("http://h.example/p/q?z=1", header_text(location)) == leads_to
