"""What is asked for an address as somebody wrote it."""

from __future__ import annotations

import pytest

from crawler.link_addresses import Standing, resolved, standing_of_address
from crawler.link_options import asked_of
from crawler.link_spelling import host_of


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://www.yunling.example/a#top", "https://www.yunling.example/a"),
        (" https://www.yunling.example/a b ", "https://www.yunling.example/a%20b"),
        ("www.yunling.example/a", "http://www.yunling.example/a"),
        (r"http:\\www.yunling.example\a", "http://www.yunling.example/a"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fwww.yunling.example%2Fa%23b", "http://www.yunling.example/a"),
        ("http://www.yunling.example/ok。", "http://www.yunling.example/ok"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fa.example%2Fok%E3%80%82", "http://a.example/ok"),
        ("http://a.example/公告，一", "http://a.example/%E5%85%AC%E5%91%8A%EF%BC%8C%E4%B8%80"),
        ("javascript:void(0)#a", "javascript:void(0)#a"),
        ("云岭县人民政府", "云岭县人民政府"),
    ],
)
def test_what_a_browser_would_open_is_asked_without_its_fragment(url: str, asked: str) -> None:
    assert asked_of(url) == asked


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("http://a.example/ok，http://a.example/gone", "several_addresses"),
        ("http://a.example/ok\thttp://a.example/gone", "several_addresses"),
        ("http://a.example\thttp://a.example/gone", "several_addresses"),
        ("http://a.example/ok http://a.example/gone", "several_addresses"),
        ("www.a.example/ok，http://a.example/gone", "several_addresses"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fa.example%EF%BC%8Chttp%3A%2F%2Fb.example", "several_addresses"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fa.example，http://b.example", "several_addresses"),
        ("http:///ok", "not_an_address"),
    ],
)
def test_a_line_that_is_not_one_address_is_not_asked_as_one(line: str, reason: str) -> None:
    assert standing_of_address(asked_of(line), ()) == Standing("uncheckable", reason)
    assert resolved(asked_of(line)) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.yunling.example:8443/a?b#c", "www.yunling.example"),
        ("HTTP://WWW.Yunling.example", "www.yunling.example"),
        ("https://user@www.yunling.example/", "www.yunling.example"),
        ("https://云岭.example/", "xn--9kqv75a.example"),
        ("http://[::1]:80/", "::1"),
        ("https://www.yunling.example.evil.example/", "www.yunling.example.evil.example"),
        ("http://a@b@c/", "c"),
        ("weapp://page", "page"),
        ("云岭", ""),
    ],
)
def test_the_host_is_that_of_a_browser(address: str, host: str) -> None:
    assert host_of(address) == host
