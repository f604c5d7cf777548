"""Sweeps within robots and pace: what is asked, what is left for another night, and what is no search."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from demo.county import load_county
from demo.pages.searches import saved_pages, sogou_page
from demo.pages.templates import render
from demo.server import CountyServer
from tests.cli.conftest import CONFIG, HEADS, NIGHT, ROWS, Done, child, command, surroundings, table
from tests.crawler.saved import containers

pytestmark = pytest.mark.slow
SOGOU = "https://weixin.sogou.com/weixin"
SEARCHES = ("https://weixin.sogou.com/weixin", "https://s.weibo.com/user", "https://so.toutiao.com/search")
WALL = (200, {"Content-Type": "text/html; charset=utf-8"}, render("sogou_antispider.html").encode())
WORDS = ("云岭发布", "平安云岭", "云岭公安", "云岭政务")


@pytest.fixture
def sogou() -> Iterator[CountyServer]:
    """The county's platforms, searched by nobody yet."""
    county = load_county()
    with CountyServer(county, now=NIGHT) as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, sogou: CountyServer) -> Path:
    """A folder with two accounts of two units, which give some thirty keywords."""
    home = tmp_path / "office"
    home.mkdir()
    (home / "xuncha.toml").write_text(CONFIG.format(mirror=sogou.url), encoding="utf-8")
    assert child("accounts", "import", table(tmp_path / "名录.csv", [HEADS, *ROWS]), home=home, now=NIGHT).code == 0
    return home


def swept(home: Path, *words: str, days: float = 0, **limits: int) -> Done:
    """A sweep so many days after the night."""
    environment = {f"XUNCHA_SWEEP_{name.upper()}": str(value) for name, value in limits.items()}
    return child("sweep", *words, "--json", home=home, now=NIGHT + timedelta(days=days), environment=environment)


def asked(server: CountyServer) -> list[str]:
    """The keywords of all result pages that were asked for, in their order."""
    pages = [one.url for one in server.log if one.url.startswith(SEARCHES)]
    return [next(iter(parse_qs(urlsplit(url).query)["query"])) for url in pages]


def outcomes(done: Done, platform: str = "wechat") -> dict[str, tuple[str, str | None]]:
    """Outcome and reason by keyword."""
    rows = [row for row in done.json["searches"] if row["platform"] == platform]
    return {row["keyword"]: (row["outcome"], row["reason"]) for row in rows}


def row_of(done: Done, keyword: str) -> dict[str, Any]:
    """The result of one keyword on WeChat."""
    return next(row for row in done.json["searches"] if (row["platform"], row["keyword"]) == ("wechat", keyword))


def test_a_night_asks_its_share_and_the_next_goes_on_from_there(office: Path, sogou: CountyServer) -> None:
    nights = [swept(office, days=day, pages_a_night=4) for day in range(3)]
    assert [len(set(asked(sogou)[start : start + 4])) for start in (0, 4, 8)] == [4, 4, 4]
    assert len(asked(sogou)) == len(set(asked(sogou))) == 12
    keywords = list(outcomes(nights[0]))
    assert asked(sogou) == keywords[:12]
    assert [found[1] for found in outcomes(nights[1]).values()].count("share") == len(keywords) - 8


def test_two_sweeps_of_one_night_share_its_pages(office: Path, sogou: CountyServer) -> None:
    swept(office, pages_a_night=4)
    again = swept(office, days=0.3, pages_a_night=6)
    assert len(asked(sogou)) == 6
    assert again.code == 0


def test_a_keyword_comes_again_after_a_month_and_not_before(office: Path, sogou: CountyServer) -> None:
    first = swept(office, "--platform", "wechat")
    soon = swept(office, "--platform", "wechat", days=27)
    late = swept(office, "--platform", "wechat", days=28.1)
    searched = {word for word, (outcome, _) in outcomes(first).items() if outcome in ("searched", "empty")}
    assert len(searched) >= 20
    assert {outcomes(soon)[word][0] for word in searched} == {"not_due"}
    assert row_of(soon, "云岭发布")["next_due_on"] == "2026-12-14"
    assert {outcomes(late)[word][0] for word in searched} <= {"searched", "empty"}


def test_a_search_closed_by_robots_is_refused_without_one_request(office: Path, sogou: CountyServer) -> None:
    done = swept(office, "--platform", "微博", "--platform", "toutiao")
    assert set(outcomes(done, "weibo").values()) == set(outcomes(done, "toutiao").values()) == {("refused", "robots")}
    assert sorted(one.url for one in sogou.log) == [
        "https://s.weibo.com/robots.txt",
        "https://so.toutiao.com/robots.txt",
    ]
    assert done.code == 0


