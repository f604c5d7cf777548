"""A real browser against a made-up mirror: original addresses, exact ids, every list page, honest headers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from crawler.browser import NO_BROWSER, find_chromium
from crawler.page import Call
from crawler.render import wants
from crawler.spiders.toutiao.times import published_at
from crawler.strict import Fields
from tests.crawler.toutiao.shapes import NOON, OTHER_TOKEN, TOKEN, USER_ID, answer, article, call, micro_post

ROOT = Path(__file__).resolve().parents[2]
SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>今日头条</title></head><body>
<div class="profile-info"><div class="detail"><span class="name">云岭发布</span></div></div>
<img src="/picture.png"><div id="list" style="height:3000px"></div><script>
let cursor = 0, more = true, busy = false;
const token = location.pathname.split('/')[4] || '';
async function load() {
  if (busy || !more) return;
  busy = true;
  const address = `/api/pc/list/user/feed?category=profile_all&token=${token}&max_behot_time=${cursor}&aid=24`;
  try {
    const got = await (await fetch(address)).json();
    cursor = got.next.max_behot_time; more = got.has_more;
  } catch (error) { more = false; }
  busy = false;
  document.getElementById('list').style.height = '6000px';
}
window.addEventListener('scroll', load);
fetch('/api/pc/list/feed?channel_id=0&max_behot_time=0').finally(load);
</script></body></html>"""
CHALLENGE = """<html><head><meta charset="UTF-8" /></head><body></body><script>
var __ac_nonce = 'n', __ac_signature = 's';
if (%s) { sessionStorage.setItem('passed', '1'); location.reload(); }
</script></html>"""


class Mirror:
    """A mirror of a made-up www.toutiao.com, kept in a thread of its own."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.address = ""
        self.asked: list[tuple[str, str]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def start(self) -> str:
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    async def _serve(self) -> str:
        app = web.Application()
        app.router.add_get("/{rest:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path_qs, request.headers.get("User-Agent", "")))
        if request.path.endswith("/robots.txt"):
            return web.Response(text="User-agent: *\nDisallow: /search\n")
        if request.path.endswith(HANGING):
            await asyncio.sleep(60)
        known = self.pages.get(request.path_qs) or self.pages.get(request.path)
        if known is None:
            return web.Response(status=404, text="no such page")
        status, headers, body = known
        body = body.pop(0) if isinstance(body, list) and len(body) > 1 else body
        return web.Response(status=status, headers=headers, body=body[0] if isinstance(body, list) else body)

    def serve(self, path: str, body: Any, status: int = 200, **headers: str) -> None:
        """Answers ``https://www.toutiao.com<path>``; a list of bodies is given out one after the other."""
        kind = {"Content-Type": "application/json" if path.startswith("/api/") else "text/html; charset=utf-8"}
        plain = body.encode() if isinstance(body, str) else body
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[f"/https/www.toutiao.com{path}"] = (status, {**kind, **extra}, plain)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


SITE = "https://www.toutiao.com"
PROFILE = f"/c/user/token/{TOKEN}/"
CHALLENGED = f"/c/user/token/{OTHER_TOKEN}/"
STUBBORN = "/c/user/token/MS4wLjABAAAAyunling-stubborn_0000000000000003/"
MOVED = f"/c/user/{USER_ID}/"
FAILING = "/c/user/token/MS4wLjABAAAAyunling-failing_00000000000000004/"
ARTICLE = "/article/7652913480072167971/"
HANGING = "/article/7652913480072167972/"


def feed(cursor: int, token: str = TOKEN) -> str:
    return f"/api/pc/list/user/feed?category=profile_all&token={token}&max_behot_time={cursor}&aid=24"


def by(token: str, item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "user_info": {"user_id": token, "name": "云岭发布"}}


