"""Which account a link on any page leads to, and which of its words are the account's name."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.account_links import MAX_NAME, account_links, account_of, clean_name, is_name
from crawler.page import Page

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BIZ = "MzAwMDAwMDAwMQ=="
TOKEN = "MS4wLjABAAAA" + "a" * 40

ACCOUNTS = {
    "https://weibo.com/u/7699000001?refer_flag=1001030103_": "weibo:7699000001",
    "https://weibo.com/7699000001": "weibo:7699000001",
    "https://weibo.com/p/1005057699000001/home": "weibo:7699000001",
    "https://m.weibo.cn/u/7699000001": "weibo:7699000001",
    "https://m.weibo.cn/profile/7699000001": "weibo:7699000001",
    "https://weibo.com/YunlingFabu": "weibo:yunlingfabu",
    "https://weibo.com/n/%E4%BA%91%E5%B2%AD%E5%8F%91%E5%B8%83": "weibo:name:云岭发布",
    f"https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={BIZ}#wechat_redirect": f"wechat:{BIZ}",
    f"http://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1&sn=ab": f"wechat:{BIZ}",
    "https://open.weixin.qq.com/qr/code?username=gh_0A1b2c3d4e5f": "wechat:gh_0a1b2c3d4e5f",
    "https://weixin.sogou.com/gzh?openid=oIWsFt5QBSP8mn4Jx2WSGw_rjkKn": "wechat:sogou:oIWsFt5QBSP8mn4Jx2WSGw_rjkKn",
    f"https://www.toutiao.com/c/user/token/{TOKEN}/?source=x": f"toutiao:{TOKEN}",
    "https://www.toutiao.com/c/user/2699000000000001/": "toutiao:2699000000000001",
    "https://m.toutiao.com/profile/2699000000000001/": "toutiao:2699000000000001",
}
NOBODYS = [
    "https://weibo.com/login",
    "https://weibo.com/ttarticle/p/show?id=1",
    "https://weibo.com/7699000001/N69NQmumB",
    "https://weibo.com.example/u/7699000001",
    "https://mp.weixin.qq.com/s?src=11&timestamp=1&signature=x",
    "https://mp.weixin.qq.com/mp/profile_ext?__biz=%%%",
    "https://weixin.sogou.com/link?url=abc",
    "https://www.toutiao.com/article/7000000000000000001/",
    "https://[",
    "javascript:alert(1)",
]


def names(html: str, url: str = "") -> list[tuple[str, str]]:
    """``(account, name)`` of the links of a page."""
    return [(one.ref, one.name) for one in account_links(Page(url=url, body=html.encode(), fetched_at=NOW))]


@pytest.mark.parametrize("url", ACCOUNTS)
def test_an_address_leads_to_its_account(url: str) -> None:
    key = account_of(url)
    assert key is not None and f"{key.platform}:{key.uid}" == ACCOUNTS[url]


@pytest.mark.parametrize("url", NOBODYS)
def test_an_address_that_is_nobodys_leads_to_no_account(url: str) -> None:
    assert account_of(url) is None


@pytest.mark.parametrize(
    "text", ["3021粉丝", "粉丝 12.3万", "+关注", "查看更多", "11-15 10:00", "3小时前", "weibo.com/u/1", "…"]
)
def test_words_that_are_no_name_give_no_account(text: str) -> None:
    assert names(f'<a href="https://weibo.com/u/7699000001">{text}</a>') == []


def test_the_name_is_what_the_reader_sees() -> None:
    page = """<a href="//weibo.com/u/7699000001"><img alt="头像">云岺<!--x--><em>发布</em><script>x()</script></a>
              <a href="https://weibo.com/u/7699000003"><img src="a.png" alt="云岭医保"></a>
              <a href="https://weibo.com/u/7699000002"><div>云陵发布</div><p>云陵县权威信息发布平台，商务合作请私信</p></a>"""
    assert [name for _, name in names(page)] == ["云岺发布", "云岭医保", "云陵发布"]


def test_an_account_is_listed_once_under_its_best_name() -> None:
    page = f"""<a href="https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1">云岭县召开大会</a>
               <a href="https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz={BIZ}">云岭发布</a>
               <a href="https://weibo.com/n/云岭教育">@云岭教育</a><a href="https://weibo.com/u/7699000004">云岭教育</a>"""
    assert names(page) == [(f"wechat:{BIZ}", "云岭发布"), ("weibo:7699000004", "云岭教育")]


def test_the_title_of_a_post_is_no_name_of_its_account() -> None:
    link = f'<a href="https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1">%s</a>'
    assert names(link % "云岭县：明天起这些路段将临时封闭，请绕行") == []
    assert names(link % "云岭发布") == [(f"wechat:{BIZ}", "云岭发布")]


def test_a_relative_link_is_read_by_the_page_s_address_only() -> None:
    page = '<a href="/u/7699000001">云岺发布</a>'
    assert names(page) == []
    assert names(page, "https://weibo.com/search") == [("weibo:7699000001", "云岺发布")]


@given(st.text(max_size=200))
def test_a_name_is_one_clean_line(text: str) -> None:
    name = clean_name(f"@{text}\u202e<b>\x00")
    is_clean = not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name) and name == name.strip()
    assert not is_name(name) or (len(name) <= MAX_NAME and is_clean)


@given(st.text(alphabet='<>ab"=/ hrefu7699\u202e', max_size=300))
def test_no_markup_breaks_the_reading(text: str) -> None:
    assert all(len(name) <= MAX_NAME for _, name in names(text))
