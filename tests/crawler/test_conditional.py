"""A feed that has not changed is not sent again, and reads as if it had been."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.conditional import SETTING, Conditional, keep_validators
from crawler.page import Fetch
from demo.county import load_county
from demo.server import CountyServer
from records import Snapshot
from storage.database import open_database
from storage.validators import StoredValidators

ROOT = Path(__file__).resolve().parents[2]
COUNTY = load_county()
FEED: str = COUNTY.of_story("wechat_daily")[0].data["feed"]
MOMENT = "Fri, 20 Nov 2026 00:00:00 GMT"
BODY = b"<rss/>"
SNAPSHOT = Snapshot(
    url=FEED, fetched_at=COUNTY.nights[-1], sha256=hashlib.sha256(BODY).hexdigest(), ref="evidence/x.warc.gz#0"
)


@pytest.fixture
def server() -> Iterator[CountyServer]:
    with CountyServer(COUNTY, now=COUNTY.nights[-1]) as running:
        yield running


@pytest.fixture(scope="module")
def validators(tmp_path_factory: pytest.TempPathFactory) -> StoredValidators:
    database = tmp_path_factory.mktemp("validators") / "xuncha.db"
    return StoredValidators(open_database(f"sqlite:///{database}"), {SNAPSHOT.ref: BODY}.get)


def conditions(validators: StoredValidators, request: Request) -> set[str]:
    """The conditions that the middleware adds to a request."""
    Conditional(get_crawler(settings_dict={SETTING: validators})).process_request(request)
    return {name.decode() for name in request.headers if name.startswith(b"If-")}


def asked(kind: str = "feed", method: str = "GET", **fetch: Any) -> Request:
    """The request for a fetch of the feed's address."""
    return Request(FEED, method=method, cb_kwargs={"fetch": Fetch(url=FEED, kind=kind, **fetch)})


def kept(validators: StoredValidators, headers: dict[str, str], status: str = "ok", http_status: int = 200) -> bool:
    """Whether an answer with these headers is asked for by condition the next time."""
    answer = Response(FEED, status=http_status, headers=headers, body=BODY)
    keep_validators(validators, Response(FEED, body=BODY), Fetch(url=FEED, kind="feed"), SNAPSHOT, "ok")
    keep_validators(validators, answer, Fetch(url=FEED, kind="feed"), SNAPSHOT, status)
    return bool(conditions(validators, asked()))


def read(server: CountyServer, folder: Path, **order: Any) -> list[dict[str, Any]]:
    """What asking the feed twice gave."""
    whole = {"fetch": {"url": FEED, "kind": "feed"}, "times": 2, "drop": [], "status": "ok", **order}
    done = subprocess.run(
        [sys.executable, "-m", "tests.crawler.conditional_child"],
        cwd=ROOT,
        input=json.dumps({**whole, "mirror": server.url, "folder": str(folder)}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def statuses(server: CountyServer) -> list[int]:
    """What the server answered, in order."""
    return [entry.status for entry in server.log]


def test_an_unchanged_feed_is_answered_304_and_reads_the_same(server: CountyServer, tmp_path: Path) -> None:
    first, second = read(server, tmp_path)
    assert statuses(server) == [200, 304]
    assert (second["status"], second["sha256"], second["content_type"]) == (200, first["sha256"], first["content_type"])
    assert [first["not_modified"], second["not_modified"]] == [False, True]
    assert [first["received"], second["received"]] == [200, 304]


def test_a_stored_answer_that_is_gone_is_asked_for_plainly(server: CountyServer, tmp_path: Path) -> None:
    first, second, third = read(server, tmp_path, times=3, drop=[1])
    assert statuses(server) == [200, 200, 304]
    assert first["sha256"] == second["sha256"] == third["sha256"]


@pytest.mark.parametrize("status", ["blocked", "login", "unparsed", "gone"])
def test_what_was_not_read_as_content_is_never_kept_alive(status: str, validators: StoredValidators) -> None:
    assert kept(validators, {"ETag": '"1"'})
    assert not kept(validators, {"ETag": '"1"'}, status=status)
    assert not kept(validators, {"ETag": '"1"'}, http_status=304)


@pytest.mark.parametrize(
    "request_",
    [
        asked("article"),
        asked("timeline"),
        asked(method="POST"),
        asked(payload=b"{}"),
        asked(credential="wx1"),
        asked(render=True),
        Request(FEED),
    ],
    ids=str,
)
def test_other_pages_are_asked_plainly(request_: Request, validators: StoredValidators) -> None:
    assert kept(validators, {"ETag": '"1"'})
    assert conditions(validators, request_) == set()


def test_a_304_that_nobody_asked_for_stays_one(validators: StoredValidators) -> None:
    answer = Response(FEED, status=304)
    middleware = Conditional(get_crawler(settings_dict={SETTING: validators}))
    assert middleware.process_response(Request(FEED), answer) is answer


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"ETag": 'W/"a-1"'}, True),
        ({"Last-Modified": MOMENT}, True),
        ({"ETag": '"1"', "Content-Type": "x" * 5000}, True),
        ({"ETag": '"' + "x" * 5000 + '"'}, False),
        ({"ETag": "unquoted"}, False),
        ({"ETag": '"a" "b"'}, False),
        ({"ETag": ['"a"', '"b"']}, False),
        ({"ETag": '"a\r\nCookie: b"'}, False),
        ({"ETag": '"\u4e91"'}, False),
        ({"Last-Modified": "yesterday"}, False),
        ({"Last-Modified": "Fri, 20 Nov 2026 00:00:00 +0800"}, False),
        ({}, False),
    ],
)
def test_a_strangers_headers_are_taken_in_the_standards_form_only(
    headers: dict[str, Any], taken: bool, validators: StoredValidators
) -> None:
    assert kept(validators, headers) is taken


def test_an_oversized_content_type_is_not_stored(validators: StoredValidators) -> None:
    assert kept(validators, {"ETag": '"1"', "Content-Type": "x" * 5000})
    found = validators.known(FEED)
    assert found is not None and found.content_type == ""
