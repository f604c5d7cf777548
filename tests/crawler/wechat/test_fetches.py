"""What is asked for an account: its feed, its albums, posts to prove; never a list that does not exist."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from crawler.page import Fetch, Page, Target
from crawler.spiders.wechat import first_fetches, parse_article, parse_feed
from records import Account
from tests.test_pages import PAGES, page_of

BIZ = base64.b64encode(b"3900000001").decode()
SHORT = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAA0"
ALBUM = f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ}&amp;action=getalbum&amp;album_id=123#wechat_redirect"
SINCE = datetime(2026, 11, 16, tzinfo=UTC)


def asked(account: dict[str, Any] | None = None, **target: Any) -> list[Fetch]:
    filed = Account(platform="wechat", uid=BIZ, name="云岭发布", unit="云岭县人民政府", **(account or {}))
    return list(first_fetches(Target(account=filed, since=SINCE, **target)))


def test_an_account_without_any_source_asks_nothing() -> None:
    assert asked() == []


def test_feed_then_albums_then_posts() -> None:
    fetches = asked(
        {"feed_url": "http://127.0.0.1/f.xml", "article_links": (SHORT + "1", ALBUM, ALBUM)}, links=(SHORT + "2",)
    )
    assert [fetch.kind for fetch in fetches] == ["feed", "album", "article", "article"]
    assert fetches[1].url.endswith(f"__biz={BIZ}&album_id=123&count=10&f=json")
    assert [fetch.about for fetch in fetches[2:]] == ["s/AAAAAAAAAAAAAAAAAAAA02", "s/AAAAAAAAAAAAAAAAAAAA01"]


def test_posts_already_held_are_not_asked_again() -> None:
    assert asked({"article_links": (SHORT + "1",)}, held=frozenset({"s/AAAAAAAAAAAAAAAAAAAA01"})) == []


def test_the_known_post_is_looked_at_again_though_held() -> None:
    fetches = asked(recheck=(SHORT + "1",), links=(SHORT + "1",), held=frozenset({"s/AAAAAAAAAAAAAAAAAAAA01"}))
    assert fetches == [Fetch(url=SHORT + "1", kind="article", about="")]


def test_one_post_under_two_addresses_of_one_kind_is_asked_once() -> None:
    assert len(asked(links=(SHORT + "1", SHORT + "1?scene=2", SHORT.replace("https", "http") + "1#rd"))) == 1


def test_temporary_addresses_are_never_asked() -> None:
    assert asked(links=("https://mp.weixin.qq.com/s?src=11&timestamp=1&ver=1&signature=x",)) == []


def test_a_migrated_posts_new_address_is_asked() -> None:
    found = [item for item in parse_article(page_of(PAGES / "wechat/article/migrated")) if isinstance(item, Fetch)]
    assert [fetch.about.split(":")[1:] for fetch in found] == [["2247480001", "1"]]


def test_a_feeds_items_are_asked_under_their_key() -> None:
    found = [item for item in parse_feed(page_of(PAGES / "wechat/feed/wewe_atom")) if isinstance(item, Fetch)]
    assert [(fetch.kind, fetch.about) for fetch in found] == [("article", "s/BBBBBBBBBBBBBBBBBBBB05")]


def test_an_old_copy_keeps_the_servers_time() -> None:
    page = page_of(PAGES / "wechat/article/service_account_2026")
    later = Page(url=page.url, body=page.body, fetched_at=datetime(2026, 12, 24, tzinfo=UTC))
    profile = next(item for item in parse_article(later) if type(item).__name__ == "Profile")
    assert profile.observed_at == datetime.fromtimestamp(1795176000, UTC)  # type: ignore[union-attr]
