"""sweep: searches the platforms for look-alike and unregistered accounts, or reads what a person saved there."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli import screen
from cli.app import DONE, FAULT, Json, UserError, app, options, workspace
from cli.groups.sweep_pages import sweep_import, sweep_sheet
from cli.naming import crawled_platforms, require_register
from cli.search_progress import searching
from records import Candidate
from registry.platforms import platform_label
from reports.wording import platform_name
from scheduler import sweeping
from scheduler.children import SWEEP_GRACE_SECONDS
from scheduler.orphans import end_after, end_with_parent, nothing_left_behind
from scheduler.search_results import SearchResult, too_many_words
from storage.searches import PERSON

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
    """A group whose first word is one of its commands, or else a keyword to search for.

    The keywords are its own and no part of a command's usage line.
    """

    def get_params(self, ctx: Any) -> list[Any]:
        """The options and keywords; for one of its commands, whose usage line asks as well, the options."""
        found = super().get_params(ctx)
        return found if ctx.command is self else [one for one in found if one.param_type_name != "argument"]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What follows the name in the usage line: keywords, or one of the commands."""
        *own, _ = super().collect_usage_pieces(ctx)
        return [*own, "|", *("|".join(self.commands), "…")]

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
    keyword: Annotated[
        list[str] | None, typer.Argument(metavar="关键词", help="关键词，可写多个；不写时用名录里的名称")
    ] = None,
    platform: Annotated[list[str] | None, typer.Option("--platform", help="weibo、wechat、toutiao，可写多次")] = None,
    json: Json = False,
) -> int:
    """按关键词在各平台搜索疑似账号：到期的先查，按平台允许的次数分多晚查完。"""
    if context.invoked_subcommand is not None:
        return DONE
    odd = next((word for word in keyword or () if word in ("sheet", "import") or "/" in word or "\\" in word), None)
    home = options(context).home
    if odd is not None:
        sheet, read = (screen.command(home, f"sweep {words}") for words in ("sheet 文件.html", "import 文件"))
        raise UserError(f"“{odd}”不像关键词；写搜索单：{sheet}，读入：{read}。")
    has_parent = end_with_parent()
    space = workspace(context)
    context.with_resource(nothing_left_behind())
    # A night that goes on may begin before the sweep of the one that was killed has come to its end.
    patience = PATIENCE_SECONDS if has_parent else 0.0
    if not has_parent:  # which keeps the time itself
        end_after(space.config.sweep.time_limit_minutes * 60 + SWEEP_GRACE_SECONDS)
    platforms = crawled_platforms(platform or ())
    if not keyword:
        require_register(space, "没有可搜索的关键词")
    with searching() as bars:
        swept = sweeping.sweep(space, keyword or (), platforms, bars, patience)
    if json:
        screen.print_json(
            {"run": str(swept.run_id), **{key: getattr(swept, key) for key in ("searches", "candidates", "counts")}}
        )
        return swept.exit_code
    _print_searches(swept.searches)
    _print_candidates(swept.candidates)
    sentences = _next_steps(swept.searches, home)
    if swept.exit_code != FAULT:
        again = screen.command(home, _words_again(keyword or (), platform or ()))
        sentences += unanswered_words(swept.searches, space.mirror, again, is_answered=swept.is_answered)
    sheet = screen.command(home, "sweep sheet 搜索.html")
    if words := too_many_words(space, len({one.keyword for one in swept.searches}), sheet):
        sentences.append(words)
    for sentence in sentences:
        screen.say(sentence)
    return swept.exit_code


def _words_again(keywords: Sequence[str], platforms: Sequence[str]) -> str:
    """The words that give this command again."""
    named = [word for platform in platforms for word in ("--platform", platform)]
    return shlex.join(["sweep", *keywords, *named])


def _print_candidates(candidates: Sequence[Candidate]) -> None:
    rows = [
        [platform_name(platform_label(one.platform)), one.name, one.verified_entity or "—", one.keyword, one.url]
        for one in candidates
    ]
    if rows:
        screen.table(
            f"名录之外的账号：{len(rows)} 个，待核", ["平台", "账号名称", "认证主体", "关键词", "地址"], rows, limit=50
        )


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
    if result.outcome == "not_due" and result.last_good_source == PERSON:
        return f"由人查的（{result.last_good_by}）" if result.last_good_by else "由人查的"
    return _WHY_LEFT[result.reason] if result.outcome == "left" and result.reason is not None else ""


