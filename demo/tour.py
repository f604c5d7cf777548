"""The demonstration (演示): from an empty folder to a bulletin, offline, through the same jobs as every night."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analysis.periods import parse_period
from demo.county import County, load_county
from demo.files import fill_observations, write_register, write_reported_links, write_search_pages
from demo.server import CountyServer
from records import SHANGHAI
from scheduler import judging, linking, night, people, reporting, triaging
from scheduler.avatars import fetch_avatars
from scheduler.clock import Clock
from scheduler.files import CONFIG_NAME
from scheduler.saved_pages import import_saved
from scheduler.workspace import Workspace

MARKER = ".xuncha-demo"
REGISTER = "云岭县政务新媒体名录.xlsx"
CONFIG = """\
# 演示用的配置：所有页面都来自本机的虚构县。
[office]
name = "{office}"
contact = "{contact}"
division = "{name}"

[rules]
regulations = {regulations}

[crawl]
delay_seconds = 0
render_wait_seconds = 4
mirror = "{mirror}"

[links]
timeout_seconds = 5
control = ["{control}"]
"""


class DemoError(Exception):
    """The demonstration cannot be given here; the message is one sentence."""


@dataclass(frozen=True)
class Tour:
    """What the demonstration showed."""

    workspace: Workspace
    county: County
    server: CountyServer
    inspection: judging.Inspection
    written: reporting.Written
    seconds: float
    marks: tuple[int, ...]  # how many requests the server had answered when each night began, and at the end


def prepare(home: Path) -> None:
    """An empty folder for the demonstration; only one that an earlier demonstration made is emptied.

    Raises:
        DemoError: The folder holds something else.
    """
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).exists():
            raise DemoError(f"{home} 不是空文件夹，没有改动；请用 --out 另选一个文件夹。")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARKER).write_text("xuncha demo\n", encoding="utf-8")


def open_at(home: Path, moment: datetime) -> Workspace:
    """The demonstration's workspace with its clock at ``moment``."""
    return Workspace.open(home, Clock(moment))


def tour(home: Path, say: Callable[[str], None]) -> Tour:
    """Import the register, crawl seven nights, bring in what people reported and saw, judge, and write the papers."""
    prepare(home)
    started = datetime.now(SHANGHAI)
    county = load_county()
    with CountyServer(county) as server:
        _write_config(home, county, server.url)
        marks = []
        for number, moment in enumerate(county.nights, 1):
            marks.append(len(server.log))
            server.now = moment
            _one_night(home, county, moment, number, say)
        marks.append(len(server.log))
        desk = county.data["observed_at"].replace(tzinfo=SHANGHAI) + timedelta(minutes=20)
        server.now = desk
        _people(home, county, desk, say)
        space = open_at(home, desk)
        period = parse_period(county.data["week"])
        inspection = judging.inspect(space, period)
        written = reporting.draft(space, "weekly", period)
    seconds = (datetime.now(SHANGHAI) - started).total_seconds()
    return Tour(space, county, server, inspection, written, seconds, tuple(marks))


def _write_config(home: Path, county: County, mirror: str) -> None:
    data = county.data
    text = CONFIG.format(
        office=data["office"],
        contact=data["contact"],
        name=data["name"],
        regulations=json.dumps(list(data["regulations"])),
        mirror=mirror,
        control=data["control"],
    )
    (home / CONFIG_NAME).write_text(text, encoding="utf-8")


def _one_night(home: Path, county: County, moment: datetime, number: int, say: Callable[[str], None]) -> None:
    space = open_at(home, moment)
    path = write_register(county, home / REGISTER, moment)
    register, change = people.import_register(space, path, {}, dry_run=False)
    if change is None:
        raise DemoError(f"演示的名录没有通过：{register.problems[:3]}")
    done = night.nightly(space)
    rows = [row for row in done.crawl["coverage"] if row["reason"] != "not_due"]
    new = sum(row["posts_new"] for row in rows)
    seen = sum(row["status"] == "complete" for row in rows)
    when = f"第{number}晚（{moment.astimezone(SHANGHAI):%m-%d %H:%M}）"
    say(f"{when}：应查 {len(rows)} 个账号，完整看到 {seen} 个；新推文 {new} 条，查链接 {done.links} 个。")
    space.engine.dispose()


def _people(home: Path, county: County, desk: datetime, say: Callable[[str], None]) -> None:
    links = write_reported_links(county, home / "单位报送链接.txt")
    result = command(home, desk, "posts", "import", str(links))
    stored = sum(link["state"] == "stored" for link in result["links"])
    say(f"单位报送：读入 {len(result['links'])} 条链接，证明属实并保存 {stored} 条。")
    space = open_at(home, desk)
    sheet = home / "人工查看填写表.xlsx"
    number = people.make_sheet(space, sheet, parse_period(county.data["week"]))
    filled = fill_observations(county, sheet)
    seen, _new, problems = people.import_sheet(space, sheet)
    if problems:
        raise DemoError(f"演示的填写表没有通过：{problems[:3]}")
    who = f"{county.data['observer']}看了 {len(filled)} 个，读入 {seen} 条"
    say(f"人工查看：填写表列出 {number} 个没有来源能完整看到的账号，{who}。")
    saved = home / "搜索结果页"
    saved.mkdir(exist_ok=True)
    pages = import_saved(space, write_search_pages(county, saved))
    fetch_avatars(space, linking.paced_options(space), triaging.sorted_candidates(space))
    say(f"人工保存的搜索结果页：{len(pages)} 份，见到账号 {sum(page.candidates for page in pages)} 个。")
    space.engine.dispose()


def command(home: Path, moment: datetime, *words: str) -> Any:
    """The JSON of an ``xuncha`` command run as a child process.

    Raises:
        DemoError: The command failed.
    """
    root = str(Path(__file__).resolve().parent.parent)
    call = [sys.executable, "-m", "cli", "--home", str(home), "--now", moment.isoformat(), *words, "--json"]
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(call, capture_output=True, env=environment, cwd=home, check=False)  # noqa: S603
    if done.returncode not in (0, 3):
        raise DemoError(f"xuncha {' '.join(words[:2])} 没有成功：{done.stderr.decode('utf-8', 'replace')[-400:]}")
    return json.loads(done.stdout)
