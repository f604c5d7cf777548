"""The mirror: where requests go, what stays original, and what its named failures become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.mirrors import mirrored
from crawler.transport import MIRROR_ERRORS
from demo.server import original_url
from tests.crawler.crawling import last, list_of, observed, records, weibo
from tests.crawler.mirror import Mirror

HERE = "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://m.weibo.cn/a/b?c=d&e=%2F", f"{HERE}/https/m.weibo.cn/a/b?c=d&e=%2F"),
        ("http://t.cn/A6", f"{HERE}/http/t.cn/A6"),
        ("https://www.yunling.example", f"{HERE}/https/www.yunling.example/"),
        ("https://www.yunling.example:8443/x", f"{HERE}/https/www.yunling.example:8443/x"),
    ],
)
def test_an_address_lies_under_the_mirror_by_scheme_host_and_path(url: str, expected: str) -> None:
    assert mirrored(url, HERE) == mirrored(url, HERE + "/") == expected


def test_without_a_mirror_the_address_stays() -> None:
    assert mirrored("https://m.weibo.cn/a?b", "") == "https://m.weibo.cn/a?b"


NAMES = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z]{2,5}){1,2}", fullmatch=True)
PATHS = st.from_regex(r"(/[A-Za-z0-9_.~%-]{0,8}){1,3}(\?[A-Za-z0-9=&%_]{1,12})?", fullmatch=True)


@given(st.sampled_from(("http", "https")), NAMES, PATHS)
def test_the_mirror_can_tell_the_original_address_again(scheme: str, host: str, path: str) -> None:
    url = f"{scheme}://{host}{path}"
    assert original_url(mirrored(url, HERE).removeprefix(HERE)) == url


def test_the_mirror_names_five_failures() -> None:
    assert set(MIRROR_ERRORS) == {"dns", "refused", "reset", "timeout", "tls"}


def test_every_failure_of_a_host_is_an_error_and_never_silence() -> None:
    kinds = tuple(MIRROR_ERRORS)
    uids = [f"76010000{number:02}" for number in range(1, 6)]
    pages = {list_of(uid): (502, {"X-Mirror-Error": kind}, b"") for uid, kind in zip(uids, kinds, strict=True)}
    with Mirror(pages) as mirror:
        told = observed(mirror, *weibo(*uids))
    assert last(told) == {uid: ("none", "error") for uid in uids}
    assert (list(records(told)), told["faults"]) == ([], 0)
