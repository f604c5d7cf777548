"""The main job on real input: the recorded pages, laid out as a mirror, are crawled by ``xuncha nightly``."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.browser import find_chromium
from tests.recorded_mirror import EXPECTED, POLL, RECORDINGS, RecordedMirror, feed_accounts, feed_url
from tests.recorded_office import Office

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not RECORDINGS.exists() and "CI" not in os.environ, reason="recorded pages are not on this machine"
    ),
]


@dataclass
class Nights:
    """What two nights in a row gave: their reports, the coverage after each, and what is stored at the end."""

    office: Office
    nights: list[Any]
    coverage: list[dict[str, Any]]
    posts: list[dict[str, Any]]
    names: dict[str, str]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    mirror = RecordedMirror()
    with mirror.serving() as server:
        yield Office(tmp_path / "home", mirror, server)


def two_nights(office: Office, rows: list[dict[str, str]], first: str, second: str) -> Nights:
    office.registers(first, rows)
    nights, coverage = [], []
    for poll, now in (("poll1", first), ("poll2", second)):
        office.mirror.poll = poll
        nights.append(office.xuncha(now, "nightly", "--json"))
        coverage.append(office.coverage(now))
    listed = office.xuncha(second, "accounts", "list", "--json")
    names = {account["name"]: account["account"] for account in listed}
    return Nights(office, nights, coverage, office.xuncha(second, "posts", "--json"), names)


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """A microblog and eight feeds, looked at when they were recorded."""
    mirror = RecordedMirror()
    with mirror.serving() as server:
        office = Office(tmp_path_factory.mktemp("june") / "home", mirror, server)
        yield two_nights(office, [weibo_row(), *feed_rows()], *LOOKS)


@pytest.fixture(scope="module")
def november(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Three accounts known by the addresses of their articles."""
    mirror = RecordedMirror()
    with mirror.serving() as server:
        office = Office(tmp_path_factory.mktemp("november") / "home", mirror, server)
        yield two_nights(office, article_rows(), ARTICLES_NIGHT, "2025-11-13T20:00:00+08:00")


def expected(platform: str, file: str) -> dict[str, Any]:
    """What tests/expected says of a recorded page."""
    found: dict[str, Any] = json.loads((EXPECTED / platform / f"{file}.json").read_text(encoding="utf-8"))
    return found