def test_a_wall_is_no_search_and_the_last_good_one_keeps_its_date(office: Path, sogou: CountyServer) -> None:
    good = swept(office, "云岭发布", "--platform", "wechat")
    sogou.overrides = {f"{SOGOU}*": WALL}
    walled = swept(office, "云岭发布", "--platform", "wechat", days=1)
    assert (good.code, walled.code) == (0, 3)
    assert row_of(walled, "云岭发布")["outcome"] == "blocked"
    assert row_of(walled, "云岭发布")["last_good_at"] == row_of(good, "云岭发布")["searched_at"]
    assert row_of(walled, "云岭发布")["found"] == 0


def test_after_the_second_wall_the_host_is_left_alone_all_night(office: Path, sogou: CountyServer) -> None:
    sogou.overrides = {f"{SOGOU}*": WALL}
    done = swept(office, *WORDS, "--platform", "wechat")
    later = swept(office, *WORDS, "--platform", "wechat", days=0.2)
    assert len(asked(sogou)) == 2
    assert [outcomes(done)[word] for word in WORDS[2:]] == [("left", "blocked")] * 2
    assert (later.code, {outcome for outcome, _ in outcomes(later).values()}) == (3, {"left"})


def test_more_pages_are_read_while_names_are_like_the_keyword(office: Path, sogou: CountyServer) -> None:
    sogou.overrides = lambda url: _endless(url) if url.startswith(SOGOU) else None
    done = swept(office, "云岭发布", "济州之声", "--platform", "wechat", pages_a_keyword=3)
    assert asked(sogou) == ["云岭发布"] * 3 + ["济州之声"]
    assert outcomes(done)["云岭发布"] == ("cut_short", None)
    assert (row_of(done, "云岭发布")["found"], row_of(done, "云岭发布")["total"]) == (3, 178)
    assert done.code == 0


def _endless(url: str) -> tuple[int, dict[str, str], bytes]:
    """One look-alike a page, and always a next page."""
    number = int(parse_qs(urlsplit(url).query).get("page", ["1"])[0])
    page = sogou_page("云岭发布", [{"name": "云岺发布", "uid": f"yunling{number}", "bio": "本地资讯"}])
    page = page.replace("找到约1条结果", "找到约178条结果")
    onward = (
        f'<a id="sogou_next" href="?query={quote("云岭发布")}&amp;type=1&amp;page={number + 1}&amp;ie=utf8">下一页</a>'
    )
    return 200, {"Content-Type": "text/html; charset=utf-8"}, page.replace("</body>", f"{onward}</body>").encode()


def test_without_a_network_a_sweep_ends_at_its_first_searches_and_they_come_first_again(
    office: Path, sogou: CountyServer
) -> None:
    config = (office / "xuncha.toml").read_text(encoding="utf-8")
    (office / "xuncha.toml").write_text(CONFIG.format(mirror="http://127.0.0.1:1"), encoding="utf-8")
    offline = swept(office)
    told = [ended for platform in ("weibo", "wechat", "toutiao") for ended in outcomes(offline, platform).values()]
    assert set(told) == {("error", "error"), ("left", "error")} and told.count(("error", "error")) <= 4
    assert (offline.code, {row["last_good_at"] for row in offline.json["searches"]}) == (3, {None})
    (office / "xuncha.toml").write_text(config, encoding="utf-8")
    swept(office, days=0.01, pages_a_night=4)
    assert asked(sogou) == list(outcomes(offline))[:4]


def test_a_silent_search_page_is_asked_no_more_often_than_any_other(office: Path, sogou: CountyServer) -> None:
    sogou.overrides = {f"{SOGOU}?*": (502, {"X-Mirror-Error": "reset"}, b"")}
    nights = [swept(office, "--platform", "wechat", days=hour / 24, pages_a_night=3) for hour in range(3)]
    assert len(asked(sogou)) == 3
    assert nights[0].code == 3
    told = child("sweep", *WORDS, "--platform", "wechat", home=office, now=NIGHT + timedelta(days=2)).out
    assert "微信公众号没有应答，可能是平台暂时打不开" in told and "本机" not in told and "镜像" not in told


def test_a_page_nobody_understands_is_no_search(office: Path, sogou: CountyServer) -> None:
    sogou.overrides = {f"{SOGOU}*": (200, {"Content-Type": "text/html"}, b"<p>something new</p>")}
    done = swept(office, "云岭发布", "--platform", "wechat")
    assert (done.code, row_of(done, "云岭发布")["outcome"]) == (3, "unparsed")
    assert row_of(done, "云岭发布")["last_good_at"] is None


