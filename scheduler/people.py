"""What people bring in: the register, links reported by units, observations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.periods import last_week
from analysis.words import reason_words
from crawler.spiders.toutiao.address import post_of
from crawler.spiders.wechat import address_key
from crawler.spiders.weibo import post_id_of
from records import CRAWLED_PLATFORMS, SHANGHAI, Account, Coverage, Observation, Period
from registry.accounts import Register, load_register
from registry.observations import SheetRow, load_sheet, save_sheet
from registry.reports import ReportedLink, load_reported
from registry.tables import Problem, RegisterError
from scheduler.crawling import CrawlReport, crawl
from scheduler.files import whole_file
from scheduler.keeping import keep_file
from scheduler.workspace import Workspace
from storage.queries import accounts, held, runs
from storage.register import RegisterChange

PICTURES = "evidence/pictures"
CRAWL_RUNS = ("crawl",)


def import_register(
    workspace: Workspace, path: Path, mapping: dict[str, str], *, dry_run: bool
) -> tuple[Register, RegisterChange | None]:
    """Read a register, and store it unless it has a problem or ``dry_run`` is asked for."""
    known = {**accounts.column_mapping(workspace.engine), **mapping}
    register = load_register(
        path,
        known,
        known_regulations=tuple(workspace.regulations),
        today=workspace.clock.now().astimezone(SHANGHAI).date(),
    )
    if register.problems or dry_run or not register.accounts:
        return register, None
    change = workspace.store.save_register(register.units, register.accounts, register.filings, mapping)
    return register, change


@dataclass(frozen=True)
class ReportedResult:
    """What became of one reported link."""

    url: str
    unit: str | None
    state: str  # stored, refused, pending
    account: str | None
    post_id: str | None
    reason: str | None


def import_posts(
    workspace: Workspace, path: Path
) -> tuple[list[ReportedResult], tuple[Problem, ...], CrawlReport | None]:
    """Fetch every reported link and prove whose it is; what was proved is stored as a post."""
    links, problems = load_reported(path)
    now = workspace.clock.now()
    workspace.store.save_reported([(reported_key(link), link.url, link.unit) for link in links], now)
    wanted: dict[str, list[str]] = {}
    for _key, url, _unit in held.pending_links(workspace.engine):
        wanted.setdefault(_platform(url), []).append(url)
    report = crawl(workspace, tuple(wanted), links=wanted, kind="posts") if wanted else None
    return [_settled(workspace, link, report) for link in links], problems, report


def reported_key(link: ReportedLink) -> str:
    """The key by which a reported link is known, whichever form its address has."""
    return key_of_address(link.url)


def key_of_address(url: str) -> str:
    """A post's key from its address: WeChat's address key, the post id elsewhere, or the address itself."""
    toutiao = post_of(url)
    return address_key(url) or post_id_of(url) or (toutiao[1] if toutiao else url)


def _platform(url: str) -> str:
    return "weibo" if "weibo" in url else "toutiao" if "toutiao" in url else "wechat"


def _settled(workspace: Workspace, link: ReportedLink, report: CrawlReport | None) -> ReportedResult:
    key = reported_key(link)
    found = held.post_of_address(workspace.engine, _platform(link.url), key)
    if found is not None:
        workspace.store.settle_reported(key, "stored", None)
        return ReportedResult(link.url, link.unit, "stored", found[0], found[1], None)
    answers = report.tally.answered if report is not None else {}
    said = next((words for url, words in answers.items() if key_of_address(url) == key), None)
    if said == "":
        reason = "这篇推文不属于名录里的任何账号"
        workspace.store.settle_reported(key, "refused", reason)
        return ReportedResult(link.url, link.unit, "refused", None, None, reason)
    return ReportedResult(link.url, link.unit, "pending", None, None, said or "没有取到页面，下次采集时会再试")


def sheet_rows(workspace: Workspace, period: Period) -> list[SheetRow]:
    """Exactly the accounts that no source and no person has shown of the period, with the reason, in order."""
    now = workspace.clock.now()
    looked_at = {seen.account for seen in held.observations(workspace.engine, period, now)}
    run = runs.last_run(workspace.engine, CRAWL_RUNS)
    seen = {row.account: row for row in runs.coverage_of_run(workspace.engine, run.id)} if run is not None else {}
    rows = []
    for account in accounts.accounts(workspace.engine):
        if account.platform not in CRAWLED_PLATFORMS or account.status != "正常" or account.ref in looked_at:
            continue
        coverage: Coverage | None = seen.get(account.ref)
        if coverage is not None and coverage.status == "complete":
            continue
        code = (coverage.reason or "truncated") if coverage is not None else "not_crawled"
        link = account.url or next(iter(account.article_links), None)
        rows.append(SheetRow(account=account, link=link, why=reason_words(code)))
    return rows


def make_sheet(workspace: Workspace, path: Path, period: Period | None) -> int:
    """Write the fill-in list of the accounts that a person must look at; returns their number."""
    if path.exists():
        raise RegisterError(f"{path} 已经存在，可能已有人填写，没有覆盖；请换一个文件名。")
    period = period or last_week(workspace.clock.now())
    rows = sheet_rows(workspace, period)
    with whole_file(path) as part:
        save_sheet(part, rows, period)
    return len(rows)


def import_sheet(workspace: Workspace, path: Path) -> tuple[int, int, tuple[Problem, ...]]:
    """Read a filled list back: ``(observations in it, new ones, problems)``; all or nothing."""
    seen, problems = load_sheet(path, accounts.accounts(workspace.engine), workspace.clock.now())
    if problems:
        return 0, 0, problems
    observations = [
        Observation(
            account=row.account,
            observed_at=row.observed_at,
            observer=row.observer,
            newest_on=row.newest_on,
            n_updates=row.n_updates,
            pictures=tuple(
                keep_file(workspace, path.parent / picture, PICTURES, row.observed_at) for picture in row.pictures
            ),
            period=row.period,
        )
        for row in seen
    ]
    return len(observations), workspace.store.save_observations(observations), ()


def not_reported(workspace: Workspace, period: Period) -> list[str]:
    """Units with an account that no source shows, that neither reported a link nor were looked at (未报送)."""
    with_links = held.units_that_reported(workspace.engine, period)
    seen = {observation.account for observation in held.observations(workspace.engine, period, workspace.clock.now())}
    run = runs.last_run(workspace.engine, CRAWL_RUNS)
    unseen = runs.coverage_of_run(workspace.engine, run.id) if run is not None else []
    dark = {row.account for row in unseen if row.reason == "no_public_list"} - seen
    owners: list[Account] = [account for account in accounts.accounts(workspace.engine) if account.ref in dark]
    return list(dict.fromkeys(account.unit for account in owners if account.unit not in with_links))
