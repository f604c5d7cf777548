"""sweep: searches the platforms for look-alike and unregistered accounts, or reads what a person saved there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import progress, screen
from cli.app import DONE, Json, UserError, app, workspace
from cli.groups.sweep_pages import sweep_import, sweep_sheet
from cli.naming import crawled_platforms
from registry.platforms import platform_label
from reports.wording import platform_name
from scheduler import sweeping
from scheduler.children import SWEEP_GRACE_SECONDS
from scheduler.orphans import end_after, end_with_parent, nothing_left_behind
from scheduler.search_results import SearchResult, too_many_words

PATIENCE_SECONDS = 60.0
OUTCOME_WORDS = {
    "searched": "查到",
    "empty": "没有结果",
    "cut_short": "只看到一部分",
    "refused": "爬虫协议不允许",
    "blocked": "遇验证页",
    "unparsed": "页面读不懂",
    "error": "没有应答",
    "not_due": "本月已查",
    "left": "下次继续",
}
# What a person looks at first: what was lost, then what was found.
_ORDER = ("blocked", "unparsed", "error", "cut_short", "searched", "empty")
_WHY_LEFT = {
    "share": "本次份额已用完",
    "blocked": "该平台两次出现验证页，今晚不再访问",
    "stopped": "搜索被停止",
    "error": "平台没有应答或程序出错",
}
_WHY_CUT_SHORT = {
    None: "平台说的结果数多于给程序看的页数",
    "extent_unknown": "页面没有写明是不是全部结果",
    "robots": "爬虫协议不允许看后面的页",
    "blocked": "后面的页是验证页",
    "unparsed": "后面的页读不懂",
}
_PAGE_LOST = "后面的页没有读到"


class KeywordsOrCommand(TyperGroup):
    """A group whose first word is one of its commands, or else a keyword to search for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words that are left for a command."""
        if not args or args[0] not in self.commands:
            ctx.allow_interspersed_args = True
            return super().parse_args(ctx, args)
        super().parse_args(ctx, [])
        ctx._protected_args, ctx.args = args[:1], args[1:]
        return args[1:]


sweep = typer.Typer(help="搜索疑似账号：仿冒的、没有登记的", cls=KeywordsOrCommand, invoke_without_command=True)
app.add_typer(sweep, name="sweep")


@sweep.callback()
def sweep_all(
    context: typer.Context,
    keyword: Annotated[list[str] | None, typer.Argument(help="关键词，可写多个；不写时用名录里的名称")] = None,
    platform: Annotated[list[str] | None, typer.Option("--platform", help="weibo、wechat、toutiao，可写多次")] = None,
    json: Json = False,
) -> int:
    """按关键词在各平台搜索疑似账号：到期的先查，按平台允许的次数分多晚查完。"""
    if context.invoked_subcommand is not None:
        return DONE
    odd = next((word for word in keyword or () if word in ("sheet", "import") or "/" in word or "\\" in word), None)
    if odd is not None:
        raise UserError(
            f"“{odd}”不像关键词；写搜索单是 xuncha sweep sheet 文件.html，读入是 xuncha sweep import 文件。"
        )
    has_parent = end_with_parent()
    space = workspace(context)
    context.with_resource(nothing_left_behind())
    # A night that goes on may begin before the sweep of the one that was killed has come to its end.
    patience = PATIENCE_SECONDS if has_parent else 0.0
    if not has_parent:  # which keeps the time itself
        end_after(space.config.sweep.time_limit_minutes * 60 + SWEEP_GRACE_SECONDS)
    with progress.counting("搜索") as step:
        swept = sweeping.sweep(space, keyword or (), crawled_platforms(platform or ()), step, patience)
    if json:
        screen.print_json(
            {"run": str(swept.run_id), **{key: getattr(swept, key) for key in ("searches", "candidates", "counts")}}
        )
        return swept.exit_code
    _print_searches(swept.searches)
    rows = [
        [platform_name(platform_label(one.platform)), one.name, one.verified_entity or "—", one.keyword, one.url]
        for one in swept.candidates
    ]
    if rows:
        screen.table(
            f"名录之外的账号：{len(rows)} 个，待核", ["平台", "账号名称", "认证主体", "关键词", "地址"], rows, limit=50
        )
    for sentence in _next_steps(swept.searches):
        screen.say(sentence)
    if words := too_many_words(space, len({one.keyword for one in swept.searches})):
        screen.say(words)
    return swept.exit_code


def _print_searches(searches: Sequence[SearchResult]) -> None:
    counted = Counter((one.platform, one.outcome, _why(one)) for one in searches)
    rows = [
        [platform_name(platform_label(platform)), OUTCOME_WORDS[outcome], number, why]
        for (platform, outcome, why), number in counted.items()
    ]
    screen.table("搜索情况", ["平台", "结果", "关键词数", "说明"], rows)
    seen = sorted((one for one in searches if one.outcome in _ORDER), key=lambda one: _ORDER.index(one.outcome))
    rows = [
        [platform_name(platform_label(one.platform)), one.keyword, one.kind, OUTCOME_WORDS[one.outcome], one.found]
        for one in seen
    ]
    if rows:
        screen.table("这次查了的关键词", ["平台", "关键词", "来历", "结果", "账号数"], rows, limit=50)


def _why(result: SearchResult) -> str:
    if result.outcome == "cut_short":
        return _WHY_CUT_SHORT[result.reason] if result.reason in _WHY_CUT_SHORT else _PAGE_LOST
    return _WHY_LEFT[result.reason] if result.outcome == "left" and result.reason is not None else ""


def _next_steps(searches: Sequence[SearchResult]) -> list[str]:
    """What to do next, one sentence each."""
    outcomes = {(one.outcome, one.reason) for one in searches}
    ended = {outcome for outcome, _ in outcomes}
    closed = dict.fromkeys(platform_name(platform_label(one.platform)) for one in searches if one.outcome == "refused")
    said = []
    if closed:
        names = "、".join(closed)
        said.append(f"{names}的搜索不向程序开放：请运行 xuncha sweep sheet 搜索.html，由人在浏览器里查。")
    if outcomes & {("left", "blocked"), ("cut_short", "blocked")} or "blocked" in ended:
        said.append(
            "遇到验证页的关键词不算查过，以前查到的仍然保留；下一晚会再查，也可以用 xuncha sweep sheet 由人查。"
        )
    if ("cut_short", "unparsed") in outcomes or "unparsed" in ended:
        said.append("有的结果页读不懂，可能是平台改版，请转告维护人员。")
    said += _of_parts({reason for outcome, reason in outcomes if outcome == "cut_short"})
    if ("left", "share") in outcomes:
        said.append("没有轮到的关键词下次继续（每晚巡检会接着查）。")
    return said


def _of_parts(reasons: Collection[str | None]) -> list[str]:
    """What keywords of which only a part was seen mean, by why that was so; walls have their own sentence."""
    said = []
    if None in reasons:
        said.append("只看到一部分的关键词：平台说的结果数多于给程序看的页数，没看到的账号不等于没有。")
    if "robots" in reasons:
        said.append("爬虫协议不允许看后面的页的关键词：没看到的账号不等于没有，请由人在浏览器里往后翻看。")
    if "extent_unknown" in reasons:
        said.append(
            "页面没有写明是不是全部结果的关键词：没看到的账号不等于没有；"
            "请在浏览器里往后翻看，把每一页都保存，再运行 xuncha sweep import。"
        )
    if any(reason not in _WHY_CUT_SHORT for reason in reasons):
        said.append(f"{_PAGE_LOST}的关键词不算查过，以前查到的仍然保留；下一晚会再查。")
    return said


sweep.command("sheet")(sweep_sheet)
sweep.command("import")(sweep_import)
