"""A browser, a page's own process or the driver that dies ends its request and no more; the next page opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from scrapy.exceptions import IgnoreRequest

from crawler.browser import NO_BROWSER, find_chromium
from crawler.lost import BrowserLost
from tests.crawler.sites import Given, Sites, child, kill, read_out
from tests.crawler.test_guard import JSON, page
from tests.crawler.toutiao.shapes import OTHER_TOKEN, TOKEN, answer, article

pytestmark = [pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)]

FIRST = f"https://www.toutiao.com/c/user/token/{TOKEN}/"
SECOND = f"https://www.toutiao.com/c/user/token/{OTHER_TOKEN}/"
LIST = f"https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={TOKEN}&max_behot_time=0"
LISTED = answer([article(1)])
PAGES: dict[str, Given | Callable[[web.Request], Given]] = {
    FIRST: page(),
    SECOND: (200, {}, page()[2].replace(TOKEN, OTHER_TOKEN)),
    LIST: (200, JSON, LISTED),
    LIST.replace(TOKEN, OTHER_TOKEN): (200, JSON, LISTED),
}
WORDS = {"browser": ("--remote-debugging-pipe",), "renderer": ("--type=renderer",), "driver": ("run-driver",)}


def night(victim: str, at: str, **order: Any) -> tuple[dict[str, Any], int]:
    """What two pages gave where the victim was killed as ``at`` was first asked for, and how many were killed."""
    killed = list[int]()
    with Sites(PAGES) as sites:
        sites.pause_seconds = 0.5
        with child(sites, (FIRST, "profile"), (SECOND, "profile"), seconds=40, **order) as running:

            def watch(url: str) -> None:
                if url == at and not killed:
                    without = "--type=" if victim == "browser" else "\0none"
                    killed.append(kill(running.pid, *WORDS[victim], without=without))

            sites.watch = watch
            return read_out(running), sum(killed)


@pytest.mark.parametrize("victim", ["browser", "renderer", "driver"])
@pytest.mark.parametrize("at", [FIRST, LIST], ids=["as the page opens", "as its list is asked for"])
def test_who_is_killed_fails_one_page_and_the_next_one_opens(victim: str, at: str) -> None:
    found, n_killed = night(victim, at)
    assert n_killed >= 1
    assert found[FIRST] == {"failure": "DownloadFailedError"}
    assert (found[SECOND]["kind"], len(found[SECOND]["calls"])) == ("profile", 1)


@pytest.mark.parametrize("exists", [False, True], ids=["not there", "there"])
def test_a_browser_that_cannot_be_started_is_lost_for_every_page_and_named_once(exists: bool, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    if exists:
        broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        broken.chmod(0o755)
    launch = {"executable_path": str(broken), "headless": True, "args": []}
    with Sites(PAGES) as sites:
        order = {"PLAYWRIGHT_LAUNCH_OPTIONS": launch, "RETRY_ENABLED": True}
        with child(sites, (FIRST, "profile"), (SECOND, "profile"), seconds=60, settings=order) as running:
            out, errors = running.communicate(timeout=240)
    assert [json.loads(out)[url] for url in (FIRST, SECOND)] == [{"failure": "BrowserLost"}] * 2
    assert errors.count(f"浏览器启动不了：{broken}（") == 1
    assert sites.urls == []


def test_a_lost_browser_is_no_outage_of_the_network() -> None:
    lost = BrowserLost("/opt/chromium")
    assert (isinstance(lost, IgnoreRequest), lost.reason) == (True, "not_crawled")
    assert "/opt/chromium" in str(lost)
