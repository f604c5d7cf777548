"""What would let a reader of the archive in is replaced before it is written; what only names a public page stays."""

from __future__ import annotations

import gzip
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipelines.archive import WarcArchive
from pipelines.redaction import redacted_address, redacted_body, redacted_headers
from tests.pipelines.answers import LIST, ORDINARY, exchange, page, passes_check

NAMES = "access_token token pass_ticket poc_token st key secret appsecret sign signature msToken".split()
SECRET = "s3cr3t"  # noqa: S105
WORD = st.text("abcxyz019-_.~", min_size=1, max_size=8)


@given(
    name=st.sampled_from(NAMES),
    mark=st.sampled_from("?&#;"),
    others=st.lists(st.tuples(WORD, WORD), max_size=3),
    depth=st.integers(0, 3),
)
def test_a_token_is_replaced_wherever_it_stands(
    name: str, mark: str, others: list[tuple[str, str]], depth: int
) -> None:
    rest = "".join(f"&{key}={value}" for key, value in others)
    address = f"https://a.example/p?a=1{mark}{name}={SECRET}{rest}"
    for _ in range(depth):
        address = f"https://login.example/?url={quote(address, safe='')}"
    shown, replaced = redacted_address(address)
    assert SECRET not in shown
    assert f"query:{name.lower()}" in replaced
    assert redacted_address(shown)[0] == shown


@pytest.mark.parametrize(
    "address",
    [
        LIST,
        "https://mp.weixin.qq.com/s?__biz=MzA3&mid=265&idx=1&sn=ab12&chksm=8f#rd",
        "https://mp.weixin.qq.com/s/AbC_d-1",
        "https://www.toutiao.com/api/pc/list/feed?category=profile_all&token=MS4wLjABAAAAx8_-1&max_behot_time=0",
        "https://a.example/p?q=%E4%BA%91%2f&url=http%3a%2f%2fb.example%2F%3fid%3D1",
        "https://a.example/公开?名=值&空=",
        "https://a.example/?stamp=1&monkey=2&tokens=3",
    ],
)
def test_what_only_names_a_public_page_stays_to_the_letter(address: str) -> None:
    assert redacted_address(address) == (address, ())


@given(st.text())
def test_any_text_can_be_looked_at_and_once_is_enough(text: str) -> None:
    shown, _ = redacted_address(text)
    assert redacted_address(shown)[0] == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://clerk:pw@a.example/x", "https://REDACTED@a.example/x"),
        ("https://a.example/?%74oken=abc", "https://a.example/?%74oken=REDACTED"),
        ("https://a.example/?Access-Token=abc", "https://a.example/?Access-Token=REDACTED"),
        (
            "https://passport.weibo.com/visitor/visitor?a=crossdomain&s=_2Ak&sp=0033",
            "https://passport.weibo.com/visitor/visitor?a=crossdomain&s=REDACTED&sp=REDACTED",
        ),
    ],
)
def test_other_ways_to_write_a_credential_are_known(address: str, shown: str) -> None:
    assert redacted_address(address)[0] == shown


def test_cookies_and_authorizations_are_replaced_and_named() -> None:
    headers = (("Cookie", "SUB=1"), ("set-cookie", "a=b"), ("AUTHORIZATION", "x"), ("Proxy-Authorization", "y"))
    shown, names = redacted_headers((*headers, ("Accept", "*/*"), ("Location", f"/a?token={SECRET}")))
    assert shown[-2:] == (("Accept", "*/*"), ("Location", "/a?token=REDACTED"))
    assert {value for _, value in shown[:4]} == {"REDACTED"}
    assert names == ("authorization", "cookie", "proxy-authorization", "query:token", "set-cookie")


@pytest.mark.parametrize(
    "body", [b'{"secret": "s3cr3t", "a": 1}', b"a=1&secret=s3cr3t&b=2", b'{"access_token":"s3cr3t"}']
)
def test_a_requests_body_is_freed_of_secrets(body: bytes) -> None:
    shown, names = redacted_body(body)
    assert b"s3cr3t" not in shown
    assert names == ("body",)


def test_no_credential_reaches_the_disk_and_the_records_say_so(tmp_path: Path) -> None:
    url = f"{LIST}&access_token={SECRET}"
    asked = (("Cookie", f"SUB={SECRET}"), ("Referer", url), ("Authorization", SECRET))
    answer = exchange(
        b"{}", ("Set-Cookie", f"SUB={SECRET}"), ("Set-Cookie", f"X={SECRET}"), ("Location", url),
        request_headers=asked, request_body=f'{{"appsecret":"{SECRET}"}}'.encode(), method="POST", status=302,
    )  # fmt: skip
    snapshot = WarcArchive(tmp_path, 1).keep(page(b"{}", url=url, final_url=url, exchange=answer))
    written = b"".join(path.read_bytes() for path in (tmp_path / "evidence").iterdir())
    with (tmp_path / "evidence" / ORDINARY).open("rb") as file:
        said = [record.rec_headers["X-Xuncha-Redacted"] for record in ArchiveIterator(file)]
    assert SECRET.encode() not in written + gzip.decompress((tmp_path / "evidence" / ORDINARY).read_bytes())
    assert said == ["query:access_token, set-cookie", "authorization, body, cookie, query:access_token"]
    assert snapshot.url == f"{LIST}&access_token=REDACTED"
    assert passes_check(tmp_path)
