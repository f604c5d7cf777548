"""Checking links from the jobs: evidence of what is not alive, and the hosts shared with the night's crawl."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipelines.archive import load_stored
from records import LinkCheck
from scheduler import linking
from scheduler.clock import Clock
from scheduler.workspace import Workspace
from storage.hosts import HostLedger
from storage.schema import LinkCheckRow, ProbeRow, RunRow, SnapshotRow
from storage.workers import this_worker
from tests.scheduler.archived import ACCOUNT, NIGHT, UNIT


class Mirror(ThreadingHTTPServer):
    """A mirror in which there is nothing; it notes what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Nothing)
        self.asked: list[str] = []


class _Nothing(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(404)
        self.end_headers()
        self.wfile.write("没有这个页面".encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    server = Mirror()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def space(tmp_path: Path, mirror: Mirror) -> Workspace:
    config = f'[crawl]\nmirror = "http://127.0.0.1:{mirror.server_port}"\ndelay_seconds = 0\n'
    (tmp_path / "xuncha.toml").write_text(config, encoding="utf-8")
    opened = Workspace.open(tmp_path, Clock(NIGHT))
    opened.store.save_register([UNIT], [ACCOUNT], {}, {})
    return opened


def stop(_check: LinkCheck, _total: int) -> None:
    signal.raise_signal(signal.SIGINT)


def answers(space: Workspace, urls: list[str]) -> list[LinkCheck]:
    with linking.checked(space, urls) as listed:
        return list(listed.answers())


def test_a_dead_link_is_kept_with_what_was_answered(space: Workspace) -> None:
    url = "https://www.yunling.example/a"
    space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=(url,))], {}, {})
    with linking.links(space) as listed:
        (check,) = listed.answers()
    with space.engine.connect() as connection:
        ref = connection.execute(select(SnapshotRow.ref)).scalar_one()
    assert (check.state, check.url) == ("dead", url)
    assert load_stored(space.home, ref).calls == ((url, 404, "没有这个页面".encode()),)


def test_walls_of_tonights_crawl_hold_for_links_asked_by_hand(space: Workspace, mirror: Mirror) -> None:
    run_id = space.store.begin_run("crawl", NIGHT, None)
    hosts = HostLedger(space.engine, run_id, this_worker())
    hosts.add_wall("weibo.com")
    hosts.add_wall("weibo.com")
    (check,) = answers(space, ["https://weibo.com/1"])
    assert (check.state, check.reason, mirror.asked) == ("blocked", "verification", [])
    with space.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(LinkCheckRow)).scalar_one() == 0
    assert not (space.home / "evidence").exists()


def test_links_asked_by_hand_need_no_crawl_before(space: Workspace) -> None:
    (check,) = answers(space, ["https://weibo.com/1"])
    assert (check.state, check.status) == ("dead", 404)


def test_every_link_that_asks_one_address_is_stored_with_its_answer(space: Workspace, mirror: Mirror) -> None:
    urls = tuple(f"https://www.yunling.example/a{end}" for end in ("#1", "", "#2"))
    space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=urls)], {}, {})
    with linking.links(space) as listed:
        assert [check.url for check in listed.answers()] == list(urls)
    with space.engine.connect() as connection:
        rows = connection.execute(select(LinkCheckRow.url, LinkCheckRow.state, LinkCheckRow.proven)).all()
    assert sorted(rows) == [(url, "dead", True) for url in sorted(urls)]
    assert mirror.asked.count("/https/www.yunling.example/a") == 1


def test_what_answered_well_is_not_asked_again_for_some_days_and_what_did_not_is(
    space: Workspace, mirror: Mirror
) -> None:
    dead, phone = "https://www.yunling.example/a", "weapp://page"
    space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=(dead, phone))], {}, {})
    for _ in range(2):
        with linking.links(space) as listed:
            asked = [check.url for check in listed.answers()]
    assert asked == [dead]
    assert mirror.asked.count("/https/www.yunling.example/a") == 2


def test_a_check_that_is_stopped_keeps_what_was_answered(space: Workspace, mirror: Mirror) -> None:
    with linking.checked(space, [f"https://h{number}.example/" for number in range(50)], stop) as listed:
        kept = list(listed.answers())
    assert listed.stopped
    assert 0 < len(kept) < 50


def test_a_stored_check_that_is_stopped_keeps_what_was_answered(space: Workspace) -> None:
    urls = tuple(f"https://h{number}.example/" for number in range(50))
    space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=urls)], {}, {})
    with pytest.raises(KeyboardInterrupt), linking.links(space, stop):
        pytest.fail("a stopped check tells nothing")
    with space.engine.connect() as connection:
        n_kept = connection.execute(select(func.count()).select_from(LinkCheckRow)).scalar_one()
    assert 0 < n_kept < 50


def test_a_stop_leaves_websites_unknown_that_nobody_asked_and_counts_them(space: Workspace) -> None:
    sites = [f"https://w{number}.example" for number in range(50)]
    space.store.save_register([UNIT], [replace(ACCOUNT, fields={"网站地址": "、".join(sites)})], {}, {})
    with pytest.raises(linking.LinksStopped) as stopped, linking.links(space, stop):
        pytest.fail("a stopped check tells nothing")
    with space.engine.connect() as connection:
        states = Counter(connection.execute(select(ProbeRow.state)).scalars())
        counts = connection.execute(select(RunRow.counts)).scalar_one()
    assert set(states) == {"dead", "unknown"} and states.total() == len(sites)
    assert counts["not_probed"] == stopped.value.n_unasked == states["unknown"]


def test_a_website_that_is_a_menu_link_too_is_asked_once(space: Workspace, mirror: Mirror) -> None:
    account = replace(
        ACCOUNT, menu_links=("https://www.yunling.example/#top",), fields={"网站地址": "https://www.yunling.example"}
    )
    space.store.save_register([UNIT], [account], {}, {})
    with linking.links(space) as listed:
        assert len(list(listed.answers())) == 2
    assert mirror.asked.count("/https/www.yunling.example/") == 1
    assert mirror.asked.count("/https/www.yunling.example/robots.txt") == 1
    with space.engine.connect() as connection:
        assert connection.execute(select(ProbeRow.address, ProbeRow.state)).all() == [
            ("https://www.yunling.example", "dead")
        ]


def test_an_address_that_no_database_takes_ends_no_run(space: Workspace) -> None:
    odd = ("https://www.yunling.example/\0x", "https://www.yunling.example/\ud800", "https://www.yunling.example/a")
    space.store.save_register([UNIT], [replace(ACCOUNT, menu_links=odd[2:])], {}, {})
    assert [check.state for check in answers(space, list(odd))] == ["dead", "dead", "dead"]
