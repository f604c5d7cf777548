"""``scrapy crawl`` by hand: one account, plain records, no database, nothing open, nothing hidden."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from records import CRAWLED_PLATFORMS
from tests.crawler.crawling import LOGIN, ROBOTS, ROOT, alone, list_of, scrapy
from tests.crawler.mirror import Asked, Mirror

ACCOUNT = "7601000003"
POST = """platform account post_id url title text text_complete published_at time_precision kind is_repost
    declared_original source_name pinned links media counters first_seen_at""".split()
PROFILE = """platform account uid aliases name bio verified verified_kind verified_entity followers posts_total
    avatar_url observed_at""".split()
LISTENING = "0A"


@dataclass
class Crawl:
    """What one crawl wrote, asked, said and opened."""

    lines: list[dict[str, Any]]
    asked: list[Asked]
    said: str
    listening: set[str]
    left_behind: set[str]


def listening_children() -> set[str]:
    """Local addresses on which a child of this process listens."""
    found: set[str] = set()
    for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= _listening(Path("/proc") / child)
    return found


def _listening(process: Path) -> set[str]:
    try:
        own = {os.readlink(entry) for entry in (process / "fd").iterdir()}
        rows = [line.split() for name in ("tcp", "tcp6") for line in (process / "net" / name).read_text().splitlines()]
    except FileNotFoundError:  # it has just ended, or one of its files has
        return set()
    return {row[1] for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in own}


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    """One crawl of one account, with a proxy in the environment that leads nowhere."""
    out = tmp_path_factory.mktemp("alone") / "out.jsonl"
    before = {path.name for path in ROOT.iterdir()}
    listening: set[str] = set()
    with Mirror() as mirror:
        cookie = {"Set-Cookie": "SUB=visitor; Path=/", "Content-Type": "text/plain"}
        mirror.pages[ROBOTS] = (200, cookie, b"User-agent: *\nDisallow: /nothing\n")
        mirror.watch = lambda: listening.update(listening_children())
        said = alone(mirror, ACCOUNT, out, http_proxy="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1")
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    yield Crawl(lines, mirror.asked, said, listening, {path.name for path in ROOT.iterdir()} - before)


def test_scrapy_lists_one_spider_for_each_platform() -> None:
    assert scrapy("list").split() == sorted(CRAWLED_PLATFORMS)


def test_each_line_is_one_record_with_the_fields_of_the_contract(crawl: Crawl) -> None:
    kinds = [line["type"] for line in crawl.lines]
    assert kinds.count("post") > 3 and kinds.count("profile") == 1
    for line in crawl.lines:
        assert set(POST if line["type"] == "post" else PROFILE) <= set(line)


def test_absent_knowledge_is_null_and_ids_are_text(crawl: Crawl) -> None:
    posts = [line for line in crawl.lines if line["type"] == "post" and line["account"]]
    assert all(isinstance(post["post_id"], str) and post["account"] == f"weibo:{ACCOUNT}" for post in posts)
    assert all(set(post["counters"]) == {"reads", "likes", "comments", "reposts"} for post in posts)
    assert "" not in [value for post in posts for value in post.values()]
    assert all(post["published_at"].endswith("+08:00") for post in posts)


def test_robots_are_asked_before_any_page(crawl: Crawl) -> None:
    assert [one.url for one in crawl.asked].index(ROBOTS) == 0
    assert sum(one.url == ROBOTS for one in crawl.asked) == 1


def test_every_request_says_who_we_are_and_carries_no_cookie(crawl: Crawl) -> None:
    assert {one.headers["User-Agent"].partition("/")[0] for one in crawl.asked} == {"xuncha"}
    assert not any({"Cookie", "Referer"} & set(one.headers) for one in crawl.asked)


@pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="open ports are read from /proc")
def test_a_running_crawl_listens_on_no_port(crawl: Crawl) -> None:
    assert crawl.listening == set()


def test_a_crawl_by_hand_leaves_no_database_nor_anything_else(crawl: Crawl) -> None:
    assert not crawl.left_behind & {"xuncha.db", "xuncha.toml", "evidence", "logs", "raw", "out.jsonl"}


def test_a_crawl_that_went_well_says_nothing(crawl: Crawl) -> None:
    assert ACCOUNT not in crawl.said and "Traceback" not in crawl.said


def test_an_account_that_was_not_seen_is_said_so_and_not_silently_empty(tmp_path: Path) -> None:
    with Mirror({list_of(ACCOUNT): (200, {"Content-Type": "application/json"}, LOGIN)}) as mirror:
        said = alone(mirror, ACCOUNT, tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == ""
    assert f"weibo:{ACCOUNT} 没有完整看到：none（login）" in said


def test_robots_that_forbid_are_said_and_no_page_is_asked(tmp_path: Path) -> None:
    with Mirror({ROBOTS: (200, {}, b"User-agent: *\nDisallow: /\n")}) as mirror:
        said = alone(mirror, ACCOUNT, tmp_path / "out.jsonl")
    assert mirror.pages_asked == []
    assert "none（robots）" in said
