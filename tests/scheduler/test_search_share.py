"""How much is asked: six pages an hour, forty a night, and no longer than a sweep may take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records import Coverage
from scheduler.clock import Clock
from scheduler.config import ConfigError, load_config
from scheduler.search_limits import DUE_AFTER, PagesTaken, Sweep
from scheduler.search_results import SearchResult, is_lost, keywords_a_month, too_many_words
from scheduler.search_share import Share
from scheduler.sweeping import sweep
from scheduler.workspace import Workspace
from storage.searches import Searching
from tests.storage.test_searches import Ended

NIGHT = datetime(2026, 11, 15, 17, 30, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
SHEET = "sweep sheet 搜索.html"


class Moved(Clock):
    """A clock that stands where it was put."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Where it was put."""
        return self.at


def office(folder: Path, clock: Clock, mirror: str = "", **limits: int) -> Workspace:
    """A folder with an empty database."""
    lines = [f"{name} = {value}" for name, value in limits.items()]
    text = "\n".join([f'[crawl]\nmirror = "{mirror}"\n[sweep]', *lines])
    (folder / "xuncha.toml").write_text(text, encoding="utf-8")
    return Workspace.open(folder, clock)


def times_asked(space: Workspace, clock: Moved, hours: float, every: timedelta) -> list[datetime]:
    """When a share gave a page, asked for again and again in one sweep of so many hours."""
    ends_at = clock.now() + timedelta(hours=hours)
    search = Searching(
        run_id=space.store.begin_run("sweep", clock.now(), None), platform="wechat", keyword="词", kind=""
    )
    share = Share(space, "wechat", ends_at)
    found: list[datetime] = []
    while not share.is_over:
        word = replace(search, keyword=f"词{len(found)}")
        if share.take(word):
            found.append(clock.at)
        clock.at += every
    return found


def test_six_pages_are_asked_in_any_hour(tmp_path: Path) -> None:
    clock = Moved(NIGHT)
    found = times_asked(office(tmp_path, clock), clock, 3.5, timedelta(minutes=1))
    assert len(found) == 24
    assert all(later - earlier >= HOUR for earlier, later in zip(found, found[6:], strict=False))


def test_a_sweep_that_cannot_ask_in_its_time_ends_at_once(tmp_path: Path) -> None:
    clock = Moved(NIGHT)
    found = times_asked(office(tmp_path, clock), clock, 1, SECOND)
    assert (len(found), clock.at - NIGHT < timedelta(minutes=1)) == (6, True)


def test_forty_pages_are_asked_a_night_and_a_mirror_has_no_hours(tmp_path: Path) -> None:
    clock = Moved(NIGHT)
    space = office(tmp_path, clock, mirror="http://127.0.0.1:1")
    assert len(times_asked(space, clock, 1, SECOND)) == 40
    clock.at = NIGHT + timedelta(hours=10)
    assert times_asked(space, clock, 1, SECOND) == []
    clock.at = NIGHT + timedelta(days=1)
    assert len(times_asked(space, clock, 1, SECOND)) == 40


def test_another_processs_pages_count(tmp_path: Path) -> None:
    clock = Moved(NIGHT)
    space = office(tmp_path, clock)
    other = Workspace.open(tmp_path, clock)
    assert len(times_asked(other, clock, 1, SECOND)) == 6
    assert times_asked(space, clock, 0.9, SECOND) == []


@pytest.mark.parametrize("line", ["pages_an_hour = 7", "pages_a_night = 41", "pages_a_night = 0"])
def test_the_limits_cannot_be_raised(line: str, tmp_path: Path) -> None:
    (tmp_path / "xuncha.toml").write_text(f"[sweep]\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sweep\.pages"):
        load_config(tmp_path, {})


@given(st.integers(1, 1120))
def test_the_time_that_is_advised_is_enough(n_pages: int) -> None:
    minutes = Sweep().minutes_for(n_pages)
    assert minutes is not None
    advised = Sweep(time_limit_minutes=minutes)
    assert advised.pages_of_a_sweep(mirror=False) * DUE_AFTER.days >= n_pages


