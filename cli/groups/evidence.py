"""findings verify, replay: the stored pages gone through again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import typer

from analysis.periods import day_of, midnight
from cli import progress, screen
from cli.app import Json, UserError, app, workspace
from cli.groups.judging import findings
from cli.groups.observing import STATUS_WORDS
from records import Coverage, as_json
from reports.wording import reason_of
from scheduler import replaying, verifying
from scheduler.workspace import Workspace
from storage.queries import accounts as account_queries
from storage.queries import runs

_ADVICE = {
    verifying.SAME: "依据完好，按今天的解析和条款仍得出同一条问题。",
    verifying.PARSER: "依据一个字节也没有变，但今天读出的和当时不同；请看上面的说明，人工核对后再用。",
    verifying.DROPPED: "依据已经删除并记下，不能再复核；日期和原因见上。",
    verifying.NOT_WHOLE: "有的材料或它在清单里的登记不在了，不能完整复核；请从备份中找回 evidence 文件夹。",
    verifying.TAMPERED: "存档和取得时不一样，这条问题不能再作为依据；请用备份里的 evidence 文件夹核对。",
}
_ONLY_MANIFESTS = (
    "存档清单有改动（位置见上），这条问题自己的材料与取得时的 sha256 相符；请用备份里的 evidence 文件夹核对清单。"
)


@findings.command("verify")
def findings_verify(
    context: typer.Context,
    finding_id: Annotated[str, typer.Argument(metavar="ID", help="问题编号")],
    json: Json = False,
) -> int:
    """从存档重新得出一条问题：一致、解析器已变、内容被改，还是依据不全。"""
    space = workspace(context)
    found = verifying.finding_of(space, finding_id)
    if found is None:
        listing = screen.command(space.home, "findings --all")
        raise UserError(f"没有编号为 {finding_id} 的问题；查看编号：{listing}。")
    result = verifying.verify(space, found)
    if json:
        screen.print_json({"id": result.id, "outcome": result.outcome, "details": result.details})
        return result.exit_code
    for detail in result.details:
        screen.say(_detail_words(detail))
    advice = _ONLY_MANIFESTS if result.only_manifests_differ else _ADVICE[result.outcome]
    screen.say(f"{result.id} {result.outcome}：{advice}")
    return result.exit_code


def _detail_words(detail: verifying.Detail) -> str:
    if detail.outcome == verifying.NOT_JUDGED:
        return f"判定：{detail.reason}"
    what = "判定" if detail.ref is None else f"清单（{detail.ref}）"
    if detail.url is not None:
        what = f"材料 {detail.url}（{detail.ref}）"
    return f"{what}：{detail.outcome}" + (f"，{detail.reason}" if detail.reason else "")


@app.command()
def replay(
    context: typer.Context,
    since: Annotated[str | None, typer.Option("--since", help="只重读这一天（含）以后的采集，例如 2026-11-01")] = None,
    json: Json = False,
) -> int:
    """用现在的解析器重读存档里的页面，说明有什么变化；不联网。"""
    space = workspace(context)
    moment = _day(since) if since else None
    with progress.counting("账号") as step:
        found = replaying.replay(space, moment, step)
    if json:
        screen.print_json(replay_shape(found))
    elif moment is not None and moment > space.clock.now():
        screen.say(f"{since} 这一天以后没有存档。")
    else:
        _print(space, found)
    return found.exit_code


def _day(text: str) -> datetime:
    try:
        return midnight(date.fromisoformat(text))
    except ValueError as error:
        raise UserError(f"--since 要写成日期，例如 2026-11-01，现在是“{text}”。") from error


def replay_shape(found: replaying.Replayed) -> dict[str, Any]:
    """The JSON of a replay."""
    return {
        "counts": found.counts,
        "pages": found.changed,
        "coverage": found.coverage,
        "missing": found.missing,
    }


def _print(space: Workspace, found: replaying.Replayed) -> None:
    counts = found.counts
    rows = [
        [page.url, page.status, len(page.posts_added), len(page.posts_changed), len(page.posts_unread)]
        for page in found.changed
    ]
    if rows:
        heads = ["页面", "现在读作", "新读出", "读法有变", "读不出"]
        screen.table("读出的内容有变化的页面", heads, rows, limit=50)
    if found.coverage:
        screen.table("采集情况有变化", ["账号", "采集日期", "原来", "现在"], _changes(space, found), limit=50)
    screen.say(_summary(counts))
    if found.missing:
        first = found.missing[0]
        screen.say(f"有 {len(found.missing)} 个页面没有重读：{first.reason}")
    if found.unattributed:
        screen.say(f"另有 {found.unattributed} 个较早的页面没有记下属于哪次采集，没有重读。")
    if counts["posts_added"] or counts["posts_changed"] or counts["coverage_changed"]:
        screen.say(f"已写入数据库；请重新判定有关周期：{screen.command(space.home, 'inspect')}。")


def _changes(space: Workspace, found: replaying.Replayed) -> list[list[object]]:
    names = {account.ref: account.name for account in account_queries.accounts(space.engine)}
    begun = {row.run_id: runs.run_of(space.engine, row.run_id).started_at for row in found.coverage}
    return [
        # One that left the register has no name any more.
        [names.get(row.account, row.account), day_of(begun[row.run_id]), _seen(row.before), _seen(row.after)]
        for row in found.coverage
    ]


def _summary(counts: Mapping[str, int]) -> str:
    if not counts["pages_changed"] and not counts["coverage_changed"]:
        return f"重读 {counts['pages']} 个页面，没有变化。"
    return (
        f"重读 {counts['pages']} 个页面，{counts['pages_changed']} 个有变化：新读出推文 {counts['posts_added']} 条，"
        f"读法有变 {counts['posts_changed']} 条；采集情况改了 {counts['coverage_changed']} 行。"
    )


def _seen(row: Coverage) -> str:
    reason = f"（{reason_of(row.reason).words}）" if row.reason else ""
    start = f"，自 {as_json(row.covered_from)[:16].replace('T', ' ')} 起" if row.covered_from else ""
    return f"{STATUS_WORDS[row.status]}{reason}{start}"
