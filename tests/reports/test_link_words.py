"""What the link check says of a link: the office's words, and of which address they are."""

from __future__ import annotations

import pytest

from reports.link_words import link_reason


@pytest.mark.parametrize(
    ("reason", "status", "said"),
    [
        ("private", None, "跳转到 http://10.0.0.1/，内网或本机地址"),
        ("http_404", 404, "跳转到 http://10.0.0.1/，对方返回 404，页面不存在"),
        (None, None, ""),
    ],
)
def test_a_reason_that_is_about_another_address_names_it(reason: str | None, status: int | None, said: str) -> None:
    assert link_reason(reason, status, "http://10.0.0.1/") == said


def test_a_reason_that_is_about_the_link_itself_names_no_address() -> None:
    assert link_reason("private") == "内网或本机地址"


def test_a_line_with_two_addresses_is_told_with_what_to_do() -> None:
    assert link_reason("several_addresses") == "一行里有两个网址，请分行写"
