"""crawl, coverage, parse: what is seen of the public pages."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import progress, screen
from cli.app import Json, UserError, app, clock, workspace
from cli.naming import account_reference, crawled_platforms
from crawler.page import Page
from crawler.reading import Reading, read
from records import CRAWLED_PLATFORMS, Coverage, as_json
from registry.platforms import platform_label
from reports.wording import platform_name, reason_of
from scheduler import crawl_runs, crawling
from scheduler.clock import parse_now
from scheduler.orphans import end_after, end_with_parent, nothing_left_behind
from scheduler.sources import parser_alarms
from storage.queries import accounts as account_queries
from storage.queries import runs

STATUS_WORDS = {"complete": "完整", "partial": "部分", "none": "未能核查"}
COVERAGE_RUNS = ("crawl", "crawl-part")


@app.command()
def crawl(
    context: typer.Context,
    platform: Annotated[list[str] | None, typer.Option("--platform", help="weibo、wechat、toutiao，可写多次")] = None,
    account: Annotated[list[str] | None, typer.Option("--account", help="平台:账号，可写多次")] = None,
    keep_raw: Annotated[bool, typer.Option("--keep-raw", help="另存每种页面的前几份原文，供核对版式")] = False,
    json: Json = False,
) -> int:
    """采集名录里账号的公开资料和推文。"""
    has_parent = end_with_parent()
    space = workspace(context)
    context.with_resource(nothing_left_behind())
    if not has_parent:  # which keeps the time itself
        end_after(space.config.crawl.time_limit_minutes * 60)
    platforms = crawled_platforms(platform or ())
    only = [account_reference(space, reference) for reference in account or []]
    if only and not platform:
        platforms = tuple(name for name in CRAWLED_PLATFORMS if any(ref.startswith(f"{name}:") for ref in only))
    if not crawling.registered(space):
        raise UserError(f"名录是空的；请先导入：{screen.command(space.home, 'accounts import 名录.xlsx')}。")
    with progress.crawling(space, platforms, only) as on_batch:
        report = crawling.crawl(space, platforms, only, keep_raw=keep_raw, on_batch=on_batch)
    if json:
        screen.print_json(
            {
                "coverage": report.coverage,
                "stopped_hosts": report.stopped_hosts,
                "requests": report.requests,
                "left": report.left,
                "alarms": parser_alarms(space),
            }
        )
    else:
        print_coverage(report.coverage, account_queries.accounts(space.engine))
        screen.say(summary(report.coverage))
        screen.say(crawling.request_words(report.requests, sum(row.pages > 0 for row in report.coverage)))
        if report.stopped_hosts:
            screen.say(f"今晚停采的主机（出现两次验证页）：{'、'.join(report.stopped_hosts)}。")
        for alarm in parser_alarms(space):
            screen.say(alarm.summary)
        if report.left:
            night, again = (screen.command(space.home, words) for words in ("nightly", "crawl"))
            screen.say(f"还剩 {report.left} 个账号没有采集；接着做整晚的巡检：{night}，只接着采集：{again}。")
    return report.exit_code


def summary(rows: Sequence[Coverage]) -> str:
    """One sentence: how many were to be seen, seen, and not, with the reasons; those not due are told apart."""
    n_not_due = sum(row.reason == "not_due" for row in rows)
    rows = [row for row in rows if row.reason != "not_due"]
    unseen = [row for row in rows if row.status != "complete"]
    reasons: dict[str, int] = {}
    for row in unseen:
        words = reason_of(row.reason or "truncated").words
        reasons[words] = reasons.get(words, 0) + 1
    why = "；".join(f"{words} {number} 个" for words, number in reasons.items())
    seen = len(rows) - len(unseen)
    rest = f"，{len(unseen)} 个未能完整核查：{why}。" if unseen else "。"
    closed = f"另有 {n_not_due} 个已关停或注销，不必采集。" if n_not_due else ""
    return f"应查 {len(rows)} 个账号，完整看到 {seen} 个{rest}{closed}"


def print_coverage(rows: Sequence[Coverage], accounts: Sequence[Any]) -> None:
    """The table of what was and was not observed, the unseen first."""
    names = {account.ref: account for account in accounts}
    order = {"none": 0, "partial": 1, "complete": 2}
    lines = []
    for row in sorted(rows, key=lambda one: order[one.status]):
        account = names.get(row.account)
        name = account.name if account else row.account
        reason = reason_of(row.reason).words if row.reason else "—"
        platform = platform_name(platform_label(row.account.partition(":")[0]))
        lines.append([platform, name, STATUS_WORDS[row.status], reason, row.posts_new])
    screen.table("采集情况", ["平台", "账号", "结果", "原因", "新推文"], lines, limit=80)


@app.command()
def coverage(context: typer.Context, json: Json = False) -> None:
    """上次采集看到了哪些、没看到哪些、为什么。"""
    space = workspace(context)
    run = runs.last_run(space.engine, COVERAGE_RUNS, unfinished=True)
    rows = crawl_runs.coverage_so_far(space, run.id) if run is not None else []
    if json:
        screen.print_json(rows)
    elif run is None:
        screen.say(f"还没有采集过；请运行 {screen.command(space.home, 'nightly')}。")
    else:
        print_coverage(rows, account_queries.accounts(space.engine))
        screen.say(summary(rows))
        if run.finished_at is None:
            screen.say(f"这一次还没有做完；接着做：{screen.command(space.home, 'nightly')}。")


@app.command()
def parse(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="保存下来的一个页面")],
    url: Annotated[str, typer.Option("--url", help="页面原来的地址")] = "",
    fetched_at: Annotated[str | None, typer.Option("--fetched-at", help="取得页面的时间（ISO 8601，带时区）")] = None,
    json: Json = False,
) -> None:
    """解析一个保存的页面，不联网，不用数据库。"""
    moment = _moment(fetched_at) if fetched_at else clock(context).now()
    reading = read(Page(url=url, body=file.read_bytes(), fetched_at=moment))
    shape = parse_shape(reading)
    if json or not sys.stdout.isatty():
        screen.print_json(shape)
    else:
        _print_reading(shape)


def _moment(text: str) -> datetime:
    try:
        return parse_now(text)
    except ValueError as error:
        raise UserError(f"--fetched-at 要写成带时区的时间，例如 2026-11-20T08:00:00+08:00，现在是“{text}”。") from error


def parse_shape(reading: Reading) -> dict[str, Any]:
    """The contract's JSON of a parsed page."""
    return {
        "kind": reading.kind,
        "status": reading.status,
        "reason": reading.reason,
        "records": [{"type": type(record).__name__.lower(), **as_json(record)} for record in reading.records],
        "next": list(dict.fromkeys(fetch.url for fetch in reading.fetches)),
        "platform": reading.platform,
        "errors": [str(error) for error in reading.errors],
        "drift": sorted({f"{drift.kind}.{drift.field}" for drift in reading.drift}),
    }


def _print_reading(shape: dict[str, Any]) -> None:
    what = f"{shape['platform'] or '不认识'} {shape['kind'] or ''}"
    screen.say(f"页面：{what}，状态 {shape['status']} {shape['reason'] or ''}")
    rows = []
    for record in shape["records"]:
        words = record.get("title") or record.get("text") or record.get("name") or ""
        rows.append([record["type"], record.get("published_at") or "", str(words).replace("\n", " ")[:50]])
    if rows:
        screen.table(f"{len(rows)} 条记录", ["类型", "时间", "内容"], rows, limit=50)
