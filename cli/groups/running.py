"""nightly, weekly, schedule, status, doctor: whole nights and the state of the machine."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from analysis.periods import day_of
from cli import screen
from cli.app import app, workspace
from cli.groups.judging import print_inspection
from cli.groups.observing import summary
from cli.groups.register import Json, read_period
from cli.groups.reporting import print_written
from crawler.browser import NO_BROWSER, find_chromium
from pipelines import archive
from records import SHANGHAI
from scheduler import children, crawl_runs, crawling, night, retaining, timetable
from scheduler.sources import parser_alarms
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries
from storage.queries import runs

LOW_DISK_BYTES = 1_000_000_000
LOW_DISK_DAYS = 30
_CLASSES = {
    "ordinary": "一般页面",
    "search": "搜索结果页",
    "finding": "问题依据",
    "plain": "图片和人工保存的页面",
    "manifest": "清单",
}
_CODES = {0: "完成", 1: "程序出错", 2: "用法或配置不对", 3: "完成，有的没看到", 130: "被停止"}
NO_CONTROL = "没有填写，本机断网时可能把打得开的链接看成失效；请在 [links] control 填一个一定打得开的地址"
STALE = timedelta(hours=36)


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
                "links": len(done.links),
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
        screen.say(f"还剩 {done.left} 个账号没有采集，没有作判定；再次运行 xuncha nightly 会接着做。")
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
    plan = space.config.schedule
    timetable.triggers(plan)
    screen.say(f"定时运行：每晚 {plan.nightly}，每周 {plan.weekly}（北京时间）。按 Ctrl-C 停止。")
    running: list[subprocess.Popen[bytes]] = []
    stopping = threading.Event()

    def run(job: str) -> None:
        if stopping.is_set():
            return
        # In a session of its own: Ctrl-C reaches it through us, once.
        command, environment = children.own_command(space, job)
        child = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603 (our own command line)
        running.append(child)
        screen.say(f"{job} 结束，退出码 {child.wait()}。")
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
        screen.say("还没有运行过；请先 xuncha accounts import 名录.xlsx，再 xuncha nightly。")
        return
    rows = [[run.id, run.kind, _when(run.started_at), _ended(run)] for run in found]
    screen.table("最近的运行", ["编号", "任务", "开始时间", "结果"], rows)
    for alarm in parser_alarms(space):
        screen.say(alarm.summary)


@app.command()
def doctor(context: typer.Context, json: Json = False) -> None:
    """检查这台机器：装了什么、缺什么、磁盘还剩多少、数据从哪里来。"""
    space = workspace(context)
    chromium = find_chromium()
    free = shutil.disk_usage(space.home).free
    run = runs.last_run(space.engine, ("crawl",))
    number = len(account_queries.accounts(space.engine))
    lines = [
        ("工作文件夹", True, str(space.home)),
        ("名录", number > 0, f"{number} 个账号" if number else "名录是空的，请运行 xuncha accounts import 名录.xlsx"),
        _contact(space.config.office.contact),
        ("适用文件", bool(space.config.rules.regulations), _law(space.config.rules.regulations)),
        ("对照地址", bool(space.config.links.control), "、".join(space.config.links.control) or NO_CONTROL),
        ("浏览器", chromium is not None, chromium or NO_BROWSER),
        ("磁盘", free > LOW_DISK_BYTES, f"剩余 {free / 1e9:.1f} GB"),
        _archive(space, free),
        _manifest(space),
        _parsers(space),
        _last_crawl(run, space.clock.now()),
        ("数据来源", not space.mirror, "; ".join(space.notes()) or "平台的公开页面"),
    ]
    if json:
        screen.print_json([{"item": item, "ok": ok, "words": words} for item, ok, words in lines])
        return
    rows = [[item, "正常" if ok else "注意", words] for item, ok, words in lines]
    screen.table("检查", ["项目", "情况", "说明"], rows)


def _archive(space: Workspace, free: int) -> tuple[str, bool, str]:
    use = retaining.disk_use(archive.files(space.home), free, day_of(space.clock.now()))
    parts = "，".join(
        f"{_CLASSES[kind]} {size / 1e6:.1f} MB" for kind, size in archive.usage(space.home).items() if size
    )
    if use.days_left is None:
        return "网页存档", True, parts or "还没有存档"
    words = f"{parts}；每天约增 {use.growth_bytes_a_day / 1e6:.1f} MB，按此还可用 {use.days_left} 天"
    enough = use.days_left >= LOW_DISK_DAYS
    return "网页存档", enough, words if enough else f"{words}，请清理磁盘或调小 [evidence] keep_days"


def _manifest(space: Workspace) -> tuple[str, bool, str]:
    name, faults = retaining.manifest_state(space.home)
    if faults:
        rest = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        return "存档清单", False, f"{faults[0].sentence}{rest}"
    return "存档清单", True, f"{name} 和它登记的记录都没有变" if name else "还没有清单"


def _parsers(space: Workspace) -> tuple[str, bool, str]:
    found = parser_alarms(space)
    words = "".join(alarm.summary for alarm in found)
    return "解析器", not found, f"{words}可能是平台改版，请转告维护人员" if found else "各字段都和以前一样读得出"


def _last_crawl(run: Any, now: datetime) -> tuple[str, bool, str]:
    if run is None:
        return "上次采集", False, "还没有采集过，请运行 xuncha nightly"
    if now - run.finished_at > STALE:
        return "上次采集", False, f"{_when(run.finished_at)}，已超过 {STALE.total_seconds() / 3600:.0f} 小时"
    return "上次采集", True, _when(run.finished_at)


def _contact(contact: str) -> tuple[str, bool, str]:
    if not contact:
        return "联系方式", False, "请在 [office] contact 填写邮箱或电话，访问时会写明"
    if not contact.isascii():
        return "联系方式", False, f"{contact}（汉字写不进访问标识，请用英文字母和数字）"
    return "联系方式", True, contact


def _law(regulations: Sequence[str]) -> str:
    return "、".join(regulations) or "没有选择，只按 14 天不更新一条判定；请在 [rules] regulations 填写"


def _ended(run: Any) -> str:
    return _CODES.get(run.exit_code, str(run.exit_code)) if run.finished_at else "未结束"


def _when(moment: Any) -> str:
    return str(moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
