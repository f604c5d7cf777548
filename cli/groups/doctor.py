"""doctor: what is installed, reachable, permitted or stale, one row each, and what to do about it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import timedelta

import typer

from analysis.periods import day_of
from cli import screen
from cli.app import Json, app, workspace
from cli.groups.observing import summary
from cli.regulations import unchosen_words
from crawler.browser import NO_BROWSER, find_chromium
from crawler.link_addresses import literal_address
from crawler.link_spelling import canonical, host_of
from pipelines import archive
from pipelines.lines import FOLDER
from records import Account
from reports.link_words import no_control
from scheduler import crawl_runs, retaining
from scheduler.config import ConfigError
from scheduler.consents import missing_secrets
from scheduler.dismissing import KEY_FILE, dismissed_key
from scheduler.search_keywords import register_keywords
from scheduler.search_results import too_many_words
from scheduler.sources import parser_alarms
from scheduler.workspace import Workspace
from storage.dismissed import dismissed
from storage.queries import accounts as account_queries
from storage.queries import runs
from storage.queries.links import answers_of_run

LOW_DISK_BYTES = 1_000_000_000
LOW_DISK_DAYS = 30
# Beyond this the number of days says nothing any more.
MOST_DISK_DAYS = 3650
STALE = timedelta(hours=36)
_CLASSES = {
    "ordinary": "一般页面",
    "search": "搜索结果页",
    "finding": "问题依据",
    "plain": "图片和人工保存的页面",
    "manifest": "清单",
}
# Of a file's permissions those of everybody but its owner.
_OTHERS = 0o077
# What is looked at, whether it is well, and the words that say what to do if not.
Row = tuple[str, bool, str]


@app.command()
def doctor(context: typer.Context, json: Json = False) -> None:
    """检查这台机器：装了什么、缺什么、磁盘还剩多少、数据从哪里来。"""
    lines = list(_rows(workspace(context)))
    if json:
        screen.print_json([{"item": item, "ok": ok, "words": words} for item, ok, words in lines])
        return
    # In a cell a command would be broken over lines: what is to be done stands below, in whole lines.
    rows = [[item, "正常", words] if ok else [item, "注意", "见下"] for item, ok, words in lines]
    screen.table("检查", ["项目", "情况", "说明"], rows)
    for item, ok, words in lines:
        if not ok:
            screen.say(f"注意　{item}：{words.rstrip('。')}。")


def _rows(space: Workspace) -> Iterator[Row]:
    config, filed = space.config, account_queries.accounts(space.engine)
    chromium, free = find_chromium(), shutil.disk_usage(space.home).free
    yield "工作文件夹", True, str(space.home)
    empty = f"名录是空的，请运行 {screen.command(space.home, 'accounts import 名录.xlsx')}"
    yield "名录", bool(filed), f"{len(filed)} 个账号" if filed else empty
    yield _office(config.office.name)
    yield _contact(config.office.contact)
    yield _law(space)
    yield _control(space)
    yield "浏览器", chromium is not None, chromium or NO_BROWSER
    yield "磁盘", free > LOW_DISK_BYTES, f"剩余 {free / 1e9:.1f} GB"
    yield from _evidence(space, free)
    yield _key(space)
    yield _parsers(space)
    yield _last_crawl(space)
    yield _searching(space)
    yield from _wechat_api(space, filed)
    yield from _permissions(space)
    yield "数据来源", not space.mirror, "".join(space.notes()) or "平台的公开页面"


def _office(name: str) -> Row:
    if name.startswith("××"):
        return "单位名称", False, f"还是“{name}”，会印在通报上；请在 [office] name 填写本单位的名称"
    return "单位名称", True, name


def _contact(contact: str) -> Row:
    if not contact:
        return "联系方式", False, "请在 [office] contact 填写邮箱或电话，访问时会写明"
    if not contact.isascii():
        return "联系方式", False, f"{contact}（汉字写不进访问标识，请用英文字母和数字）"
    return "联系方式", True, contact


def _law(space: Workspace) -> Row:
    if (words := unchosen_words(space)) is not None:
        return "适用文件", False, words.rstrip("。")
    return "适用文件", True, "、".join(space.config.rules.regulations) or "各账号按名录里填写的文件"


def _control(space: Workspace) -> Row:
    """Whether there are addresses that can prove our own network, and whether they did the last time."""
    item, addresses = "对照地址", space.config.links.control
    if not addresses:
        return item, False, no_control()
    words = "、".join(addresses)
    if told := _unproven(space):
        return item, False, f"{words}：{told}"
    literal = [address for address in addresses if literal_address(host_of(canonical(address)))]
    if literal:
        words += "：IP 地址证明不了域名能解析，只靠它，域名不存在的链接不会判为失效；请写一个用网站名的网址"
    return item, len(literal) < len(addresses), words


def _unproven(space: Workspace) -> str | None:
    """What the last link check says against the control addresses: nothing of what failed could be told from us."""
    run = runs.last_run(space.engine, ("links",))
    answers = answers_of_run(space.engine, run.id) if run is not None else {}
    if run is None or {reason for state, reason in answers if state in ("dead", "failing")} != {"own_network"}:
        return None
    checked = f"上次检查链接（{screen.moment(run.finished_at)}）时"
    again = f"换过的，请再运行 {screen.command(space.home, 'links')}"
    if any(state in ("alive", "moved") for state, _ in answers):
        return f"{checked}别的网站打得开，对照地址打不开，请换一个；{again}"
    return f"{checked}没有一个网址打得开；请先看本机能不能上网，能上网的是对照地址打不开，请换一个；{again}"


def _evidence(space: Workspace, free: int) -> Iterator[Row]:
    """The archive: whether it can be written, what it takes, and whether it is as it was written."""
    folder = space.home / FOLDER
    yield _archive(space, free)
    try:
        with tempfile.TemporaryFile(dir=folder if folder.exists() else space.home):
            pass
    except OSError as error:
        words = f"{folder} 不能写入（{error.strerror}），什么也采集不了；请改正它的权限或位置，或清理磁盘"
        yield "存档文件夹", False, words
        yield "存档清单", False, "存档文件夹不能写入，没有核对"
        return
    yield _manifest(space)


def _archive(space: Workspace, free: int) -> Row:
    use = retaining.disk_use(archive.files(space.home), free, day_of(space.clock.now()))
    parts = "，".join(
        f"{_CLASSES[kind]} {size / 1e6:.1f} MB" for kind, size in archive.usage(space.home).items() if size
    )
    if use.days_left is None:
        return "网页存档", True, parts or "还没有存档"
    left = f"{use.days_left} 天" if use.days_left <= MOST_DISK_DAYS else "超过 10 年"
    words = f"{parts}；每天约增 {use.growth_bytes_a_day / 1e6:.1f} MB，按此还可用{left}"
    enough = use.days_left >= LOW_DISK_DAYS
    return "网页存档", enough, words if enough else f"{words}，请清理磁盘或调小 [evidence] keep_days"


def _manifest(space: Workspace) -> Row:
    state = retaining.manifest_state(space.home)
    if state.faults:
        rest = f"（共 {len(state.faults)} 处）" if len(state.faults) > 1 else ""
        return "存档清单", False, f"{state.faults[0].sentence}{rest}"
    if state.newest is None:
        return "存档清单", True, "还没有清单"
    words = (
        f"{state.n_manifests} 份清单共 {state.n_lines} 行前后相接，登记的文件都在；"
        f"只有最近一份（{state.newest}）的 {state.n_records} 条记录逐条核对过，没有变；"
        f"更早的记录没有逐条核对；核对一条问题自己的依据：{screen.command(space.home, 'findings verify')} 编号"
    )
    return "存档清单", True, words


def _key(space: Workspace) -> Row:
    """Whether the key by which decided accounts are known again is there, whole, and nobody else's to read."""
    item, place = "疑似账号处理记录的密钥", space.home / KEY_FILE
    lost = "已作决定的疑似账号会再问一遍"
    if not place.exists():
        if dismissed(space.engine):
            return item, False, f"{place} 不在了，{lost}；请从备份找回，放回原处"
        return item, True, "还没有，第一次用到时生成"
    try:
        dismissed_key(space.home)
    except (ConfigError, OSError) as error:
        return item, False, str(error)
    if os.name == "posix" and place.stat().st_mode & _OTHERS:
        return item, False, f"本机别的用户也能读 {place}；请运行 chmod 600 {place}"
    return item, True, f"{KEY_FILE} 只有本人能读；请和数据库一起备份，丢了它，{lost}"


