"""Addresses that are not called, known before anything is asked, and the addresses behind wrappers."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.link_addresses import (
    is_callable,
    is_home,
    is_same_page,
    parse_networks,
    resolved,
    standing_of_address,
)
from crawler.link_typing import address_as_typed
from tests.faults.speed import LIMIT_SECONDS

LONG_WECHAT = "https://mp.weixin.qq.com/s?__biz=MzA5&mid=2650000001&idx=1&sn=abc"
PRIVATE = [
    ("loopback", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "017700000001"]),
    ("other signs", ["１２７.０.０.１", "127。0。0。1", "127.0.0.1.", "①②⑦.0.0.1"]),
    ("this network", ["0.0.0.0", "0", "0.1.2.3"]),  # noqa: S104
    ("private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.168.257", "10.1"]),
    ("shared", ["100.64.0.1", "100.127.255.255"]),
    ("link-local", ["169.254.0.1", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]"]),
    ("metadata", ["169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "[fd00:ec2::254]"]),
    ("multicast", ["224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff0e::1]"]),
    ("reserved", ["240.0.0.1", "255.255.255.255", "192.0.0.8", "192.88.99.1", "198.18.0.1"]),
    ("documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "[2001:db8::1]", "[3fff::1]"]),
    ("IPv6", ["[::]", "[::1]", "[fc00::1]", "[fd12:3456::1]", "[100::1]", "[4000::1]", "[64:ff9b:1::1]"]),
    ("IPv4 in IPv6", ["[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"]),
    ("Teredo", ["[2001:0:4136:e378:8000:63bf:80ff:fffe]"]),
    (
        "names",
        ["localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "db.internal", "nas.lan", "x.corp"],
    ),
]
PUBLIC = ["8.8.8.8", "114.114.114.114", "134744072", "0x08080808", "[2400:3200::1]", "[::ffff:8.8.8.8]"]
NAMES = [
    "www.yunling.example",
    "WWW.YUNLING.EXAMPLE",
    "www.云岭.example",
    "中文.政务.cn",
    "www。yunling。example",
    "a_b.example",
]


@pytest.mark.parametrize(("kind", "hosts"), PRIVATE)
@pytest.mark.parametrize("around", ["http://{}/", "https://{}:8443/a?b=1", "HTTP://{}", "http://{}?x"])
def test_an_address_inside_is_refused_in_any_spelling(kind: str, hosts: list[str], around: str) -> None:
    for host in hosts:
        standing = standing_of_address(around.format(host), ())
        assert standing is not None, (kind, host)
        assert (standing.state, standing.reason) == ("refused", "private"), (kind, host)


@pytest.mark.parametrize("host", [*PUBLIC, *NAMES])
def test_a_public_address_is_called(host: str) -> None:
    assert standing_of_address(f"http://{host}/", ()) is None
    assert standing_of_address(f"https://{host}:8443/政务 公开/a.html?b=1#c", ()) is None


@pytest.mark.parametrize(
    ("host", "network", "neighbour"),
    [
        ("10.1.2.3", "10.1.0.0/16", "10.2.0.1"),
        ("127.0.0.1", "127.0.0.0/8", "[::1]"),
        ("[::ffff:10.1.2.3]", "10.1.0.0/16", "[::ffff:10.2.0.1]"),
        ("[fd12::1]", "fd12::/16", "[fd13::1]"),
        ("169.254.169.254", "169.254.169.254/32", "169.254.169.253"),
    ],
)
def test_a_permitted_network_is_called_and_its_neighbour_is_not(host: str, network: str, neighbour: str) -> None:
    allowed = parse_networks([network])
    assert standing_of_address(f"http://{host}/", allowed) is None
    assert standing_of_address(f"http://{neighbour}/", allowed) is not None


@given(st.integers(0, 2**32 - 1))
@example(0x08080808)
def test_an_address_in_ipv6_is_called_as_it_would_be_by_itself(number: int) -> None:
    plain = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    high, low = number >> 16, number & 0xFFFF
    carried = [f"::ffff:{plain}", f"64:ff9b::{high:x}:{low:x}", f"2002:{high:x}:{low:x}::1"]
    carried.append(f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}")
    assert {is_callable(address, ()) for address in carried} == {is_callable(plain, ())}


@pytest.mark.parametrize(
    ("address", "state", "reason"),
    [
        ("ftp://yunling.example/", "refused", "not_http"),
        ("file:///etc/passwd", "refused", "not_http"),
        ("gopher://yunling.example/", "refused", "not_http"),
        ("mailto:a@yunling.example", "refused", "not_http"),
        ("http://a:b@yunling.example/", "refused", "credentials"),
        ("http://a@yunling.example/", "refused", "credentials"),
        ("http://www.yunling.example@127.0.0.1/", "refused", "private"),
        ("javascript:;", "uncheckable", "needs_phone_or_script"),
        ("JavaScript:void(0)", "uncheckable", "needs_phone_or_script"),
        ("weapp://wx1/pages", "uncheckable", "needs_phone_or_script"),
        ("weixin://dl/business", "uncheckable", "needs_phone_or_script"),
        ("sslocal://webview?url=x", "uncheckable", "needs_phone_or_script"),
        ("http://t.cn/A6abc", "uncheckable", "short_link"),
        ("http://T.cn./A6abc", "uncheckable", "short_link"),
        ("https://wx1.example/a.jpg?Expires=1&ssig=abc", "uncheckable", "expiring"),
        ("https://p3.example/a.image?x-expires=1", "uncheckable", "expiring"),
        ("https://mpvideo.example/0b.mp4?dis_k=a1&x=1&dis_t=1763", "uncheckable", "expiring"),
        ("https://yl.example/a.pdf?Expires=1&OSSAccessKeyId=k&Signature=s", "uncheckable", "expiring"),
        ("https://yl.example/a.pdf?Signature=s&Expires=1", "uncheckable", "expiring"),
        ("https://yl.example/a.mp4?txSecret=a&txTime=5f", "uncheckable", "expiring"),
        ("https://yl.example/a.pdf?X-Amz-Expires=60&X-Amz-Signature=s", "uncheckable", "expiring"),
        ("https://yl.example/a.jpg?token=k:s&e=1763", "uncheckable", "expiring"),
        ("https://wx.example/a.jpg?tempkey=a", "uncheckable", "expiring"),
        ("https://weixin.sogou.com/link?url=dn9a", "uncheckable", "expiring"),
        ("https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=x", "uncheckable", "expiring"),
        ("https://mp.weixin.qq.com/mp/waerrpage?appid=wx1&type=upgrade", "uncheckable", "wrapper"),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2Fwww.yunling.example", "uncheckable", "wrapper"),
    ],
)
def test_an_address_we_cannot_or_will_not_call(address: str, state: str, reason: str) -> None:
    standing = standing_of_address(address, ())
    assert standing is not None
    assert (standing.state, standing.reason) == (state, reason)


@pytest.mark.parametrize(
    "address",
    [
        *("", "#", "/a/b.html", "www.yunling.example/a", "http:", "http://", "http:///a", "http:/yunling.example"),
        *("http:\\\\yunling.example", "http://a..b/", "http://.example/", f"http://{'a' * 64}.example/"),
        *(f"http://{'a.' * 130}example/", "http://yunling.example:99999/", "http://yunling.example:0/"),
        *("http://yunling.example:8a/", "http://[::1/", "http://[zz::1]/", "http://yun ling.example/"),
        *("http://yunling.example\\@127.0.0.1/", "http://yunling.example\t/", "http://yun\nling.example/"),
        *("http://yunling.example/a\r\nHost: b", "http://yunling.example\0/", "http:yunling.example"),
        *("http://127%2e0%2e0%2e1/", "http://yunling%00.example/", "http://yunling.example<x>/", "http://a,b.example/"),
    ],
)
def test_what_is_no_address_is_not_called(address: str) -> None:
    standing = standing_of_address(address, ())
    assert standing is not None
    assert (standing.state, standing.reason) == ("uncheckable", "not_an_address")


@pytest.mark.parametrize("between", ["，", "\t", " ", "\n", "。", "；", "）", "”", "\u3000", "、 "])
def test_several_addresses_in_one_line_are_not_called(between: str) -> None:
    standing = standing_of_address(f"http://yunling.example/ok{between}https://yunling.example/gone", ())
    assert standing is not None
    assert (standing.state, standing.reason) == ("uncheckable", "several_addresses")


@pytest.mark.parametrize("carried", ["?url=http://b.example/", "/http://b.example/", "#http://b.example", "？id=1"])
def test_an_address_within_an_address_is_called(carried: str) -> None:
    assert standing_of_address(f"http://yunling.example/a{carried}", ()) is None


@pytest.mark.parametrize(
    "query", ["e=1", "token=a", "Expires=1", "Signature=s", "dis_t=1", "txTime=1", "name=1&token=a"]
)
def test_half_of_a_signature_is_none(query: str) -> None:
    assert standing_of_address(f"https://www.yunling.example/a?{query}", ()) is None


@pytest.mark.parametrize(
    "address", [LONG_WECHAT, "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", "https://weibo.cn/a"]
)
def test_a_platforms_own_address_is_asked(address: str) -> None:
    assert standing_of_address(address, ()) is None


@pytest.mark.parametrize(
    ("wrapper", "inside"),
    [
        (
            "https://weibo.cn/sinaurl?u=https%3A%2F%2Fwww.yunling.example%2Fa%3Fb%3D1",
            "https://www.yunling.example/a?b=1",
        ),
        ("https://weibo.cn/sinaurl?luicode=1&toasturl=http://www.yunling.example/", "http://www.yunling.example/"),
        ("https://weibo.com/sinaurl?u=http%3A%2F%2Ft.cn%2FA6", "http://t.cn/A6"),
        ("https://link.zhihu.com/?utm=1&target=https%3A//www.yunling.example/", "https://www.yunling.example/"),
        ("https://link.csdn.net?target=https%3A%2F%2Fwww.yunling.example", "https://www.yunling.example"),
        (
            "https://www.toutiao.com/search/jump?aid=1&url=https%3A%2F%2Fwww.yunling.example",
            "https://www.yunling.example",
        ),
        ("https://c.pc.qq.com/middlem.html?pfurl=https%3A%2F%2Fwww.yunling.example&x=1", "https://www.yunling.example"),
        (
            "https://weibo.cn/sinaurl?u=https%3A%2F%2Flink.zhihu.com%2F%3Ftarget%3Dhttp%253A%252F%252Fa.example",
            "http://a.example",
        ),
        ("https://weibo.cn/sinaurl?u=http%3A%2F%2F127.0.0.1%2F", "http://127.0.0.1/"),
    ],
)
def test_the_address_behind_a_wrapper_is_read_from_it(wrapper: str, inside: str) -> None:
    assert resolved(wrapper) == inside


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://www.yunling.example/?target=http://a.example",
            "https://weibo.cn/sinaurl",
            "https://weibo.cn/u/1?u=http://a",
        ),
        *(
            "https://weibo.cn/sinaurl?u=javascript:alert(1)",
            "https://link.zhihu.com/?target=ftp://a.example",
            "http://t.cn/A6",
        ),
        *(
            "https://weixin.sogou.com/link?url=dn9a",
            "https://notweibo.cn/sinaurl?u=http://a.example",
            "http://[",
            "",
            "#",
        ),
        "https://weibo.cn/sinaurl?u=http://a.example/" + "a" * 9000,
        "https://weibo.cn/sinaurl?u=http://a.example，http://b.example",
    ],
)
def test_nothing_is_read_from_what_carries_no_address(address: str) -> None:
    assert resolved(address) is None


@given(st.text(max_size=60), st.sampled_from(["", "http:", "http://", "https://weibo.cn/sinaurl?u=", "http://[", "//"]))
def test_no_text_breaks_the_reading_of_an_address(text: str, before: str) -> None:
    for address in (before + text, address_as_typed(before + text)):
        standing_of_address(address, ())
        resolved(address)
        is_home(address)


@pytest.mark.parametrize(
    "address", ["http://a.example", "http://a.example/", "http://a.example/index.html", "http://a.example/Default.aspx"]
)
def test_a_home_page_is_known_by_its_path(address: str) -> None:
    assert is_home(address)


@pytest.mark.parametrize(
    "address", ["http://a.example/b/", "http://a.example/?id=1", "http://a.example/indexes", "http://["]
)
def test_a_deep_address_is_no_home_page(address: str) -> None:
    assert not is_home(address)


def test_http_www_a_port_of_its_own_and_a_slash_are_the_same_page() -> None:
    assert is_same_page("http://yunling.example/a", "https://www.yunling.example:443/a/")
    assert not is_same_page("http://yunling.example/a", "http://yunling.example:8080/a")


def test_a_hostile_address_is_judged_at_once() -> None:
    begun = time.process_time()
    for piece in ("a.", "[", "%", "@", ":", "?ssig", "//", "\\", "１", "&signature", "-", "）", " ", "，http:"):
        for before in ("http://", "http://a.example/", "http://mp.weixin.qq.com/s?", "https://weibo.cn/sinaurl?u="):
            standing_of_address(before + piece * 4000, ())
            address_as_typed(before + piece * 4000)
            resolved(before + piece * 4000)
    assert time.process_time() - begun < LIMIT_SECONDS
