"""Which address somebody meant who typed or pasted it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.link_typing import address_as_typed, holds_several

PLAIN = st.text(string.ascii_letters + string.digits + string.punctuation.replace("\\", ""), max_size=40)


@pytest.mark.parametrize(
    ("typed", "opened"),
    [
        ("www.yunling.example/a", "http://www.yunling.example/a"),
        (" yunling.example:8080 ", "http://yunling.example:8080"),
        ("//www.yunling.example/a", "http://www.yunling.example/a"),
        ("http:/www.yunling.example/a", "http://www.yunling.example/a"),
        ("http:\\\\www.yunling.example\\a?b=\\c", "http://www.yunling.example/a?b=\\c"),
        ("HTTPS:www.yunling.example", "https://www.yunling.example"),
        ("http://www.yun\nling.example/\ta", "http://www.yunling.example/a"),
        ("\u3000http://www.云岭.example/政务 公开\ufeff", "http://www.云岭.example/政务 公开"),
        ("www.云岭.example", "http://www.云岭.example"),
        ("http://yunling.example\\@127.0.0.1/", "http://yunling.example/@127.0.0.1/"),
        ("http://www.yunling.example/a。", "http://www.yunling.example/a"),
        ("http://www.yunling.example/a” 。 ", "http://www.yunling.example/a"),
        ("http://www.yunling.example/a）；", "http://www.yunling.example/a"),
        ("www.yunling.example，", "http://www.yunling.example"),
        ("http://yunling.example/通知，公告。html", "http://yunling.example/通知，公告。html"),
        ("http://yunling.example/通知（二）", "http://yunling.example/通知（二）"),
        ("http://yunling.example/通知（二））", "http://yunling.example/通知（二）"),
        ("云岭县人民政府。", "云岭县人民政府。"),
        *((same, same) for same in ("", "云岭县人民政府", "/a/b.html", "javascript:;", "a@yunling.example", "#top")),
    ],
)
def test_a_typed_address_is_the_one_that_a_browser_opens(typed: str, opened: str) -> None:
    assert address_as_typed(typed) == opened
    assert address_as_typed(opened) == opened


@given(PLAIN, st.sampled_from(["http://yunling.example/", "https://yunling.example:8443/a?url=http://b.example/"]))
def test_an_address_of_ascii_parts_stays_as_it_is(rest: str, before: str) -> None:
    assert address_as_typed(before + rest) == before + rest
    assert not holds_several(before + rest)


@given(st.text(string.ascii_letters + string.digits + "/?=&.-", max_size=40), st.text("。，；、！？”）》", max_size=5))
def test_punctuation_after_an_address_is_no_part_of_it(rest: str, stops: str) -> None:
    assert address_as_typed(f"http://yunling.example/{rest}{stops}") == f"http://yunling.example/{rest}"


@pytest.mark.parametrize(
    "line",
    [
        "http://a.example/ok，http://a.example/gone",
        "www.a.example/ok\thttps://a.example/gone",
        "www.a.example，HTTP://a.example/gone",
        "http://a.example/（http://a.example/gone）",
        "//a.example http://a.example/gone",
    ],
)
def test_two_addresses_in_a_line_come_back_as_they_are(line: str) -> None:
    assert holds_several(line)
    assert address_as_typed(f" {line}\n") == line


@pytest.mark.parametrize("line", ["云岭县 http://a.example/", "。http://a.example/", "http://a.example/，b", ""])
def test_a_line_with_less_than_two_addresses_holds_not_several(line: str) -> None:
    assert not holds_several(line)


@pytest.mark.parametrize("text", ["http:///ok", "https:////ok/a", "http:\\\\\\ok", "http:///ok.html"])
def test_a_path_without_a_host_is_given_none(text: str) -> None:
    assert address_as_typed(text) == text
