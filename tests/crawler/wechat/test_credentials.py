"""Token and secret of a consenting unit: they reach the platform, and nothing that is kept or logged."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.secrets import Secrets
from crawler.spiders.wechat.api import LIST_URL, TOKEN_URL, Asked, list_fetch
from demo.county import load_county
from demo.pages import api
from demo.server import CountyServer

ROOT = Path(__file__).resolve().parents[3]
COUNTY = load_county()
FIRST, SECOND = [account for account in COUNTY.accounts if account.platform == "wechat"][:2]
SECRETS = {api.appid_of(account): api.secret_of(account) for account in (FIRST, SECOND)}
DAYS = [date(2026, 11, 11), date(2026, 11, 12)]
ROBOTS = f"https://{api.HOST}/robots.txt"
Told = list[dict[str, Any]]


@pytest.fixture
def server() -> Iterator[CountyServer]:
    with CountyServer(COUNTY, now=COUNTY.nights[-1]) as running:
        yield running


def called(
    server: CountyServer, *accounts: Any, secrets: Mapping[str, str] = SECRETS, **order: Any
) -> tuple[Told, str]:
    """What calls for two days of each account gave, and everything that was logged meanwhile."""
    instead = order.pop("instead", LIST_URL)
    fetches = [list_fetch(Asked(one.uid, api.appid_of(one), day)) for one in accounts for day in DAYS]
    calls = [
        {"url": f.url.replace(LIST_URL, instead), "payload": (f.payload or b"").decode(), "credential": f.credential}
        for f in fetches
    ]
    whole = {"mirror": server.url, "secrets": dict(secrets), "calls": calls, **order}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawler.wechat.api_child"],
        cwd=ROOT,
        input=json.dumps(whole),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), done.stderr


def hosts_asked(server: CountyServer) -> list[str]:
    """Addresses that were asked for in order, without their query."""
    return [entry.url.partition("?")[0] for entry in server.log if entry.url != ROBOTS]


def held_tokens(server: CountyServer) -> set[str]:
    """Tokens with which the server was asked."""
    return {entry.url.partition("access_token=")[2] for entry in server.log if "access_token=" in entry.url}


def test_each_application_asks_for_its_token_once(server: CountyServer) -> None:
    told, _ = called(server, FIRST, SECOND)
    assert all('"list"' in answer["body"] for answer in told) and len(told) == 4
    assert sorted(hosts_asked(server)) == sorted([TOKEN_URL] * 2 + [LIST_URL] * 4)
    assert len(held_tokens(server)) == 2


def test_no_token_or_secret_is_in_what_comes_back_or_in_the_log(server: CountyServer) -> None:
    told, log = called(server, FIRST)
    hidden = {*held_tokens(server), *SECRETS.values()}
    assert len(hidden) == 3 and "Crawled (200)" in log
    assert not [word for word in hidden if word in log or word in json.dumps(told)]
    assert "access_token" not in json.dumps([answer["url"] for answer in told])


@pytest.mark.parametrize(
    ("override", "settings"),
    [
        ((502, {"X-Mirror-Error": "timeout"}, b""), {}),
        ((200, {}, b"x" * 4000), {"DOWNLOAD_MAXSIZE": 1000}),
        ((200, {}, b"x" * 4000), {"DOWNLOAD_WARNSIZE": 1000}),
        ((503, {}, b"busy"), {}),
    ],
)
def test_no_token_is_in_the_log_of_a_failure(server: CountyServer, override: Any, settings: dict[str, int]) -> None:
    server.overrides = {f"{LIST_URL}*": override}
    told, log = called(server, FIRST, settings=settings, retry=True)
    (token,) = held_tokens(server)
    assert token not in log and token not in json.dumps(told)
    assert len(told) == 2


def test_an_answer_that_repeats_the_token_is_kept_without_it(server: CountyServer) -> None:
    def echo(url: str) -> Any:
        return (200, {"X-Asked": url}, url.encode()) if url.startswith(LIST_URL) else None

    server.overrides = echo
    told, _ = called(server, FIRST)
    assert told[0]["body"] == f"{LIST_URL}?access_token=***"
    assert "access_token=***" in told[0]["headers"]


def test_a_missing_secret_asks_nothing_and_says_so(server: CountyServer) -> None:
    told, _ = called(server, FIRST, secrets={})
    assert [answer["reason"] for answer in told] == ["not_crawled"] * 2
    assert hosts_asked(server) == []


def test_a_wrong_secret_is_a_login_and_never_silence(server: CountyServer) -> None:
    told, log = called(server, FIRST, secrets={api.appid_of(FIRST): "wrong-secret-000"})
    assert {answer["reason"] for answer in told} == {"login"}
    assert "AppID 和密钥" in told[0]["words"] and "wrong-secret-000" not in log


def test_a_token_that_the_platform_took_back_is_asked_for_again_once(server: CountyServer) -> None:
    server.overrides = {f"{LIST_URL}*": (200, {}, b'{"errcode": 42001, "errmsg": "access_token expired"}')}
    told, _ = called(server, FIRST)
    assert ["42001" in answer["body"] for answer in told] == [True, True]
    assert (hosts_asked(server).count(LIST_URL), hosts_asked(server).count(TOKEN_URL)) == (4, 2)


def test_robots_that_forbid_the_api_stop_the_token_too(server: CountyServer) -> None:
    server.overrides = {ROBOTS: (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /\n")}
    told, _ = called(server, FIRST)
    assert {answer["reason"] for answer in told} == {"RobotsForbidden"}
    assert hosts_asked(server) == []


def test_robots_that_forbid_tokens_alone_are_obeyed(server: CountyServer) -> None:
    server.overrides = {ROBOTS: (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /cgi-bin/\n")}
    told, _ = called(server, FIRST)
    assert {answer["reason"] for answer in told} == {"RobotsForbidden"}
    assert hosts_asked(server) == []


@pytest.mark.parametrize("url", ["http://api.weixin.qq.com/x", "https://mp.weixin.qq.com/s"])
def test_a_token_goes_nowhere_but_to_the_platforms_api(url: str, server: CountyServer) -> None:
    told, _ = called(server, FIRST, instead=url)
    assert told[0]["reason"] == "unparsed"
    assert held_tokens(server) == set()


def test_secrets_show_in_no_print_copy_or_pickle() -> None:
    secrets = Secrets({"wx1": "geheim"})
    assert "geheim" not in f"{secrets} {secrets!r} {[secrets]}"
    assert copy.deepcopy({"x": secrets})["x"] is secrets
    with pytest.raises(TypeError):
        pickle.dumps(secrets)
