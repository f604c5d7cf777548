"""demo: everything, offline, on a made-up county."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.app import Json, UserError, app
from cli.groups.judging import print_findings
from cli.groups.observing import summary
from cli.groups.running import coverage_of_last_run
from crawler.browser import NO_BROWSER, find_chromium
from demo.tour import DemoError, Tour, tour
from records import Result
from reports.wording import reason_of
from scheduler.reporting import FILE_WORDS
from storage.queries import accounts as account_queries

DEFAULT_FOLDER = Path("xuncha-demo")


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="写到哪个空文件夹")] = DEFAULT_FOLDER,
    json: Json = False,
) -> None:
    """演示：不联网，用一个虚构的县，从名录到通报走一遍。"""
    screen.tell("虚构的云岭县：本机服务器扮演各平台，连续巡检七晚，约需两分钟。")
    if find_chromium() is None:
        screen.tell(NO_BROWSER)
    screen.set_home(out.resolve())
    try:
        shown = tour(out.resolve(), screen.tell)
    except DemoError as error:
        raise UserError(str(error)) from error
    files = {name: str(path) for name, path in shown.written.files.items()}
    if json:
        screen.print_json({"home": str(out.resolve()), "files": files, "findings": shown.inspection.findings})
        return
    _print(shown, files)


def _print(shown: Tour, files: dict[str, str]) -> None:
    print_findings(shown.inspection.findings)
    accounts = {account.ref: account for account in account_queries.accounts(shown.workspace.engine)}
    unseen: dict[str, set[str]] = {}
    for one in shown.inspection.judgements:
        if one.result is Result.UNKNOWN and one.check not in ("impostor", "unregistered") and one.account is not None:
            unseen.setdefault(one.account, set()).add(reason_of(one.reason or "truncated").words)
    rows = [[accounts[ref].name, accounts[ref].unit, "；".join(sorted(why))] for ref, why in unseen.items()]
    screen.table(f"未能核查 {len(rows)} 个账号（不算合格，也不算不合格）", ["账号", "主办单位", "原因"], rows)
    screen.say(summary(coverage_of_last_run(shown.workspace)))
    screen.say(f"用时 {shown.seconds:.0f} 秒。通报草稿、台账和网页：")
    for name, path in files.items():
        screen.say(f"  {FILE_WORDS[name]}  {path}")
    screen.say(f"接着可以试：{screen.command(shown.workspace.home, 'findings')}")
