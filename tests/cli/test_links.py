"""links, links check as a person types them: order, one JSON value, words, bad files, and a stop on the way."""

from __future__ import annotations

import io
import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler import link_wire
from demo.county import load_county
from demo.server import CountyServer
from reports.link_words import no_control
from scheduler.clock import Clock
from scheduler.workspace import Workspace
from tests.cli.conftest import HEADS, NIGHT, ROWS, Here, make_home, table
from tests.scheduler.archived import ACCOUNT, UNIT
from tests.scheduler.archived import NIGHT as NIGHT_OF_WEEK

DEAD = "https://www.yunling.example/nowhere/gone.html"
REDIRECTED = """\
[crawl]
delay_seconds = 0

[links]
allow_private = ["127.0.0.0/8"]
"""
OFFICE = """\
[crawl]
delay_seconds = 0

[links]
allow_private = ["127.0.0.0/8"]
control = [{control}]

[rules]
regulations = ["shandong-2021"]
"""
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


def test_a_folder_is_not_called_missing(here: Here, county_home: Path, tmp_path: Path) -> None:
    done = here("links", "check", tmp_path, home=county_home, now=NIGHT)
    assert done.code == 2 and "是文件夹" in done.err and "没有这个文件" not in done.err


def test_links_with_nothing_due_say_so(here: Here, home: Path, tmp_path: Path) -> None:
    here("accounts", "import", table(tmp_path / "a.csv", [HEADS, ROWS[0]]), home=home)
    assert "没有到期要检查的链接" in here("links", home=home).out
    assert here("links", "--json", home=home).json == []


def test_links_of_an_empty_register_say_what_to_import(here: Here, home: Path) -> None:
    said = here("links", home=home).out
    assert "名录是空的" in said and "accounts import" in said and "没有到期" not in said
    assert here("links", "--json", home=home).json == []


def test_a_dead_link_is_listed_before_any_number_of_others(here: Here, county_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("云岭\n" * 60 + f"http://10.0.0.1/\n{DEAD}\n", encoding="utf-8")
    said = here("links", "check", tmp_path / "a.txt", home=county_home, now=NIGHT).out
    assert said.index("失效") < said.index("不访问") < said.index("无法自动检查")
    assert "只列出 50 个没有正常打开的" in said and "无法自动检查 60，" in said


@pytest.mark.parametrize("has_control", [True, False])
def test_without_a_control_address_answers_are_no_findings(here: Here, tmp_path: Path, has_control: bool) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Missing) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "xuncha.toml").write_text(OFFICE.format(control=f'"{site}/"' if has_control else ""), "utf-8")
        said = []
        for hours in (30, 15):
            night = NIGHT_OF_WEEK - timedelta(hours=hours)
            save_menu(tmp_path, night, f"{site}/art/1.html")
            said.append(here("links", home=tmp_path, now=night).out)
        server.shutdown()
    assert all("失效 1" in one and (no_control() in one) is not has_control for one in said)
    found = here("inspect", "--json", home=tmp_path, now=NIGHT_OF_WEEK).json
    (judged,) = [one for one in found["judgements"] if one["check"] == "dead_link"]
    assert len([one for one in found["findings"] if one["check"] == "dead_link"]) == int(has_control)
    assert judged["result"] == ("breach" if has_control else "unknown")
    assert has_control or judged["reason"] == "no_control"


def test_a_control_address_that_does_not_open_is_named_with_what_to_do(here: Here, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Missing) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "xuncha.toml").write_text(OFFICE.format(control=f'"{site}/art/2.html"'), "utf-8")
        (tmp_path / "a.txt").write_text(f"{site}/art/1.html\n", encoding="utf-8")
        done = here("links", "check", tmp_path / "a.txt", home=tmp_path, now=NIGHT)
        server.shutdown()
    assert (done.code, "失效" in done.out) == (3, False)
    assert f"有 1 个没有查成：对照地址 {site}/art/2.html 当时没有正常打开" in done.out


def test_without_a_control_address_none_is_blamed_for_what_this_machine_missed(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_wire, "LATE_SECONDS", -10.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (tmp_path / "xuncha.toml").write_text(f"{REDIRECTED}timeout_seconds = 1\n", encoding="utf-8")
        (tmp_path / "a.txt").write_text(f"http://127.0.0.1:{silent.getsockname()[1]}/\n", encoding="utf-8")
        done = here("links", "check", tmp_path / "a.txt", home=tmp_path, now=NIGHT)
    assert (done.code, "对照地址  当时" in done.out) == (3, False)
    assert "有 1 个没有查成：本机当时休眠过、太忙或断了网，请再查一次。" in done.out


def save_menu(home: Path, night: datetime, url: str) -> None:
    """Register an office's account with one link in its menu."""
    store = Workspace.open(home, Clock(night)).store
    store.save_register([UNIT], [replace(ACCOUNT, menu_links=(url,))], {}, {})


def test_behind_a_mirror_no_control_address_is_asked_for(here: Here, county_home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DEAD, encoding="utf-8")
    home = Path(shutil.copytree(county_home, tmp_path / "home"))
    config = (home / "xuncha.toml").read_text(encoding="utf-8")
    (home / "xuncha.toml").write_text(config[: config.index("control")], encoding="utf-8")
    said = here("links", "check", tmp_path / "a.txt", home=home, now=NIGHT).out
    assert "失效" in said and no_control() not in said


class _Missing(BaseHTTPRequestHandler):
    """A site with a home page and nothing else, and without rules for robots."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<title>云岭县人民政府</title><p>云岭县人民政府门户网站</p>".encode())

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def test_a_stopped_check_of_a_list_says_that_nothing_is_saved(
    here: Here, county_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(_Stopping())))
    done = here("links", "check", "-", home=county_home, now=NIGHT)
    assert done.code == 130
    assert "没有保存，重新运行会从头检查" in done.err and "都已保存" not in done.err


class _Stopping(io.RawIOBase):
    """A keyboard at which somebody presses Ctrl-C."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise KeyboardInterrupt


class _Redirecting(BaseHTTPRequestHandler):
    """A site that sends its readers to a machine's own data, and has no rules for robots."""

    def do_GET(self) -> None:
        self.send_response(404 if self.path == "/robots.txt" else 302)
        self.send_header("Location", "http://169.254.169.254/latest")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def test_a_redirect_is_told_with_the_address_it_led_to(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "xuncha.toml").write_text(REDIRECTED, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Redirecting) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        asked = f"127.0.0.1:{server.server_port}/meta"
        (tmp_path / "a.txt").write_text(f"http://10.0.0.1\nhttp://{asked}#top\n", encoding="utf-8")
        said = here("links", "check", tmp_path / "a.txt", home=tmp_path, now=NIGHT).out
        server.shutdown()
    assert f"{asked}#top │ 不访问 │ 跳转到 http://169.254.169.254/latest，内网或本机地址" in said
    assert "http://10.0.0.1" in said and said.count("跳转到") == 1


def test_links_of_the_register_are_checked_and_kept(here: Here, county_home: Path) -> None:
    rows = here("links", "--json", home=county_home, now=NIGHT).json
    assert rows and all(row.keys() == KEYS for row in rows)
    again = here("links", "--json", home=county_home, now=NIGHT).json
    # What answered well is left for some days; a registered website is probed every time.
    asked_again = {row["url"] for row in rows if row["state"] in ("dead", "failing", "blocked")}
    assert {row["url"] for row in again} == asked_again | {load_county().data["control"]}
