"""What recorded pages say, taken from their bytes by other means than the parsers', stands in the records."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from crawler.dates import parse_time
from crawler.page import Page
from crawler.reading import read
from crawler.spiders.toutiao.address import kind_of, post_of
from records import Post, Profile
from tests.recorded_mirror import RECORDINGS, captured_at

pytestmark = pytest.mark.skipif(
    not RECORDINGS.exists() and "CI" not in os.environ, reason="recorded pages are not on this machine"
)
CAPTURED = captured_at()
LISTS = [name for name in CAPTURED if "timeline" in name or name.startswith("weibocom_mymblog_uid")]
FEEDS = [name for name in CAPTURED if name.startswith("feed_")]
ARTICLES = [name for name in CAPTURED if re.match(r"article_|gov_|video_page|picture_share", name)]
OLD_LISTS = [name for name in CAPTURED if name.startswith("weibocn_profile")]


def source(platform: str, name: str) -> str:
    return (RECORDINGS / platform / name).read_text(encoding="utf-8", errors="replace")


def records(platform: str, name: str) -> tuple[Any, ...]:
    body = (RECORDINGS / platform / name).read_bytes()
    return read(Page(url="", body=body, fetched_at=datetime.fromisoformat(CAPTURED[name]))).records


def posts(platform: str, name: str) -> list[Post]:
    return [record for record in records(platform, name) if isinstance(record, Post)]


def blogs_of(name: str) -> list[dict[str, Any]]:
    """The post objects of a list answer, also of one that a browser wrapped."""
    text = source("weibo", name)
    text = html.unescape(text[text.index("{") : text.rindex("}") + 1]) if text.startswith("<") else text
    data = json.loads(text)["data"]
    return data["list"] if "list" in data else [card["mblog"] for card in data["cards"] if "mblog" in card]


@pytest.mark.parametrize("name", LISTS)
def test_every_post_of_a_weibo_list_with_its_time_and_counters(name: str) -> None:
    blogs = blogs_of(name)
    got = posts("weibo", name)
    assert [post.post_id for post in got] == [str(blog["mid"]) for blog in blogs]
    for post, blog in zip(got, blogs, strict=True):
        assert post.published_at == datetime.strptime(blog["created_at"], "%a %b %d %H:%M:%S %z %Y")
        figures = (blog["attitudes_count"], blog["comments_count"], blog["reposts_count"])
        assert tuple(post.counters[key] for key in ("likes", "comments", "reposts")) == figures
        assert post.is_repost == ("retweeted_status" in blog)
        pinned = blog.get("isTop") == 1 or (blog.get("title") or {}).get("text") == "置顶"
        assert post.pinned == pinned
        assert sum(one.kind == "picture" for one in post.media) == (0 if post.is_repost else blog["pic_num"])


@pytest.mark.parametrize("name", OLD_LISTS)
def test_every_block_of_an_old_weibo_page_with_its_counters_and_the_header(name: str) -> None:
    text = source("weibo", name)
    blocks = re.split(r'<div class="c" id="M_', text)[1:]
    got = posts("weibo", name)
    assert [post.url.rsplit("/", 1)[1] for post in got] == [block[:9] for block in blocks]
    for post, block in zip(got, blocks, strict=True):
        for key, label in (("likes", "赞"), ("comments", "评论"), ("reposts", "转发")):
            shown = int(re.findall(rf">{label}\[(\d+)\]</a>", block)[-1])
            assert getattr(post.counters[key], "at_least", post.counters[key]) == shown
        month, day, clock = re.search(r'"ct">(\d\d)月(\d\d)日 (\d\d:\d\d)', block).groups()  # type: ignore[union-attr]
        assert post.published_at == datetime.fromisoformat(f"2020-{month}-{day}T{clock}:00+08:00")
    (profile,) = (record for record in records("weibo", name) if isinstance(record, Profile))
    assert [profile.posts_total, profile.followers] == [int(n) for n in re.findall(r"(?:微博|粉丝)\[(\d+)\]", text)]


@pytest.mark.parametrize("name", FEEDS)
def test_every_item_of_a_feed_with_its_address_time_and_title(name: str) -> None:
    items = ElementTree.fromstring(source("wechat", name)).findall("channel/item")  # noqa: S314 (our own recording)
    got = posts("wechat", name)
    assert [post.post_id for post in got] == [f"s/{item.findtext('link', '').rsplit('/', 1)[1]}" for item in items]
    assert [post.published_at for post in got] == [
        parsedate_to_datetime(item.findtext("pubDate", "")) for item in items
    ]
    titles = [html.unescape(item.findtext("title", "")).replace("\xa0", " ").strip("\u200b ") for item in items]
    assert [post.title for post in got] == titles


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_with_its_account_place_and_second(name: str) -> None:
    text = source("wechat", name)
    post, profile = records("wechat", name)
    assert f'"{profile.uid}"' in text.replace("'", '"')
    assert re.search(rf"user_name\b[^\n]*[\"']{profile.aliases['gh_id']}[\"']", text)
    seconds = re.findall(r"(?:\bct|ori_create_time|oriCreateTime)\b[^\n]{0,60}?[\"'](1[0-9]{9})[\"']", text)
    assert {int(second) for second in seconds} == {int(post.published_at.timestamp())}
    biz, mid, idx = post.post_id.split(":")
    assert biz == profile.uid
    assert re.search(rf"\bmid\b[^\n]{{0,80}}\b{mid}\b|mid={mid}\b", text)
    assert re.search(rf"\bidx\b[^\n]{{0,80}}[\"'=]{idx}\b", text)
    titled = re.search(r'<meta property="og:title" content="([^"]+)"', text)
    if titled and post.title is not None:
        assert post.title == html.unescape(html.unescape(titled[1])).strip()


def test_accounts_of_a_sogou_page_without_the_highlighting() -> None:
    rows = re.split(r'<li id="sogou_vr_11002301_box_\d+"', source("wechat", "sogou_account_search_2017.html"))[1:]
    got = records("wechat", "sogou_account_search_2017.html")
    plain = [re.sub(r"<!--.*?-->|<[^>]+>", "", row, flags=re.DOTALL) for row in rows]
    assert len(got) == len(rows) == 10
    for candidate, words in zip(got, plain, strict=True):
        assert candidate.name in words
        assert f"微信号：{candidate.uid}" in "".join(words.split())
        assert f"认证：{candidate.verified_entity}" in html.unescape("".join(words.split()))


def test_the_home_feed_of_toutiao_but_for_cards_and_an_item_without_author() -> None:
    text = source("toutiao", "pc_home_rendered_2025-11-02.html")
    packed = re.search(r'id="RENDER_DATA"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert packed is not None
    feed = json.loads(unquote(packed[1]))["data"]["initialFeedList"]
    told = [item for item in feed if item["cell_type"] != 48 and (item.get("user_info") or item.get("user"))]
    got = posts("toutiao", "pc_home_rendered_2025-11-02.html")
    assert len(feed) - len(told) == 3
    for post, item in zip(got, told, strict=True):
        assert post.published_at is not None
        assert int(post.published_at.timestamp()) == item["publish_time"]
        assert post.counters["likes"] == item["digg_count"]
        assert post.counters["comments"] == item["comment_count"]
        assert post.post_id in (item.get("group_id"), str(item.get("thread_id_str") or item.get("id")))


def test_a_table_of_2018_has_advertisements_that_are_no_posts_of_the_site() -> None:
    table = (RECORDINGS / "toutiao" / "feed_table_2018_gbk.csv").read_bytes().decode("gb18030")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) > 20
    for row in rows:
        address = row["source_url"].replace("toutiao.com//", "toutiao.com/")
        is_post = "/group/" in address
        assert (post_of(address) is not None) == is_post
        assert (kind_of(address) is not None) == is_post
        seen = parse_time(row["behot_time"], datetime.fromisoformat(CAPTURED["pc_gallery_2019_base_data.html"]))
        assert seen == (datetime.fromisoformat(f"{row['behot_time']}+08:00"), "second")
    assert {row["tag"] for row in rows if "/group/" not in row["source_url"]} >= {"ad.platform.site"}
