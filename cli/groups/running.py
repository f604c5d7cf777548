"""nightly, weekly, schedule, status: whole nights, and how the last ones went."""

from __future__ import annotations

import subprocess
import threading
from typing import Annotated, Any

import typer

from cli import screen
from cli.app import CHILD_VARIABLE, Json, UserError, app, workspace
from cli.groups.judging import print_inspection
from cli.groups.observing import summary
from cli.groups.register import read_period
from cli.groups.reporting import print_written
from scheduler import children, crawl_runs, crawling, night, timetable
from scheduler.sources import parser_alarms
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries
from storage.queries import runs

# What runs are called on the screen; in JSON they keep the names of their commands.
_JOBS = {
    **timetable.JOB_WORDS,
    "crawl": "采集（crawl）",
    "crawl-part": "采集一部分（crawl）",
    "posts": "核对报送链接（posts import）",
    "links": "链接检测（links）",
    "sweep": "搜索疑似账号（sweep）",
    "replay": "重读存档（replay）",
}
_CODES = {0: "完成", 1: "程序出错", 2: "用法或配置不对", 3: "完成，有的没看到", 130: "被停止"}


@app.command()
def nightly(
    context: typer.Context,
    keep_raw: Annotated[bool, typer.Option("--keep-raw", help="另存每种页面的前几份原文，供核对版式")] = False,
    json: Json = False,
) -> int:
    """一晚的巡检：采集、链接检测、判定。"""
    space = workspace(context)
    done = night.nightly(space, keep_raw=keep_raw, say=screen.tell)
    coverage = coverage_of_last_run(space)
    if json:
        screen.print_json(
            {
                "exit_code": done.exit_code,
                "coverage": coverage,
                "links": done.links,
                "sweep": done.sweep.get("counts"),
                "counts": done.counts,
                "findings": done.inspection.findings if done.inspection else [],
                "requests": done.crawl.get("requests", {}),
            }
        )
        return done.exit_code
    if done.inspection is not None:
        print_inspection(space, done.inspection)
    screen.say(summary(coverage))
    if done.left:
        again = screen.command(space.home, "nightly")
        screen.say(f"还剩 {done.left} 个账号没有采集，没有作判定；接着做：{again}。")
    if "requests" in done.crawl:
        screen.say(crawling.request_words(done.crawl["requests"], sum(row.pages > 0 for row in coverage)))
    return done.exit_code


def coverage_of_last_run(space: Any) -> list[Any]:
    """The coverage rows of the newest whole crawl, also of one that was broken off."""
    run = runs.last_run(space.engine, ("crawl",), unfinished=True)
    return crawl_runs.coverage_so_far(space, run.id) if run is not None else []


@app.command()
def weekly(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help="统计周期，例如 2026-W46；默认上一周")] = None,
    json: Json = False,
) -> None:
    """每周：判定上一周并写通报草稿。"""
    print_written(night.weekly(workspace(context), read_period(period)), json)


@app.command()
def schedule(context: typer.Context) -> None:
    """常驻运行：按 xuncha.toml 的时间每晚巡检、每周出草稿，错过的会补上；按 Ctrl-C 停止。"""
    space = workspace(context)
    plan = timetable.schedule_words(space.config.schedule)
    if not account_queries.accounts(space.engine):
        first = screen.command(space.home, "accounts import 名录.xlsx")
        raise UserError(f"名录是空的，没有可巡检的账号；请先导入：{first}。")
    screen.say(f"定时运行：{plan}。按 Ctrl-C 停止。")
    running: list[subprocess.Popen[bytes]] = []
    stopping = threading.Event()

    def run(job: str) -> None:
        if stopping.is_set():
            return
        # In a session of its own: Ctrl-C reaches it through us, once.
        command, environment = children.own_command(space, job)
        environment[CHILD_VARIABLE] = "1"
        child = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 (our own command line)
        running.append(child)
        code = child.wait()
        screen.say(f"{timetable.JOB_WORDS[job]}结束：{_CODES.get(code, '被停止')}（退出码 {code}）。")
        running.remove(child)

    try:
        timetable.resident(space, run, screen.say)
    finally:
        stopping.set()
        for child in list(running):
            children.end_child(child)


@app.command()
def status(context: typer.Context, json: Json = False) -> None:
    """最近几次运行。"""
    space = workspace(context)
    found = runs.runs(space.engine)
    if json:
        keys = ("id", "kind", "started_at", "finished_at", "exit_code", "counts")
        screen.print_json([{key: getattr(run, key) for key in keys} for run in found])
        return
    if not found:
        screen.say(_first_step(space))
        return
    rows = [[run.id, _JOBS.get(run.kind, run.kind), screen.moment(run.started_at), _ended(run)] for run in found]
    screen.table("最近的运行", ["编号", "任务", "开始时间", "结果"], rows)
    for alarm in parser_alarms(space):
        screen.say(alarm.summary)


def _first_step(space: Workspace) -> str:
    night = screen.command(space.home, "nightly")
    if account_queries.accounts(space.engine):
        return f"还没有运行过；请运行 {night}。"
    first = screen.command(space.home, "accounts import 名录.xlsx")
    return f"还没有运行过；名录是空的，请先导入：{first}；再巡检：{night}。"


def _ended(run: Any) -> str:
    return _CODES.get(run.exit_code, str(run.exit_code)) if run.finished_at else "未结束"
