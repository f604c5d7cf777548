"""Which account an id or address means."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.cells import CellError
from registry.identity import parse_biz, parse_identity

TOKEN = "MS4wLjABAAAA" + "Zx7_-" * 8
USER_ID, MEDIA_ID = "1400000000000123", "1600000000000456"
PROFILE = "https://profile.zjurl.cn/rogue/ugc/profile/?user_id="
BIZ = base64.b64encode(b"3012345678").decode()
SHORT = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
LONG = f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=2650000001&idx=1&sn=0a1b#rd"
UID = {"uid": "1000000001"}

KNOWN = [
    ("weibo", "1000000001", "", "1000000001", UID),
    ("weibo", "UID：1000000001", "", "1000000001", UID),
    ("weibo", "", "https://weibo.com/u/1000000001?tabtype=feed", "1000000001", UID),
    ("weibo", "", "m.weibo.cn/u/1000000001", "1000000001", UID),
    ("weibo", "", "https://m.weibo.cn/profile/1000000001", "1000000001", UID),
    ("weibo", "", "https://weibo.com/1000000001/profile", "1000000001", UID),
    ("weibo", "", "https://weibo.com/p/1005051000000001/home", "1000000001", UID),
    ("weibo", "https://weibo.com/u/1000000001", "", "1000000001", UID),
    ("weibo", "", "https://weibo.com/YunLingFabu", "yunlingfabu", {"domain": "yunlingfabu"}),
    ("weibo", "1000000001", "https://weibo.com/yunlingfabu", "1000000001", {**UID, "domain": "yunlingfabu"}),
    ("weibo", "1000000001", "https://weibo.com/n/云岭发布", "1000000001", UID),
    ("wechat", BIZ, "", BIZ, {"biz": BIZ}),
    ("wechat", BIZ.rstrip("="), "", BIZ, {"biz": BIZ}),
    ("wechat", f"__biz={BIZ.replace('=', '%3D')}", "", BIZ, {"biz": BIZ}),
    ("wechat", "MP_WXS_3012345678", "", BIZ, {"biz": BIZ}),
    ("wechat", "GH_0a1b2c3d4e5f", "", "gh_0a1b2c3d4e5f", {"gh_id": "gh_0a1b2c3d4e5f"}),
    ("wechat", "YunLing-fabu", "", "YunLing-fabu", {"wechat_id": "YunLing-fabu"}),
    ("wechat", "yunlingfabu", LONG, BIZ, {"wechat_id": "yunlingfabu", "biz": BIZ}),
    ("wechat", "", LONG, BIZ, {"biz": BIZ}),
    ("wechat", "", f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={BIZ}", BIZ, {"biz": BIZ}),
    ("wechat", "", SHORT, "s/AbCdEfGhIjKlMnOpQrStUv", {}),
    ("toutiao", TOKEN, "", TOKEN, {"token": TOKEN}),
    ("toutiao", "", f"https://www.toutiao.com/c/user/token/{TOKEN}/?tab=article", TOKEN, {"token": TOKEN}),
    ("toutiao", USER_ID, "", USER_ID, {"user_id": USER_ID}),
    ("toutiao", "", f"https://www.toutiao.com/c/user/{USER_ID}/", USER_ID, {"user_id": USER_ID}),
    ("toutiao", "", f"https://www.toutiao.com/m{MEDIA_ID}/", MEDIA_ID, {"media_id": MEDIA_ID}),
    ("toutiao", "", PROFILE + USER_ID, USER_ID, {"user_id": USER_ID}),
    ("toutiao", USER_ID, f"toutiao.com/c/user/token/{TOKEN}/", TOKEN, {"user_id": USER_ID, "token": TOKEN}),
    ("douyin", "yunling_01", "", "yunling_01", {}),
    ("website", "", "https://www.yunling.example.cn/", "https://www.yunling.example.cn/", {}),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "given_id", "link", "uid", "aliases"), KNOWN)
def test_ids_and_addresses_name_the_account(
    platform: str, given_id: str, link: str, uid: str, aliases: dict[str, str]
) -> None:
    identity = parse_identity(platform, [given_id], link)
    assert (identity.uid, identity.aliases) == (uid, aliases)


REFUSED = [
    ("weibo", "云岭发布", "", "请填数字 UID"),
    ("weibo", "", "https://weibo.com/n/云岭发布", "请填数字 UID"),
    ("weibo", "", "https://t.cn/A6xYz", "短链接"),
    ("weibo", "", "https://m.weibo.cn/status/5000000000000001", "请填数字 UID"),
    ("weibo", "", "https://weibo.com.evil.example/u/1000000001", "不是微博的网址"),
    ("weibo", "1000000001", "https://weibo.com/u/1000000002", "不是同一个账号"),
    ("weibo", "1000000001、1000000002", "", "各写一行"),
    ("weibo", "1000000001\n1000000002", "", "各写一行"),
    ("weibo", "1000000001|1000000002", "", "各写一行"),
    ("weibo", "", "https://weibo.com/u/1000000001;https://weibo.com/u/1000000002", "各写一行"),
    ("wechat", "1000000001", "", "__biz"),
    ("wechat", "gh_0a1b2c3d4e5f；gh_0a1b2c3d4e60", "", "各写一行"),
    ("wechat", "", "https://weibo.com/u/1000000001", "不是微信公众号的网址"),
    ("wechat", "", "https://mp.weixin.qq.com/s?__biz=MzA&mid=1", "__biz 不完整"),
    ("wechat", "", "https://weixin.qq.com/r/abc", "一篇文章"),
    ("toutiao", "云岭发布", "", "主页地址"),
    ("toutiao", "", "https://www.toutiao.com/article/7100000000000012345/", "主页地址"),
    ("douyin", "", "", "账号ID"),
]


@pytest.mark.parametrize(("platform", "given_id", "link", "words"), REFUSED)
def test_what_names_no_one_account_is_refused(platform: str, given_id: str, link: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        parse_identity(platform, [given_id], link)


def test_an_article_address_of_a_wechat_account_is_kept_as_an_article() -> None:
    album = f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&album_id=1"
    identity = parse_identity("wechat", ["yunlingfabu"], SHORT, [album])
    assert identity.article_links == (SHORT, album)
    assert identity.uid == BIZ


def test_an_article_of_another_account_is_refused() -> None:
    other = base64.b64encode(b"3012345679").decode()
    with pytest.raises(CellError, match="不是同一个账号"):
        parse_identity("wechat", [BIZ], "", [LONG.replace(BIZ, other)])


@given(st.integers(10_000, 10**12))
def test_a_biz_reads_the_same_however_it_is_padded_or_quoted(number: int) -> None:
    biz = base64.b64encode(str(number).encode()).decode()
    if len(biz.rstrip("=")) >= 8:
        assert {parse_biz(form) for form in (biz, biz.rstrip("="), biz.replace("=", "%3D"))} == {biz}


@given(st.sampled_from(["weibo", "wechat", "toutiao", "douyin"]), st.text(max_size=60), st.text(max_size=80))
def test_no_text_breaks_the_reading_of_ids(platform: str, given_id: str, link: str) -> None:
    try:
        identity = parse_identity(platform, [given_id], link)
    except CellError:
        return
    assert identity.uid
