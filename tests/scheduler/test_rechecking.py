"""A dead link is told again from its archive alone: its own answer, and the host's to an address that cannot exist."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from analysis.periods import last_week, moment_words
from crawler.link_states import Received
from crawler.page import Exchange
from pipelines.archive import WarcArchive, load_stored
from records import Finding, LinkCheck
from scheduler import linking
from scheduler.clock import Clock
from scheduler.judging import inspect
from scheduler.rechecking import told_otherwise
from scheduler.recovered import with_recovery
from scheduler.verifying import PARSER, SAME, verify
from scheduler.workspace import Workspace
from storage.queries.findings import findings
from tests.crawler.link_answers import framed
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT

URL = "http://www.yunling.example/art/2026/11/2/art_12_345.html"
MISSING_URL = "http://www.yunling.example/0123456789abcdef.html"
NOTICE = framed("云岭县人民政府", "<p>抱歉，您访问的页面不存在</p>")
ARTICLE = framed("云岭县人民政府", "<p>今天上午，云岭县召开乡村振兴工作推进会，研究部署下一步重点工作任务。</p>" * 3)


class _Frame(BaseHTTPRequestHandler):
    """A site that answers everything with the same notice inside its usual frame, and without robots.txt."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path.endswith("/robots.txt") else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(NOTICE.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def mirror() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Frame)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def space(tmp_path: Path, mirror: int) -> Workspace:
    """An office whose menu link was found dead on two nights, by what its host answers to anything."""
    config = f'[crawl]\nmirror = "http://127.0.0.1:{mirror}"\ndelay_seconds = 0\n'
    (tmp_path / "xuncha.toml").write_text(f'{config}[rules]\nregulations = ["shandong-2021"]\n', encoding="utf-8")
    for hours in (30, 15):
        space = Workspace.open(tmp_path, Clock(NIGHT - timedelta(hours=hours)))
        space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=(URL,))], {}, {})
        with linking.links(space):
            pass
    space = Workspace.open(tmp_path, Clock(NIGHT))
    inspect(space, last_week(NIGHT))
    return space


def dead_link(space: Workspace) -> Finding:
    return next(one for one in findings(space.engine) if one.check == "dead_link")


def received(body: str, url: str = URL) -> Received:
    asked, headers = (("Host", "www.yunling.example"),), (("Content-Type", "text/html; charset=utf-8"),)
    answered = Exchange(
        method="GET", request_headers=asked, request_body=b"", status=200, headers=headers, body=body.encode()
    )
    return Received(url, answered, False)


def made(**changes: Any) -> LinkCheck:
    check = LinkCheck(url=URL, state="dead", checked_at=NIGHT, final_url=URL, status=200, reason="soft_404")
    return replace(check, **changes)


def kept(home: Path, answer: Received, **changes: Any) -> str:
    return WarcArchive(home, 1).keep_check(made(**changes), answer).ref


def beside(answer: Received, missing: str) -> Received:
    return Received(answer.url, answer.exchange, answer.truncated, received(missing, MISSING_URL))


def test_a_finding_keeps_both_answers_that_were_compared_and_comes_out_again(space: Workspace) -> None:
    found = dead_link(space)
    assert [len(load_stored(space.home, item.ref).calls) for item in found.evidence] == [2, 2]
    own, missing = load_stored(space.home, found.evidence[0].ref).calls
    assert own[0] == URL and missing[0].startswith("http://www.yunling.example/") and missing[0] != URL
    verified = verify(space, found)
    assert (verified.outcome, {one.outcome for one in verified.details}) == (SAME, {SAME})


def test_a_link_that_opens_again_is_said_to_be_so_and_what_was_found_still_comes_out(space: Workspace) -> None:
    found = dead_link(space)
    assert with_recovery(space, [found]) == [found]
    later = Workspace.open(space.home, Clock(NIGHT + timedelta(days=2)))
    opened = LinkCheck(
        url=URL, state="alive", checked_at=NIGHT + timedelta(days=1), final_url=URL, status=200, reason=None
    )
    later.store.save_link_checks(None, [opened], {})
    inspect(later, last_week(NIGHT))
    (told,) = with_recovery(later, [dead_link(later)])
    assert told.summary == f"{found.summary.rstrip('。')}；{moment_words(opened.checked_at)}复查时已能打开。"
    assert verify(later, found).outcome == SAME


def test_what_the_host_answers_to_nothing_is_compared_again(tmp_path: Path) -> None:
    assert told_otherwise(tmp_path, kept(tmp_path, beside(received(NOTICE), NOTICE))) is None
    said = told_otherwise(tmp_path, kept(tmp_path, beside(received(NOTICE), ARTICLE)))
    assert said is not None and said.startswith("存下的应答现在读作“")


def test_without_the_second_answer_it_is_said_that_nothing_was_compared(tmp_path: Path) -> None:
    said = told_otherwise(tmp_path, kept(tmp_path, received(NOTICE)))
    assert said is not None and "不能重新比较" in said


def test_a_page_that_shows_an_article_is_not_read_as_dead_again(tmp_path: Path) -> None:
    said = told_otherwise(tmp_path, kept(tmp_path, received(ARTICLE), reason="same_as_missing"))
    assert said is not None and "当时是" in said


@pytest.mark.parametrize(("state", "reason"), [("dead", "dns"), ("failing", "timeout"), ("blocked", "http_403")])
def test_what_rests_on_no_page_is_not_told_again(state: str, reason: str, tmp_path: Path) -> None:
    assert told_otherwise(tmp_path, kept(tmp_path, received(ARTICLE), state=state, reason=reason)) is None


def test_a_finding_whose_answer_reads_otherwise_today_is_told(space: Workspace) -> None:
    check = made(reason="same_as_missing")
    snapshot = WarcArchive(space.home, 1).keep_check(check, received(ARTICLE))
    space.store.save_link_checks(1, [check], {URL: snapshot})
    detail, *_ = verify(space, replace(dead_link(space), evidence=(snapshot,))).details
    assert (detail.outcome, "当时是" in (detail.reason or "")) == (PARSER, True)
