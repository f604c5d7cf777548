"""One post has one clean address and one key, whatever was put around them."""

from __future__ import annotations

import base64
import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.wechat import address_key, album_key, clean_address, is_biz
from crawler.spiders.wechat.address import album_url, long_url
from tests.conftest import SHARED

BIZ = base64.b64encode(b"3900000001").decode()
LONG = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2247480100&idx=2&sn=beef"
SHORT = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA_-1"


@pytest.mark.parametrize(
    "written",
    [
        LONG,
        LONG.replace("https", "http").replace("&", "&amp;") + "&amp;chksm=1&amp;scene=21#wechat_redirect",
        LONG.replace("&", "&amp;amp;"),
        LONG.replace("&", r"\x26amp;") + "#rd",
        LONG.replace("==", "%3D%3D"),
        LONG.replace("==", ""),
        LONG.replace("mid=", "appmsgid=").replace("idx=", "itemidx=").replace("sn=", "sign="),
        LONG.removeprefix("https://"),
        f"  {LONG}\n",
    ],
)
def test_a_long_address_is_cleaned(written: str) -> None:
    assert clean_address(written) == LONG
    assert address_key(written) == f"{BIZ}:2247480100:2"


@pytest.mark.parametrize(
    "written", [SHORT, SHORT + "?scene=1&amp;key=x#rd", SHORT.replace("https", "http"), SHORT + "/"]
)
def test_a_short_address_is_cleaned(written: str) -> None:
    assert clean_address(written) == SHORT
    assert address_key(written) == "s/AAAAAAAAAAAAAAAAAAA_-1"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "云岭发布",
        "https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=x*y",
        "https://mp.weixin.qq.com/s/AAAAAAAA",
        LONG.replace("mid=2247480100", "mid=0"),
        LONG.replace("idx=2", "idx=x"),
        LONG.replace(BIZ, "notbase64"),
        LONG.replace("mp.weixin.qq.com", "mp.weixin.qq.com.example"),
        LONG.replace("https://", "https://mp.weixin.qq.com@example.com/"),
        SHORT.replace("mp.weixin", "user@mp.weixin"),
        SHORT.replace("qq.com", "qq.com:8080"),
        "https://mp.weixin.qq.com:99999999/s/AAAAAAAAAAAAAAAAAAA_-1",
        "https://[mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA_-1",
        f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={BIZ}",
        "javascript:alert(1)//mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAA_-1",
    ],
)
def test_what_is_no_posts_address_has_no_key(written: str) -> None:
    assert address_key(written) is None
    assert clean_address(written) is None


def test_an_albums_address_gives_account_and_album() -> None:
    written = f"http://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&amp;action=getalbum&amp;album_id=123#wechat_redirect"
    assert album_key(written) == (BIZ, "123")
    assert album_key(album_url(BIZ, "123", after=("7", "2"))) == (BIZ, "123")
    assert album_key(LONG) is None


@given(st.integers(1, 10**12), st.integers(1, 10**10), st.integers(1, 8))
def test_cleaning_twice_changes_nothing(number: int, mid: int, idx: int) -> None:
    url = long_url(base64.b64encode(str(number).encode()).decode(), str(mid), str(idx), "a1")
    assert clean_address(url) == url == clean_address(clean_address(url) or "")


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    for written in (text, f"https://mp.weixin.qq.com/{text}", f"https://{text}/s/AAAAAAAAAAAAAAAAAAA_-1"):
        assert (address_key(written) is None) == (clean_address(written) is None)


@pytest.mark.skipif(not SHARED.exists(), reason="the list of accounts is not on this machine")
def test_every_listed_account_key_is_known() -> None:
    with (SHARED / "recordings/wechat/accounts_list_2021.csv").open(encoding="utf-8-sig") as lines:
        keys = [row[1] for row in csv.reader(lines)][1:]
    assert len(keys) > 9000
    assert [key for key in keys if not is_biz(key)] == []


@pytest.mark.parametrize(
    "address", [LONG + "\ud800", LONG.replace("__biz=", "__biz=\udfff"), SHORT + "?a=\ud800", LONG + "\ufffd"]
)
def test_half_a_surrogate_pair_stands_in_no_address(address: str) -> None:
    assert (clean_address(address), address_key(address), album_key(address)) == (None, None, None)