def test_a_server_that_fails_is_asked_once_and_counts(office: Path, sogou: CountyServer) -> None:
    sogou.overrides = {f"{SOGOU}*": (503, {}, b"")}
    done = swept(office, *WORDS, "--platform", "wechat", pages_a_night=2)
    assert len(asked(sogou)) == 2
    assert done.code == 3


def test_what_was_found_is_told_with_the_word_that_found_it(office: Path) -> None:
    done = swept(office, "云岭医保", "云岭发布", "--platform", "wechat")
    found = {one["name"]: (one["keyword"], one["verified_entity"]) for one in done.json["candidates"]}
    assert found["云岭医保"] == ("云岭医保", "云岭县医疗保障局")
    assert {"雲嶺发布", "云陵发布"} <= found.keys()


def test_a_killed_sweep_goes_on_where_it_was(office: Path, sogou: CountyServer) -> None:
    started = _slowly(office, sogou, pages=4)
    started.send_signal(signal.SIGKILL)
    started.communicate(timeout=60)
    sogou.answer_seconds, before = 0.0, set(asked(sogou))
    done = swept(office, "--platform", "wechat")
    again = [word for word in asked(sogou) if word in before]
    assert len(again) <= len(before) + 1, "only the one that was under way is asked a second time"
    assert {outcome for outcome, _ in outcomes(done).values()} <= {"searched", "empty", "not_due", "blocked"}


def test_a_stopped_sweep_keeps_what_it_found(office: Path, sogou: CountyServer) -> None:
    started = _slowly(office, sogou, pages=3)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    sogou.answer_seconds, before = 0.0, len(asked(sogou))
    assert (started.returncode, said.decode().count("已停止")) == (130, 1)
    rest = swept(office, "--platform", "wechat")
    assert [outcome for outcome, _ in outcomes(rest).values()].count("not_due") >= before - 1


def test_a_sweep_that_waits_for_its_turn_stops_without_it_and_calls_nothing_unanswered(
    office: Path, sogou: CountyServer
) -> None:
    started = subprocess.Popen(
        command("sweep", "云岭发布", "--platform", "wechat", "--json", home=office, now=NIGHT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(XUNCHA_CRAWL_DELAY_SECONDS="600"),
    )
    end = time.monotonic() + 60
    while not sogou.log and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(1)  # robots.txt is read, and the search waits for its turn
    started.send_signal(signal.SIGINT)
    try:
        out, said = started.communicate(timeout=60)
    finally:
        started.kill()
        started.communicate()
    assert (started.returncode, said.decode().count("已停止"), asked(sogou)) == (130, 1, [])
    assert outcomes(Done(130, out.decode(), "")) == {"云岭发布": ("left", "stopped")}


def _slowly(home: Path, server: CountyServer, pages: int, seconds: float = 0.3) -> subprocess.Popen[bytes]:
    """A sweep behind a slow line that has already had that many result pages."""
    server.answer_seconds = seconds
    started = subprocess.Popen(
        command("sweep", "--platform", "wechat", home=home, now=NIGHT),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    )
    end = time.monotonic() + 60
    while len(asked(server)) < pages and time.monotonic() < end:
        time.sleep(0.05)
    return started


def test_a_month_searched_by_a_person_is_shown_with_the_name(office: Path, tmp_path: Path) -> None:
    page = saved_pages(load_county())["weibo_用户搜索.html"]
    (tmp_path / "a.html").write_bytes(containers.html(page))
    assert child("sweep", "import", tmp_path / "a.html", "--by", "张三", home=office, now=NIGHT).code == 0
    done = child("sweep", "--platform", "微博", home=office, now=NIGHT)
    row = next(one for one in swept(office, "--platform", "微博").json["searches"] if one["keyword"] == "云岭发布")
    assert "由人查的（张三）" in done.out
    assert (row["outcome"], row["last_good_source"], row["last_good_by"]) == ("not_due", "person", "张三")


def test_two_sweeps_at_once_are_refused_in_one_sentence(office: Path, sogou: CountyServer) -> None:
    # Slow enough to be at work still when the second has come up, on a busy machine too.
    started = _slowly(office, sogou, pages=1, seconds=6.0)
    done = swept(office, "云岭发布")
    started.send_signal(signal.SIGKILL)
    started.communicate(timeout=60)
    assert (done.code, "已有一次搜索在进行" in done.err) == (2, True)


def test_a_person_reads_what_became_of_each_platform(office: Path) -> None:
    done = child("sweep", "云岭发布", "云岭应急", home=office, now=NIGHT)
    assert all(word in done.out for word in ("微博", "爬虫协议不允许", "查到", "遇验证页", "sweep sheet", "雲嶺发布"))