def _parsers(space: Workspace) -> Row:
    found = parser_alarms(space)
    words = "".join(alarm.summary for alarm in found)
    return "解析器", not found, f"{words}可能是平台改版，请转告维护人员" if found else "各字段都和以前一样读得出"


def _searching(space: Workspace) -> Row:
    n_keywords = len(register_keywords(space))
    if not n_keywords:
        return "搜索关键词", False, "名录是空的，没有可搜索的关键词"
    words = too_many_words(space, n_keywords, screen.command(space.home, "sweep sheet 搜索.html"))
    enough = f"{n_keywords} 个，按页数一个月够轮一遍；不向程序开放搜索的平台要由人查"
    return "搜索关键词", words is None, words or enough


def _last_crawl(space: Workspace) -> Row:
    run, again = runs.last_run(space.engine, ("crawl",)), screen.command(space.home, "nightly")
    if run is None:
        return "上次采集", False, f"还没有采集过，请运行 {again}"
    when = screen.moment(run.finished_at)
    if space.clock.now() - run.finished_at > STALE:
        return "上次采集", False, f"{when}，已超过 {STALE.total_seconds() / 3600:.0f} 小时"
    rows = crawl_runs.coverage_so_far(space, run.id)
    expected = [row for row in rows if row.reason not in crawl_runs.STANDING or row.status != "none"]
    n_seen = sum(row.status != "none" for row in expected)
    # A night that lost half of what a night can see is not one to rely on.
    if n_seen == 0 or n_seen * 2 < len(expected):
        seen = screen.command(space.home, "coverage")
        return "上次采集", False, f"{when}，{summary(rows)}请看 {seen}，原因消除后再运行 {again}"
    return "上次采集", True, f"{when}，{summary(rows)}"