def crawled(mirror: Mirror, wanted: list[tuple[str, str]], seconds: int) -> dict[str, Any]:
    """What a crawl of the addresses, in a process of its own, gave for each path."""
    order = {"mirror": mirror.address, "fetches": [(SITE + path, kind) for path, kind in wanted], "seconds": seconds}
    child = [sys.executable, "-m", "tests.crawler.render_child", json.dumps(order)]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return {url.removeprefix(SITE): got for url, got in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def mirror() -> Iterator[Mirror]:
    served = Mirror()
    served.address = served.start()
    served.serve("/api/pc/list/feed", answer([article(77)]))
    served.serve(PROFILE, SHELL)
    served.serve(feed(0), answer([article(1), micro_post(2)], more=True, cursor=NOON))
    served.serve(feed(NOON), answer([article(3)]))
    served.serve(CHALLENGED, [(CHALLENGE % "true").encode(), SHELL.encode()])
    served.serve(feed(0, OTHER_TOKEN), answer([by(OTHER_TOKEN, article(5))]))
    served.serve(STUBBORN, CHALLENGE % "!sessionStorage.getItem('passed')")
    served.serve(MOVED, "", status=302, Location=SITE + PROFILE)
    served.serve(FAILING, "", X_Mirror_Error="dns")
    served.serve(ARTICLE, "<html><head><title>404错误页</title></head><body></body></html>", status=404)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def results(mirror: Mirror) -> dict[str, Any]:
    profiles = [(path, "profile") for path in (PROFILE, CHALLENGED, STUBBORN, MOVED, FAILING)]
    return crawled(mirror, [*profiles, (ARTICLE, "article")], seconds=60)


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)
class TestInTheBrowser:
    def test_every_list_page_is_read_with_exact_ids(self, results):
        got = results[PROFILE]
        assert (got["status"], got["more"], len(got["calls"])) == ("ok", False, 2)
        assert [post["post_id"] for post in got["records"] if "post_id" in post] == [
            "7652913480072167971",
            "1847651525382152",
            "7652913480072167969",
        ]

    def test_the_original_address_stays(self, results):
        assert results[PROFILE]["url"] == results[PROFILE]["final_url"] == SITE + PROFILE
        assert all(url.startswith(SITE) for url in results[PROFILE]["calls"])

    def test_a_challenge_that_reloads_itself_once_is_passed_by_waiting(self, results):
        assert (results[CHALLENGED]["status"], len(results[CHALLENGED]["records"])) == ("ok", 2)

    def test_a_challenge_that_stays_is_blocked(self, results):
        assert (results[STUBBORN]["status"], results[STUBBORN]["records"]) == ("blocked", [])

    def test_a_page_moved_within_the_site_keeps_the_address_it_ended_on(self, results):
        assert (results[MOVED]["status"], results[MOVED]["final_url"]) == ("ok", SITE + PROFILE)

    def test_a_failing_host_fails_as_the_mirror_says(self, results):
        assert results[FAILING] == {"failure": "CannotResolveHostError"}

    def test_a_missing_post_is_gone_in_the_words_of_its_page(self, results):
        assert (results[ARTICLE]["status"], results[ARTICLE]["reason"]) == ("gone", "404错误页")

    def test_robots_are_asked_first_and_pictures_never(self, mirror, results):
        paths = [path for path, _ in mirror.asked]
        assert paths[0].endswith("/robots.txt")
        assert not [path for path in paths if path.endswith(".png")]

    def test_every_request_of_the_browser_names_us_once_behind_its_own_agent(self, mirror, results):
        agents = {agent for path, agent in mirror.asked if not path.endswith("/robots.txt")}
        assert agents
        assert all("Chrome/" in agent and agent.count("xuncha/0.1 (+https://") == 1 for agent in agents)

    def test_a_render_step_that_hangs_is_ended(self, mirror):
        assert crawled(mirror, [(HANGING, "article")], seconds=5)[HANGING] == {"failure": "DownloadTimeoutError"}


def moment(number: int):
    return published_at(Fields("item", article(number)), "publish_time")


@pytest.mark.parametrize(
    ("calls", "until", "needed"),
    [
        ([call(answer([article(1)], more=True, cursor=9))], None, "scroll"),
        ([call(answer([article(1)]))], None, "nothing"),
        ([call(answer([article(5), article(6)], more=True, cursor=9))], moment(4), "nothing"),
        ([call(answer([article(1), article(6)], more=True, cursor=9))], moment(4), "scroll"),
        ([call(answer([article(300, is_stick=True)], more=True, cursor=9))], moment(4), "scroll"),
        ([call(b"")], moment(4), "wait"),
        ([call(b"<html>")], moment(4), "wait"),
    ],
)
def test_a_list_is_unrolled_until_it_ends_or_its_window_is_covered(calls: list[Call], until, needed):
    assert wants(calls, until) == needed


def test_parsers_and_settings_need_no_playwright():
    hide = "import sys; sys.modules['playwright'] = None; sys.modules['scrapy_playwright'] = None;"
    use = (
        "import crawler.render, crawler.browser, crawler.spiders.toutiao; crawler.render.render_settings('x', '', 'u')"
    )
    assert subprocess.run([sys.executable, "-c", hide + use], cwd=ROOT, check=False).returncode == 0


def executable(folder: Path, name: str) -> str:
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


def test_a_browser_is_found_by_variable_then_playwright_then_search_path(tmp_path):
    named, plain = executable(tmp_path / "named", "chromium"), executable(tmp_path / "bin", "chromium")
    environ = {"PATH": str(tmp_path / "bin"), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers")}
    assert find_chromium(environ) == plain
    own = executable(tmp_path / "browsers", f"chromium-{playwright_revision()}/chrome-linux/chrome")
    assert find_chromium(environ) == own
    assert find_chromium({**environ, "XUNCHA_CHROMIUM": named}) == named


def test_a_wrong_variable_is_not_passed_over(tmp_path):
    plain = executable(tmp_path / "bin", "chromium")
    assert find_chromium({"PATH": str(Path(plain).parent), "XUNCHA_CHROMIUM": str(tmp_path / "no")}) is None


def playwright_revision() -> str:
    import playwright

    table = Path(playwright.__file__).parent / "driver" / "package" / "browsers.json"
    return next(row["revision"] for row in json.loads(table.read_text())["browsers"] if row["name"] == "chromium")