def _next_steps(searches: Sequence[SearchResult], home: Path) -> list[str]:
    """What to do next, one sentence each."""
    sheet = screen.command(home, "sweep sheet 搜索.html")
    outcomes = {(one.outcome, one.reason) for one in searches}
    ended = {outcome for outcome, _ in outcomes}
    closed = dict.fromkeys(platform_name(platform_label(one.platform)) for one in searches if one.outcome == "refused")
    said = []
    if closed:
        names = "、".join(closed)
        said.append(f"{names}的搜索不向程序开放：请运行 {sheet}，由人在浏览器里查。")
    if outcomes & {("left", "blocked"), ("cut_short", "blocked")} or "blocked" in ended:
        said.append(f"遇到验证页的关键词不算查过，以前查到的仍然保留；下一晚会再查，也可以用 {sheet} 由人查。")
    if ("cut_short", "unparsed") in outcomes or "unparsed" in ended:
        said.append("有的结果页读不懂，可能是平台改版，请转告维护人员。")
    read = screen.command(home, "sweep import 文件")
    said += _of_parts({reason for outcome, reason in outcomes if outcome == "cut_short"}, read)
    if ("left", "share") in outcomes:
        said.append("没有轮到的关键词下次继续（每晚巡检会接着查）。")
    return said


def unanswered_words(searches: Sequence[SearchResult], mirror: str, again: str, *, is_answered: bool) -> list[str]:
    """One sentence where platforms gave no answer: that one is down, or all of them, as without a network.

    Only where several are silent, and nobody answered anything, is it put down to the network or the mirror alone.

    Args:
        searches: What became of every keyword.
        mirror: The mirror in use, ``""`` for none.
        again: The command that searches again.
        is_answered: Whether any host answered anything, and be it robots.txt.
    """
    answered = {one.platform for one in searches if one.outcome not in ("error", "not_due", "left")}
    unanswered = (one.platform for one in searches if one.outcome == "error")
    silent = dict.fromkeys(platform for platform in unanswered if platform not in answered)
    names = "、".join(platform_name(platform_label(platform)) for platform in silent)
    if not silent:
        return []
    if answered or is_answered:
        return [f"{names}没有应答，可能是平台暂时打不开；没有查到的关键词下次继续。"]
    if len(silent) == 1:
        check = f"镜像 {mirror} 没有开着：请看镜像" if mirror else "本机网络断了：请用浏览器打开别的网站看看网络"
        return [f"{names}没有应答，可能是平台暂时打不开，也可能是{check}，再运行 {again}；没有查到的关键词仍待查。"]
    if mirror:
        return [f"{names}都没有应答：现在用的是镜像 {mirror}，请看它是否还开着（演示结束后，演示的镜像就关了）。"]
    return [f"{names}都没有应答，可能是本机网络断了：请检查网络，再运行 {again}；没有查到的关键词仍待查。"]


def _of_parts(reasons: Collection[str | None], read: str) -> list[str]:
    """What keywords of which only a part was seen mean, by why that was so; walls have their own sentence."""
    said = []
    if None in reasons:
        said.append("只看到一部分的关键词：平台说的结果数多于给程序看的页数，没看到的账号不等于没有。")
    if "robots" in reasons:
        said.append("爬虫协议不允许看后面的页的关键词：没看到的账号不等于没有，请由人在浏览器里往后翻看。")
    if "extent_unknown" in reasons:
        said.append(
            "页面没有写明是不是全部结果的关键词：没看到的账号不等于没有；"
            f"请在浏览器里往后翻看，把每一页都保存，再运行 {read}。"
        )
    if any(reason not in _WHY_CUT_SHORT for reason in reasons):
        said.append(f"{_PAGE_LOST}的关键词不算查过，以前查到的仍然保留；下一晚会再查。")
    return said


sweep.command("sheet")(sweep_sheet)
sweep.command("import")(sweep_import)