def _wechat_api(space: Workspace, filed: Sequence[Account]) -> Iterator[Row]:
    """Whether each consenting account can be asked for by the API; nothing where no unit consents."""
    consents = space.config.wechat_api
    strange = consents.unregistered(filed)
    known = consents.model_copy(update={"accounts": tuple(a for a in consents.accounts if a.account not in strange)})
    for account in strange:
        listing = screen.command(space.home, "accounts list")
        words = f"[wechat_api] 里的 {account} 不在名录里，接口不会使用；请照 {listing} 的账号编号改写"
        yield "微信接口", False, words
    for sentence in missing_secrets(known):
        yield "微信接口", False, sentence
    if known.accounts and not missing_secrets(known) and not strange:
        yield "微信接口", True, f"{len(known.accounts)} 个账号在名录里，密钥都已设置"


def _permissions(space: Workspace) -> Iterator[Row]:
    """Whether the permission of each permitted host is at hand and in force."""
    today = day_of(space.clock.now())
    for name in space.permitted_hosts:
        host = space.config.hosts[name]
        document = space.home / host.permission
        if not document.is_file():
            yield "采集许可", False, f"{name} 的许可文件 {document} 不在；请放好，或改 [hosts] 的 permission"
        elif host.permitted_on is not None and host.permitted_on > today:
            yield "采集许可", False, f"{name} 的许可日期 {host.permitted_on} 还没有到；请核对 permitted_on"
        else:
            yield "采集许可", True, f"{name}：{host.permitted_by}，{host.permitted_on}，{host.permission}"
