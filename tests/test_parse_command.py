"""``xuncha parse`` from outside: what it prints of every recorded page, with its address and without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli.groups.observing import parse_shape
from crawler.page import Page
from crawler.reading import read
from records import SHANGHAI
from tests.recorded_mirror import RECORDINGS, captured_at, recordings

ROOT = Path(__file__).resolve().parent.parent
STATUSES = {"ok", "empty", "gone", "blocked", "login", "unparsed"}
SHAPE = {"kind", "status", "reason", "records", "next"}
KEYS = {
    "post": "platform account post_id url title text text_complete published_at time_precision kind is_repost "
    "declared_original source_name pinned links media counters first_seen_at",
    "profile": "platform account uid aliases name bio verified verified_kind verified_entity followers posts_total "
    "avatar_url observed_at",
    "candidate": "platform uid name verified verified_entity bio url keyword found_at",
}
IDS = {"post": ("post_id", "url"), "profile": ("uid", "name", "account"), "candidate": ("uid", "name")}
TIMES = ("published_at", "first_seen_at", "observed_at", "found_at")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff \t\r\n"
BOTH = ("with its address", "without an address")
# Pages that complete a post known from elsewhere: they name neither its account nor its time.
COMPLETIONS = ("mweibo_statuses_extend_4645748019299849.json", "weibocn_picall_J5ZcSnCAg_2020-06-18.html")
NOT_CONTENT = {
    "mweibo_getindex_no_such_content_ok0.json": "empty",
    "state_deleted_zh.html": "gone",
    "state_deleted_en.html": "gone",
    "state_violation.html": "gone",
    "state_too_frequent_2018.html.jsonescaped.txt": "blocked",
    "sogou_antispider_2017.html": "blocked",
    "pc_acrawler_challenge_2026-01-20.html": "blocked",
    "state_temporarily_unavailable.html": "unparsed",
    "state_link_expired_2018.html": "unparsed",
    "sweibo_user_search_withheld_2017-06-06.html": "unparsed",
    "pc_api_404_page.txt": "unparsed",
    "m_spa_shell_head_2000.txt": "unparsed",
}
BY_COMMAND = (
    "pc_home_rendered_2025-11-02.html",
    "state_deleted_zh.html",
    "sogou_account_search_2017.html",
    "mweibo_getindex_timeline_uid6279793937_2021-06-17_poll2.json",
)

PAGES = recordings() if RECORDINGS.exists() else []
CAPTURED = captured_at()
needs_recordings = pytest.mark.skipif(
    not RECORDINGS.exists() and "CI" not in os.environ, reason="recorded pages are not on this machine"
)
every_page = pytest.mark.parametrize(("path", "address"), PAGES, ids=[path.name for path, _ in PAGES])
both_ways = pytest.mark.parametrize("way", BOTH)


@cache
def parsed(path: Path, address: str) -> Any:
    """What the command prints of a page; read once for all tests, which leave it as it is."""
    moment = datetime.fromisoformat(CAPTURED[path.name])
    reading = read(Page(url=address, body=path.read_bytes(), fetched_at=moment))
    return json.loads(json.dumps(parse_shape(reading), ensure_ascii=False))


def command(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command itself, in a folder that is no home of xuncha."""
    call = [sys.executable, "-m", "cli", "parse", str(path), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(call, capture_output=True, text=True, env=environment, cwd="/", timeout=60, check=False)


def test_no_recording_is_left_out() -> None:
    assert RECORDINGS.exists() or "CI" not in os.environ
    assert not PAGES or set(CAPTURED) == {path.name for path, _ in PAGES}


@needs_recordings
@every_page
@both_ways
def test_the_answer_has_the_form_of_the_contract(path: Path, address: str, way: str) -> None:
    shape = parsed(path, address if way == BOTH[0] else "")
    assert set(shape) >= SHAPE
    assert shape["status"] in STATUSES
    assert (shape["reason"] is None) == (shape["status"] == "ok")
    assert bool(shape["records"]) == (shape["status"] == "ok")
    assert all(url.startswith(("http://", "https://")) for url in shape["next"])
    assert len(shape["next"]) == len(set(shape["next"]))
    for record in shape["records"]:
        assert set(record) >= {"type", *KEYS[record["type"]].split()}


@needs_recordings
@every_page
@both_ways
def test_absent_knowledge_is_null_and_ids_are_text(path: Path, address: str, way: str) -> None:
    for record in parsed(path, address if way == BOTH[0] else "")["records"]:
        assert all(isinstance(record[key], str) and record[key].strip() for key in IDS[record["type"]])
        words = [
            record[key] for key in ("title", "text", "name", "bio", "verified_entity", "source_name") if key in record
        ]
        assert all(word is None or (word and word == word.strip(INVISIBLE)) for word in words)
        for key in TIMES:
            assert record.get(key) is None or datetime.fromisoformat(record[key]).tzinfo is not None
        if record["type"] == "post":
            check_post(record, known_from_elsewhere=path.name in COMPLETIONS)
        elif record["type"] == "profile":
            assert record["account"] == f"{record['platform']}:{record['uid']}"
            assert record["verified_entity"] is None or record["verified"]


def check_post(post: dict[str, Any], *, known_from_elsewhere: bool) -> None:
    """What holds for every post of every page."""
    assert (post["account"] is None) == (post["published_at"] is None) == known_from_elsewhere
    assert set(post["counters"]) == {"reads", "likes", "comments", "reposts"}
    assert all(count is None or _is_count(count) for count in post["counters"].values())
    assert all(set(link) == {"url", "target", "text"} and link["url"] for link in post["links"])
    assert all(set(item) == {"kind", "url"} and item["url"].startswith("http") for item in post["media"])
    assert post["kind"] in ("text", "article", "picture", "video", "other")
    assert post["time_precision"] in ("second", "minute", "day")
    assert all(isinstance(post[key], bool) for key in ("is_repost", "pinned", "text_complete"))
    assert post["text"] is not None or not post["text_complete"] or post["title"] is not None


def _is_count(count: Any) -> bool:
    if isinstance(count, dict):
        return set(count) == {"text", "at_least"} and isinstance(count["at_least"], int)
    return isinstance(count, int) and not isinstance(count, bool) and count >= 0


@needs_recordings
@every_page
@both_ways
def test_only_what_a_page_says_of_itself_is_its_status(path: Path, address: str, way: str) -> None:
    shape = parsed(path, address if way == BOTH[0] else "")
    assert shape["status"] == NOT_CONTENT.get(path.name, "ok")
    assert shape["kind"] is not None or shape["status"] != "ok"


@needs_recordings
@every_page
def test_a_page_is_read_the_same_without_its_address(path: Path, address: str) -> None:
    # What only the address tells: the short address of a post.
    with_address, without = (
        [
            {key: value for key, value in record.items() if key not in ("url", "addresses")}
            for record in shape["records"]
        ]
        for shape in (parsed(path, address), parsed(path, ""))
    )
    assert with_address == without


@needs_recordings
@every_page
def test_nothing_is_dated_after_it_was_captured(path: Path, address: str) -> None:
    latest = datetime.fromisoformat(CAPTURED[path.name]) + timedelta(days=1)
    times = [post["published_at"] for post in parsed(path, address)["records"] if post["type"] == "post"]
    assert all(datetime.fromisoformat(time) <= latest for time in times if time is not None)


@needs_recordings
@pytest.mark.parametrize(
    ("path", "address"), [page for page in PAGES if page[0].name in BY_COMMAND], ids=lambda value: Path(value).name
)
def test_the_command_prints_exactly_this(path: Path, address: str) -> None:
    moment = CAPTURED[path.name]
    given = command(path, *(("--url", address) if address else ()), "--fetched-at", moment, "--json")
    assert (given.returncode, given.stderr) == (0, "")
    assert json.loads(given.stdout) == parsed(path, address)
    bare = command(path, "--json")
    assert (bare.returncode, "Traceback" in bare.stderr) == (0, False)
    assert json.loads(bare.stdout)["status"] == parsed(path, "")["status"]


def test_a_page_that_nobody_knows_is_unparsed_and_no_fault(tmp_path: Path) -> None:
    for name, body in (("a.html", b"<html><p>x"), ("b.bin", bytes(range(256))), ("c.txt", b""), ("d.json", b"[1]")):
        (tmp_path / name).write_bytes(body)
        given = command(tmp_path / name, "--json")
        assert (given.returncode, given.stderr) == (0, "")
        assert json.loads(given.stdout)["status"] == "unparsed"


def test_a_moment_without_zone_is_a_sentence_and_not_a_guess(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<html>")
    given = command(tmp_path / "a.html", "--fetched-at", datetime.now(SHANGHAI).strftime("%Y-%m-%dT%H:%M"), "--json")
    assert (given.returncode, given.stdout, "Traceback" in given.stderr) == (2, "", False)
    assert "时区" in given.stderr
