"""The whole demonstration against the county's truth: every planted fault found, nobody honest or walled accused."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from crawler.browser import NO_BROWSER, find_chromium
from demo.tour import Tour, tour
from records import Result
from storage.queries import accounts as account_queries
from storage.queries.posts import posts
from storage.queries.runs import coverage_of_run, last_run
from storage.schema import PostRow

pytestmark = pytest.mark.slow
LISTS = (
    re.compile(r"^https://m\.weibo\.cn/api/container/getIndex\?.*containerid=107603(\d+)"),
    re.compile(r"^https://feed\.yunling\.example/(?!robots)(\S+)"),
    re.compile(r"^https://www\.toutiao\.com/c/user/token/([\w=-]+)/"),
)
FIRST_LOOK = timedelta(days=15)


BROWSER = pytest.param(
    True, marks=[pytest.mark.browser, pytest.mark.skipif(find_chromium() is None, reason=NO_BROWSER)]
)


@pytest.fixture(scope="module", params=[BROWSER, False], ids=["with a browser", "without a browser"])
def shown(request: pytest.FixtureRequest) -> Iterator[Tour]:
    """The demonstration, given once with and once without a browser."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        if not request.param:
            patch.setenv("XUNCHA_CHROMIUM", str(Path(folder) / "no-such-browser"))
        yield tour(Path(folder) / "demo", lambda _: None)


def accused(shown: Tour) -> dict[tuple[str, str], set[str]]:
    """Clauses by (account or candidate, check) of every finding."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in shown.inspection.findings:
        found.setdefault((one.candidate or one.account or one.unit, one.check), set()).update(one.clauses)
    return found


def without_browser(shown: Tour) -> set[str]:
    return set() if find_chromium() else set(shown.county.truth["without_browser"]["accounts"])


def test_findings_equal_the_truth(shown: Tour) -> None:
    blind = without_browser(shown)
    expected: dict[tuple[str, str], set[str]] = {}
    for row in shown.county.truth["breach"]:
        who = row["candidate"] if "candidate" in row else row["account"]
        if who not in blind:
            expected.setdefault((who, row["check"]), set()).update(row["clauses"])
    assert accused(shown) == expected


def test_what_could_not_be_seen_is_unknown_with_its_reason(shown: Tour) -> None:
    blind = without_browser(shown)
    got = {(one.account, one.clause): one.reason for one in shown.inspection.judgements if one.result is Result.UNKNOWN}
    for row in shown.county.truth["unknown"]:
        if row["account"] not in blind:
            assert {clause: got.get((row["account"], clause)) for clause in row["clauses"]} == dict.fromkeys(
                row["clauses"], row["reason"]
            ), row["story"]
    lost = shown.county.truth["without_browser"]
    assert {got.get((account, clause)) for account in blind for clause in lost["clauses"]} <= {lost["reason"]}


def test_no_honest_account_is_left_unknown_in_its_updates(shown: Tour) -> None:
    blind = without_browser(shown)
    honest = {account.ref for account in shown.county.honest_accounts()} - blind
    unknown = {
        (one.account, one.clause, one.reason)
        for one in shown.inspection.judgements
        if one.result is Result.UNKNOWN and one.account in honest and one.check in ("update_frequency", "zombie")
    }
    assert unknown == set()


def test_no_post_is_lost_or_doubled(shown: Tour) -> None:
    blind, since = without_browser(shown), shown.county.nights[0] - FIRST_LOOK
    stored: dict[str, set[str]] = {}
    for post in posts(shown.workspace.engine):
        stored.setdefault(post["account"], set()).add(post["post_id"])
    for account in shown.county.accounts:
        if account.ref in blind or account.story.get("reported"):
            continue
        visible = shown.county.visible_posts(account, since=since)
        assert visible <= stored.get(account.ref, set()), account.key
        assert stored.get(account.ref, set()) <= shown.county.visible_posts(account), account.key
    with shown.workspace.engine.connect() as connection:
        rows = connection.execute(
            select(func.count(), func.count(PostRow.post_id.distinct())).select_from(PostRow)
        ).one()
    assert rows[0] == rows[1]


def test_of_three_accounts_without_a_list_one_passes_one_is_a_breach_one_is_unknown(shown: Tour) -> None:
    results: dict[str, Result] = {}
    for one in shown.inspection.judgements:
        if one.clause == "ZZ-4.2h" and one.account is not None:
            results[one.account] = one.result
    by_story = {account.key: results.get(account.ref) for account in shown.county.accounts}
    assert by_story["wechat_links_reported_by_unit"] is Result.PASS
    assert by_story["wechat_silent_seen_by_person"] is Result.BREACH
    assert by_story["wechat_no_list"] is Result.UNKNOWN


def test_one_list_request_an_account_and_night(shown: Tour) -> None:
    asked: Counter[str] = Counter()
    for request in shown.server.log[: shown.marks[-1]]:
        for pattern in LISTS:
            found = pattern.match(request.url)
            if found:
                asked[found[1]] += 1
    with_list = [account for account in shown.county.accounts if account.crawled and has_list(shown, account.ref)]
    nights = len(shown.county.nights)
    assert sum(asked.values()) / (len(with_list) * nights) <= 1.1


def has_list(shown: Tour, reference: str) -> bool:
    account = account_queries.resolve(shown.workspace.engine, reference)
    return account is not None and (account.platform != "wechat" or account.feed_url is not None)


def test_every_account_has_a_coverage_row_of_the_last_night(shown: Tour) -> None:
    run = last_run(shown.workspace.engine, ("crawl",))
    assert run is not None
    rows = coverage_of_run(shown.workspace.engine, run.id)
    crawled = [
        a for a in account_queries.accounts(shown.workspace.engine) if a.platform in ("weibo", "wechat", "toutiao")
    ]
    assert {row.account for row in rows} == {account.ref for account in crawled}
    assert all(row.reason is not None for row in rows if row.status != "complete")


def test_the_papers_open_and_name_no_candidate(shown: Tour) -> None:
    files = shown.written.files
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(files["docx"])).paragraphs)
    assert "草稿" in "".join(
        p.text for section in docx.Document(str(files["docx"])).sections for p in section.header.paragraphs
    )
    assert "云岺发布" not in text
    assert "未能核查" in text
    assert "问题台账" in openpyxl.load_workbook(files["xlsx"], read_only=True).sheetnames
    page = files["html"].read_text(encoding="utf-8")
    assert "127.0.0.1" in page, "the page must say that the data came from a mirror"
    assert "<script" not in page


def test_an_inspection_repeated_finds_the_same(shown: Tour) -> None:
    from scheduler.judging import inspect

    again = inspect(shown.workspace, shown.inspection.period)
    assert [one.id for one in again.findings] == [one.id for one in shown.inspection.findings]
    assert all(one.repeats == 0 for one in again.findings)