def test_no_time_is_advised_that_may_not_be_set() -> None:
    assert Sweep(pages_an_hour=1).minutes_for(8 * DUE_AFTER.days) == 480
    assert Sweep(pages_an_hour=1).minutes_for(8 * DUE_AFTER.days + 1) is None


@given(st.integers(0, 400), st.floats(1, 3), st.integers(3, 10), st.integers(0, 1120))
def test_a_month_is_enough_for_so_many_keywords_and_for_none_more(
    n_known: int, mean: float, most: int, n_pages: int
) -> None:
    taken = PagesTaken(n_known, int(n_known * mean), most)
    enough_for = taken.keywords_in(n_pages)
    assert taken.pages_for(enough_for) <= n_pages < taken.pages_for(enough_for + 1)


def test_more_keywords_than_a_month_allows_are_told_with_what_to_do(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    assert too_many_words(space, 56, SHEET) is None, "three pages each"
    assert "time_limit_minutes 改为 120" in (too_many_words(space, 57, SHEET) or "")
    assert "按每个关键词最多看 3 页算" in (too_many_words(space, 57, SHEET) or "")
    assert f"平台允许的次数不够，其余请用 {SHEET} " in (too_many_words(space, 374, SHEET) or "")


def test_what_searches_really_took_is_reckoned_with_and_the_rest_at_most(tmp_path: Path) -> None:
    space = office(tmp_path, Moved(NIGHT))
    for number in range(60):
        answered(space, f"词{number}", n_pages=1 + (number < 20))
    assert keywords_a_month(space) == 60 + (168 - 80) // 3
    assert "60 个按实际看的页数算，其余按每个最多看 3 页算" in (too_many_words(space, 90, SHEET) or "")
    for number in range(60, 160):
        answered(space, f"词{number}", n_pages=2)
    assert keywords_a_month(space) == 168 * 160 // 280
    assert "平均实际看 1.8 页" in (too_many_words(space, 97, SHEET) or "")


def test_searches_before_the_month_say_nothing_of_it(tmp_path: Path) -> None:
    clock = Moved(NIGHT)
    space = office(tmp_path, clock)
    answered(space, "云岭发布", n_pages=1)
    clock.at = NIGHT + DUE_AFTER
    assert "还没有查过" in (too_many_words(space, 57, SHEET) or "")


def answered(space: Workspace, keyword: str, n_pages: int) -> None:
    """A search that took so many pages and was answered."""
    now, run_id = space.clock.now(), space.store.begin_run("sweep", space.clock.now(), None)
    for _ in range(n_pages):
        assert space.store.ask_search_page(
            Searching(run_id=run_id, platform="wechat", keyword=keyword, kind=""), now, ()
        )
    coverage = Coverage(account="wechat:search:x", status="none", source="page", checked_at=now)
    space.store.save_page(run_id, coverage, (), None, None, searched=Ended("searched", keyword=keyword))


@pytest.mark.parametrize("given_words", [["  "], ["", "\u3000"]])
def test_blank_keywords_are_wrong_use_and_no_sweep(given_words: list[str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^[^。]*空白[^。]*。$"):
        sweep(office(tmp_path, Moved(NIGHT)), given_words)


@pytest.mark.parametrize(
    ("outcome", "reason", "lost"),
    [
        ("cut_short", "blocked", True),
        ("cut_short", "error", True),
        ("cut_short", "unparsed", True),
        ("cut_short", None, False),
        ("cut_short", "extent_unknown", False),
        ("cut_short", "robots", False),
        ("blocked", "验证码", True),
        ("refused", "robots", False),
        ("left", "share", False),
        ("left", "blocked", True),
    ],
)
def test_a_later_page_that_was_taken_away_is_a_loss(outcome: str, reason: str | None, lost: bool) -> None:
    assert is_lost(result(outcome, reason)) is lost


def result(outcome: str, reason: str | None) -> SearchResult:
    """A keyword that came to this."""
    return SearchResult(
        keyword="云岭发布",
        kind="账号名",
        unit=None,
        platform="wechat",
        outcome=outcome,
        reason=reason,
        found=None,
        total=None,
        searched_at=None,
        last_good_at=None,
        next_due_on=None,
    )
