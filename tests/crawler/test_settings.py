"""The crawl's settings: polite and closed by default, and no spider overrides them."""

from __future__ import annotations

import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler import settings as module
from crawler.settings import DOWNLOAD_SLOTS, Parts, crawl_settings, host_slots
from records import CRAWLED_PLATFORMS


@pytest.fixture
def settings() -> Settings:
    """What Scrapy makes of the module."""
    made = Settings()
    made.setmodule(module, priority="project")
    return made


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMOTE_CONTROL_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("ROBOTSTXT_OBEY", True),
        ("COOKIES_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("HTTPCACHE_ENABLED", False),
    ],
)
def test_what_scrapy_leaves_open_is_closed(settings: Settings, name: str, value: bool) -> None:
    assert settings.getbool(name) is value


def test_a_host_gets_one_connection_and_an_even_pace(settings: Settings) -> None:
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert settings.getfloat("DOWNLOAD_DELAY_JITTER") == 0.0
    assert settings.getfloat("DOWNLOAD_DELAY") >= 1
    assert not any("concurrency" in slot for slot in DOWNLOAD_SLOTS.values())
    assert all(slot["delay"] >= 5 for slot in DOWNLOAD_SLOTS.values())


def test_a_wall_is_not_asked_again_at_once(settings: Settings) -> None:
    assert not {401, 403, 414, 418, 429, 432} & set(map(int, settings.getlist("RETRY_HTTP_CODES")))


def test_the_user_agent_says_who_we_are_and_nothing_else(settings: Settings) -> None:
    agent = settings["USER_AGENT"]
    assert agent.startswith("xuncha/")
    assert "Mozilla" not in agent and "contact" in agent


def test_no_spider_overrides_a_setting(settings: Settings) -> None:
    loader = SpiderLoader.from_settings(settings)
    assert sorted(loader.list()) == sorted(CRAWLED_PLATFORMS)
    assert [loader.load(name).custom_settings for name in loader.list()] == [None] * len(CRAWLED_PLATFORMS)


def test_a_spider_started_by_hand_obeys_the_mirror_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XUNCHA_CRAWL_MIRROR", "http://127.0.0.1:8765")
    assert runpy.run_path(module.__file__ or "")["XUNCHA_MIRROR"] == "http://127.0.0.1:8765"
    monkeypatch.delenv("XUNCHA_CRAWL_MIRROR")
    assert runpy.run_path(module.__file__ or "")["XUNCHA_MIRROR"] == ""


SECONDS = st.floats(0, 120)
HOSTS = st.sampled_from((*DOWNLOAD_SLOTS, "feed.yunling.example"))


@given(st.dictionaries(HOSTS, SECONDS), SECONDS)
def test_the_largest_delay_holds(delays: dict[str, float], floor: float) -> None:
    slots = host_slots(delays, floor, mirror=False)
    for host, slot in slots.items():
        default = DOWNLOAD_SLOTS.get(host, {"delay": 0.0})["delay"]
        assert slot["delay"] == max(default, delays.get(host, 0.0), floor)
    assert set(slots) == {*DOWNLOAD_SLOTS, *delays}


@given(st.dictionaries(HOSTS, SECONDS), SECONDS)
def test_with_a_mirror_the_one_delay_replaces_all(delays: dict[str, float], floor: float) -> None:
    assert {slot["delay"] for slot in host_slots(delays, floor, mirror=True).values()} == {floor}


def test_the_jobs_parts_reach_the_crawl_and_are_never_copied() -> None:
    parts = Parts(None, None, None, None, None, 20, 0.0, None, None, None)  # type: ignore[arg-type]
    made = Settings()
    own = crawl_settings(
        user_agent="xuncha/0.1",
        mirror="",
        delay_seconds=2.0,
        delays={},
        permitted=["m.weibo.cn"],
        allow_private=[],
        clock_offset_seconds=0.0,
        pipelines={},
    )
    made.setdict({**own, "XUNCHA_PARTS": parts}, priority="cmdline")
    assert made.copy()["XUNCHA_PARTS"] is parts
    assert made.getlist("XUNCHA_ROBOTS_PERMITTED") == ["m.weibo.cn"]