def posts_in(platform: str, *files: str) -> dict[str, dict[str, Any]]:
    """The posts of recorded pages by id."""
    pages = (expected(platform, file)["records"] for file in files)
    return {post["post_id"]: post for records in pages for post in records if post["type"] == "post"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


WEIBO = "weibo:6279793937"
LOOKS = ("2021-06-17T15:30:00+08:00", "2021-06-17T20:00:00+08:00")


def weibo_row() -> dict[str, str]:
    return {
        "平台": "微博",
        "账号名称": "明日方舟Arknights",
        "主办单位": "甲单位",
        "访问链接": "https://weibo.com/u/6279793937",
    }


def of_platform(june: Nights, platform: str) -> list[dict[str, Any]]:
    return [post for post in june.posts if post["platform"] == platform]


def test_nobody_is_accused_of_what_the_recordings_do_not_show(june: Nights, november: Nights) -> None:
    for night in (*june.nights, *november.nights):
        assert (night["counts"]["breach"], night["findings"]) == (0, [])


def test_two_looks_at_a_weibo_list_store_each_post_once(june: Nights) -> None:
    stored = of_platform(june, "weibo")
    wanted = posts_in("weibo", POLL.format(poll="poll1"), POLL.format(poll="poll2"))
    assert sorted(post["post_id"] for post in stored) == sorted(wanted)
    assert [night["coverage"][0]["posts_new"] for night in june.nights] == [10, 1]
    keys = ("account", "published_at", "kind", "is_repost", "pinned", "url", "media", "source_name")
    for post in stored:
        assert [post[key] for key in keys] == [wanted[post["post_id"]][key] for key in keys]


def test_a_weibo_list_covers_back_to_its_oldest_post_that_is_not_pinned(june: Nights) -> None:
    seen = june.coverage[0]["明日方舟Arknights"]
    listed = posts_in("weibo", POLL.format(poll="poll1")).values()
    oldest = min(moment(post["published_at"]) for post in listed if not post["pinned"])
    assert min(moment(post["published_at"]) for post in listed) < oldest
    # The next page of the list was not recorded: what is older was not seen, whatever the pinned post says.
    assert (seen["account"], seen["status"], seen["source"], seen["posts_seen"]) == (WEIBO, "partial", "page", 10)
    assert seen["reason"] in ("unparsed", "error")
    assert (moment(seen["covered_from"]), moment(seen["covered_to"]) >= moment(LOOKS[0])) == (oldest, True)
    assert june.office.codes["nightly"] == 3


def test_a_cut_weibo_post_gets_its_whole_text_and_the_address_behind_its_link(june: Nights) -> None:
    stored = {post["post_id"]: post for post in of_platform(june, "weibo")}
    whole = stored["4645748019299849"]
    assert (whole["text_complete"], whole["pinned"], "..." in whole["text"]) == (True, True, False)
    assert "http://mrfz.biligame.com/yllj/" in [link["target"] for link in whole["links"]]
    assert not stored["4649031014551911"]["text_complete"]


FEED_NIGHT = "2021-06-18T02:00:00+08:00"
DECLARED = ("安徽省政府法制办", "佛子山镇发布", "浦沿发布")
STALE = "安徽省政府法制办"


def biz_of(feed: Path) -> str:
    """The account key that a recorded feed names in its own address."""
    found = re.search(r"<link>http://(\w{14})\.", feed.read_text(encoding="utf-8"))
    assert found is not None
    return f"{found[1]}=="


def feed_rows(*names: str) -> list[dict[str, str]]:
    return [
        {
            "平台": "微信公众号",
            "账号名称": name,
            "主办单位": f"{name}主办单位",
            "账号ID": biz_of(path),
            "订阅源": feed_url(name),
            "订阅源完整": "是" if name in DECLARED else "否",
        }
        for name, path in feed_accounts().items()
        if not names or name in names
    ]


def test_eight_recorded_feeds_give_every_item_once(june: Nights) -> None:
    wanted = posts_in("wechat", *(path.name for path in feed_accounts().values()))
    stored = of_platform(june, "wechat")
    keys = ("account", "published_at", "title", "proof")
    assert {post["post_id"]: [post[key] for key in keys] for post in stored} == {
        post_id: [post[key] for key in keys] for post_id, post in wanted.items()
    }
    assert len(stored) == len(wanted)


def test_a_feed_covers_nothing_unless_declared_complete_and_its_clock_advances(june: Nights) -> None:
    first, second = ({name: seen[name] for name in feed_accounts()} for seen in june.coverage)
    forms = {(row["status"], row["reason"], row["source"]) for row in (*first.values(), *second.values())}
    assert forms == {("partial", "truncated", "feed")}
    # Declared complete and built 18 hours before: it covers what it lists. The clocks of the others stand still.
    assert [name for name, row in first.items() if row["covered_from"] is not None] == ["浦沿发布"]
    listed = posts_in("wechat", feed_accounts()["浦沿发布"].name).values()
    assert moment(first["浦沿发布"]["covered_from"]) == min(moment(post["published_at"]) for post in listed)
    assert moment(first["浦沿发布"]["covered_to"]) <= moment(LOOKS[0])
    assert [row["covered_from"] for row in second.values()] == [None] * len(second)


def judgements_of(office: Office, now: str) -> dict[str, tuple[str, str | None]]:
    """What was judged of accounts; the recorded pages hold no searches of the office's keywords."""
    judged = office.xuncha(now, "inspect", "--json")["judgements"]
    return {one["clause"]: (one["result"], one["reason"]) for one in judged if one["subject"] == "account"}


def test_a_stale_feed_is_no_silence_until_its_own_clock_advances(office: Office) -> None:
    office.registers(FEED_NIGHT, feed_rows(STALE))
    office.xuncha(FEED_NIGHT, "nightly", "--json")
    assert set(judgements_of(office, FEED_NIGHT).values()) == {("unknown", "truncated")}
    recorded = feed_accounts()[STALE].read_text(encoding="utf-8")
    ticking = recorded.replace("Mon, 07 Jun 2021 18:07:11 +0800", "Fri, 18 Jun 2021 20:00:00 +0800", 1)
    assert ticking != recorded
    office.mirror.changed[feed_url(STALE)] = ticking.encode()
    now = "2021-06-19T02:00:00+08:00"
    night = office.xuncha(now, "nightly", "--json")
    assert office.coverage(now)[STALE]["status"] == "complete"
    assert {one["account"] for one in night["findings"]} == {night["coverage"][0]["account"]}
    assert {result for result, _ in judgements_of(office, now).values()} == {"breach"}


ARTICLES_NIGHT = "2025-11-12T20:00:00+08:00"
SHORT = "https://mp.weixin.qq.com/s/"
SHANGHAI_POSTS = (
    "f3FmxHpdMNAiGFqD-ThSmA",
    "zH8lKAD_P6ykUzNLfrrtQg",
    "wSFyo0UMmY1Azf67E16Aiw",
    "rQ385zJfnJQVH1A9TE98TA",
)
OTHER_POSTS = ("E3JvmKP-xo89ayESjH2Uvw", "o0tunrGKXwJxw4LZujRQdg", "WCRB9bOQkbmbOhzV_VIgTQ")
# A picture post, one deleted, one removed for violation, one temporarily unavailable.
MIXED = ("JJyPUpHLM2bGvfk5FNvTUA", "P9cMowFQ-QahLRnfHponKw", "-WZT_VzhmSkJRAjb6GwsUA", "Fa_q7Pg8ZiQNmtqJeDNNuQ")


def article_row(name: str, key: str, links: Sequence[str]) -> dict[str, str]:
    addresses = "\n".join(SHORT + link for link in links)
    return {"平台": "微信公众号", "账号名称": name, "主办单位": f"{name}主办单位", "账号ID": key, "文章链接": addresses}


def article_rows() -> list[dict[str, str]]:
    return [
        article_row("上海发布", "shanghaifabu", SHANGHAI_POSTS),
        article_row("轩辕的编程宇宙", "gh_fe02be2b2ff0", OTHER_POSTS),
        article_row("36氪", "MzI2NDk5NzA0Mw==", MIXED),
    ]


def article_posts() -> dict[str, dict[str, Any]]:
    files = [path.name.removesuffix(".json") for path in sorted((EXPECTED / "wechat").glob("*.html.json"))]
    known = posts_in("wechat", *files)
    wanted = {f"{SHORT}{link}" for link in (*SHANGHAI_POSTS, *OTHER_POSTS, *MIXED)}
    return {key: post for key, post in known.items() if post["url"] in wanted}


def test_articles_by_their_short_addresses_are_stored_whichever_key_was_filed(november: Nights) -> None:
    stored = {post["post_id"]: post for post in november.posts}
    wanted = article_posts()
    assert (set(stored), len(november.posts), len(wanted)) == (set(wanted), 8, 8)
    keys = ("account", "title", "published_at", "kind", "is_repost", "declared_original", "source_name", "url")
    for post_id, post in stored.items():
        assert [post[key] for key in keys] == [wanted[post_id][key] for key in keys]


def test_the_stable_key_of_an_account_is_learned_from_its_article(november: Nights) -> None:
    assert november.names == {
        "上海发布": "wechat:MjM5NTA5NzYyMA==",
        "轩辕的编程宇宙": "wechat:MzIyNjMxOTY0NA==",
        "36氪": "wechat:MzI2NDk5NzA0Mw==",
    }


def test_articles_prove_presence_and_never_a_whole_week(november: Nights) -> None:
    rows = [*november.coverage[1].values(), november.coverage[0]["36氪"]]
    assert {(row["status"], row["reason"], row["covered_from"]) for row in rows} == {("none", "no_public_list", None)}
    assert november.office.codes["nightly"] == 0


def test_the_draft_of_the_bulletin_is_written_from_real_pages(june: Nights) -> None:
    files = june.office.xuncha(LOOKS[1], "weekly", "--json")["files"]
    assert set(files) == {"docx", "xlsx", "html"}
    assert all(Path(path).stat().st_size > 1000 for path in files.values())
    page = Path(files["html"]).read_text(encoding="utf-8")
    assert "未能核查" in page
    assert STALE in page


TOUTIAO = "MS4wLjABAAAA4cIblhi00ca-bChSe5hwwi252coXwFXGMJI3TtoNYPZnIduq5FoMbTnh-Uy3VaFs"
ARTICLE = "7404384826024935990"


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None and "CI" not in os.environ, reason="no Chromium here")
@pytest.mark.parametrize("key", [TOUTIAO, "4468875084170173"], ids=["by token", "by user id"])
def test_a_reported_toutiao_article_is_opened_and_stored_for_its_account(office: Office, key: str) -> None:
    row = {"平台": "今日头条", "账号名称": "雨打芭蕉", "主办单位": "乙单位", "账号ID": key}
    office.registers(ARTICLES_NIGHT, [row])
    (office.home / "links.txt").write_text(f"报送：https://www.toutiao.com/article/{ARTICLE}/", encoding="utf-8")
    office.xuncha(ARTICLES_NIGHT, "posts", "import", str(office.home / "links.txt"), "--json")
    (stored,) = office.xuncha(ARTICLES_NIGHT, "posts", "--json")
    (wanted,) = posts_in("toutiao", "pc_article_7404384826024935990_render_data.html").values()
    assert [stored[name] for name in ("account", "post_id", "title", "published_at", "counters")] == [
        wanted[name] for name in ("account", "post_id", "title", "published_at", "counters")
    ]
    (account,) = office.xuncha(ARTICLES_NIGHT, "accounts", "list", "--json")
    assert account["account"] == f"toutiao:{TOUTIAO}"
