"""Addresses that are not called, known before anything is asked."""

from __future__ import annotations

import pytest

from crawler.link_states import is_callable, parse_networks, standing_of_address


@pytest.mark.parametrize(
    ("address", "state", "reason"),
    [
        ("http://127.0.0.1/", "refused", "private"),
        ("http://127.1/", "refused", "private"),
        ("http://2130706433/", "refused", "private"),
        ("http://0x7f.0.0.1/", "refused", "private"),
        ("http://１２７.０.０.１/", "refused", "private"),
        ("http://[::1]/", "refused", "private"),
        ("http://[::ffff:10.0.0.1]/", "refused", "private"),
        ("http://localhost:8000/", "refused", "private"),
        ("http://192.168.1.1/", "refused", "private"),
        ("http://100.100.100.200/", "refused", "private"),
        ("http://224.0.0.1/", "refused", "private"),
        ("ftp://yunling.example/", "refused", "not_http"),
        ("mailto:a@yunling.example", "refused", "not_http"),
        ("http://a:b@yunling.example/", "refused", "credentials"),
        ("javascript:;", "uncheckable", "needs_phone_or_script"),
        ("weapp://wx1/pages", "uncheckable", "needs_phone_or_script"),
        ("weixin://dl/business", "uncheckable", "needs_phone_or_script"),
        ("#", "uncheckable", "not_an_address"),
        ("", "uncheckable", "not_an_address"),
        ("http://", "uncheckable", "not_an_address"),
        ("http://a..b/", "uncheckable", "not_an_address"),
        ("http://yunling.example:99999/", "uncheckable", "not_an_address"),
        ("http://t.cn/A6abc", "uncheckable", "short_link"),
        ("https://wx1.example/a.jpg?Expires=1&ssig=abc", "uncheckable", "expiring"),
        ("https://p3.example/a.image?x-expires=1", "uncheckable", "expiring"),
    ],
)
def test_an_address_we_cannot_or_will_not_call(address: str, state: str, reason: str) -> None:
    standing = standing_of_address(address, ())
    assert standing is not None
    assert (standing.state, standing.reason) == (state, reason)


def test_public_addresses_are_called() -> None:
    assert standing_of_address("https://www.云岭.example/a?b=1#c", ()) is None
    assert is_callable("8.8.8.8", ())
    assert not is_callable("64:ff9b::7f00:1", ())
    assert not is_callable("2002:7f00:1::", ())
    assert is_callable("10.0.0.1", parse_networks(["10.0.0.0/8"]))
