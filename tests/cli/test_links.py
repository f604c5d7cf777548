"""links, links check as a person types them: order, one JSON value, words, bad files, and a stop on the way."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.county import load_county
from demo.server import CountyServer
from tests.cli.conftest import NIGHT, Here, make_home

KEYS = {"url", "final_url", "state", "status", "reason", "seconds"}
URLS = ["https://www.yunling.example/", "javascript:;", "http://10.0.0.1/", "https://www.yunling.example/", "云岭"]


@pytest.fixture(scope="module")
def county_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose mirror is the county."""
    with CountyServer(load_county(), now=NIGHT) as server:
        yield make_home(tmp_path_factory.mktemp("links") / "home", server.county, server.url)


def test_answers_come_in_the_order_given_one_a_line(here: Here, county_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(URLS), encoding="utf-8")
    done = here("links", "check", tmp_path / "a.txt", "--json", home=county_home, now=NIGHT)
    assert done.code == 0
    assert [row["url"] for row in done.json] == URLS
    assert all(row.keys() == KEYS for row in done.json)
    assert [row["state"] for row in done.json] == ["alive", "uncheckable", "refused", "alive", "uncheckable"]


def test_what_is_not_alive_is_listed_in_words_and_all_is_counted(here: Here, county_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(URLS), encoding="utf-8")
    done = here("links", "check", tmp_path / "a.txt", home=county_home, now=NIGHT)
    assert "小程序或脚本，请在手机上核对" in done.out and "内网或本机地址" in done.out
    assert "链接 5 个：正常 2，无法自动检查 2，不访问 1。" in done.out


def test_a_list_may_come_through_a_pipe(here: Here, county_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"javascript:;\n")))
    assert [row["state"] for row in here("links", "check", "-", "--json", home=county_home, now=NIGHT).json] == [
        "uncheckable"
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [(None, "没有这个文件"), (b"", "没有网址"), (b"PK\x03\x04", "表格或文档"), (b"\0\1", "不是文本文件")],
)
def test_a_file_without_addresses_is_said_in_one_sentence(
    here: Here, county_home: Path, tmp_path: Path, body: bytes | None, told: str
) -> None:
    if body is not None:
        (tmp_path / "a.txt").write_bytes(body)
    done = here("links", "check", tmp_path / "a.txt", home=county_home, now=NIGHT)
    assert (done.code, done.out) == (2, "")
    assert told in done.err and done.err.count("。") == 1


def test_links_with_nothing_due_say_so(here: Here, home: Path) -> None:
    assert "没有到期要检查的链接" in here("links", home=home).out
    assert here("links", "--json", home=home).json == []


def test_links_of_the_register_are_checked_and_kept(here: Here, county_home: Path) -> None:
    rows = here("links", "--json", home=county_home, now=NIGHT).json
    assert rows and all(row.keys() == KEYS for row in rows)
    again = here("links", "--json", home=county_home, now=NIGHT).json
    # What answered well is left for some days; a registered website is probed every time.
    asked_again = {row["url"] for row in rows if row["state"] in ("dead", "failing", "blocked")}
    assert {row["url"] for row in again} == asked_again | {load_county().data["control"]}
